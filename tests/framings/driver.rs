//! Framings under the driver that sides use, held to what they promise to it.

use base64::Engine as _;
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use std::convert::Infallible;
use wirebench::framing::driver::{Event, ReceiveBuffer, Receiver, drive, encode};
use wirebench::framing::{
    Capabilities, DecodeError, Decoded, EncodeError, Frame, Framing, FramingSpec, Gate,
    MAX_DROPPED, Nanos, Role, build,
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

    pub(crate) fn capabilities(&self) -> Capabilities {
        self.spec.capabilities().expect("a parsed specification can be built")
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
        begin(&mut *framing, &mut bytes);
        for message in messages.iter().map(AsRef::as_ref) {
            if send(&mut *framing, message, &mut bytes).is_ok() {
                carried.push(message.to_vec());
            }
        }
        (bytes, carried)
    }

    /// Bytes that a client writes before its first frame.
    pub(crate) fn opening_len(&self) -> usize {
        self.stream::<&[u8]>(&[]).0.len()
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
) -> Result<(), EncodeError> {
    begin(framing, bytes);
    let start = bytes.len();
    encode(framing, 0, message, bytes, usize::MAX)?;
    if framing.gate(u64::MAX) == Gate::Blocked && !framing.capabilities().per_connection {
        let mut reader = Reader::default();
        reader.read(framing, &answer(&bytes[start..])).expect("the answer is right");
        bytes.extend_from_slice(&reader.outcome.control);
    }
    Ok(())
}

/// Appends what a framing says before any message, if it does, and answers it.
fn begin(framing: &mut dyn Framing, bytes: &mut Vec<u8>) {
    if framing.deadline() != Some(0) {
        return;
    }
    let mut reader = Reader::default();
    reader.timeout(framing, 0).expect("it speaks first");
    let said = std::mem::take(&mut reader.outcome.control);
    reader.read(framing, &answer(&said)).expect("the answer is right");
    assert!(reader.outcome.messages.is_empty(), "an answer is no message");
    bytes.extend_from_slice(&said);
}

/// What a peer says to the first bytes of a message that has to wait for it, or of a connection.
fn answer(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"GET ") {
        return answer_to_opening(bytes);
    }
    match bytes.first_chunk::<8>() {
        // `len-ack`: an acknowledgement of the sequence number.
        Some([0, _, _, _, sequence @ ..]) => [&[0xff; 4], &sequence[..]].concat(),
        _ => b"recv_ready".to_vec(),
    }
}

/// The right answer to the request that opens a WebSocket.
pub(crate) fn answer_to_opening(request: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(request).expect("a head is text");
    let key = text.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let hash = Sha1::digest([key.expect("a key"), guid].concat());
    let accept = base64::engine::general_purpose::STANDARD.encode(hash);
    let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    format!("{head}Sec-WebSocket-Accept: {accept}\r\n\r\n").into_bytes()
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
    /// Frames that the receiver itself sent once more.
    pub(crate) resent: u64,
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
    let mut reader = Reader::default();
    let mut read = 0;
    for end in cuts.iter().copied().chain([stream.len()]) {
        if let Err(error) = reader.read(framing, &stream[read..end]) {
            return Outcome { error: Some(error), ..reader.outcome };
        }
        read = end;
    }
    let end = reader.end(framing).err();
    Outcome { end, ..reader.outcome }
}

/// Reads a stream with a framing, and holds that to its rules. An error is its absolute place and its
/// text.
#[derive(Default)]
pub(crate) struct Reader {
    /// What it has led to, without errors.
    pub(crate) outcome: Outcome,
    buffer: ReceiveBuffer,
    decoded: Decoded,
    awaited: Awaited,
}

/// What the framing has said of bytes to come.
#[derive(Default)]
struct Awaited {
    /// No message may come before so many bytes were read.
    quiet_until: u64,
    /// With them, one has to come.
    exact: bool,
}

impl Reader {
    /// One read brings `piece`.
    pub(crate) fn read(
        &mut self,
        framing: &mut dyn Framing,
        piece: &[u8],
    ) -> Result<(), (usize, String)> {
        self.buffer.push(piece);
        self.tell(framing, Event::Bytes, 0)
    }

    /// The peer sends no more.
    pub(crate) fn end(&mut self, framing: &mut dyn Framing) -> Result<(), (usize, String)> {
        self.tell(framing, Event::End, 0)
    }

    /// The framing's deadline has passed.
    pub(crate) fn timeout(
        &mut self,
        framing: &mut dyn Framing,
        now: Nanos,
    ) -> Result<(), (usize, String)> {
        self.tell(framing, Event::Deadline, now)
    }

    /// How many bytes are kept.
    pub(crate) fn unread(&self) -> usize {
        self.buffer.unread().len()
    }

    fn tell(
        &mut self,
        framing: &mut dyn Framing,
        event: Event,
        now: Nanos,
    ) -> Result<(), (usize, String)> {
        let Self { outcome, buffer, decoded, awaited } = self;
        let mut watched = Watched { framing, event, outcome, awaited, error: None };
        let Ok(()) = drive(&mut watched, event, now, buffer, decoded);
        watched.error.map_or(Ok(()), Err)
    }
}

/// A framing that is told of something.
struct Watched<'a> {
    framing: &'a mut dyn Framing,
    event: Event,
    outcome: &'a mut Outcome,
    awaited: &'a mut Awaited,
    error: Option<(usize, String)>,
}

impl Watched<'_> {
    /// The bytes that a message needs are not there.
    fn is_early(&self, buffer: &ReceiveBuffer) -> bool {
        buffer.received() < self.awaited.quiet_until
    }
}

impl Receiver for Watched<'_> {
    type Stop = Infallible;

    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(self.framing)
    }

    fn found(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), Infallible> {
        assert!(decoded.consumed <= buffer.unread().len(), "consumed more than there was");
        assert!(!decoded.again || decoded.consumed > 0, "it could ask for ever to be called again");
        let early = self.event == Event::Bytes && self.is_early(buffer);
        assert!(decoded.frames.is_empty() || !early, "a message came before `need` bytes");
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
        let base = buffer.offset() as i64;
        self.outcome.messages.push(message.to_vec());
        self.outcome.spans.push((frame.wire_at + base, frame.wire_end + base));
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
                let (at, end) = (one.at + base, one.end + base);
                self.outcome.dropped.push((at, end, one.text.clone()));
            }
        }
        self.outcome.dropped_count += decoded.dropped_count;
        self.outcome.resent += decoded.resent;
        if let Err(error) = result {
            self.error = Some((buffer.offset() as usize + error.at, error.text));
        } else if self.event == Event::Bytes {
            let idle = decoded.frames.is_empty() && decoded.dropped_count == 0;
            let due = self.awaited.exact && !self.is_early(buffer);
            assert!(!idle || !due, "no message came with exactly `need` bytes");
            self.awaited.quiet_until = buffer.received() + decoded.need as u64;
            self.awaited.exact = decoded.need_is_exact;
        }
    }
}
