//! The header of a WebSocket frame (RFC 6455, section 5.2), and masking (section 5.3).

use wirebench_framing::misfit::{shown, telling};

/// What a frame carries.
pub(super) mod opcode {
    pub(crate) const CONTINUATION: u8 = 0;
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const BINARY: u8 = 2;
    pub(crate) const CLOSE: u8 = 8;
    pub(crate) const PING: u8 = 9;
    pub(crate) const PONG: u8 = 10;
}

/// The most bytes of a header.
const LONGEST: usize = 14;

/// The most bytes of a control frame's payload.
pub(super) const CONTROL_MAX: u64 = 125;

/// Why a connection is failed, as its last frame says (section 7.4.1).
pub(super) mod status {
    pub(crate) const PROTOCOL_ERROR: u16 = 1002;
    pub(crate) const UNSUPPORTED_DATA: u16 = 1003;
    pub(crate) const INVALID_DATA: u16 = 1007;
    pub(crate) const POLICY_VIOLATION: u16 = 1008;
    pub(crate) const TOO_BIG: u16 = 1009;

    /// True for what a close frame may say: the codes of RFC 6455, those that were registered since
    /// (1012 to 1014), and those of libraries and applications. 1004 to 1006 and 1015 are reserved,
    /// what is left has no meaning yet.
    pub(crate) fn is_sendable(code: u16) -> bool {
        matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

/// What breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Where.
    pub(super) at: usize,
    /// What our close frame says of it.
    pub(super) code: u16,
    pub(super) text: String,
}

impl Broken {
    #[cold]
    pub(super) fn new(at: usize, code: u16, text: String) -> Self {
        Self { at, code, text }
    }
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The last (or only) frame of its message.
    pub(super) last: bool,
    pub(super) opcode: u8,
    pub(super) mask: Option<[u8; 4]>,
    /// Bytes of the payload.
    pub(super) len: u64,
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A header of this many bytes.
    Is(Header, usize),
    /// At least this many bytes more are needed.
    Cut(usize),
    /// No header.
    Wrong(Broken),
}

impl Header {
    /// True for what asks the receiver for a frame of its own.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.opcode, opcode::PING | opcode::CLOSE)
    }

    /// Reads a header from a peer that has to mask its payloads, or must not, and whose messages begin
    /// with a frame of this `kind`.
    #[inline]
    pub(super) fn parse(bytes: &[u8], masked: bool, kind: u8) -> Parsed {
        let Some(&[first, second]) = bytes.first_chunk::<2>() else {
            return Parsed::Cut(2 - bytes.len());
        };
        let (last, opcode, short) = (first & 0x80 != 0, first & 0x0f, second & 0x7f);
        if let Some(Broken { at, code, text: problem }) = problem(first, second, masked, kind) {
            let Some(told) = telling(bytes, 2) else { return Parsed::Cut(1) };
            let caller = match &bytes[..told] {
                b"GET " | b"HTTP" => " It begins the opening handshake, which `opening` answers.",
                _ => "",
            };
            let text = format!("{problem} (read {}{caller})", shown(&bytes[..told]));
            return Parsed::Wrong(Broken::new(at, code, text));
        }
        // Bytes of a longer length field, and the least that is worth it.
        let (wide, least) = match short {
            126 => (2, 126),
            127 => (8, 1 << 16),
            _ => (0, 0),
        };
        let size = 2 + wide + if masked { 4 } else { 0 };
        let Some(field) = bytes.get(2..2 + wide) else { return Parsed::Cut(size - bytes.len()) };
        let len = match wide {
            0 => u64::from(short),
            _ => field.iter().fold(0, |len, byte| len << 8 | u64::from(*byte)),
        };
        if len < least {
            let text =
                format!("the length {len} is not in its shortest form (read {})", shown(field));
            return Parsed::Wrong(Broken::new(2, status::PROTOCOL_ERROR, text));
        }
        if len >> 63 != 0 {
            let text =
                format!("the highest bit of a 64-bit length must be 0 (read {})", shown(field));
            return Parsed::Wrong(Broken::new(2, status::PROTOCOL_ERROR, text));
        }
        let Some(rest) = bytes.get(2 + wide..size) else { return Parsed::Cut(size - bytes.len()) };
        Parsed::Is(Self { last, opcode, mask: rest.first_chunk().copied(), len }, size)
    }

