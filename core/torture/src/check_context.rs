//! The context of a check: makes framings, records and reads streams, counts what was tried, and
//! shrinks what was found.

use super::outcome::Outcome;
use super::recording::Recorded;
use super::shrink::{self, Budget};
use super::stream_driver;
use super::{Case, CheckReport, Figure, Finding, Rig, Settings, Verdict};
use wirebench_framings::{Capabilities, Framing, Role};
use wirebench_load::rng::SplitMix64;

/// Bytes of a stream up to which a finding shows it.
const SHOWN: usize = 4096;

/// How often shrinking asks, for messages and for bytes.
const FOR_MESSAGES: u32 = 150;
const FOR_BYTES: u32 = 4_000;

/// What one check works with, and what it has tried so far.
pub(super) struct CheckContext<'a> {
    pub(super) rig: &'a mut dyn Rig,
    pub(super) capabilities: Capabilities,
    pub(super) settings: Settings,
    /// How many cases were tried.
    pub(super) tried: u64,
    pub(super) figures: Vec<Figure>,
    /// A message of no bytes is a fault.
    no_empty: bool,
}

/// How a check ended.
pub(super) enum Ended {
    Holds(String),
    Finding(Box<Finding>),
    NotApplicable(String),
    Measured(String),
}

impl Ended {
    pub(super) fn finding(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl<'a> CheckContext<'a> {
    pub(super) fn new(
        rig: &'a mut dyn Rig,
        capabilities: Capabilities,
        settings: Settings,
    ) -> Self {
        Self { rig, capabilities, settings, tried: 0, figures: Vec::new(), no_empty: false }
    }

    /// Random numbers for one purpose; they follow from the seed.
    pub(super) fn dice(&self, purpose: u64) -> SplitMix64 {
        SplitMix64::stream(self.settings.seed, purpose)
    }

    /// The first of two sizes; the second where the user asked for a quick run.
    pub(super) fn size(&self, full: usize, quick: usize) -> usize {
        if self.settings.quick { quick } else { full }
    }

    /// From here on a message of no bytes is a fault, whatever stream it is found in.
    pub(super) fn forbid_empty(&mut self) {
        self.no_empty = true;
    }

    /// Makes one end of a connection; the error says why that failed.
    pub(super) fn framing(&mut self, role: Role) -> Result<Box<dyn Framing>, String> {
        let made = stream_driver::guarded(|| self.rig.framing(role));
        made.and_then(|made| made).map_err(|why| format!("it could not be made: {why}"))
    }

    /// Notes a figure for the report.
    pub(super) fn figure(&mut self, name: &str, value: f64) {
        self.figures.push(Figure { name: name.to_owned(), value });
    }

    /// What the end `role` makes of `bytes`.
    pub(super) fn read_as(&mut self, role: Role, bytes: &[u8], cuts: &[usize]) -> Outcome {
        self.tried += 1;
        self.rig.trying(&mut || Case::Stream { bytes: bytes.to_vec(), cuts: cuts.to_vec(), role });
        let mut outcome = match self.framing(role) {
            Ok(framing) => stream_driver::read(framing, bytes, cuts),
            Err(fault) => Outcome { fault: Some(fault), ..Outcome::default() },
        };
        if self.no_empty && outcome.messages.iter().any(Vec::is_empty) {
            let what = "it delivers an empty message, though it says that it carries none";
            outcome.fault.get_or_insert_with(|| what.to_owned());
        }
        outcome
    }

    /// What the server makes of `bytes`.
    pub(super) fn read(&mut self, bytes: &[u8], cuts: &[usize]) -> Outcome {
        self.read_as(Role::Server, bytes, cuts)
    }

    /// What is wrong with reading `bytes` in the pieces between `cuts`, if anything is: a fault, or
    /// for an invariant framing another outcome than of one read.
    pub(super) fn judge_stream(
        &mut self,
        role: Role,
        bytes: &[u8],
        cuts: &[usize],
    ) -> Option<Finding> {
        let whole = self.read_as(role, bytes, &[]);
        if let Some(fault) = &whole.fault {
            return Some(fault_finding(role, bytes, &[], fault, &whole));
        }
        if cuts.is_empty() {
            return None;
        }
        let cut = self.read_as(role, bytes, cuts);
        self.compare(role, bytes, cuts, &whole, &cut)
    }

    /// The same where the outcomes are known.
    pub(super) fn compare(
        &self,
        role: Role,
        bytes: &[u8],
        cuts: &[usize],
        whole: &Outcome,
        cut: &Outcome,
    ) -> Option<Finding> {
        if let Some(fault) = &cut.fault {
            return Some(fault_finding(role, bytes, cuts, fault, whole));
        }
        if !self.capabilities.invariant || whole == cut {
            return None;
        }
        let places = match cuts.len() {
            1 => format!("cut at {}", cuts[0]),
            2..=4 => format!("cut at {cuts:?}").replace(['[', ']'], ""),
            count => format!("cut at {count} places"),
        };
        let (expected, got) = whole.lines_beside(cut);
        Some(Finding {
            what: format!("{places}, the same bytes lead elsewhere: {}", whole.difference(cut)),
            expected,
            got,
            ..of_stream(role, bytes, cuts)
        })
    }

    /// In what way a stream is wrong, if it is: shrinking keeps to one.
    fn kind(&mut self, role: Role, bytes: &[u8], cuts: &[usize]) -> Option<&'static str> {
        let whole = self.read_as(role, bytes, &[]);
        if whole.fault.is_some() {
            return Some("it breaks");
        }
        let cut = self.read_as(role, bytes, cuts);
        self.compare(role, bytes, cuts, &whole, &cut)?;
        Some(whole.difference(&cut))
    }

    /// The smallest stream that is wrong in the same way, starting from one that is.
    pub(super) fn shrink(&mut self, role: Role, bytes: &[u8], cuts: &[usize]) -> Option<Finding> {
        let found_as = format!("{} cut at {} places", size(bytes.len()), cuts.len());
        // A longer stream is read fewer times.
        let reads = (64 << 20) / (bytes.len() * (cuts.len() + 1)).max(1) + 200;
        let budget = Budget::new(FOR_BYTES.min(u32::try_from(reads).unwrap_or(u32::MAX)));
        let start = (bytes.to_vec(), cuts.to_vec());
        let tried = self.tried;
        let kind = self.kind(role, bytes, cuts);
        let (bytes, cuts) = shrink::stream(start.0, start.1, &budget, &mut |bytes, cuts| {
            self.kind(role, bytes, cuts) == kind
        });
        let finding = self.judge_stream(role, &bytes, &cuts);
        // Shrinking is no trying.
        self.tried = tried;
        finding.map(|finding| Finding { found_as, ..finding })
    }

    /// The smallest messages that still fail, starting from some that do.
    pub(super) fn shrink_messages(
        &mut self,
        messages: Vec<Vec<u8>>,
        fails: &mut dyn FnMut(&mut Self, &[Vec<u8>]) -> bool,
    ) -> Vec<Vec<u8>> {
        let tried = self.tried;
        let small = shrink::messages(messages, &Budget::new(FOR_MESSAGES), &mut |messages| {
            fails(self, messages)
        });
        self.tried = tried;
        small
    }

    /// The report of the check, now that it has ended.
    pub(super) fn report(self, check: &str, ended: Ended) -> CheckReport {
        let (verdict, note, finding) = match ended {
            Ended::Holds(note) => (Verdict::Holds, note, None),
            Ended::Finding(finding) => (Verdict::Finding, String::new(), Some(*finding)),
            Ended::NotApplicable(why) => (Verdict::NotApplicable, why, None),
            Ended::Measured(note) => (Verdict::Measured, note, None),
        };
        let (tried, figures) = (self.tried, self.figures);
        CheckReport { check: check.to_owned(), verdict, tried, note, figures, finding }
    }
}

fn fault_finding(
    role: Role,
    bytes: &[u8],
    cuts: &[usize],
    fault: &str,
    whole: &Outcome,
) -> Finding {
    let expected = if whole.fault.is_some() {
        vec!["messages, an error, or waiting for more".into()]
    } else {
        whole.lines()
    };
    Finding {
        what: fault.to_owned(),
        expected,
        got: vec![fault.to_owned()],
        ..of_stream(role, bytes, cuts)
    }
}

/// A finding that a stream shows, still without its words.
pub(super) fn of_stream(role: Role, bytes: &[u8], cuts: &[usize]) -> Finding {
    let short = bytes.len() <= SHOWN;
    let case = Case::Stream { bytes: bytes.to_vec(), cuts: cuts.to_vec(), role };
    Finding {
        what: String::new(),
        case: short.then(|| case.to_string()),
        bytes: if short { bytes.to_vec() } else { Vec::new() },
        cuts: if short { cuts.to_vec() } else { Vec::new() },
        expected: Vec::new(),
        got: Vec::new(),
        found_as: String::new(),
    }
}

/// A finding that messages show, still without its words.
pub(super) fn of_messages(messages: &[Vec<u8>], recorded: Option<Recorded>) -> Finding {
    let stream = recorded.unwrap_or_default();
    let finding = of_stream(Role::Server, &stream.bytes, &[]);
    let short = messages.iter().map(Vec::len).sum::<usize>() <= SHOWN;
    let case = short.then(|| Case::Messages(messages.to_vec()).to_string());
    Finding { case, ..finding }
}

pub(super) fn size(bytes: usize) -> String {
    format!("{bytes} B")
}
