//! The stream driver: drives one end of a connection with reads, as the engine does and with the same
//! code, and notices what no framing may do, panics included.

use super::outcome::Outcome;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wirebench_framings::driver::{Encoded, Event, ReceiveBuffer, Receiver, drive, encode};
use wirebench_framings::{DecodeError, Decoded, EncodeError, Frame, Framing, MAX_DROPPED, Nanos};

/// One end of a connection, with the bytes that it has read but not consumed.
pub(super) struct StreamDriver {
    pub(super) framing: Box<dyn Framing>,
    buffer: ReceiveBuffer,
    decoded: Decoded,
    rules: Rules,
}

/// What no framing may do, and what has to be remembered for that.
#[derive(Default)]
struct Rules {
    /// No message may come before so many bytes were read.
    quiet_until: u64,
    /// Bytes that were looked at.
    inspected: u64,
}

/// How an event (a read, the end of the stream, a deadline) ended.
pub(super) enum Driven {
    /// Without an error; the framing waits for the next event.
    Fine,
    /// The framing told of an error at this offset of the stream.
    Wrong(usize, String),
    /// It did what no framing may do.
    Fault(String),
}

impl StreamDriver {
    /// An end that has read nothing yet.
    pub(super) fn new(framing: Box<dyn Framing>) -> Self {
        let (buffer, decoded) = (ReceiveBuffer::default(), Decoded::default());
        Self { framing, buffer, decoded, rules: Rules::default() }
    }

    /// One read brought `piece`. Messages and control bytes go into `outcome`, if that is wanted.
    pub(super) fn feed(
        &mut self,
        now: Nanos,
        piece: &[u8],
        outcome: Option<&mut Outcome>,
    ) -> Driven {
        self.buffer.push(piece);
        self.tell(Event::Bytes, now, outcome)
    }

    /// The peer sends no more.
    pub(super) fn end(&mut self, now: Nanos, outcome: &mut Outcome) -> Driven {
        self.tell(Event::End, now, Some(outcome))
    }

    /// The framing's deadline passed.
    pub(super) fn timeout(&mut self, now: Nanos, outcome: &mut Outcome) -> Driven {
        self.tell(Event::Deadline, now, Some(outcome))
    }

    fn tell(&mut self, event: Event, now: Nanos, outcome: Option<&mut Outcome>) -> Driven {
        let Self { framing, buffer, decoded, rules } = self;
        let mut watched = Watched { framing: &mut **framing, rules, event, outcome, wrong: None };
        match guarded(|| drive(&mut watched, event, now, buffer, decoded)).and_then(|driven| driven)
        {
            Err(fault) => Driven::Fault(fault),
            Ok(()) => match watched.wrong {
                Some((at, text)) => Driven::Wrong(at, text),
                None => Driven::Fine,
            },
        }
    }

    /// Appends the frame of `message`. The outer error is a fault.
    pub(super) fn encode(
        &mut self,
        now: Nanos,
        message: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<Result<Encoded, EncodeError>, String> {
        let encoded = guarded(|| encode(&mut *self.framing, now, message, bytes, usize::MAX))?;
        if let Some(fault) = self.framing.fault() {
            return Err(fault.to_owned());
        }
        match encoded {
            Err(EncodeError::Failed { text }) => Err(text),
            encoded => Ok(encoded),
        }
    }

    /// How many bytes were read and not consumed.
    pub(super) fn waiting(&self) -> usize {
        self.buffer.unread().len()
    }

    /// How many bytes the framing looked at; one that it looked at twice counts twice.
    pub(super) fn inspected(&self) -> u64 {
        self.rules.inspected
    }
}

/// A framing that is watched while it is told of something.
struct Watched<'a> {
    framing: &'a mut dyn Framing,
    rules: &'a mut Rules,
    event: Event,
    outcome: Option<&'a mut Outcome>,
    /// The error in the stream: its place and its text.
    wrong: Option<(usize, String)>,
}

