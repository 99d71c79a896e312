//! `websocket`: the frames of RFC 6455, section 5. Messages are binary or text, in one frame or in
//! fragments; a client masks what it sends, a server does not. A ping is answered by a pong, a
//! close by a close.
//!
//! The opening handshake over HTTP (`websocket_opening`) is left out unless it is asked for: the
//! stream begins with the first frame. Mask keys come from a seed, so that the same messages are the
//! same bytes in every run; a browser must not do that (section 10.3).

use super::joined::{Joined, ended, only_empty, too_long};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::websocket_header::{Broken, Header, Parsed, mask, opcode, status};
use super::websocket_opening::{self, Opening};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Framing, Nanos,
    Role, SpecError,
};
use wirebench_framing::misfit::shown;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "payload",
        kind: Kind::Choice(&["binary", "text"]),
        default: DefaultValue::Text("binary"),
        about: "the frames that carry messages; `text`: in UTF-8, and nothing else is sent or taken",
    },
    websocket_opening::PATH,
    websocket_opening::HOST,
    websocket_opening::PROTOCOL,
    websocket_opening::FIELDS,
    Setting {
        name: "fragment",
        kind: Kind::Size { min: 1, max: LARGEST },
        default: DefaultValue::Derived("`max`: one frame a message"),
        about: "the most bytes of a message that one frame carries when sent",
    },
    Setting {
        name: "mask-seed",
        kind: Kind::Integer { min: 0, max: i64::MAX },
        default: DefaultValue::Integer(1),
        about: "where a client's mask keys come from",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message, over all its fragments"),
];

/// Fills in `fragment`.
pub(super) fn derive(values: &mut Values) {
    values.default_to("fragment", values.unsigned("max"));
}

pub(super) fn make(values: &Values, role: Role) -> Result<Box<dyn Framing>, SpecError> {
    let frames: Box<dyn Framing> = if values.text("payload") == "text" {
        Box::new(WebSocket::<{ opcode::TEXT }>::new(values, role))
    } else {
        Box::new(WebSocket::<{ opcode::BINARY }>::new(values, role))
    };
    match websocket_opening::terms(values)? {
        None => Ok(frames),
        Some(terms) => Ok(Box::new(Opening::new(terms, role, frames))),
    }
}

