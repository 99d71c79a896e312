//! `websocket`: the frames of RFC 6455, section 5. Messages are binary, in one frame or in
//! fragments; a client masks what it sends, a server does not. A ping is answered by a pong, a
//! close by a close.
//!
//! The opening handshake over HTTP is left out: the stream begins with the first frame. Mask keys
//! come from a seed, so that the same messages are the same bytes in every run; a browser must not
//! do that (section 10.3).

use super::hint::shown;
use super::joined::{Joined, only_empty, too_long};
use super::settings::{Default, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::websocket_header::{Header, Parsed, mask, opcode};
use super::{
    Alphabet, Decoded, Frame, FrameError, Framing, Nanos, Nature, Role, SpecError, Unsendable, Wire,
};

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "fragment",
        kind: Kind::Size { min: 1, max: LARGEST },
        default: Default::Derived("`max`: one frame a message"),
        about: "the most bytes of a message that one frame carries when sent",
    },
    Setting {
        name: "mask-seed",
        kind: Kind::Integer { min: 0, max: i64::MAX },
        default: Default::Integer(1),
        about: "where a client's mask keys come from",
    },
    max_setting(Default::Text("16 MiB")),
];

/// Fills in `fragment`.
pub(super) fn derive(values: &mut Values) {
    values.default_to("fragment", values.unsigned("max"));
}

pub(super) fn make(values: &Values, role: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(WebSocket {
        role,
        fragment: values.unsigned("fragment") as usize,
        max: values.unsigned("max"),
        keys: values.integer("mask-seed") as u64,
        joined: Joined::default(),
        closed: false,
        passed: 0,
    }))
}

struct WebSocket {
    role: Role,
    fragment: usize,
    max: u64,
    /// The state of the generator of mask keys.
    keys: u64,
    joined: Joined,
    /// The peer has closed: nothing that follows is looked at.
    closed: bool,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

impl Framing for WebSocket {
    fn nature(&self) -> Nature {
        Nature::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(&mut self, _: Nanos, payload: &[u8], out: &mut Wire<'_>) -> Result<(), Unsendable> {
        fits(payload, self.max)?;
        let mut opcode = opcode::BINARY;
        let mut rest = payload;
        loop {
            let (piece, behind) = rest.split_at(rest.len().min(self.fragment));
            let last = behind.is_empty();
            let header = Header { last, opcode, mask: self.key(), len: piece.len() as u64 };
            let mut room = Header::room();
            let bytes = header.write(&mut room);
            if opcode == opcode::BINARY {
                out.header(bytes);
            } else {
                out.bytes(bytes);
            }
            match header.mask {
                // Only a whole message may be left in place.
                None if piece.len() == payload.len() => out.payload(payload),
                None => out.bytes(piece),
                Some(key) => masked(piece, key, out.buffer()),
            }
            if last {
                return Ok(());
            }
            (opcode, rest) = (opcode::CONTINUATION, behind);
        }
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), FrameError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            if self.closed {
                at = input.len();
                break 0;
            }
            out.consumed = at;
            let rest = &input[at..];
            let (header, size) = match Header::parse(rest, self.role == Role::Server) {
                Parsed::Is(header, size) => (header, size),
                Parsed::Cut(more) => {
                    out.inspected += rest.len();
                    break more;
                }
                Parsed::Wrong(offset, text) => return Err(wrong(at + offset, text)),
            };
            out.inspected += size;
            let control = header.opcode >= opcode::CLOSE;
            if !control {
                self.fits_in(&header, at, &rest[..size])?;
            }
            let end = size + header.len as usize;
            let Some(payload) = rest.get(size..end) else { break end - rest.len() };
            if header.mask.is_some() {
                out.inspected += payload.len();
            }
            if control {
                self.control(&header, payload, at, out)?;
            } else {
                self.data(&header, payload, at..at + end, out);
            }
            at += end;
        };
        out.consumed = at;
        self.passed += at as u64;
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), FrameError> {
        if self.closed || input.is_empty() && !self.joined.is_open() {
            return Ok(());
        }
        let came = self.joined.len();
        let text = format!("the stream ended inside a message: {came} bytes of it were complete");
        Err(wrong(input.len(), text))
    }
}

impl WebSocket {
    /// The next mask key; a server has none. (The generator is SplitMix64.)
    #[inline]
    fn key(&mut self) -> Option<[u8; 4]> {
        if self.role == Role::Server {
            return None;
        }
        self.keys = self.keys.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.keys ^ self.keys >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(((mixed ^ mixed >> 31) as u32).to_be_bytes())
    }

    /// Refuses a data frame that does not continue the message under way, or makes it too long.
    #[inline]
    fn fits_in(&mut self, header: &Header, at: usize, bytes: &[u8]) -> Result<(), FrameError> {
        let continues = header.opcode == opcode::CONTINUATION;
        if continues != self.joined.is_open() {
            let problem = if continues {
                "a continuation, but no message is under way"
            } else {
                "a new message, but the one under way has not ended"
            };
            return Err(wrong(at, format!("{problem} (read {})", shown(bytes))));
        }
        if header.len > self.max - self.joined.len() as u64 {
            let problem = too_long(header.len, self.joined.len(), self.max);
            return Err(wrong(at, format!("{problem} (read {})", shown(bytes))));
        }
        if header.len == 0 && !header.last && !self.joined.empty() {
            return Err(wrong(at, only_empty()));
        }
        Ok(())
    }

    /// A whole data frame, which stands at `place` of the input.
    #[inline]
    fn data(
        &mut self,
        header: &Header,
        payload: &[u8],
        place: std::ops::Range<usize>,
        out: &mut Decoded,
    ) {
        if header.last && !self.joined.is_open() {
            let start = place.end - payload.len();
            let mut found = frame(start, payload.len(), place.start, place.end);
            if let Some(key) = header.mask {
                found = Frame { at: out.scratch.len() as u32, scratch: true, ..found };
                masked(payload, key, &mut out.scratch);
            }
            out.frames.push(found);
            return;
        }
        self.joined.begin(self.passed + place.start as u64);
        match header.mask {
            Some(key) => masked(payload, key, self.joined.buffer()),
            None => self.joined.buffer().extend_from_slice(payload),
        }
        if header.last {
            self.joined.finish(self.passed, place.end, out);
        }
    }

    /// A whole control frame.
    fn control(
        &mut self,
        header: &Header,
        payload: &[u8],
        at: usize,
        out: &mut Decoded,
    ) -> Result<(), FrameError> {
        let mut plain = payload.to_vec();
        if let Some(key) = header.mask {
            mask(&mut plain, key);
        }
        match header.opcode {
            opcode::PING => self.answer(opcode::PONG, &plain, out),
            opcode::CLOSE if plain.len() == 1 => {
                let text = "a close frame with half a status code".to_owned();
                return Err(wrong(at, text));
            }
            opcode::CLOSE => {
                // Its status code goes back; the reason is for people.
                self.answer(opcode::CLOSE, &plain[..plain.len().min(2)], out);
                self.closed = true;
                out.close = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, opcode: u8, payload: &[u8], out: &mut Decoded) {
        let header = Header { last: true, opcode, mask: self.key(), len: payload.len() as u64 };
        out.control.extend_from_slice(header.write(&mut Header::room()));
        match header.mask {
            Some(key) => masked(payload, key, &mut out.control),
            None => out.control.extend_from_slice(payload),
        }
    }
}

/// Appends `bytes`, masked or unmasked.
#[inline]
fn masked(bytes: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(bytes);
    mask(&mut out[start..], key);
}
