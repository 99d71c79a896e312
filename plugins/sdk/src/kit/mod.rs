//! Runs handlers and framings without a host, for tests.
