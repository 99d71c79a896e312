//! `len-ack`: the payload's length (u32be), a sequence number (u32be), the payload; the receiver
//! answers 0xFFFFFFFF and the sequence number. Both directions of a connection use it, so frames
//! and acknowledgements share each stream.
//!
//! At most `window` messages are unacknowledged; the next has to wait. What is not acknowledged
//! within `resend` is sent again. So an acknowledgement that comes late makes a duplicate: the
//! receiver drops it, says so, and acknowledges it again.
//!
//! The scheme is the stop-and-wait (or, with a larger window, selective-repeat) protocol of the
//! textbooks, on a transport that is reliable already.

use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos,
    Role, SpecError,
};
use std::collections::VecDeque;
use wirebench_framing::misfit::{beginning, hex, shown};

/// Bytes of a frame's header, and of an acknowledgement.
const HEADER: usize = 8;

/// Stands in place of the length of an acknowledgement.
const ACK: u32 = u32::MAX;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "window",
        kind: Kind::Integer { min: 1, max: 1024 },
        default: DefaultValue::Integer(1),
        about: "messages of a direction that may be unacknowledged",
    },
    Setting {
        name: "resend",
        kind: Kind::Duration { min: 1_000_000, max: 60_000_000_000 },
        default: DefaultValue::Text("200ms"),
        about: "how long an acknowledgement is awaited before the message is sent again",
    },
    Setting {
        name: "resends",
        kind: Kind::Integer { min: 0, max: 100 },
        default: DefaultValue::Integer(5),
        about: "how often a message is sent again before the connection is given up",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(LenAck {
        window: values.integer("window") as usize,
        resend: values.unsigned("resend"),
        resends: values.integer("resends") as u32,
        max: values.unsigned("max"),
        waiting: VecDeque::new(),
        sent: 0,
        received: 0,
    }))
}

struct LenAck {
    window: usize,
    resend: Nanos,
    resends: u32,
    max: u64,
    /// Messages that wait for their acknowledgement.
    waiting: VecDeque<Waiting>,
    /// Messages sent so far: the next sequence number, but for its upper half.
    sent: u64,
    /// Messages received so far: the next sequence number, but for its upper half.
    received: u64,
}

struct Waiting {
    sequence: u32,
    frame: Vec<u8>,
    /// When it is sent again.
    due: Nanos,
    /// How often it was.
    resent: u32,
}

impl Framing for LenAck {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            duplex: true,
            stream_only: true,
            ..Capabilities::marked(Alphabet::Bytes, self.max)
        }
    }

    fn gate(&self, _: Nanos) -> Gate {
        if self.waiting.len() < self.window { Gate::Open } else { Gate::Blocked }
    }

    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        let sequence = self.sent as u32;
        let header = header(payload.len() as u32, sequence);
        out.header(&header);
        out.payload(payload);
        self.waiting.push_back(Waiting {
            sequence,
            frame: [&header, payload].concat(),
            due: now.saturating_add(self.resend),
            resent: 0,
        });
        self.sent += 1;
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let rest = &input[at..];
            out.inspected += rest.len().min(HEADER);
            let Some(begin) = rest.first_chunk::<4>() else { break HEADER - rest.len() };
            let len = u32::from_be_bytes(*begin);
            if len != ACK && u64::from(len) > self.max {
                let read = shown(begin);
                let text =
                    format!("the length is {len}, over the limit of {} (read {read})", self.max);
                return Err(wrong(at, text));
            }
            let Some(header) = rest.first_chunk::<HEADER>() else { break HEADER - rest.len() };
            let [.., a, b, c, d] = *header;
            let sequence = u32::from_be_bytes([a, b, c, d]);
            if len == ACK {
                self.acknowledged(sequence).map_err(|why| out_of_order(at, &why, header))?;
                at += HEADER;
                continue;
            }
            let new = self.is_new(sequence).map_err(|why| out_of_order(at, &why, header))?;
            let end = HEADER + len as usize;
            if end > rest.len() {
                break out.lacks(end - rest.len());
            }
            if !out.frames.is_empty() {
                // Its acknowledgement comes behind what answers the message before it.
                out.again = true;
                break 0;
            }
            out.control.extend_from_slice(&self::header(ACK, sequence));
            if new {
                self.received += 1;
                out.frames.push(frame(at + HEADER, len as usize, at, at + end));
            } else {
                let text = || again(sequence, header);
                out.drop_stretch(at as i64, (at + end) as i64, text);
            }
            at += end;
        };
        Ok(())
    }

    fn keeps(&self) -> usize {
        let entries = self.waiting.capacity() * size_of::<Waiting>();
        entries + self.waiting.iter().map(|one| one.frame.capacity()).sum::<usize>()
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        let problem = if !input.is_empty() {
            let (len, read) = (input.len(), beginning(input));
            format!("inside a frame, {len} bytes after its start (read {read})")
        } else if self.waiting.is_empty() {
            return Ok(());
        } else {
            format!("before the peer had acknowledged {} messages", self.waiting.len())
        };
        Err(wrong(input.len(), format!("the stream ended {problem}")))
    }

    fn deadline(&self) -> Option<Nanos> {
        self.waiting.iter().map(|one| one.due).min()
    }

    fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), DecodeError> {
        for one in self.waiting.iter_mut().filter(|one| one.due <= now) {
            if one.resent == self.resends {
                return Err(wrong(0, given_up(one.sequence, self.resends, self.resend)));
            }
            one.resent += 1;
            one.due = now.saturating_add(self.resend);
            out.control.extend_from_slice(&one.frame);
            out.resent += 1;
        }
        Ok(())
    }
}

impl LenAck {
    /// The peer has acknowledged a message, perhaps once more.
    fn acknowledged(&mut self, sequence: u32) -> Result<(), String> {
        if !before(sequence, self.sent) {
            return Err(format!("the peer acknowledges message {sequence}, which was never sent"));
        }
        self.waiting.retain(|one| one.sequence != sequence);
        Ok(())
    }

    /// True for the message that is due, false for one that came before.
    fn is_new(&self, sequence: u32) -> Result<bool, String> {
        if sequence == self.received as u32 {
            Ok(true)
        } else if before(sequence, self.received) {
            Ok(false)
        } else {
            Err(format!(
                "message {sequence} comes where {} is due: on a stream none can be missing, so this \
                 is no sequence number, or the peer counts in another way",
                self.received as u32
            ))
        }
    }
}

/// True when `sequence` was that of one of the latest of `count` messages.
fn before(sequence: u32, count: u64) -> bool {
    let back = (count as u32).wrapping_sub(sequence);
    back > 0 && back < 1 << 31 && u64::from(back) <= count
}

fn header(len: u32, sequence: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&len.to_be_bytes());
    header[4..].copy_from_slice(&sequence.to_be_bytes());
    header
}

/// The sequence number in the header at `at` is none that may stand there.
#[cold]
fn out_of_order(at: usize, why: &str, header: &[u8; HEADER]) -> DecodeError {
    wrong(at + 4, format!("{why} (read {})", shown(header)))
}

#[cold]
fn again(sequence: u32, header: &[u8; HEADER]) -> String {
    let read = hex(header);
    format!("message {sequence} once more: its acknowledgement was late or lost (read {read})")
}

#[cold]
fn given_up(sequence: u32, resends: u32, resend: Nanos) -> String {
    format!(
        "message {sequence} was sent {} times, every {} ms, and never acknowledged: the peer uses \
         another framing, or `resend` is too short for it",
        resends + 1,
        resend / 1_000_000
    )
}
