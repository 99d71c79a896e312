//! Framings without a host.

use crate::{Decoded, FrameError, Framing, Unsendable, Wire};

/// The wire bytes of one message.
pub fn encode<F: Framing>(framing: &mut F, message: &[u8]) -> Result<Vec<u8>, Unsendable> {
    let mut wire = Wire::default();
    framing.encode(0, message, &mut wire)?;
    let payload = if wire.payload { message } else { &[] };
    Ok([&wire.header, payload, &wire.rest].concat())
}

/// The messages in a stream that is read in `pieces`, and that ends after them.
pub fn decode<F: Framing>(framing: &mut F, pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, FrameError> {
    let (mut input, mut messages, mut out) = (Vec::new(), Vec::new(), Decoded::default());
    // Returns whether there is to be one more call.
    let mut take = |input: &mut Vec<u8>, out: &mut Decoded| {
        let again = out.again;
        for frame in &out.frames {
            let from = if frame.scratch == 0 { &*input } else { &out.scratch };
            messages.push(from[frame.at as usize..][..frame.len as usize].to_vec());
        }
        input.drain(..out.consumed);
        out.clear();
        again
    };
    for piece in pieces {
        input.extend_from_slice(piece);
        framing.feed(0, &input, &mut out)?;
        while take(&mut input, &mut out) {
            framing.feed(0, &input, &mut out)?;
        }
    }
    framing.end_of_input(0, &input, &mut out)?;
    while take(&mut input, &mut out) {
        framing.end_of_input(0, &input, &mut out)?;
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::{
        Alphabet, Decoded, Error, Frame, FrameError, Framing, Nature, Role, Unsendable, Wire,
    };

    /// Messages end with a zero byte; each is turned round, so that it stands in the scratch.
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
            for part in input.split_inclusive(|&byte| byte == 0) {
                let Some((0, message)) = part.split_last() else { break };
                let (at, wire_at) = (out.scratch.len() as u32, out.consumed as i64);
                out.scratch.extend(message.iter().rev());
                out.consumed += part.len();
                let (len, wire_end) = (message.len() as u32, out.consumed as i64);
                out.push(Frame { at, len, scratch: true, wire_at, wire_end });
            }
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
        assert_eq!(decode(&mut Backwards, &[b"eno"]).unwrap_err().at, 3);
        assert_eq!(encode(&mut Backwards, b"a\0").unwrap_err(), Unsendable::Forbidden { at: 1 });
    }
}
