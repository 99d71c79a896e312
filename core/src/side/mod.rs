//! side.
