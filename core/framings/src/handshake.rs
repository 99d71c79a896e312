//! `handshake`: announce a length, wait for `recv_ready`, then send the payload.
//!
//! One transfer per connection at a time, both directions together. When both sides announce at
//! once (glare), the client's transfer goes first: a server that waits and hears a length answers
//! it and lets its own announcement stand; a client that waits and hears a length remembers it and
//! answers when its own payload is out.
//!
//! The classic form has no mark at the end of the length, so a length that a read cuts (`64` as
//! `6`, `4`) is answered early: it is read-bound. With `terminator = "lf"` it is invariant.
//!
//! In one direction alone: `handshake_one_way`.

use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{fits, max_setting, over, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Framing, Gate,
    Nanos, Role, SpecError,
};
use wirebench_framing::misfit::{self, CALLER, hex, shown};

pub(super) const READY: &[u8] = b"recv_ready";

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "terminator",
        kind: Kind::Choice(&["none", "lf"]),
        default: DefaultValue::Text("none"),
        about: "what ends the length: nothing (the classic form) or LF",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message; it bounds the digits too"),
];

pub(super) fn make(values: &Values, role: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Handshake::new(values, role)))
}

pub(super) struct Handshake {
    role: Role,
    /// A length ends with LF.
    terminated: bool,
    max: u64,
    /// The payload that we announced and may not send yet.
    standing: Option<Vec<u8>>,
    /// The peer's announcement that waits for our own transfer to end.
    remembered: Option<Announcement>,
    /// The peer's announcement that we answered: its payload comes next.
    receiving: Option<Announcement>,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

#[derive(Clone, Copy)]
struct Announcement {
    len: usize,
    /// Where it stood, counted from the beginning of the stream.
    at: u64,
}

impl Framing for Handshake {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            invariant: self.terminated,
            duplex: true,
            stream_only: true,
            ..Capabilities::marked(Alphabet::Bytes, self.max)
        }
    }

    fn gate(&self, _: Nanos) -> Gate {
        let idle = self.standing.is_none() && self.receiving.is_none();
        if idle { Gate::Open } else { Gate::Blocked }
    }

    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        debug_assert!(self.gate(0) == Gate::Open, "a message was encoded during a transfer");
        fits(payload, self.max)?;
        out.header(itoa::Buffer::new().format(payload.len()).as_bytes());
        if self.terminated {
            out.header(b"\n");
        }
        out.later = payload.len();
        self.standing = Some(payload.to_vec());
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        let step = loop {
            if !out.frames.is_empty() && self.receiving.is_none() && at < input.len() {
                // What comes is answered, and the answers to these messages come before that.
                out.again = true;
                break Ok(Step::Need(0));
            }
            match self.step(input, at, out) {
                Ok(Step::To(next)) => at = next,
                other => break other,
            }
        };
        out.consumed = at;
        self.passed += at as u64;
        if let Step::Need(bytes) = step? {
            out.need = bytes;
        }
        Ok(())
    }

    fn keeps(&self) -> usize {
        self.standing.as_ref().map_or(0, Vec::capacity)
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        let begins = |byte: &u8| matches!(byte, b'0'..=b'9' | b'r');
        if self.receiving.is_none() && input.first().is_some_and(|byte| !begins(byte)) {
            return Err(neither(0, &shown(input)));
        }
        let problem = if let Some(announced) = self.receiving {
            let (len, read) = (input.len(), misfit::beginning(input));
            format!("{len} of the {} bytes that were announced came (read {read})", announced.len)
        } else if !input.is_empty() {
            let read = misfit::beginning(input);
            let len = input.len();
            format!("{len} bytes of an announcement or of `recv_ready` came (read {read})")
        } else if self.standing.is_some() {
            "the peer never answered `recv_ready`".to_owned()
        } else {
            return Ok(());
        };
        Err(wrong(input.len(), format!("the stream ended inside a transfer: {problem}")))
    }
}

enum Step {
    /// Go on from here.
    To(usize),
    /// The input is used up; at least this many more bytes are needed (0: unknown).
    Need(usize),
}

impl Handshake {
    pub(super) fn new(values: &Values, role: Role) -> Self {
        Self {
            role,
            terminated: values.text("terminator") == "lf",
            max: values.unsigned("max"),
            standing: None,
            remembered: None,
            receiving: None,
            passed: 0,
        }
    }

    /// An announcement of ours stands.
    pub(super) fn awaits_ready(&self) -> bool {
        self.standing.is_some()
    }

    /// The peer is ready: the payload that was announced goes out. False when none was.
    pub(super) fn go_ahead(&mut self, out: &mut Decoded) -> bool {
        let Some(payload) = self.standing.take() else { return false };
        out.control.extend_from_slice(&payload);
        true
    }

