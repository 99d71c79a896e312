//! What wrong bytes could mean: most "impossible lengths" are another protocol talking to the port.

use std::fmt::Write as _;

/// First bytes of what often knocks at the wrong door.
const CALLERS: &[(&[u8], &str)] = &[
    (b"GET ", "an HTTP client is talking to this port"),
    (b"POST", "an HTTP client is talking to this port"),
    (b"PUT ", "an HTTP client is talking to this port"),
    (b"HEAD", "an HTTP client is talking to this port"),
    (b"DELE", "an HTTP client is talking to this port"),
    (b"OPTI", "an HTTP client is talking to this port"),
    (b"CONN", "an HTTP client is talking to this port"),
    (b"PRI ", "an HTTP/2 client is talking to this port"),
    (b"HTTP", "an HTTP server is answering"),
    (b"SSH-", "an SSH peer is talking to this port"),
    (b"EHLO", "an SMTP client is talking to this port"),
    (b"HELO", "an SMTP client is talking to this port"),
    (&[0x16, 0x03], "a TLS hello: the peer expects TLS, this port does not speak it"),
    (&[0x15, 0x03], "a TLS alert: the peer expects TLS, this port does not speak it"),
];

/// So many bytes are enough to tell who is calling.
pub const CALLER: usize = 4;

/// Bytes of a frame's beginning that an error shows.
pub const BEGINNING: usize = 16;

/// `bytes` as an error shows them: `47 45 54 20 = "GET "`. Give it only bytes that every cutting of
/// the stream has at that point.
#[inline]
pub fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        let blank = if index == 0 { "" } else { " " };
        // Writing into a string cannot fail.
        let _ = write!(text, "{blank}{byte:02x}");
    }
    if is_text(bytes) {
        let _ = write!(text, " = \"{}\"", bytes.escape_ascii());
    }
    text
}

/// [`hex`] with what the bytes could mean where a frame should begin: `…: an HTTP client is talking to
/// this port?`.
#[inline]
pub fn shown(bytes: &[u8]) -> String {
    let mut text = called(bytes, bytes);
    if caller(bytes).is_none() && is_text(bytes) && bytes.len() > 1 {
        text.push_str(": text from a peer that uses another framing?");
    }
    text
}

/// [`hex`] of what is wrong in a frame, and who is calling if the frame begins as one does.
#[inline]
pub fn called(read: &[u8], frame: &[u8]) -> String {
    let mut text = hex(read);
    if let Some(meaning) = caller(frame) {
        let _ = write!(text, ": {meaning}?");
    }
    text
}

fn caller(frame: &[u8]) -> Option<&'static str> {
    CALLERS.iter().find(|(start, _)| frame.starts_with(start)).map(|(_, meaning)| *meaning)
}

/// How many bytes of a frame that is wrong within its first `least` have to be seen to tell who is
/// calling; `None` while more have to come.
#[inline]
pub fn telling(frame: &[u8], least: usize) -> Option<usize> {
    let begins_one = |bytes: &[u8]| {
        CALLERS.iter().any(|(start, _)| start.len() > bytes.len() && start.starts_with(bytes))
    };
    let mut len = least;
    while begins_one(frame.get(..len)?) {
        len += 1;
    }
    Some(len)
}

/// [`shown`] for the beginning of a frame.
#[inline]
pub fn beginning(frame: &[u8]) -> String {
    shown(&frame[..frame.len().min(BEGINNING)])
}

fn is_text(bytes: &[u8]) -> bool {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t');
    !bytes.is_empty() && bytes.iter().all(printable)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_request_line_is_told_as_an_http_client() {
        assert_eq!(
            shown(b"GET "),
            "47 45 54 20 = \"GET \": an HTTP client is talking to this port?"
        );
    }

    #[test]
    fn a_tls_hello_is_told() {
        assert!(shown(&[0x16, 0x03, 0x01, 0x02]).contains("TLS hello"));
    }

    #[test]
    fn other_text_is_told_as_text_and_binary_as_bytes() {
        assert!(shown(b"hell").contains("text from a peer"));
        assert_eq!(shown(&[0xff, 0, 1]), "ff 00 01");
    }
}
