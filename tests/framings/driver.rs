//! Drives a framing as a side's event loop does: reads of any size, unconsumed bytes kept, consumed
//! ones dropped, positions counted from the beginning of the stream.

use serde_json::{Map, Value};
use wirebench::framing::{
    Decoded, Framing, FramingSpec, Gate, MOST_DROPPED, Nature, Role, Unsendable, Wire, build,
};

/// A framing with its settings.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) spec: FramingSpec,
}

impl Subject {
    pub(crate) fn new(kind: &str, settings: &Value) -> Self {
        let settings = settings.as_object().cloned().unwrap_or_else(Map::new);
        let spec = FramingSpec::parse(kind, settings)
            .unwrap_or_else(|errors| panic!("{kind}: {}", errors[0]));
        Self { spec }
    }

    pub(crate) fn nature(&self) -> Nature {
        self.spec.nature().expect("a parsed specification can be built")
    }

    pub(crate) fn framing(&self, role: Role) -> Box<dyn Framing> {
        build(&self.spec, role).expect("a parsed specification can be built")
    }

    /// The same framing with room for messages of 4 KiB, or as near to it as its length field goes.
    pub(crate) fn roomy(&self) -> Self {
        let room = if self.spec.settings.contains_key("size") { "size" } else { "max" };
        let roomy = [4096, 255, 127].into_iter().find_map(|bytes| {
            let mut settings = self.spec.settings.clone();
            settings.insert(room.to_owned(), Value::from(bytes));
            FramingSpec::parse(&self.spec.kind, settings).ok()
        });
        Self { spec: roomy.expect("every framing carries 127 bytes") }
    }

    /// All the client's bytes for those `messages` that the framing carries, and these messages.
    pub(crate) fn stream<M: AsRef<[u8]>>(&self, messages: &[M]) -> (Vec<u8>, Vec<Vec<u8>>) {
        let mut framing = self.framing(Role::Client);
        let (mut bytes, mut carried) = (Vec::new(), Vec::new());
        for message in messages.iter().map(AsRef::as_ref) {
            if send(&mut *framing, message, &mut bytes).is_ok() {
                carried.push(message.to_vec());
            }
        }
        (bytes, carried)
    }

    /// What a server makes of `stream`, read in the pieces between `cuts` (ascending).
    pub(crate) fn receive(&self, stream: &[u8], cuts: &[usize]) -> Outcome {
        receive(&mut *self.framing(Role::Server), stream, cuts)
    }
}

/// Appends all bytes that `message` needs, as if the peer answered at once where it must.
pub(crate) fn send(
    framing: &mut dyn Framing,
    message: &[u8],
    bytes: &mut Vec<u8>,
) -> Result<(), Unsendable> {
    let start = bytes.len();
    let mut wire = Wire::new(bytes, usize::MAX);
    let result = framing.encode(0, message, &mut wire);
    if result.is_err() {
        assert_eq!(bytes.len(), start, "a refused message left bytes behind");
    } else if framing.gate(u64::MAX) == Gate::Blocked && !framing.nature().per_connection {
        let mut out = Decoded::default();
        let answer = answer(&bytes[start..]);
        framing.feed(0, &answer, &mut out).expect("the answer is right");
        bytes.extend_from_slice(&out.control);
    }
    result
}

/// What a peer says to the first bytes of a message that has to wait for it.
fn answer(bytes: &[u8]) -> Vec<u8> {
    match bytes.first_chunk::<8>() {
        // `len-ack`: an acknowledgement of the sequence number.
        Some([0, _, _, _, sequence @ ..]) => [&[0xff; 4], &sequence[..]].concat(),
        _ => b"recv_ready".to_vec(),
    }
}

/// Everything that a stream led to. Two cuttings of one stream must lead to equal outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) messages: Vec<Vec<u8>>,
    /// Where each message's frame stood in the stream.
    pub(crate) spans: Vec<(i64, i64)>,
    /// What the receiver itself sent.
    pub(crate) control: Vec<u8>,
    /// How many messages had come before each byte of that: what answers them stands before it.
    pub(crate) answered: Vec<usize>,
    /// The first stretches that were dropped: their absolute places and texts.
    pub(crate) dropped: Vec<(i64, i64, String)>,
    /// All that were dropped.
    pub(crate) dropped_count: u64,
    /// The error in the stream: its absolute place and its text.
    pub(crate) error: Option<(usize, String)>,
    /// The error at the end of the stream, if the stream itself had none.
    pub(crate) end: Option<(usize, String)>,
}

impl Outcome {
    /// True when neither the stream nor its end was wrong.
    pub(crate) fn clean(&self) -> bool {
        self.error.is_none() && self.end.is_none() && self.dropped_count == 0
    }

    /// The text of whatever was wrong.
    pub(crate) fn complaint(&self) -> &str {
        let dropped = self.dropped.first().map_or("", |(.., text)| text);
        self.error.as_ref().or(self.end.as_ref()).map_or(dropped, |(_, text)| text)
    }
}

/// Feeds `stream` in the pieces between `cuts`, then its end.
pub(crate) fn receive(framing: &mut dyn Framing, stream: &[u8], cuts: &[usize]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut out = Decoded::default();
    let mut unconsumed = Vec::new();
    let (mut read, mut dropped, mut quiet_until, mut exact) = (0, 0, 0, false);
    for end in cuts.iter().copied().chain([stream.len()]) {
        unconsumed.extend_from_slice(&stream[read..end]);
        read = end;
        out.again = true;
        while out.again {
            out.clear();
            let result = framing.feed(0, &unconsumed, &mut out);
            assert!(out.consumed <= unconsumed.len(), "consumed more than there was");
            assert!(!out.again || out.consumed > 0, "it could ask for ever to be called again");
            let early = read < quiet_until;
            assert!(out.frames.is_empty() || !early, "a message came before `need` bytes");
            let idle = out.frames.is_empty() && out.dropped_count == 0 && result.is_ok();
            assert!(!idle || !exact || early, "no message came with exactly `need` bytes");
            note(&mut outcome, &out, &unconsumed, dropped);
            if let Err(error) = result {
                outcome.error = Some((dropped + error.at, error.text));
                return outcome;
            }
            (quiet_until, exact) = (read + out.need, out.need_is_exact);
            unconsumed.drain(..out.consumed);
            dropped += out.consumed;
        }
    }
    out.clear();
    let result = framing.end_of_input(0, &unconsumed, &mut out);
    note(&mut outcome, &out, &unconsumed, dropped);
    outcome.end = result.err().map(|error| (dropped + error.at, error.text));
    outcome
}

fn note(outcome: &mut Outcome, out: &Decoded, input: &[u8], dropped: usize) {
    outcome.control.extend_from_slice(&out.control);
    outcome.answered.resize(outcome.control.len(), outcome.messages.len());
    for frame in &out.frames {
        outcome.messages.push(out.message(frame, input).to_vec());
        outcome.spans.push((frame.wire_at + dropped as i64, frame.wire_end + dropped as i64));
    }
    for one in &out.dropped {
        assert!(one.at < one.end && !one.text.is_empty(), "{one:?}");
        // A call describes so many at most; cut in pieces, a stream has more calls.
        if outcome.dropped.len() < MOST_DROPPED {
            let (at, end) = (one.at + dropped as i64, one.end + dropped as i64);
            outcome.dropped.push((at, end, one.text.clone()));
        }
    }
    outcome.dropped_count += out.dropped_count;
}
