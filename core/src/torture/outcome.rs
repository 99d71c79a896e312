//! What a stream led to, and how two outcomes differ.

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

/// Messages and bytes of one that are shown.
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
        let mut lines: Vec<String> = Vec::new();
        for (index, message) in self.messages.iter().take(SHOWN).enumerate() {
            let (at, end) = self.spans[index];
            lines.push(format!("message of {} (bytes {at} to {end})", shown(message)));
        }
        if self.messages.len() > SHOWN {
            lines.push(format!("… {} messages in all", self.messages.len()));
        }
        if self.messages.is_empty() {
            lines.push("no message".into());
        }
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
    let some = &bytes[..bytes.len().min(SHOWN_BYTES)];
    let hex: Vec<String> = some.iter().map(|byte| format!("{byte:02x}")).collect();
    let more = if some.len() < bytes.len() { " …" } else { "" };
    match bytes {
        [] => "0 B".into(),
        _ => format!("{} B: {}{more} \"{}\"", bytes.len(), hex.join(" "), some.escape_ascii()),
    }
}
