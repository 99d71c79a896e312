//! Asking a child process about a plugin.
