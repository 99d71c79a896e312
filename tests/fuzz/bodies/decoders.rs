//! Every built-in decoder, fed the same stream whole, in pieces and byte by byte.
//!
//! | bytes of the input | mean |
//! |---|---|
//! | 0 | which of [`SUBJECTS`](static@SUBJECTS) |
//! | 1 | bit 0: the reader is the client; bits 1 and 2: how many messages it has sent before |
//! | 2 to 5 | lengths of the pieces, again and again; 0 is left out |
//! | 6 … | the stream |
//!
//! No decoder may panic, look at bytes without end, take memory on a peer's word or say that a
//! message stands where there is none. An invariant one has to come to the same messages, places,
//! answers and error every time.

use super::input::Input;
use std::convert::Infallible;
use std::sync::LazyLock;
use wirebench::framing::driver::{Event, ReceiveBuffer, Receiver, drive, encode};
use wirebench::framing::{
    DecodeError, Decoded, Frame, Framing, FramingSpec, Gate, MAX_DROPPED, Nanos, Role, build,
    describe, names,
};

/// A value of a setting.
#[derive(Clone, Copy, Debug)]
enum Value {
    /// An integer.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// A flag.
    Flag(bool),
}

use Value::{Flag, Number, Text};

/// Every built-in framing, and settings that change how it decodes: those of the list below, then each
/// that it does not name, with a limit that is soon reached.
pub static SUBJECTS: LazyLock<Vec<FramingSpec>> = LazyLock::new(|| {
    let named = |name: &&str| CHOSEN.iter().any(|(kind, _)| kind == name);
    let others = names().into_iter().filter(|name| !named(name));
    let limit: &[(&str, Value)] = &[("max", Number(60))];
    let with_limit = others.map(|name| {
        let settings = describe(name).map_or(&[][..], |framing| framing.settings);
        let has_limit = settings.iter().any(|setting| setting.name == "max");
        spec(name, if has_limit { limit } else { &[] })
    });
    CHOSEN.iter().map(|(kind, settings)| spec(kind, settings)).chain(with_limit).collect()
});

/// Framings and the settings that differ from their defaults. Only append: files of the corpus hold
/// places in this list.
const CHOSEN: &[(&str, &[(&str, Value)])] = &[
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
    ("websocket", &[("payload", Text("text")), ("max", Number(60))]),
    ("websocket", &[("opening", Text("/chat")), ("max", Number(60))]),
    (
        "len32be",
        &[
            ("prefix", Text("01")),
            ("offset", Number(3)),
            ("trailer", Text("ce")),
            ("max", Number(60)),
        ],
    ),
    (
        "len8",
        &[
            ("copy", Text("complement")),
            ("suffix", Text("02 03")),
            ("strip", Number(0)),
            ("max", Number(60)),
        ],
    ),
    ("varint", &[("prefix", Text("30")), ("offset", Number(2)), ("max", Number(200))]),
    ("octet-count", &[("max", Number(120))]),
    ("cobs", &[("leading", Flag(true)), ("max", Number(600))]),
    ("json-stream", &[("piece", Number(3)), ("max", Number(120))]),
];

/// How often the bytes of a stream may be looked at in one call.
const LOOKS: usize = 4;

/// Runs the target.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let spec = &SUBJECTS[input.u8() as usize % SUBJECTS.len()];
    let flags = input.u8();
    let role = if flags & 1 == 1 { Role::Client } else { Role::Server };
    let sent = flags >> 1 & 3;
    let pieces: [usize; 4] = std::array::from_fn(|_| input.u8().into());
    let stream = input.0;
    let whole = read(spec, role, sent, stream, &mut [stream.len()].into_iter().cycle());
    let mut cut = pieces.into_iter().filter(|piece| *piece > 0).cycle();
    let cut = read(spec, role, sent, stream, &mut cut);
    // Long streams byte by byte would be most of the fuzzer's time.
    let short = &stream[..stream.len().min(200)];
    let singly = read(spec, role, sent, short, &mut std::iter::repeat(1));
    if !spec.capabilities().expect("checked settings").invariant {
        return;
    }
    assert_eq!(whole, cut, "{}: in pieces of {pieces:?}", spec.kind);
    if short.len() == stream.len() {
        assert_eq!(whole, singly, "{}: byte by byte", spec.kind);
    }
}

fn spec(kind: &str, settings: &[(&str, Value)]) -> FramingSpec {
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
            let _ = encode(&mut *framing, 0, b"hi", &mut own, usize::MAX);
        }
    }
    let (event, outcome) = (Event::Bytes, Outcome::default());
    let watched = Watched { framing, event, quiet_until: 0, outcome };
    let mut reader =
        Reader { watched, buffer: ReceiveBuffer::default(), decoded: Decoded::default() };
    reader.all(stream, pieces);
    let outcome = reader.watched.outcome;
    let longest = (stream.len() + own.len()) * 16 + 4096;
    assert!(outcome.control.len() <= longest, "answers without end");
    outcome
}

