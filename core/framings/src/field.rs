//! Field lines of HTTP (RFC 9110, section 5, and RFC 9112, section 5), as `content-length` and
//! `chunked` read them: a name, a colon, and a value between optional blanks.
//!
//! Readers that disagree on where a line ends, or on what it says, can be made to see messages that
//! nobody sent (RFC 9112, section 11.2). So only CRLF ends a line, no blank stands before the colon,
//! no line continues the one before it, blanks are SP and HTAB alone, and no control byte is taken.

use super::DecodeError;
use super::shared::wrong;
use memchr::memchr;
use wirebench_framing::misfit::{hex, shown};

/// Bytes of a line that an error shows.
const SHOWN: usize = 16;

/// A line with its LF taken off, which stands at `at`, without its CR.
pub(super) fn without_cr(line: &[u8], at: usize) -> Result<&[u8], DecodeError> {
    let (cr, problem) = match memchr(b'\r', line) {
        Some(cr) if cr + 1 == line.len() => return Ok(&line[..cr]),
        Some(cr) => (cr, "a CR that no LF follows"),
        None => (line.len(), "a LF without a CR before it, where only CRLF ends a line"),
    };
    let read = hex(&line[cr.saturating_sub(SHOWN)..line.len().min(cr + 1)]);
    Err(wrong(
        at + cr,
        if line.is_empty() { problem.to_owned() } else { format!("{problem} (read {read})") },
    ))
}

/// The name and the value of a line without its CRLF, which stands at `at`; where the value begins
/// in it, too.
pub(super) fn name_and_value(line: &[u8], at: usize) -> Result<(&[u8], usize, &[u8]), DecodeError> {
    let colon = memchr(b':', line).filter(|colon| line[..*colon].iter().copied().all(is_token));
    let Some(colon) = colon.filter(|colon| *colon > 0) else {
        return Err(no_field(line, at));
    };
    let rest = &line[colon + 1..];
    if let Some(bad) = rest.iter().position(|byte| is_control(*byte)) {
        let from = (colon + 1 + bad).saturating_sub(SHOWN - 1);
        let read = hex(&line[from..=colon + 1 + bad]);
        let text = format!("a control byte in the value of a line (read {read})");
        return Err(wrong(at + colon + 1 + bad, text));
    }
    let lead = rest.iter().take_while(|byte| is_blank(**byte)).count();
    let trail = rest[lead..].iter().rev().take_while(|byte| is_blank(**byte)).count();
    Ok((&line[..colon], colon + 1 + lead, &rest[lead..rest.len() - trail]))
}

#[cold]
fn no_field(line: &[u8], at: usize) -> DecodeError {
    let read = shown(&line[..line.len().min(SHOWN)]);
    let problem = match line.first() {
        Some(byte) if is_blank(*byte) => "a line that continues the one before it",
        _ => "a line that is no `name: value`",
    };
    wrong(at, format!("{problem} (read {read})"))
}

/// True for the bytes of which names are made (RFC 9110, section 5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Optional white space (RFC 9110, section 5.6.3): nothing else is trimmed.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What no value and no extension may hold (RFC 9110, section 5.5).
pub(super) fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &[u8]) -> Result<(&[u8], usize, &[u8]), usize> {
        name_and_value(line, 100).map_err(|error| error.at)
    }

    #[test]
    fn a_value_stands_between_blanks_which_are_spaces_and_tabs_alone() {
        assert_eq!(value(b"a:b"), Ok((&b"a"[..], 2, &b"b"[..])));
        assert_eq!(value(b"a: \t b c \t"), Ok((&b"a"[..], 5, &b"b c"[..])));
        assert_eq!(value(b"a:"), Ok((&b"a"[..], 2, &b""[..])));
        assert_eq!(value(b"a:\xa05\xff"), Ok((&b"a"[..], 2, &b"\xa05\xff"[..])));
        for control in (0..0x20).chain([0x7f]).filter(|byte| *byte != b'\t') {
            assert_eq!(value(&[b'a', b':', b'5', control]), Err(103), "{control:#04x}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for line in
            [&b"a b: c"[..], b"a : c", b" a: c", b"\ta", b": c", b"abc", b"a\0: c", b"\xc3\xa4: c"]
        {
            assert_eq!(value(line), Err(100), "{}", line.escape_ascii());
        }
    }
}
