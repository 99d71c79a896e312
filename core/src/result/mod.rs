//! result.
