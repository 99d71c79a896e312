//! One end of a connection, driven as a side's event loop does it: reads of any size, unconsumed
//! bytes kept, consumed ones dropped, positions counted from the beginning of the stream. What no
//! framing may do is noticed here, panics included.

use super::outcome::Outcome;
use crate::framing::{Decoded, FrameError, Framing, MOST_DROPPED, Nanos, Unsendable, Wire, all};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An end and what it has read but not consumed.
pub(super) struct Feeder {
    pub(super) framing: Box<dyn Framing>,
    /// What the last call found; positions in it are relative to [`unconsumed`](Self::unconsumed).
    pub(super) out: Decoded,
    unconsumed: Vec<u8>,
    /// Bytes that are to be dropped before the next call.
    spent: usize,
    dropped: usize,
    read: usize,
    /// No message may come before so many bytes were read.
    quiet_until: usize,
}

/// How a call ended.
pub(super) enum Fed {
    Fine,
    /// An error at this place of the stream.
    Wrong(usize, String),
    /// It did what no framing may do.
    Fault(String),
}

impl Feeder {
    pub(super) fn new(framing: Box<dyn Framing>) -> Self {
        Self {
            framing,
            out: Decoded::default(),
            unconsumed: Vec::new(),
            spent: 0,
            dropped: 0,
            read: 0,
            quiet_until: 0,
        }
    }

    /// One read brought `piece`.
    pub(super) fn feed(&mut self, now: Nanos, piece: &[u8]) -> Fed {
        self.turn();
        self.unconsumed.extend_from_slice(piece);
        self.read += piece.len();
        let Self { framing, unconsumed, out, .. } = self;
        let result = guarded(|| all(unconsumed, out, |input, out| framing.feed(now, input, out)));
        let fed = self.judge(result, self.read < self.quiet_until);
        if matches!(fed, Fed::Fine) {
            self.quiet_until = self.read + self.out.need;
            self.spent = self.out.consumed;
        }
        fed
    }

    /// The peer sends no more.
    pub(super) fn end(&mut self, now: Nanos) -> Fed {
        self.turn();
        let Self { framing, unconsumed, out, .. } = self;
        let result =
            guarded(|| all(unconsumed, out, |input, out| framing.end_of_input(now, input, out)));
        self.judge(result, false)
    }

    /// The framing's deadline passed.
    pub(super) fn timeout(&mut self, now: Nanos) -> Fed {
        self.turn();
        let Self { framing, out, .. } = self;
        let result = guarded(|| framing.timeout(now, out));
        self.judge(result, false)
    }

    /// Appends the frame of `message`. The outer error is a fault.
    pub(super) fn encode(
        &mut self,
        now: Nanos,
        message: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<Result<Sent, Unsendable>, String> {
        let start = bytes.len();
        let framing = &mut self.framing;
        let (result, sent) = guarded(|| {
            let mut wire = Wire::new(bytes, usize::MAX);
            let result = framing.encode(now, message, &mut wire);
            (result, Sent { header_len: wire.header_len, closes: wire.close })
        })?;
        if let Some(fault) = self.framing.fault() {
            return Err(fault.to_owned());
        }
        match result {
            Ok(()) => Ok(Ok(sent)),
            Err(Unsendable::Failed { text }) => Err(text),
            Err(_) if bytes.len() != start => {
                Err("it refused a message but left bytes of it behind".into())
            }
            Err(why) => Ok(Err(why)),
        }
    }

    /// The messages of the last call, each with its place in the stream.
    pub(super) fn found(&self) -> impl Iterator<Item = (&[u8], (i64, i64))> {
        let base = self.dropped as i64;
        self.out.frames.iter().map(move |frame| {
            let span = (frame.wire_at + base, frame.wire_end + base);
            (self.out.message(frame, &self.unconsumed), span)
        })
    }

    /// How many bytes wait for more.
    pub(super) fn waiting(&self) -> usize {
        self.unconsumed.len() - self.spent
    }

    /// Puts what the last call found into `outcome`.
    pub(super) fn note(&self, outcome: &mut Outcome) {
        for (message, span) in self.found() {
            outcome.messages.push(message.to_vec());
            outcome.spans.push(span);
        }
        outcome.control.extend_from_slice(&self.out.control);
        outcome.dropped_count += self.out.dropped_count;
        // A call describes so many at most; cut in pieces, a stream has more calls.
        let room = MOST_DROPPED - outcome.dropped.len();
        let base = self.dropped as i64;
        let stretches = self.out.dropped.iter().take(room);
        outcome.dropped.extend(stretches.map(|one| (one.at + base, one.end + base)));
    }

    fn turn(&mut self) {
        self.unconsumed.drain(..self.spent);
        self.dropped += self.spent;
        self.spent = 0;
        self.out.clear();
    }

    fn judge(&mut self, result: Result<Result<(), FrameError>, String>, too_early: bool) -> Fed {
        let result = match result {
            Ok(result) => result,
            Err(panic) => return Fed::Fault(panic),
        };
        if let Some(fault) = self.framing.fault() {
            return Fed::Fault(fault.to_owned());
        }
        if let Some(rule) = self.broken_rule(too_early) {
            // What it found cannot be looked at.
            self.out.clear();
            return Fed::Fault(rule);
        }
        match result {
            Ok(()) => Fed::Fine,
            Err(error) => Fed::Wrong(self.dropped + error.at, error.text),
        }
    }

    fn broken_rule(&self, too_early: bool) -> Option<String> {
        let (out, input) = (&self.out, self.unconsumed.len());
        if out.consumed > input {
            return Some(format!("it consumed {} of {input} bytes", out.consumed));
        }
        for frame in &out.frames {
            let room = if frame.scratch { out.scratch.len() } else { input };
            if frame.at as usize + frame.len as usize > room {
                return Some("a message stands outside the bytes there are".into());
            }
            if frame.wire_at > frame.wire_end || frame.wire_end > input as i64 {
                return Some("a message's place on the wire is outside the input".into());
            }
        }
        if too_early && !out.frames.is_empty() {
            let least = self.quiet_until;
            return Some(format!("it said a message needs byte {least}, but one came before"));
        }
        None
    }
}

/// What an encoder said of a frame it made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// Bytes before the payload, where there is a header.
    pub(super) header_len: usize,
    /// The end of the stream is the frame's end.
    pub(super) closes: bool,
}

/// What a reader makes of `bytes`, read in the pieces between `cuts`, and of their end.
pub(super) fn read(framing: Box<dyn Framing>, bytes: &[u8], cuts: &[usize]) -> Outcome {
    let mut feeder = Feeder::new(framing);
    let mut outcome = Outcome::default();
    let mut from = 0;
    for to in cuts.iter().copied().chain([bytes.len()]) {
        if to == from {
            continue;
        }
        let fed = feeder.feed(0, &bytes[from..to]);
        feeder.note(&mut outcome);
        from = to;
        match fed {
            Fed::Fine => {}
            Fed::Wrong(at, text) => {
                outcome.error = Some((at, text));
                return outcome;
            }
            Fed::Fault(fault) => {
                outcome.fault = Some(fault);
                return outcome;
            }
        }
    }
    let ended = feeder.end(0);
    feeder.note(&mut outcome);
    match ended {
        Fed::Fine => {}
        Fed::Wrong(at, text) => outcome.end = Some((at, text)),
        Fed::Fault(fault) => outcome.fault = Some(fault),
    }
    outcome
}

/// Calls a framing; a panic is an error.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        format!("it panicked: {}", text.unwrap_or_else(|| "without a text".into()))
    })
}
