//! `[cpu]`: where the two sides run, and how they wait.

use super::choice;
use crate::diagnostics::Sink;
use crate::key::{Key, Kind, key};
use crate::layered::Values;
use serde::{Deserialize, Serialize};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    key(
        "cpu.placement",
        Kind::Word(&["split", "same", "free"]),
        r#""split""#,
        "each side on a processor of its own, both on one, or wherever the kernel puts them",
    ),
    key(
        "cpu.wait",
        Kind::Word(&["block", "spin"]),
        r#""block""#,
        "sleep in the kernel until something happens, or ask again and again",
    ),
];

/// `cpu.placement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Each side on a processor of its own.
    Split,
    /// Both sides on one processor.
    Same,
    /// Wherever the kernel puts them.
    Free,
}

/// `cpu.wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Sleep in the kernel until something happens.
    Block,
    /// Ask the kernel again and again.
    Spin,
}

/// `cpu = { … }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Where the sides run.
    pub placement: Placement,
    /// What the default would have been, where this machine cannot give it.
    #[serde(default)]
    pub instead_of: Option<Placement>,
    /// How they wait.
    pub wait: Wait,
}

/// What a scenario means that says nothing of it.
impl Default for Cpu {
    fn default() -> Self {
        read(&Values::defaults(0), &mut Sink::default())
    }
}

/// Reads it.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Cpu {
    Cpu {
        placement: choice(values, "cpu.placement", sink, Placement::Split),
        instead_of: None,
        wait: choice(values, "cpu.wait", sink, Wait::Block),
    }
}