    /// Reads one element of the conversation at `at`.
    fn step(&mut self, input: &[u8], at: usize, out: &mut Decoded) -> Result<Step, DecodeError> {
        if let Some(announced) = self.receiving {
            return Ok(self.payload(announced, input, at, out));
        }
        let step = match input.get(at) {
            None => Step::Need(0),
            Some(b'0'..=b'9') => self.announcement(input, at, out)?,
            Some(b'r') => self.ready(input, at, out)?,
            // Neither begins like this: it is judged when it can be told who is calling.
            Some(_) if input.len() - at < CALLER => Step::Need(0),
            Some(_) => return Err(neither(at, &shown(&input[at..at + CALLER]))),
        };
        // An element that is not whole yet is looked at to its end, and again with the next read.
        out.inspected += if let Step::To(end) = step { end } else { input.len() } - at;
        Ok(step)
    }

    /// The payload of the announcement that we answered, once it is whole.
    fn payload(
        &mut self,
        announced: Announcement,
        input: &[u8],
        at: usize,
        out: &mut Decoded,
    ) -> Step {
        let available = input.len() - at;
        if available < announced.len {
            return Step::Need(announced.len - available);
        }
        let end = at + announced.len;
        out.frames.push(Frame {
            at: at as u32,
            len: announced.len as u32,
            scratch: false,
            wire_at: announced.at as i64 - self.passed as i64,
            wire_end: end as i64,
        });
        self.receiving = None;
        Step::To(end)
    }

    /// A length that the peer announces.
    fn announcement(
        &mut self,
        input: &[u8],
        at: usize,
        out: &mut Decoded,
    ) -> Result<Step, DecodeError> {
        let Some((len, end)) = self.length(input, at)? else { return Ok(Step::Need(1)) };
        if self.remembered.is_some() {
            let text = format!(
                "a second announcement before the first was answered; a length that a read cut looks \
                 like this too, and `terminator = \"lf\"` prevents it (read {})",
                hex(&input[at..end])
            );
            return Err(wrong(at, text));
        }
        let announced = Announcement { len, at: self.passed + at as u64 };
        if self.standing.is_some() && self.role == Role::Client {
            self.remembered = Some(announced);
        } else {
            self.answer(announced, out);
        }
        Ok(Step::To(end))
    }

    /// The length at `at` and the place after it; `None` while its terminator is missing. The
    /// limit also bounds the digits.
    fn length(&self, input: &[u8], at: usize) -> Result<Option<(usize, usize)>, DecodeError> {
        let mut len = 0;
        for (index, byte) in input[at..].iter().enumerate() {
            match byte {
                b'0'..=b'9' if index > 0 && len == 0 => {
                    let read = hex(&input[at..=at + index]);
                    return Err(wrong(at, format!("the length has a leading zero (read {read})")));
                }
                b'0'..=b'9' => len = 10 * len + u64::from(byte - b'0'),
                b'\n' if self.terminated => return Ok(Some((len as usize, at + index + 1))),
                _ if self.terminated => {
                    let read = hex(&input[at..=at + index]);
                    return Err(wrong(at + index, format!("expected a digit or LF (read {read})")));
                }
                _ => return Ok(Some((len as usize, at + index))),
            }
            if len > self.max {
                let text = over(len, self.max, &input[at..=at + index]);
                return Err(wrong(at, text));
            }
        }
        Ok((!self.terminated).then_some((len as usize, input.len())))
    }

    /// The peer's `recv_ready`: our payload goes out, and then its own turn comes.
    fn ready(&mut self, input: &[u8], at: usize, out: &mut Decoded) -> Result<Step, DecodeError> {
        let have = input.len().min(at + READY.len()) - at;
        if let Some(differs) = (0..have).find(|index| input[at + index] != READY[*index]) {
            return Err(neither(at + differs, &hex(&input[at..=at + differs])));
        }
        if have < READY.len() {
            return Ok(Step::Need(READY.len() - have));
        }
        if !self.go_ahead(out) {
            let text = format!("`recv_ready`, but no length was announced (read {})", hex(READY));
            return Err(wrong(at, text));
        }
        if let Some(announced) = self.remembered.take() {
            self.answer(announced, out);
        }
        Ok(Step::To(at + READY.len()))
    }

    fn answer(&mut self, announced: Announcement, out: &mut Decoded) {
        out.control.extend_from_slice(READY);
        self.receiving = Some(announced);
    }
}

#[cold]
fn neither(at: usize, read: &str) -> DecodeError {
    wrong(at, format!("expected a decimal length or `recv_ready` (read {read})"))
}
