//! Framings without a host, called in the order in which a side calls them.

use wirebench_framing::driver::{self, Event, ReceiveBuffer, Receiver, drive};
use wirebench_framing::{DecodeError, Decoded, EncodeError, Frame, Framing};

/// The wire bytes of one message.
pub fn encode<F: Framing>(framing: &mut F, message: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    driver::encode(framing, 0, message, &mut bytes, usize::MAX)?;
    Ok(bytes)
}

/// The messages in a stream that is read in `pieces`, and that ends after them. The place of an error
/// counts from the beginning of the stream.
///
/// # Panics
///
/// Where the host would give the framing up: it consumes more than there is, or asks to be called again
/// though it consumed nothing.
pub fn decode<F: Framing>(framing: &mut F, pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, DecodeError> {
    let (mut buffer, mut decoded) = (ReceiveBuffer::default(), Decoded::default());
    let mut messages = Messages { framing, all: Vec::new(), error: None };
    let events = pieces.iter().map(|piece| (*piece, Event::Bytes));
    for (piece, event) in events.chain([(&[][..], Event::End)]) {
        buffer.push(piece);
        let Ok(()) = drive(&mut messages, event, 0, &mut buffer, &mut decoded);
        if let Some(error) = messages.error {
            return Err(error);
        }
    }
    Ok(messages.all)
}

/// What has come of a stream so far.
struct Messages<'a, F> {
    framing: &'a mut F,
    all: Vec<Vec<u8>>,
    error: Option<DecodeError>,
}

impl<F: Framing> Receiver for Messages<'_, F> {
    type Stop = std::convert::Infallible;

    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(self.framing)
    }

    fn found(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), Self::Stop> {
        assert!(decoded.consumed <= buffer.unread().len(), "it consumes more than there is");
        let goes_on = !decoded.again || decoded.consumed > 0;
        assert!(goes_on, "it asks to be called again but consumed nothing");
        Ok(())
    }

    fn control(&mut self, _: &[u8]) {}

    fn message(&mut self, _: &ReceiveBuffer, _: &Frame, message: &[u8]) -> Result<(), Self::Stop> {
        self.all.push(message.to_vec());
        Ok(())
    }

    fn settle(&mut self, buffer: &ReceiveBuffer, _: &Decoded, result: Result<(), DecodeError>) {
        let offset = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        self.error = result.err().map(|error| DecodeError { at: offset + error.at, ..error });
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::{
        Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Framing,
        Nanos,
    };

    /// Messages end with a zero byte; each is turned round, so that it stands in the scratch. After
    /// each it asks to be called again; a byte of 255 it does not know what to do with.
    struct Backwards;

    impl Framing for Backwards {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Text, u64::MAX)
        }
        fn encode(
            &mut self,
            _: Nanos,
            payload: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            if let Some(at) = payload.iter().position(|&byte| byte == 0) {
                return Err(EncodeError::Forbidden { at, mark: "NUL (00)".into() });
            }
            payload.iter().rev().for_each(|&byte| out.bytes(&[byte]));
            out.bytes(&[0]);
            Ok(())
        }
        fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
            if input.first() == Some(&255) {
                out.again = true;
                return Ok(());
            }
            let Some(end) = input.iter().position(|&byte| byte == 0) else { return Ok(()) };
            out.scratch.extend(input[..end].iter().rev());
            out.consumed = end + 1;
            out.again = true;
            let (len, wire_end) = (end as u32, out.consumed as i64);
            out.frames.push(Frame { at: 0, len, scratch: true, wire_at: 0, wire_end });
            Ok(())
        }
    }

    #[test]
    fn a_stream_is_decoded_however_it_is_cut() {
        let wire = [b"one".as_slice(), b"", b"two"]
            .map(|message| encode(&mut Backwards, message).unwrap())
            .concat();
        for cut in 0..=wire.len() {
            let messages = decode(&mut Backwards, &[&wire[..cut], &wire[cut..]]).unwrap();
            assert_eq!(messages, [b"one".as_slice(), b"", b"two"], "cut at {cut}");
        }
    }

    #[test]
    fn an_end_inside_a_frame_and_a_forbidden_byte_are_errors() {
        assert_eq!(decode(&mut Backwards, &[b"owt\0eno"]).unwrap_err().at, 7);
        assert_eq!(
            encode(&mut Backwards, b"a\0").unwrap_err(),
            EncodeError::Forbidden { at: 1, mark: "NUL (00)".into() }
        );
    }

    #[test]
    #[should_panic(expected = "it asks to be called again but consumed nothing")]
    fn who_asks_for_ever_is_stopped() {
        let _ = decode(&mut Backwards, &[b"eno\0\xff"]);
    }
}
