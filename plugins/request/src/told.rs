//! Bytes of a server as a person reads them: short, and with nothing in them that a terminal obeys.

use wirebench_sdk::Secret;

/// Bytes of an excerpt.
const SHOWN: usize = 48;

/// So many of them before the place that it is about.
const BEFORE: usize = 16;

/// The beginning of the bytes.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    around(bytes, 0)
}

/// The bytes around a place, between quotes; `…` where some are left out. Where most of them are no
/// text, as hexadecimal digits.
pub(crate) fn around(bytes: &[u8], at: usize) -> String {
    let from = at.min(bytes.len()).saturating_sub(BEFORE);
    let to = bytes.len().min(from + SHOWN);
    let shown = &bytes[from..to];
    let odd = shown.iter().filter(|byte| !byte.is_ascii_graphic() && !b" \r\n\t".contains(byte));
    let text = if 2 * odd.count() > shown.len() {
        let digits: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(" ")
    } else {
        shown.escape_ascii().to_string()
    };
    let (before, behind) = (dots(from > 0), dots(to < bytes.len()));
    format!("\"{before}{text}{behind}\"")
}

fn dots(left_out: bool) -> &'static str {
    if left_out { "…" } else { "" }
}

/// How two byte strings differ: the first place, both lengths, both excerpts. `None`: they do not, or
/// with `prefix`, the second begins the first.
pub(crate) fn difference(given: &[u8], expected: &[u8], prefix: bool) -> Option<String> {
    let at = given.iter().zip(expected).position(|(one, other)| one != other);
    let at = match at {
        Some(at) => at,
        None if given.len() == expected.len() || (prefix && given.len() > expected.len()) => {
            return None;
        }
        None => given.len().min(expected.len()),
    };
    let byte = |bytes: &[u8]| match bytes.get(at) {
        Some(byte) => format!("{byte:02x}"),
        None => "the end".to_owned(),
    };
    let begin = if prefix { "at its beginning " } else { "" };
    Some(format!(
        "it differs at byte {at}: {} for {}; {} bytes came, {begin}{} were expected; it says {}, \
         expected was {}",
        byte(given),
        byte(expected),
        given.len(),
        expected.len(),
        around(given, at),
        around(expected, at)
    ))
}

/// The bytes with each secret in them blotted out: an answer may repeat what it was sent.
pub(crate) fn blotted<'a>(bytes: &'a [u8], secrets: &[Secret]) -> std::borrow::Cow<'a, [u8]> {
    let mut out = std::borrow::Cow::Borrowed(bytes);
    for secret in secrets.iter().map(Secret::bytes).filter(|secret| !secret.is_empty()) {
        let found: Vec<usize> = memchr::memmem::find_iter(&out, secret).collect();
        for at in found {
            out.to_mut()[at..at + secret.len()].fill(b'*');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{around, blotted, difference, excerpt};
    use wirebench_sdk::Secret;

    #[test]
    fn text_is_shown_as_text_and_bytes_as_digits() {
        assert_eq!(excerpt(b"OK\r\n\x1b[2J"), r#""OK\r\n\x1b[2J""#);
        assert_eq!(excerpt(&[0, 1, 2, b'a']), r#""00 01 02 61""#);
        assert_eq!(excerpt(b""), r#""""#);
    }

    #[test]
    fn a_long_answer_is_shown_around_its_place() {
        let bytes: Vec<u8> = (0..200).map(|n| b'a' + n % 26).collect();
        let shown = around(&bytes, 100);
        assert!(shown.starts_with("\"…") && shown.ends_with("…\""), "{shown}");
        assert!(shown.len() < 70, "{shown}");
        assert_eq!(around(b"short", usize::MAX), "\"short\"");
    }

    #[test]
    fn a_difference_names_the_byte_and_both_lengths() {
        assert_eq!(difference(b"same", b"same", false), None);
        assert_eq!(difference(b"+OK\r\n", b"+O", true), None);
        for (given, expected, prefix, told) in [
            (&b"+OK"[..], &b"+PONG"[..], false, "byte 1: 4f for 50; 3 bytes came, 5 were"),
            (b"+OK", b"+OK!", false, "byte 3: the end for 21"),
            (b"+OK!", b"+OK", false, "byte 3: 21 for the end"),
            (b"+", b"+O", true, "byte 1: the end for 4f; 1 bytes came, at its beginning 2"),
        ] {
            let text = difference(given, expected, prefix).unwrap();
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn a_secret_in_an_answer_is_not_shown() {
        let secrets = [Secret::new(b"hunter2".to_vec())];
        let answer = b"-ERR no hunter2, hunter2!";
        assert_eq!(&*blotted(answer, &secrets), b"-ERR no *******, *******!");
    }
}
