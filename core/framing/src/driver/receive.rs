//! The incoming direction: a framing is told what has happened, and what it finds is acted on.

use super::ReceiveBuffer;
use crate::{DecodeError, Decoded, Frame, Framing, Nanos};

/// What has happened to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A read has brought bytes.
    Bytes,
    /// The peer sends no more.
    End,
    /// The framing's deadline has passed.
    Deadline,
}

impl Event {
    #[inline(always)]
    fn tell(
        self,
        framing: &mut dyn Framing,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        match self {
            Self::Bytes => framing.feed(now, input, out),
            Self::End => framing.end_of_input(now, input, out),
            Self::Deadline => framing.timeout(now, out),
        }
    }
}

/// Acts on what a framing finds. For each call of the framing its methods are called in the order in
/// which they stand here; places in a [`Decoded`] are relative to [`ReceiveBuffer::unread`], which is consumed
/// only after the last of them.
pub trait Receiver {
    /// Why nothing more is to be done.
    type Stop;

    /// The framing to be called. `None`: the connection is gone, which finds nothing and ends the
    /// calls. It may go while what was found is acted on.
    fn framing(&mut self) -> Option<&mut dyn Framing>;

    /// A call has found this. On `Err` nothing of it is acted on or consumed.
    fn found(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), Self::Stop> {
        let _ = (buffer, decoded);
        Ok(())
    }

    /// The framing sends these bytes by itself, ahead of any frame to come. They are never empty.
    fn control(&mut self, bytes: &[u8]);

    /// A message has come, as `frame` says. On `Err` those behind it are not handled, and the framing
    /// is not called again.
    fn message(
        &mut self,
        buffer: &ReceiveBuffer,
        frame: &Frame,
        message: &[u8],
    ) -> Result<(), Self::Stop>;

    /// The messages of a call, in order: each as [`message`](Self::message) says, unless the receiver takes
    /// several at a time.
    #[inline(always)]
    fn messages(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), Self::Stop> {
        let input = buffer.unread();
        for frame in &decoded.frames {
            self.message(buffer, frame, decoded.message(frame, input))?;
        }
        Ok(())
    }

    /// The messages are handled, and this is what there is besides: what was dropped, whether the
    /// connection is to be closed, the error that ends the stream.
    fn settle(
        &mut self,
        buffer: &ReceiveBuffer,
        decoded: &Decoded,
        result: Result<(), DecodeError>,
    );
}

