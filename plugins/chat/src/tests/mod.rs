//! The handler through the test kit.