impl Receiver for Watched<'_> {
    /// What it did that no framing may do.
    type Stop = String;

    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(self.framing)
    }

    fn found(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), String> {
        self.rules.inspected += decoded.inspected as u64;
        let fault = self.framing.fault().map(str::to_owned);
        match fault.or_else(|| self.rules.broken(self.event, buffer, decoded)) {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    fn control(&mut self, bytes: &[u8]) {
        if let Some(outcome) = &mut self.outcome {
            outcome.control.extend_from_slice(bytes);
        }
    }

    fn message(
        &mut self,
        buffer: &ReceiveBuffer,
        frame: &Frame,
        message: &[u8],
    ) -> Result<(), String> {
        if let Some(outcome) = &mut self.outcome {
            let base = buffer.offset() as i64;
            outcome.messages.push(message.to_vec());
            outcome.spans.push((frame.wire_at + base, frame.wire_end + base));
        }
        Ok(())
    }

    fn settle(
        &mut self,
        buffer: &ReceiveBuffer,
        decoded: &Decoded,
        result: Result<(), DecodeError>,
    ) {
        if let Some(outcome) = &mut self.outcome {
            // A call describes so many at most; cut in pieces, a stream has more calls.
            let room = MAX_DROPPED - outcome.dropped.len();
            let base = buffer.offset() as i64;
            let stretches = decoded.dropped.iter().take(room);
            outcome.dropped.extend(stretches.map(|one| (one.at + base, one.end + base)));
            outcome.dropped_count += decoded.dropped_count;
        }
        match result {
            Err(error) => self.wrong = Some((buffer.offset() as usize + error.at, error.text)),
            Ok(()) if self.event == Event::Bytes && !decoded.again => {
                self.rules.quiet_until = buffer.received() + decoded.need as u64;
            }
            Ok(()) => {}
        }
    }
}

impl Rules {
    /// The rule that a call has broken.
    fn broken(&self, event: Event, buffer: &ReceiveBuffer, decoded: &Decoded) -> Option<String> {
        let input = buffer.unread().len();
        if decoded.consumed > input {
            return Some(format!("it consumed {} of {input} bytes", decoded.consumed));
        }
        for frame in &decoded.frames {
            let room = if frame.scratch { decoded.scratch.len() } else { input };
            if frame.at as usize + frame.len as usize > room {
                return Some("a message stands outside the bytes there are".into());
            }
            if frame.wire_at > frame.wire_end || frame.wire_end > input as i64 {
                return Some("a message's place on the wire is outside the input".into());
            }
        }
        let least = self.quiet_until;
        if event == Event::Bytes && buffer.received() < least && !decoded.frames.is_empty() {
            return Some(format!("it said a message needs byte {least}, but one came before"));
        }
        if decoded.again && decoded.consumed == 0 {
            return Some("it asks to be called again but consumed nothing".into());
        }
        None
    }
}

/// What a reader makes of `bytes`, read in the pieces between `cuts`, and of their end.
pub(super) fn read(framing: Box<dyn Framing>, bytes: &[u8], cuts: &[usize]) -> Outcome {
    let mut driver = StreamDriver::new(framing);
    let mut outcome = Outcome::default();
    let mut from = 0;
    for to in cuts.iter().copied().chain([bytes.len()]) {
        if to == from {
            continue;
        }
        match driver.feed(0, &bytes[from..to], Some(&mut outcome)) {
            Driven::Fine => from = to,
            Driven::Wrong(at, text) => {
                outcome.error = Some((at, text));
                return outcome;
            }
            Driven::Fault(fault) => {
                outcome.fault = Some(fault);
                return outcome;
            }
        }
    }
    match driver.end(0, &mut outcome) {
        Driven::Fine => {}
        Driven::Wrong(at, text) => outcome.end = Some((at, text)),
        Driven::Fault(fault) => outcome.fault = Some(fault),
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

#[cfg(test)]
mod tests {
    use super::*;
    use wirebench_framings::{Alphabet, Capabilities, FrameWriter};

    /// Does with every byte what no framing may do, as the byte says.
    struct Unruly;

    impl Framing for Unruly {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, 1)
        }

        fn encode(
            &mut self,
            _: Nanos,
            _: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            out.header(b"head");
            Err(EncodeError::Empty)
        }

        fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
            let (at, len, scratch) = (0, 1, false);
            match input {
                [b'a', ..] => out.again = true,
                [b'c', ..] => out.consumed = 9,
                [b'm', ..] => {
                    out.frames.push(Frame { at, len: 9, scratch, wire_at: 0, wire_end: 1 });
                }
                [b'n'] => out.need = 9,
                [b'n', ..] => out.frames.push(Frame { at, len, scratch, wire_at: 0, wire_end: 1 }),
                [b'w', ..] => {
                    out.frames.push(Frame { at, len, scratch, wire_at: 0, wire_end: 9 });
                }
                _ => panic!("unheard of"),
            }
            Ok(())
        }
    }

    #[test]
    fn what_no_framing_may_do_is_a_fault_and_what_it_found_is_not_looked_at() {
        for (stream, cuts, told) in [
            (&b"ab"[..], &[][..], "it asks to be called again but consumed nothing"),
            (b"cb", &[], "it consumed 9 of 2 bytes"),
            (b"mb", &[], "a message stands outside the bytes there are"),
            (b"nb", &[1], "it said a message needs byte 10, but one came before"),
            (b"wb", &[], "a message's place on the wire is outside the input"),
            (b"?b", &[], "it panicked: unheard of"),
        ] {
            let outcome = read(Box::new(Unruly), stream, cuts);
            assert_eq!(outcome.fault.as_deref(), Some(told));
            assert!(outcome.messages.is_empty());
        }
    }

    #[test]
    fn bytes_of_a_refused_message_are_a_fault() {
        let encoded = StreamDriver::new(Box::new(Unruly)).encode(0, b"", &mut Vec::new());
        assert_eq!(encoded, Err("it refused a message but left bytes of it behind".into()));
    }
}
