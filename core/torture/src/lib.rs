//! Torture: everything a stream can do to a framing, tried on purpose. Every cut, damaged and
//! endless headers, garbage, truncation, flipped bits; and what comes of it, shrunk to the smallest
//! case that still shows it.
//!
//! Pure: a [`Rig`] makes the framings and, where there is one, has the clock and the heap. Whatever
//! is random comes from the seed, so the same seed tries the same things and says the same.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod apart;
mod case;
mod check_context;
mod checks;
mod hexadecimal;
mod material;
mod outcome;
mod pair;
mod recording;
pub mod shrink;
mod stream_driver;

pub use case::Case;
pub use checks::{CHECKS, Check, check_named};

use serde::{Deserialize, Serialize};
use wirebench_framings::{Capabilities, Framing, Nanos, Role};

/// What the torture works with: the framing under test and the instruments.
pub trait Rig {
    /// Makes one end of a connection; the error says why that is impossible.
    fn framing(&mut self, role: Role) -> Result<Box<dyn Framing>, String>;

    /// About to try what `case` makes: for a trace that outlives a crash. Called very often.
    fn trying(&mut self, case: &mut dyn FnMut() -> Case) {
        let _ = case;
    }

    /// How long this thread has worked, in nanoseconds of processor time from any start; `None`:
    /// there is no such clock.
    fn worked(&mut self) -> Option<Nanos> {
        None
    }

    /// From here on the heap is watched; false: it cannot be.
    fn watch_heap(&mut self) -> bool {
        false
    }

    /// The most bytes that were taken from the heap, beyond what was taken when
    /// [`watch_heap`](Self::watch_heap) was called. Memory that was only held during a call is
    /// counted if the rig can see it.
    fn heap_peak(&mut self) -> u64 {
        0
    }
}

/// How it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Everything random comes from it.
    pub seed: u64,
    /// Smaller and fewer: for a first look.
    pub quick: bool,
    /// The framing counts the bytes it looks at ([`Decoded::inspected`](wirebench_framings::Decoded)).
    pub counts_work: bool,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Its name.
    pub check: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How many cases were tried.
    pub tried: u64,
    /// What was tried, or why nothing was, in a few words.
    pub note: String,
    /// What was measured.
    pub figures: Vec<Figure>,
    /// What is wrong.
    pub finding: Option<Finding>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing wrong was found.
    Holds,
    /// Something is wrong.
    Finding,
    /// It means nothing for this framing.
    NotApplicable,
    /// It has no right and wrong, only figures.
    Measured,
}

/// A number that a check measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is; a unit stands at the end of the name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// Something that a framing must not do, and the smallest case that shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong, as one sentence without a full stop.
    pub what: String,
    /// The case that shows it, for `--case`; `None`: only the whole check does.
    pub case: Option<String>,
    /// The stream that is read, if it is short enough to be shown.
    #[serde(with = "hexadecimal")]
    pub bytes: Vec<u8>,
    /// Where it is cut.
    pub cuts: Vec<usize>,
    /// What was expected, line by line.
    pub expected: Vec<String>,
    /// What came instead, line by line.
    pub got: Vec<String>,
    /// As what it was found, before it was shrunk; empty where that says nothing.
    pub found_as: String,
}

/// Runs one check.
pub fn run(
    rig: &mut dyn Rig,
    capabilities: Capabilities,
    settings: Settings,
    check: Check,
) -> CheckReport {
    let mut cx = check_context::CheckContext::new(rig, capabilities, settings);
    let ended = (check.run)(&mut cx);
    cx.report(check.name, ended)
}

/// Tries one case as `check` judges it.
pub fn retry(
    rig: &mut dyn Rig,
    capabilities: Capabilities,
    settings: Settings,
    check: Check,
    case: &Case,
) -> CheckReport {
    let mut cx = check_context::CheckContext::new(rig, capabilities, settings);
    let finding = (check.judge)(&mut cx, case);
    let ended = finding.map_or(
        check_context::Ended::Holds("the case passes".into()),
        check_context::Ended::finding,
    );
    cx.report(check.name, ended)
}
