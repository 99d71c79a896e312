//! From a framing's name and settings to a [`Framing`].

use super::{Framing, Role};
use serde::{Deserialize, Serialize};

/// A framing as a scenario names it: checked, with every setting filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FramingSpec {
    /// The name in scenarios (`len32be`), or the plugin framing's own id.
    pub kind: String,
    /// The plugin that brings it, as the scenario names it; `None` for built-in framings.
    pub plugin: Option<String>,
    /// The settings as JSON, durations in nanoseconds and sizes in bytes.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// A wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError {
    /// JSON pointer to the setting (`/max`); empty for the framing itself.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// A similar name that exists.
    pub suggestion: Option<String>,
}

/// The names of all built-in framings, in the order of the documentation.
pub fn names() -> Vec<&'static str> {
    Vec::new()
}

/// Makes one connection's framing.
pub fn build(spec: &FramingSpec, role: Role) -> Result<Box<dyn Framing>, SpecError> {
    let _ = role;
    Err(SpecError {
        pointer: String::new(),
        message: format!("there is no framing `{}`", spec.kind),
        suggestion: None,
    })
}