    /// The header's bytes, in `buffer`.
    #[inline]
    pub(super) fn write(self, buffer: &mut [u8; LONGEST]) -> &[u8] {
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        buffer[0] = if self.last { 0x80 | self.opcode } else { self.opcode };
        let mut size = match self.len {
            0..=125 => {
                buffer[1] = masked | self.len as u8;
                2
            }
            126..=0xffff => {
                buffer[1] = masked | 126;
                buffer[2..4].copy_from_slice(&(self.len as u16).to_be_bytes());
                4
            }
            _ => {
                buffer[1] = masked | 127;
                buffer[2..10].copy_from_slice(&self.len.to_be_bytes());
                10
            }
        };
        if let Some(key) = self.mask {
            buffer[size..size + 4].copy_from_slice(&key);
            size += 4;
        }
        &buffer[..size]
    }

    /// Room for [`write`](Self::write).
    pub(super) const fn room() -> [u8; LONGEST] {
        [0; LONGEST]
    }
}

/// What the first two bytes of a header break, and at which of them.
fn problem(first: u8, second: u8, masked: bool, kind: u8) -> Option<Broken> {
    let (last, opcode, short) = (first & 0x80 != 0, first & 0x0f, second & 0x7f);
    let is_control = matches!(opcode, opcode::CLOSE | opcode::PING | opcode::PONG);
    let (at, text) = if first & 0x70 != 0 {
        (0, "reserved bits are set, but no extension was agreed on".to_owned())
    } else if matches!(opcode, opcode::TEXT | opcode::BINARY) && opcode != kind {
        let text = match opcode {
            opcode::TEXT => "a text frame, but only binary ones carry messages here",
            _ => "a binary frame, but only text carries messages here (`payload = \"text\"`)",
        };
        return Some(Broken::new(0, status::UNSUPPORTED_DATA, text.to_owned()));
    } else if !is_control && opcode != opcode::CONTINUATION && opcode != kind {
        (0, format!("the opcode {opcode} is reserved"))
    } else if is_control && !last {
        (0, "a fragmented control frame".to_owned())
    } else if is_control && u64::from(short) > CONTROL_MAX {
        (1, format!("a control frame of more than {CONTROL_MAX} bytes"))
    } else {
        match (second & 0x80 != 0, masked) {
            (false, true) => (1, "a client's frame without a mask".to_owned()),
            (true, false) => (1, "a server's frame with a mask".to_owned()),
            _ => return None,
        }
    };
    Some(Broken::new(at, status::PROTOCOL_ERROR, text))
}

/// Masks `bytes`, or takes their mask away.
#[inline]
pub(super) fn mask(bytes: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8], masked: bool) -> Parsed {
        Header::parse(bytes, masked, opcode::BINARY)
    }

    #[test]
    fn lengths_are_written_in_their_shortest_form_and_read_back() {
        for (len, size) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10), (1 << 40, 10)] {
            for mask in [None, Some([1, 2, 3, 4])] {
                let header = Header { last: true, opcode: opcode::BINARY, mask, len };
                let mut room = Header::room();
                let bytes = header.write(&mut room);
                let size = size + if mask.is_some() { 4 } else { 0 };
                assert_eq!(bytes.len(), size);
                assert_eq!(parse(bytes, mask.is_some()), Parsed::Is(header, size));
                for cut in 0..size {
                    let parsed = parse(&bytes[..cut], mask.is_some());
                    assert!(matches!(parsed, Parsed::Cut(more) if more <= size - cut && more > 0));
                }
            }
        }
    }

    #[test]
    fn masking_twice_changes_nothing_whatever_the_length() {
        let bytes: Vec<u8> = (0..40).collect();
        for len in 0..bytes.len() {
            let mut masked = bytes[..len].to_vec();
            mask(&mut masked, [0x37, 0xfa, 0x21, 0x3d]);
            for (index, byte) in masked.iter().enumerate() {
                assert_eq!(*byte, bytes[index] ^ [0x37, 0xfa, 0x21, 0x3d][index % 4]);
            }
            mask(&mut masked, [0x37, 0xfa, 0x21, 0x3d]);
            assert_eq!(masked, &bytes[..len]);
        }
    }
}
