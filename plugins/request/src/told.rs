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

/// Which part of the bytes is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Beginning,
    End,
}

/// How two byte strings differ: the first place, both lengths, both excerpts. `None`: that part of the
/// first is the second.
pub(crate) fn difference(given: &[u8], expected: &[u8], part: Part) -> Option<String> {
    // Of an end, the bytes before it are of no weight.
    let before = match part {
        Part::End => given.len().saturating_sub(expected.len()),
        Part::Whole | Part::Beginning => 0,
    };
    let tail = &given[before..];
    let at = match tail.iter().zip(expected).position(|(one, other)| one != other) {
        Some(at) => at,
        None if tail.len() == expected.len() => return None,
        None if part == Part::Beginning && tail.len() > expected.len() => return None,
        None => tail.len().min(expected.len()),
    };
    let byte = |bytes: &[u8], at: usize| match bytes.get(at) {
        Some(byte) => format!("{byte:02x}"),
        None => "the end".to_owned(),
    };
    let place = match part {
        Part::Whole => "",
        Part::Beginning => "at its beginning ",
        Part::End => "at its end ",
    };
    Some(format!(
        "it differs at byte {}: {} for {}; {} bytes came, {place}{} were expected; it says {}, expected \
         was {}",
        before + at,
        byte(tail, at),
        byte(expected, at),
        given.len(),
        expected.len(),
        around(given, before + at),
        around(expected, at)
    ))
}

/// The bytes with each secret in them blotted out: an answer may repeat what it was sent.
pub(crate) fn blotted<'a>(bytes: &'a [u8], secrets: &[Secret]) -> std::borrow::Cow<'a, [u8]> {
    let mut out = std::borrow::Cow::Borrowed(bytes);
    for secret in secrets.iter().map(Secret::bytes).filter(|secret| !secret.is_empty()) {
        // One may stand in another, so each is looked for in what came.
        for at in memchr::memmem::find_iter(bytes, secret) {
            out.to_mut()[at..at + secret.len()].fill(b'*');
        }
    }
    out
}

/// The same of bytes that may end within a secret.
pub(crate) fn blotted_beginning<'a>(
    bytes: &'a [u8],
    secrets: &[Secret],
) -> std::borrow::Cow<'a, [u8]> {
    let mut out = blotted(bytes, secrets);
    for secret in secrets.iter().map(Secret::bytes) {
        let begun = (1..secret.len()).rev().find(|len| bytes.ends_with(&secret[..*len]));
        if let Some(len) = begun {
            out.to_mut()[bytes.len() - len..].fill(b'*');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Part, around, blotted, blotted_beginning, difference, excerpt};
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
        assert_eq!(difference(b"same", b"same", Part::Whole), None);
        assert_eq!(difference(b"+OK\r\n", b"+O", Part::Beginning), None);
        assert_eq!(difference(b"+OK\r\n", b"K\r\n", Part::End), None);
        for (given, expected, part, told) in [
            (&b"+OK"[..], &b"+PONG"[..], Part::Whole, "byte 1: 4f for 50; 3 bytes came, 5 were"),
            (b"+OK", b"+OK!", Part::Whole, "byte 3: the end for 21"),
            (b"+OK!", b"+OK", Part::Whole, "byte 3: 21 for the end"),
            (
                b"+",
                b"+O",
                Part::Beginning,
                "byte 1: the end for 4f; 1 bytes came, at its beginning 2",
            ),
            (b"hello", b"lla", Part::End, "byte 4: 6f for 61; 5 bytes came, at its end 3"),
            (b"o", b"lo", Part::End, "byte 0: 6f for 6c; 1 bytes came, at its end 2"),
        ] {
            let text = difference(given, expected, part).unwrap();
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn a_secret_in_an_answer_is_not_shown() {
        let secrets = [Secret::new(b"hunter2".to_vec())];
        let answer = b"-ERR no hunter2, hunter2!";
        assert_eq!(&*blotted(answer, &secrets), b"-ERR no *******, *******!");
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_of_that_one() {
        let secrets = [b"ann".to_vec(), b"ann2024!".to_vec()].map(Secret::new);
        assert_eq!(&*blotted(b"535 no ann2024!", &secrets), b"535 no ********");
    }

    #[test]
    fn the_beginning_of_a_secret_is_not_shown_where_more_may_come() {
        let secrets = [Secret::new(b"hunter2".to_vec())];
        assert_eq!(&*blotted_beginning(b"535 not with hunt", &secrets), b"535 not with ****");
        assert_eq!(&*blotted_beginning(b"no hunter2, no", &secrets), b"no *******, no");
    }
}
