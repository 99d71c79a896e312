//! Both sides through the test kit.
