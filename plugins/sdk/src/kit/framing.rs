//! Framings without a host.

use crate::{Decoded, FrameError, Framing, Unsendable, Wire};

/// The wire bytes of one message.
pub fn encode<F: Framing>(framing: &mut F, message: &[u8]) -> Result<Vec<u8>, Unsendable> {
    let mut wire = Wire::default();
    framing.encode(0, message, &mut wire)?;
    let payload = if wire.payload { message } else { &[] };
    Ok([&wire.header, payload, &wire.rest].concat())
}

/// The messages in a stream that is read in `pieces`, and that ends after them. The place of an error
/// counts from the beginning of the stream.
///
/// # Panics
///
/// Where the host would give the framing up: it consumes more than there is, or asks to be called again
/// though it consumed nothing.
pub fn decode<F: Framing>(framing: &mut F, pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut stream = Stream::default();
    for piece in pieces {
        stream.unread.extend_from_slice(piece);
        stream.drive(|input, out| framing.feed(0, input, out))?;
    }
    stream.drive(|input, out| framing.end_of_input(0, input, out))?;
    Ok(stream.messages)
}

/// What has come of a stream so far. The host drives its framings in the same order
/// (`core/src/framing/driver/receive.rs`), over types of its own: a plugin is built without the host.
/// `tests/plugin_framings.rs` shows that both come to the same.
#[derive(Default)]
struct Stream {
    unread: Vec<u8>,
    /// Place in the stream of the first of them.
    offset: usize,
    decoded: Decoded,
    messages: Vec<Vec<u8>>,
}

impl Stream {
    /// Tells the framing of something, as often as it asks for.
    fn drive(
        &mut self,
        mut tell: impl FnMut(&[u8], &mut Decoded) -> Result<(), FrameError>,
    ) -> Result<(), FrameError> {
        let Self { unread, offset, decoded, messages } = self;
        loop {
            decoded.clear();
            let result = tell(unread, decoded);
            for frame in &decoded.frames {
                let from = if frame.scratch == 0 { &*unread } else { &decoded.scratch };
                messages.push(from[frame.at as usize..][..frame.len as usize].to_vec());
            }
            result.map_err(|error| FrameError { at: *offset + error.at, ..error })?;
            unread.drain(..decoded.consumed);
            *offset += decoded.consumed;
            if !decoded.again {
                return Ok(());
            }
            assert!(decoded.consumed > 0, "it asks to be called again but consumed nothing");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::{
        Alphabet, Decoded, Error, Frame, FrameError, Framing, Nature, Role, Unsendable, Wire,
    };

    /// Messages end with a zero byte; each is turned round, so that it stands in the scratch. After
    /// each it asks to be called again; a byte of 255 it does not know what to do with.
    struct Backwards;

    impl Framing for Backwards {
        const NAME: &'static str = "backwards";
        type Config = serde_json::Value;

        fn new(_: serde_json::Value, _: Role) -> Result<Self, Error> {
            Ok(Self)
        }
        fn nature(&self) -> Nature {
            Nature {
                invariant: true,
                duplex: false,
                empty: true,
                alphabet: Alphabet::Text,
                max: u64::MAX,
                batchable: true,
                stream_only: false,
            }
        }
        fn encode(&mut self, _: u64, payload: &[u8], out: &mut Wire) -> Result<(), Unsendable> {
            if let Some(at) = payload.iter().position(|&byte| byte == 0) {
                return Err(Unsendable::Forbidden { at });
            }
            payload.iter().rev().for_each(|&byte| out.bytes(&[byte]));
            out.bytes(&[0]);
            Ok(())
        }
        fn feed(&mut self, _: u64, input: &[u8], out: &mut Decoded) -> Result<(), FrameError> {
            if input.first() == Some(&255) {
                out.again = true;
                return Ok(());
            }
            let Some(end) = input.iter().position(|&byte| byte == 0) else { return Ok(()) };
            out.scratch.extend(input[..end].iter().rev());
            out.consumed = end + 1;
            out.again = true;
            let (len, wire_end) = (end as u32, out.consumed as i64);
            out.push(Frame { at: 0, len, scratch: true, wire_at: 0, wire_end });
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
        assert_eq!(encode(&mut Backwards, b"a\0").unwrap_err(), Unsendable::Forbidden { at: 1 });
    }

    #[test]
    #[should_panic(expected = "it asks to be called again but consumed nothing")]
    fn who_asks_for_ever_is_stopped() {
        let _ = decode(&mut Backwards, &[b"eno\0\xff"]);
    }
}
