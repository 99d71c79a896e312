//! The verbs.

pub mod list;
