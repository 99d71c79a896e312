//! The outgoing direction: one message becomes a frame.

use crate::{EncodeError, FrameWriter, Framing, Nanos};

/// A frame that was appended to what was encoded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// See [`FrameWriter::header_len`].
    pub header_len: usize,
    /// See [`FrameWriter::payload_end`].
    pub payload_end: usize,
    /// See [`FrameWriter::borrowed_at`].
    pub borrowed_at: Option<usize>,
    /// Bytes that were appended: the frame without a payload that was left out.
    pub own_bytes: usize,
    /// See [`FrameWriter::later`].
    pub later: usize,
    /// See [`FrameWriter::close`].
    pub closes: bool,
}

/// Appends the frame of `message` to `bytes`; a payload of `gather_from` bytes or more is left out. The
/// framing's gate must be open. A refusal leaves nothing behind.
#[inline(always)]
pub fn encode(
    framing: &mut dyn Framing,
    now: Nanos,
    message: &[u8],
    bytes: &mut Vec<u8>,
    gather_from: usize,
) -> Result<Encoded, EncodeError> {
    let start = bytes.len();
    let mut wire = FrameWriter::new(bytes, gather_from);
    let result = framing.encode(now, message, &mut wire);
    let encoded = Encoded {
        header_len: wire.header_len,
        payload_end: wire.payload_end,
        borrowed_at: wire.borrowed_at,
        own_bytes: wire.len(),
        later: wire.later,
        closes: wire.close,
    };
    match result {
        Ok(()) => Ok(encoded),
        Err(why) => Err(refused(bytes, start, why)),
    }
}

/// A refusal that leaves bytes behind would put them before the next frame: that is a failure.
#[cold]
fn refused(bytes: &mut Vec<u8>, start: usize, why: EncodeError) -> EncodeError {
    if bytes.len() == start {
        return why;
    }
    bytes.truncate(start);
    match why {
        EncodeError::Failed { .. } => why,
        _ => {
            EncodeError::Failed { text: "it refused a message but left bytes of it behind".into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Alphabet, Capabilities, DecodeError, Decoded};

    /// The length in two bytes, then the payload.
    struct Counted;

    impl Framing for Counted {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, 0xffff)
        }

        fn encode(
            &mut self,
            _: Nanos,
            payload: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            out.header(&(payload.len() as u16).to_be_bytes());
            out.payload(payload);
            Ok(())
        }

        fn feed(&mut self, _: Nanos, _: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
            Ok(())
        }
    }

    #[test]
    fn a_frame_stands_behind_those_before_it_and_says_what_it_is_made_of() {
        let mut bytes = b"before".to_vec();
        let whole = encode(&mut Counted, 0, b"abc", &mut bytes, usize::MAX).expect("it fits");
        assert_eq!(bytes, b"before\0\x03abc");
        let expected = Encoded {
            header_len: 2,
            payload_end: 5,
            borrowed_at: None,
            own_bytes: 5,
            later: 0,
            closes: false,
        };
        assert_eq!(whole, expected);
        let left_out = encode(&mut Counted, 0, b"abc", &mut bytes, 3).expect("it fits");
        assert_eq!(bytes, b"before\0\x03abc\0\x03");
        assert_eq!((left_out.borrowed_at, left_out.own_bytes), (Some(2), 2));
    }

    /// Refuses everything, and has written by then.
    struct Untidy;

    impl Framing for Untidy {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, 0)
        }

        fn encode(
            &mut self,
            _: Nanos,
            _: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            out.header(b"head");
            Err(EncodeError::TooLong { max: 0 })
        }

        fn feed(&mut self, _: Nanos, _: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
            Ok(())
        }
    }

    #[test]
    fn what_a_refused_message_leaves_behind_is_taken_back_and_told() {
        let mut bytes = b"before".to_vec();
        let refused = encode(&mut Untidy, 0, b"abc", &mut bytes, usize::MAX);
        let text = "it refused a message but left bytes of it behind".into();
        assert_eq!(refused, Err(EncodeError::Failed { text }));
        assert_eq!(bytes, b"before");
    }
}