struct Reader {
    watched: Watched,
    buffer: ReceiveBuffer,
    decoded: Decoded,
}

impl Reader {
    fn all(&mut self, stream: &[u8], pieces: &mut dyn Iterator<Item = usize>) {
        let mut read = 0;
        while read < stream.len() {
            let end = stream.len().min(read + pieces.next().unwrap_or(stream.len()));
            self.buffer.push(&stream[read..end]);
            read = end;
            if !self.goes_on_after(Event::Bytes, 0) {
                return;
            }
        }
        if !self.goes_on_after(Event::End, 0) {
            return;
        }
        // What waits for the peer waits in vain.
        for _ in 0..8 {
            let Some(due) = self.watched.framing.deadline() else { return };
            if !self.goes_on_after(Event::Deadline, due) {
                return;
            }
        }
    }

    fn goes_on_after(&mut self, event: Event, now: Nanos) -> bool {
        self.watched.event = event;
        let Ok(()) = drive(&mut self.watched, event, now, &mut self.buffer, &mut self.decoded);
        self.watched.outcome.error.is_none()
    }
}

/// A decoder that is held to the rules while it is told of something.
struct Watched {
    framing: Box<dyn Framing>,
    event: Event,
    /// No message may come before so many bytes were read.
    quiet_until: u64,
    outcome: Outcome,
}

impl Watched {
    /// Bytes that the decoder was given.
    fn given(&self, buffer: &ReceiveBuffer) -> usize {
        if self.event == Event::Deadline { 0 } else { buffer.unread().len() }
    }
}

impl Receiver for Watched {
    type Stop = Infallible;

    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(&mut *self.framing)
    }

    fn found(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), Infallible> {
        let len = self.given(buffer);
        assert_eq!(self.framing.fault(), None, "a peer made it unusable");
        assert!(decoded.consumed <= len, "consumed {} of {len}", decoded.consumed);
        assert!(!decoded.again || decoded.consumed > 0, "again for ever");
        let looks = decoded.inspected;
        assert!(looks <= LOOKS * len + 64, "looked {looks} times at {len}");
        assert!(decoded.frames.len() <= len + 1, "{} messages in {len}", decoded.frames.len());
        let dropped = (decoded.dropped.len(), decoded.dropped_count);
        assert!(dropped.0 <= MAX_DROPPED && dropped.1 <= len as u64 + 1, "{dropped:?} in {len}");
        let early = self.event == Event::Bytes && buffer.received() < self.quiet_until;
        assert!(decoded.frames.is_empty() || !early, "before `need` bytes");
        Ok(())
    }

    fn control(&mut self, bytes: &[u8]) {
        self.outcome.control.extend_from_slice(bytes);
        self.outcome.answered.resize(self.outcome.control.len(), self.outcome.messages.len());
    }

    fn message(
        &mut self,
        buffer: &ReceiveBuffer,
        frame: &Frame,
        message: &[u8],
    ) -> Result<(), Infallible> {
        let (len, base) = (self.given(buffer) as i64, buffer.offset() as i64);
        assert!(frame.wire_at <= frame.wire_end && frame.wire_end <= len, "{frame:?}");
        assert!(message.len() as u64 <= self.framing.capabilities().max, "longer than the limit");
        let place = (frame.wire_at + base, frame.wire_end + base);
        self.outcome.messages.push((message.to_vec(), place.0, place.1));
        Ok(())
    }

    fn settle(
        &mut self,
        buffer: &ReceiveBuffer,
        decoded: &Decoded,
        result: Result<(), DecodeError>,
    ) {
        let base = buffer.offset() as i64;
        for one in &decoded.dropped {
            assert!(one.at < one.end && !one.text.is_empty(), "{one:?}");
            // A call describes so many at most; cut in pieces, a stream has more calls.
            if self.outcome.dropped.len() < MAX_DROPPED {
                self.outcome.dropped.push((one.at + base, one.end + base, one.text.clone()));
            }
        }
        self.outcome.dropped_count += decoded.dropped_count;
        if self.event == Event::Bytes {
            self.quiet_until = buffer.received() + decoded.need as u64;
        }
        if let Err(error) = result {
            let right = error.at <= self.given(buffer) && error.text.len() < 1000;
            assert!(right, "{error:?}");
            self.outcome.error = Some((buffer.offset() as usize + error.at, error.text));
        }
    }
}