/// The frames, of which those of the opcode `KIND` begin messages.
struct WebSocket<const KIND: u8> {
    role: Role,
    fragment: usize,
    max: u64,
    /// The state of the generator of mask keys.
    keys: u64,
    joined: Joined,
    /// Bytes of the fragments so far that were found to be whole characters, of a text.
    checked: usize,
    /// The peer has closed: nothing that follows is looked at.
    closed: bool,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

impl<const KIND: u8> Framing for WebSocket<KIND> {
    fn capabilities(&self) -> Capabilities {
        let alphabet = if KIND == opcode::TEXT { Alphabet::Text } else { Alphabet::Bytes };
        Capabilities::marked(alphabet, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        if KIND == opcode::TEXT
            && let Err(error) = std::str::from_utf8(payload)
        {
            return Err(EncodeError::NotText { at: error.valid_up_to() });
        }
        let mut opcode = KIND;
        let mut rest = payload;
        loop {
            let (piece, behind) = rest.split_at(rest.len().min(self.fragment));
            let last = behind.is_empty();
            let header = Header { last, opcode, mask: self.key(), len: piece.len() as u64 };
            let mut room = Header::room();
            let bytes = header.write(&mut room);
            if opcode == KIND {
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
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let found = self.frames(input, out);
        self.passed += out.consumed as u64;
        let Err(broken) = found else { return Ok(()) };
        if out.frames.is_empty() {
            // Section 7.1.7: the connection is failed, and the peer is told why.
            self.answer(opcode::CLOSE, &broken.code.to_be_bytes(), out);
            return Err(wrong(broken.at, broken.text));
        }
        // What answers these messages comes first: no data may follow a close.
        out.again = true;
        Ok(())
    }

    fn keeps(&self) -> usize {
        self.joined.memory()
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if self.closed || input.is_empty() && !self.joined.is_open() {
            return Ok(());
        }
        let text = ended(self.joined.len(), input);
        Err(wrong(input.len(), text))
    }
}

impl<const KIND: u8> WebSocket<KIND> {
    fn new(values: &Values, role: Role) -> Self {
        Self {
            role,
            fragment: values.unsigned("fragment") as usize,
            max: values.unsigned("max"),
            keys: values.integer("mask-seed") as u64,
            joined: Joined::default(),
            checked: 0,
            closed: false,
            passed: 0,
        }
    }

    /// The frames of the input, up to what is cut, broken, or answered by a frame of ours that belongs
    /// behind the answers to the messages before it.
    #[inline]
    fn frames(&mut self, input: &[u8], out: &mut Decoded) -> Result<(), Broken> {
        let mut at = 0;
        out.need = loop {
            if self.closed {
                at = input.len();
                break 0;
            }
            out.consumed = at;
            let rest = &input[at..];
            let (header, size) = match Header::parse(rest, self.role == Role::Server, KIND) {
                Parsed::Is(header, size) => (header, size),
                Parsed::Cut(more) => {
                    out.inspected += rest.len();
                    break more;
                }
                Parsed::Wrong(broken) => return Err(Broken { at: at + broken.at, ..broken }),
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
            if KIND == opcode::TEXT && !control {
                out.inspected += payload.len();
            }
            if control {
                if header.is_answered() && !out.frames.is_empty() {
                    out.again = true;
                    break 0;
                }
                self.control(&header, payload, at + size, out)?;
            } else {
                self.data(&header, payload, at..at + end, out)?;
            }
            at += end;
        };
        out.consumed = at;
        Ok(())
    }

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
    fn fits_in(&mut self, header: &Header, at: usize, bytes: &[u8]) -> Result<(), Broken> {
        let continues = header.opcode == opcode::CONTINUATION;
        if continues != self.joined.is_open() {
            let problem = if continues {
                "a continuation, but no message is under way"
            } else {
                "a new message, but the one under way has not ended"
            };
            let text = format!("{problem} (read {})", shown(bytes));
            return Err(Broken::new(at, status::PROTOCOL_ERROR, text));
        }
        if header.len > self.max - self.joined.len() as u64 {
            let problem = too_long(header.len, self.joined.len(), self.max);
            let text = format!("{problem} (read {})", shown(bytes));
            return Err(Broken::new(at, status::TOO_BIG, text));
        }
        if header.len == 0 && !header.last && !self.joined.empty() {
            let text = format!("{} (read {})", only_empty(), shown(bytes));
            return Err(Broken::new(at, status::POLICY_VIOLATION, text));
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
    ) -> Result<(), Broken> {
        let start = place.end - payload.len();
        if header.last && !self.joined.is_open() {
            let mut found = frame(start, payload.len(), place.start, place.end);
            if let Some(key) = header.mask {
                found = Frame { at: out.scratch.len() as u32, scratch: true, ..found };
                masked(payload, key, &mut out.scratch);
            }
            if KIND == opcode::TEXT {
                let text = if found.scratch { &out.scratch[found.at as usize..] } else { payload };
                characters(text, true).map_err(|at| no_text(text, at, start + at))?;
            }
            out.frames.push(found);
            return Ok(());
        }
        let before = self.joined.mark();
        self.joined.begin(self.passed + place.start as u64);
        match header.mask {
            Some(key) => masked(payload, key, self.joined.buffer()),
            None => self.joined.buffer().extend_from_slice(payload),
        }
        if KIND == opcode::TEXT {
            let text = &self.joined.buffer()[self.checked..];
            match characters(text, header.last) {
                Ok(whole) => self.checked = if header.last { 0 } else { self.checked + whole },
                Err(at) => {
                    // What is wrong may have begun in the fragment before.
                    let behind = (self.checked + at).saturating_sub(before.len());
                    let broken = no_text(text, at, start + behind);
                    // With messages before it, this frame is read once more.
                    self.joined.take_back(before);
                    return Err(broken);
                }
            }
        }
        if header.last {
            self.joined.finish(self.passed, place.end, out);
        }
        Ok(())
    }

    /// A whole control frame, whose payload stands at `at`.
    fn control(
        &mut self,
        header: &Header,
        payload: &[u8],
        at: usize,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        let mut plain = payload.to_vec();
        if let Some(key) = header.mask {
            mask(&mut plain, key);
        }
        match header.opcode {
            opcode::PING => self.answer(opcode::PONG, &plain, out),
            opcode::CLOSE => {
                closes(&plain).map_err(|broken| Broken { at: at + broken.at, ..broken })?;
                // Its status code goes back; the reason is for people.
                self.answer(opcode::CLOSE, &plain[..plain.len().min(2)], out);
                self.closed = true;
                out.close = true;
                out.farewell = Some(farewell(&plain));
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

/// What a close frame says, whose payload has been checked: its status and its reason, if it has them.
fn farewell(payload: &[u8]) -> String {
    let Some((status, reason)) = payload.split_first_chunk::<2>() else {
        return "a close frame without a status".into();
    };
    let status = u16::from_be_bytes(*status);
    match String::from_utf8_lossy(reason) {
        reason if reason.is_empty() => format!("a close frame with status {status} and no reason"),
        reason => format!("a close frame with status {status}, \"{reason}\""),
    }
}

/// Refuses what a close frame may not hold (sections 5.5.1 and 7.4).
fn closes(payload: &[u8]) -> Result<(), Broken> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        if payload.is_empty() {
            return Ok(());
        }
        let text = format!("a close frame with half a status code (read {})", shown(payload));
        return Err(Broken::new(0, status::PROTOCOL_ERROR, text));
    };
    let number = u16::from_be_bytes(*code);
    if !status::is_sendable(number) {
        let text = format!("no close frame may have the status {number} (read {})", shown(code));
        return Err(Broken::new(0, status::PROTOCOL_ERROR, text));
    }
    let Err(at) = characters(reason, true) else { return Ok(()) };
    let read = shown(&reason[at..reason.len().min(at + 4)]);
    let text = format!("the reason of a close frame is no UTF-8 (read {read})");
    Err(Broken::new(2 + at, status::INVALID_DATA, text))
}

/// How many bytes of `text` are whole characters, if those behind them may be the beginning of another;
/// with the `last` bytes of a text, none may. `Err`: where one stands that begins no character.
fn characters(text: &[u8], last: bool) -> Result<usize, usize> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(text.len()),
        Err(error) if !last && error.error_len().is_none() => Ok(error.valid_up_to()),
        Err(error) => Err(error.valid_up_to()),
    }
}

/// What is wrong with a text of which the bytes from `index` on, at `at` of the input, begin no
/// character.
#[cold]
fn no_text(text: &[u8], index: usize, at: usize) -> Broken {
    let read = shown(&text[index..text.len().min(index + 4)]);
    let text = format!(
        "the text is no UTF-8 (read {read}): bytes were changed, or the peer sends other bytes as text"
    );
    Broken::new(at, status::INVALID_DATA, text)
}

/// Appends `bytes`, masked or unmasked.
#[inline]
fn masked(bytes: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(bytes);
    mask(&mut out[start..], key);
}