/// Tells the framing of `event`, as often as it asks for, and has `receiver` act on everything that it
/// finds. `decoded` is memory that is used again.
#[inline(always)]
pub fn drive<R: Receiver>(
    receiver: &mut R,
    event: Event,
    now: Nanos,
    buffer: &mut ReceiveBuffer,
    decoded: &mut Decoded,
) -> Result<(), R::Stop> {
    loop {
        decoded.clear();
        let result = match receiver.framing() {
            Some(framing) => event.tell(framing, now, buffer.unread(), decoded),
            None => Ok(()),
        };
        // After an error a framing is not called again, whatever it asks for.
        decoded.again &= result.is_ok();
        receiver.found(buffer, decoded)?;
        if !decoded.control.is_empty() {
            receiver.control(&decoded.control);
        }
        let outcome = receiver.messages(buffer, decoded);
        receiver.settle(buffer, decoded, result);
        buffer.consume(decoded.consumed);
        if outcome.is_err() || !decoded.again {
            return outcome;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Alphabet, Capabilities, EncodeError, FrameWriter};

    /// Every byte is a message that is answered by itself; `again` after each, and `!` is an error.
    struct Bytewise;

    impl Framing for Bytewise {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, 1)
        }

        fn encode(
            &mut self,
            _: Nanos,
            payload: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            out.payload(payload);
            Ok(())
        }

        fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
            let Some(byte) = input.first() else { return Ok(()) };
            out.frames.push(Frame { at: 0, len: 1, scratch: false, wire_at: 0, wire_end: 1 });
            out.control.push(byte.to_ascii_uppercase());
            out.consumed = 1;
            out.again = true;
            let wrong = *byte == b'!';
            if wrong { Err(DecodeError { at: 0, text: "wrong".into() }) } else { Ok(()) }
        }

        fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), DecodeError> {
            out.control.push(now as u8);
            Ok(())
        }
    }

    /// What happened, in order; the connection goes at a message that is `gone`, and one that is
    /// `failing` stops everything.
    #[derive(Default)]
    struct Noted {
        framing: Option<Bytewise>,
        log: Vec<String>,
        gone: u8,
        failing: u8,
    }

    impl Receiver for Noted {
        type Stop = &'static str;

        fn framing(&mut self) -> Option<&mut dyn Framing> {
            self.framing.as_mut().map(|framing| framing as &mut dyn Framing)
        }

        fn control(&mut self, bytes: &[u8]) {
            self.log.push(format!("answer {}", bytes.escape_ascii()));
        }

        fn message(
            &mut self,
            buffer: &ReceiveBuffer,
            _: &Frame,
            message: &[u8],
        ) -> Result<(), Self::Stop> {
            self.log.push(format!("{} at {}", message.escape_ascii(), buffer.offset()));
            if message == [self.gone] {
                self.framing = None;
            }
            if message == [self.failing] { Err("a hook failed") } else { Ok(()) }
        }

        fn settle(
            &mut self,
            buffer: &ReceiveBuffer,
            decoded: &Decoded,
            result: Result<(), DecodeError>,
        ) {
            let (at, again) = (buffer.offset(), decoded.again);
            self.log.push(match result {
                Ok(()) => format!("settled at {at}, again: {again}"),
                Err(error) => format!("{} at {at}, again: {again}", error.text),
            });
        }
    }

    fn noted(noted: Noted, event: Event, bytes: &[u8]) -> (Vec<String>, Result<(), &'static str>) {
        let mut receiver = Noted { framing: Some(Bytewise), ..noted };
        let (mut buffer, mut decoded) = (ReceiveBuffer::default(), Decoded::default());
        buffer.push(bytes);
        let outcome = drive(&mut receiver, event, 7, &mut buffer, &mut decoded);
        receiver.log.push(format!("{} unread", buffer.unread().len()));
        (receiver.log, outcome)
    }

    #[test]
    fn what_answers_comes_first_and_a_call_is_consumed_before_the_next() {
        let (log, outcome) = noted(Noted::default(), Event::Bytes, b"ab");
        let expected = [
            "answer A",
            "a at 0",
            "settled at 0, again: true",
            "answer B",
            "b at 1",
            "settled at 1, again: true",
            "settled at 2, again: false",
            "0 unread",
        ];
        assert_eq!((&log[..], outcome), (&expected.map(str::to_owned)[..], Ok(())));
    }

    #[test]
    fn a_connection_that_goes_finds_nothing_more() {
        let (log, outcome) = noted(Noted { gone: b'a', ..Noted::default() }, Event::Bytes, b"ab");
        assert_eq!(
            log[2..],
            ["settled at 0, again: true", "settled at 1, again: false", "1 unread"]
        );
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn a_message_that_fails_is_settled_and_stops_everything() {
        let failing = Noted { failing: b'a', ..Noted::default() };
        let (log, outcome) = noted(failing, Event::Bytes, b"ab");
        assert_eq!(log[1..], ["a at 0", "settled at 0, again: true", "1 unread"]);
        assert_eq!(outcome, Err("a hook failed"));
    }

    #[test]
    fn after_an_error_the_framing_is_not_called_again() {
        let (log, outcome) = noted(Noted::default(), Event::Bytes, b"!b");
        assert_eq!(log, ["answer !", "! at 0", "wrong at 0, again: false", "1 unread"]);
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn an_end_and_a_deadline_are_told_as_such() {
        let (log, _) = noted(Noted::default(), Event::End, b"rest");
        assert!(log[0].contains("ended inside a frame"), "{log:?}");
        let (log, _) = noted(Noted::default(), Event::Deadline, b"rest");
        assert_eq!(log, ["answer \\x07", "settled at 0, again: false", "4 unread"]);
    }
}
