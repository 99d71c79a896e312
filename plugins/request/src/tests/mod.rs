//! The client through the test kit.
