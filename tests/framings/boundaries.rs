//! Framings that mark the end of a message: `line` and `delimiter`.

use crate::driver::{Subject, send};
use serde_json::json;
use wirebench::framing::{EncodeError, Role};

fn refused(subject: &Subject, message: &[u8]) -> Option<EncodeError> {
    send(&mut *subject.framing(Role::Client), message, &mut Vec::new()).err()
}

fn forbidden(at: usize, mark: &'static str) -> EncodeError {
    EncodeError::Forbidden { at, mark: mark.into() }
}

#[test]
fn a_line_ends_with_lf_or_with_crlf() {
    assert_eq!(Subject::new("line", &json!({})).stream(&["hi", ""]).0, b"hi\n\n");
    let crlf = Subject::new("line", &json!({ "ending": "crlf" }));
    assert_eq!(crlf.stream(&["hi", ""]).0, b"hi\r\n\r\n");
}

#[test]
fn cr_is_a_byte_like_any_other_where_lf_ends_a_line() {
    let subject = Subject::new("line", &json!({}));
    assert_eq!(subject.receive(b"a\rb\r\n", &[]).messages, [b"a\rb\r"]);
}

#[test]
fn a_lone_lf_is_an_error_where_crlf_ends_a_line() {
    let subject = Subject::new("line", &json!({ "ending": "crlf" }));
    let outcome = subject.receive(b"one\r\ntwo\nthree\r\n", &[]);
    assert_eq!(outcome.messages, [b"one"]);
    assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(8));
    assert!(outcome.complaint().contains("LF without a CR"), "{}", outcome.complaint());
}

#[test]
fn a_lone_cr_is_an_error_where_crlf_ends_a_line() {
    let subject = Subject::new("line", &json!({ "ending": "crlf" }));
    let outcome = subject.receive(b"a\rb\r\n", &[2]);
    assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(1));
    assert!(outcome.complaint().contains("CR that no LF follows"), "{}", outcome.complaint());
}

#[test]
fn a_payload_that_holds_the_boundary_is_refused_with_its_place() {
    let lf = Subject::new("line", &json!({}));
    assert_eq!(refused(&lf, b"ab\ncd"), Some(forbidden(2, "LF (0a)")));
    let crlf = Subject::new("line", &json!({ "ending": "crlf" }));
    assert_eq!(refused(&crlf, b"ab\rcd"), Some(forbidden(2, "CR (0d)")));
    assert_eq!(refused(&crlf, b"abc\n"), Some(forbidden(3, "LF (0a)")));
    let nul = Subject::new("delimiter", &json!({}));
    assert_eq!(refused(&nul, b"a\0"), Some(forbidden(1, "delimiter (00)")));
    let bar = Subject::new("delimiter", &json!({ "delimiter": "||" }));
    assert_eq!(refused(&bar, b"a|b||c"), Some(forbidden(3, "delimiter (7c 7c = \"||\")")));
}

#[test]
fn a_payload_whose_end_would_begin_the_delimiter_is_refused() {
    // "ab" before "aba" reads "ababa": the delimiter stands at 0 already.
    let subject = Subject::new("delimiter", &json!({ "delimiter": "aba" }));
    let early = "delimiter (61 62 61 = \"aba\"), with the beginning of the one behind it,";
    assert_eq!(refused(&subject, b"ab"), Some(forbidden(0, early)));
    assert_eq!(refused(&subject, b"xxab"), Some(forbidden(2, early)));
    assert_eq!(refused(&subject, b"a"), None);
    // "a" before "aab" reads "aaab": the delimiter is found where it belongs.
    let subject = Subject::new("delimiter", &json!({ "delimiter": "aab" }));
    assert_eq!(subject.receive(b"aaab", &[1, 2, 3]).messages, [b"a"]);
}

#[test]
fn a_delimiter_may_hold_any_byte() {
    let subject = Subject::new("delimiter", &json!({ "delimiter": "\\xff\\0\\n" }));
    assert_eq!(subject.stream(&["hi"]).0, b"hi\xff\0\n");
}

#[test]
fn the_whole_line_up_to_the_limit_may_come_before_its_end() {
    for (ending, end) in [("lf", &b"\n"[..]), ("crlf", b"\r\n")] {
        let subject = Subject::new("line", &json!({ "ending": ending, "max": 3 }));
        let stream = [b"abc", end].concat();
        assert_eq!(subject.receive(&stream, &[3]).messages, [b"abc"], "{ending}");
        let outcome = subject.receive(b"abcd", &[]);
        assert_eq!(outcome.error.map(|(at, _)| at), Some(3), "{ending}");
    }
}
