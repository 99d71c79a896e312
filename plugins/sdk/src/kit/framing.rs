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
    let mut take = |input: &mut Vec<u8>, out: &mut Decoded| {
        for frame in &out.frames {
            let from = if frame.scratch == 0 { &*input } else { &out.scratch };
            messages.push(from[frame.at as usize..][..frame.len as usize].to_vec());
        }
        input.drain(..out.consumed);
        out.clear();
    };
    for piece in pieces {
        input.extend_from_slice(piece);
        framing.feed(0, &input, &mut out)?;
        take(&mut input, &mut out);
    }
    framing.end_of_input(0, &input, &mut out)?;
    take(&mut input, &mut out);
    Ok(messages)
}
