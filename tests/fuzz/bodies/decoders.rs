//! Every built-in decoder, fed the same stream whole, in pieces and byte by byte.
//!
//! | bytes of the input | mean |
//! |---|---|
//! | 0 | which of [`SUBJECTS`] |
//! | 1 | bit 0: the reader is the client; bits 1 and 2: how many messages it has sent before |
//! | 2 to 5 | lengths of the pieces, again and again; 0 is left out |
//! | 6 … | the stream |
//!
//! No decoder may panic, look at bytes without end, take memory on a peer's word or say that a
//! message stands where there is none. An invariant one has to come to the same messages, places,
//! answers and error every time.

use super::input::Input;
use wirebench::framing::{Decoded, Framing, FramingSpec, Gate, MOST_DROPPED, Role, Wire, build};

/// A value of a setting.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// An integer.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// A flag.
    Flag(bool),
}

use Value::{Flag, Number, Text};

/// A framing and the settings that differ from its defaults.
pub type Subject = (&'static str, &'static [(&'static str, Value)]);

/// Every built-in framing, and settings that change how it decodes. Only append: files of the
/// corpus hold places in this list.
pub const SUBJECTS: [Subject; 47] = [
    ("raw", &[]),
    ("sleep", &[]),
    ("eof", &[("max", Number(64))]),
    ("fixed", &[("size", Number(24))]),
    ("line", &[("max", Number(64))]),
    ("line", &[("ending", Text("crlf")), ("max", Number(64))]),
    ("delimiter", &[("max", Number(64))]),
    ("delimiter", &[("delimiter", Text("aba")), ("max", Number(64))]),
    ("delimiter-escaped", &[("max", Number(64))]),
    ("delimiter-escaped", &[("delimiter", Text("a")), ("escape", Text("x"))]),
    ("len8", &[]),
    ("len8", &[("signed", Flag(true))]),
    ("len16be", &[("max", Number(300))]),
    ("len16be", &[("offset", Number(3)), ("adjust", Number(-5)), ("max", Number(60))]),
    ("len16be", &[("offset", Number(1)), ("strip", Number(9)), ("max", Number(60))]),
    ("len16le", &[("adjust", Number(2)), ("max", Number(60))]),
    ("len24be", &[]),
    ("len24le", &[]),
    ("len32be", &[]),
    ("len32le", &[]),
    ("len32le", &[("signed", Flag(true))]),
    ("len64be", &[]),
    ("len64le", &[]),
    ("varint", &[("max", Number(300))]),
    ("varint", &[]),
    ("netstring", &[("max", Number(120))]),
    ("resp-bulk", &[("max", Number(120))]),
    ("content-length", &[("max", Number(120)), ("header-max", Number(64))]),
    ("json-header", &[("max", Number(120))]),
    ("handshake", &[("max", Number(120))]),
    ("handshake", &[("terminator", Text("lf")), ("max", Number(120))]),
    ("len-ack", &[("max", Number(120))]),
    ("len-ack", &[("max", Number(120)), ("window", Number(100))]),
    ("grpc", &[("max", Number(120))]),
    ("websocket", &[("max", Number(300))]),
    ("websocket", &[("fragment", Number(3)), ("max", Number(60))]),
    ("chunked", &[("max", Number(60)), ("line-max", Number(16))]),
    ("chunked", &[("chunk", Number(3))]),
    ("record-marking", &[("max", Number(60))]),
    ("record-marking", &[("fragment", Number(3))]),
    ("cobs", &[("max", Number(600))]),
    ("cobs-crc32c", &[("max", Number(60))]),
    ("slip", &[("max", Number(60))]),
    ("slip", &[("leading-end", Flag(true)), ("max", Number(60))]),
    ("hdlc", &[("max", Number(60))]),
    ("hdlc", &[("fcs", Number(32)), ("max", Number(60))]),
    ("magic-len-crc32c", &[("max", Number(60))]),
];

/// How often the bytes of a stream may be looked at in one call.
const LOOKS: usize = 4;

/// Runs the target.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let spec = spec(&SUBJECTS[input.u8() as usize % SUBJECTS.len()]);
    let flags = input.u8();
    let role = if flags & 1 == 1 { Role::Client } else { Role::Server };
    let sent = flags >> 1 & 3;
    let pieces: [usize; 4] = std::array::from_fn(|_| input.u8().into());
    let stream = input.0;
    let whole = read(&spec, role, sent, stream, &mut [stream.len()].into_iter().cycle());
    let mut cut = pieces.into_iter().filter(|piece| *piece > 0).cycle();
    let cut = read(&spec, role, sent, stream, &mut cut);
    // Long streams byte by byte would be most of the fuzzer's time.
    let short = &stream[..stream.len().min(200)];
    let singly = read(&spec, role, sent, short, &mut std::iter::repeat(1));
    if !spec.nature().expect("checked settings").invariant {
        return;
    }
    assert_eq!(whole, cut, "{}: in pieces of {pieces:?}", spec.kind);
    if short.len() == stream.len() {
        assert_eq!(whole, singly, "{}: byte by byte", spec.kind);
    }
}

/// The specification of a subject.
pub fn spec((kind, settings): &Subject) -> FramingSpec {
    let given = settings.iter().map(|(name, value)| {
        let value = match *value {
            Number(number) => number.into(),
            Text(text) => text.into(),
            Flag(flag) => flag.into(),
        };
        ((*name).to_owned(), value)
    });
    FramingSpec::parse(kind, given.collect()).unwrap_or_else(|errors| panic!("{kind}: {errors:?}"))
}

/// Everything that a stream led to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The messages and where their frames stood in the stream.
    pub messages: Vec<(Vec<u8>, i64, i64)>,
    /// What the reader itself sent.
    pub control: Vec<u8>,
    /// How many messages had come before each byte of that.
    pub answered: Vec<usize>,
    /// The first stretches that were dropped.
    pub dropped: Vec<(i64, i64, String)>,
    /// All that were.
    pub dropped_count: u64,
    /// What was wrong with the stream, or with its end.
    pub error: Option<(usize, String)>,
}

/// What a reader in `role`, which has `sent` messages, makes of `stream` in pieces.
pub fn read(
    spec: &FramingSpec,
    role: Role,
    sent: u8,
    stream: &[u8],
    pieces: &mut dyn Iterator<Item = usize>,
) -> Outcome {
    let mut framing = build(spec, role).expect("checked settings");
    let mut own = Vec::new();
    for _ in 0..sent {
        if framing.gate(0) == Gate::Open {
            let _ = framing.encode(0, b"hi", &mut Wire::new(&mut own, usize::MAX));
        }
    }
    let mut reader = Reader { out: Decoded::default(), outcome: Outcome::default(), passed: 0 };
    reader.all(&mut *framing, stream, pieces);
    let longest = (stream.len() + own.len()) * 16 + 4096;
    assert!(reader.outcome.control.len() <= longest, "answers without end");
    reader.outcome
}

struct Reader {
    out: Decoded,
    outcome: Outcome,
    /// Bytes of the stream that were consumed.
    passed: usize,
}

impl Reader {
    fn all(
        &mut self,
        framing: &mut dyn Framing,
        stream: &[u8],
        pieces: &mut dyn Iterator<Item = usize>,
    ) {
        let (mut read, mut quiet_until) = (0, 0);
        while read < stream.len() {
            read = stream.len().min(read + pieces.next().unwrap_or(stream.len()));
            self.out.again = true;
            while self.out.again {
                self.out.clear();
                let result = framing.feed(0, &stream[self.passed..read], &mut self.out);
                assert!(self.out.frames.is_empty() || read >= quiet_until, "before `need` bytes");
                assert!(!self.out.again || self.out.consumed > 0, "again for ever");
                if self.note(framing, &stream[self.passed..read], result.err()) {
                    return;
                }
                quiet_until = read + self.out.need;
                self.passed += self.out.consumed;
            }
        }
        self.out.clear();
        let rest = &stream[self.passed..];
        let result = framing.end_of_input(0, rest, &mut self.out);
        if self.note(framing, rest, result.err()) {
            return;
        }
        // What waits for the peer waits in vain.
        for _ in 0..8 {
            let Some(due) = framing.deadline() else { return };
            self.out.clear();
            let result = framing.timeout(due, &mut self.out);
            if self.note(framing, &[], result.err()) {
                return;
            }
        }
    }

    /// Notes what a call has found, and holds it to the rules. True when the stream is over.
    fn note(
        &mut self,
        framing: &dyn Framing,
        input: &[u8],
        error: Option<wirebench::framing::FrameError>,
    ) -> bool {
        let (out, outcome) = (&self.out, &mut self.outcome);
        let (len, base) = (input.len(), self.passed as i64);
        assert_eq!(framing.fault(), None, "a peer made it unusable");
        assert!(out.consumed <= len, "consumed {} of {len}", out.consumed);
        assert!(out.inspected <= LOOKS * len + 64, "looked {} times at {len}", out.inspected);
        assert!(out.frames.len() <= len + 1, "{} messages in {len} bytes", out.frames.len());
        assert!(out.dropped.len() <= MOST_DROPPED && out.dropped_count <= len as u64 + 1);
        outcome.control.extend_from_slice(&out.control);
        outcome.answered.resize(outcome.control.len(), outcome.messages.len());
        for frame in &out.frames {
            let message = out.message(frame, input).to_vec();
            assert!(frame.wire_at <= frame.wire_end && frame.wire_end <= len as i64, "{frame:?}");
            assert!(message.len() as u64 <= framing.nature().max, "longer than the limit");
            outcome.messages.push((message, frame.wire_at + base, frame.wire_end + base));
        }
        for one in &out.dropped {
            assert!(one.at < one.end && !one.text.is_empty(), "{one:?}");
            // A call describes so many at most; cut in pieces, a stream has more calls.
            if outcome.dropped.len() < MOST_DROPPED {
                outcome.dropped.push((one.at + base, one.end + base, one.text.clone()));
            }
        }
        outcome.dropped_count += out.dropped_count;
        let Some(error) = error else { return false };
        assert!(error.at <= len && error.text.len() < 1000, "{error:?}");
        outcome.error = Some((self.passed + error.at, error.text));
        true
    }
}
