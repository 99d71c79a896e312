//! From a TOML file to a typed plan.

mod plan;
pub use plan::*;
