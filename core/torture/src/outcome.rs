//! What a stream led to, and how two outcomes differ.

use super::apart::{self, Apart};

/// Everything that a reader made of a stream. However the stream is cut, an invariant framing must
/// come to an equal outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) messages: Vec<Vec<u8>>,
    /// Where each message's frame stood in the stream.
    pub(super) spans: Vec<(i64, i64)>,
    /// What the reader itself sent.
    pub(super) control: Vec<u8>,
    /// The first damaged stretches that were dropped.
    pub(super) dropped: Vec<(i64, i64)>,
    /// All that were.
    pub(super) dropped_count: u64,
    /// The error in the stream: its place and its text.
    pub(super) error: Option<(usize, String)>,
    /// The error at the end of the stream, if the stream itself had none.
    pub(super) end: Option<(usize, String)>,
    /// What no framing may do, whatever it is fed: it panicked, or broke a rule.
    pub(super) fault: Option<String>,
}

/// Dropped stretches, and bytes of a message, that are shown.
const SHOWN: usize = 6;
const SHOWN_BYTES: usize = 16;

impl Outcome {
    /// True when neither the stream nor its end was wrong.
    pub(super) fn clean(&self) -> bool {
        !self.noticed() && self.fault.is_none()
    }

    /// True when the reader said that something was wrong.
    pub(super) fn noticed(&self) -> bool {
        self.error.is_some() || self.end.is_some() || self.dropped_count > 0
    }

    /// In what it differs from `other`, as a clause.
    pub(super) fn difference(&self, other: &Self) -> &'static str {
        if self.fault != other.fault {
            "it breaks"
        } else if self.messages != other.messages {
            "the messages differ"
        } else if self.error != other.error {
            "the error differs"
        } else if (&self.dropped, self.dropped_count) != (&other.dropped, other.dropped_count) {
            "other stretches are dropped"
        } else if self.end != other.end {
            "what is said at the end differs"
        } else if self.spans != other.spans {
            "the places of the messages on the wire differ"
        } else {
            "what it answers to the peer differs"
        }
    }

    /// For a person, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lines_from(None)
    }

    /// Both for a person, from the message in which they differ on.
    pub(super) fn lines_beside(&self, other: &Self) -> (Vec<String>, Vec<String>) {
        let apart = apart::apart(&self.messages, &other.messages);
        (self.lines_from(apart), other.lines_from(apart))
    }

    /// Line by line, the messages from where they part from others on.
    pub(super) fn lines_from(&self, apart: Option<Apart>) -> Vec<String> {
        let mut lines = apart::lines(&self.messages, &self.spans, apart);
        for (at, end) in self.dropped.iter().take(SHOWN) {
            lines.push(format!("dropped bytes {at} to {end}"));
        }
        if self.dropped_count > SHOWN as u64 {
            lines.push(format!("… {} stretches dropped in all", self.dropped_count));
        }
        if !self.control.is_empty() {
            lines.push(format!("answers {}", shown(&self.control)));
        }
        if let Some((at, text)) = &self.error {
            lines.push(format!("error at {at}: {text}"));
        }
        if let Some((at, text)) = &self.end {
            lines.push(format!("at the end, error at {at}: {text}"));
        }
        if let Some(fault) = &self.fault {
            lines.push(fault.clone());
        }
        lines
    }
}

/// `3 B: 61 62 63 "abc"`.
pub(super) fn shown(bytes: &[u8]) -> String {
    shown_from(bytes, 0)
}

/// `9 B, from byte 6: 67 68 69 "ghi"`.
pub(super) fn shown_from(bytes: &[u8], from: usize) -> String {
    let rest = &bytes[from..];
    let some = &rest[..rest.len().min(SHOWN_BYTES)];
    let hex: Vec<String> = some.iter().map(|byte| format!("{byte:02x}")).collect();
    let more = if some.len() < rest.len() { " …" } else { "" };
    let place = if from > 0 { format!(", from byte {from}") } else { String::new() };
    match bytes {
        [] => "0 B".into(),
        _ => {
            format!("{} B{place}: {}{more} \"{}\"", bytes.len(), hex.join(" "), some.escape_ascii())
        }
    }
}
