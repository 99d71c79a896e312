//! Other implementations and wrong bytes: what one refuses and the other takes is in a list, decided
//! by the specification, and in docs/framings.md. Anything else that they disagree on fails a test.

mod decided;
mod http;
mod lengths;
mod marks;
mod mutations;
mod python;
mod reference;

mod websocket;

use crate::driver::{Outcome, Subject};
use crate::seeded::seed;
use decided::DECIDED;

/// Undecided disagreements that a failure shows.
const MAX_SHOWN: usize = 8;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Behind a whole message.
    Clean,
    /// Inside of one: more could have come.
    Open,
    /// Bytes were refused.
    Refused,
}

/// What an implementation makes of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) fate: Fate,
}

impl Reading {
    /// What a framing of ours made of it.
    pub(crate) fn of(outcome: Outcome) -> Self {
        let fate = match (&outcome.error, &outcome.end) {
            (None, None) if outcome.dropped_count == 0 => Fate::Clean,
            (None, Some(_)) if outcome.dropped_count == 0 => Fate::Open,
            _ => Fate::Refused,
        };
        Self { messages: outcome.messages, fate }
    }

    /// Reads messages off a stream, one after the other, until it ends or `next` refuses: it answers
    /// with a message and the number of bytes it took, or `None` while some are missing.
    pub(crate) fn each(
        stream: &[u8],
        next: impl Fn(&[u8]) -> Result<Option<(Vec<u8>, usize)>, ()>,
    ) -> Self {
        let (mut messages, mut rest) = (Vec::new(), stream);
        loop {
            let fate = match next(rest) {
                _ if rest.is_empty() => Fate::Clean,
                Ok(Some((message, len))) => {
                    assert!(len > 0, "it would go on for ever");
                    messages.push(message);
                    rest = &rest[len..];
                    continue;
                }
                Ok(None) => Fate::Open,
                Err(()) => Fate::Refused,
            };
            return Self { messages, fate };
        }
    }
}

/// Which of the two takes what the other refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Here,
    There,
    /// Both take something, and not the same.
    Otherwise,
}

impl Taken {
    /// `None`: they agree. That one refuses what the other only waits to see the end of is no
    /// disagreement: neither takes it.
    fn by(ours: &Reading, theirs: &Reading) -> Option<Self> {
        let clean = |reading: &Reading| reading.fate == Fate::Clean;
        if ours.messages == theirs.messages {
            return match (clean(ours), clean(theirs)) {
                (true, false) => Some(Self::Here),
                (false, true) => Some(Self::There),
                _ => None,
            };
        }
        Some(if ours.messages.starts_with(&theirs.messages) && !clean(theirs) {
            Self::Here
        } else if theirs.messages.starts_with(&ours.messages) && !clean(ours) {
            Self::There
        } else {
            Self::Otherwise
        })
    }
}

/// A disagreement that the specification decides.
pub(crate) struct Decided {
    pub(crate) framing: &'static str,
    /// The other implementation.
    pub(crate) other: &'static str,
    /// What they disagree on, as the reference says it.
    pub(crate) bytes: &'static str,
    /// Who takes it.
    pub(crate) taken: Taken,
    /// What decides, and how.
    pub(crate) by: &'static str,
    /// A stream on which they disagree.
    pub(crate) example: &'static [u8],
    /// True for streams that hold such bytes.
    pub(crate) explains: fn(&[u8]) -> bool,
}

/// One of our framings and the implementation that it is held against.
pub(crate) struct Pair<'a> {
    pub(crate) subject: Subject,
    pub(crate) other: &'static str,
    pub(crate) ours: fn(Outcome) -> Reading,
    pub(crate) theirs: &'a dyn Fn(&[u8]) -> Reading,
}

impl Pair<'_> {
    fn readings(&self, stream: &[u8]) -> (Reading, Reading) {
        ((self.ours)(self.subject.receive(stream, &[])), (self.theirs)(stream))
    }

    fn decided(&self) -> impl Iterator<Item = &'static Decided> {
        let (framing, other) = (self.subject.spec.kind.clone(), self.other);
        DECIDED.iter().filter(move |one| one.framing == framing && one.other == other)
    }

    /// Every stream is read alike, or differently for a reason in the list; every reason in the list
    /// still is one.
    pub(crate) fn agree_but_for_what_is_decided(&self, streams: impl Iterator<Item = Vec<u8>>) {
        let (kind, other) = (&self.subject.spec.kind, self.other);
        for one in self.decided() {
            let (ours, theirs) = self.readings(one.example);
            let taken = Taken::by(&ours, &theirs);
            let what = format!("{kind}, {other}, {}: {ours:?}, {theirs:?}", one.bytes);
            assert_eq!(taken, Some(one.taken), "no disagreement any more? {what}");
            assert!((one.explains)(one.example), "{what}");
        }
        let mut undecided = Vec::new();
        for stream in streams {
            let (ours, theirs) = self.readings(&stream);
            let Some(taken) = Taken::by(&ours, &theirs) else { continue };
            if !self.decided().any(|one| one.taken == taken && (one.explains)(&stream)) {
                let (outcome, shown) = (self.subject.receive(&stream, &[]), stream.escape_ascii());
                undecided.push(format!(
                    "{taken:?} \"{shown}\"\n  ours: {ours:?} {}\n  theirs: {theirs:?}",
                    outcome.complaint()
                ));
            }
        }
        // The shortest say most.
        undecided.sort_by_key(String::len);
        undecided.dedup();
        undecided.truncate(MAX_SHOWN);
        let seed = seed();
        assert!(
            undecided.is_empty(),
            "{kind} and {other} disagree on what nothing decides (WIREBENCH_TEST_SEED={seed}):\n{}",
            undecided.join("\n")
        );
    }
}

/// True when `part` stands in `stream`.
pub(crate) fn holds(stream: &[u8], part: &[u8]) -> bool {
    stream.windows(part.len()).any(|window| window == part)
}
