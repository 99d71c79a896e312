//! `json-header`: what a header may look like, and what it may not.

use crate::driver::Subject;
use serde_json::{Value, json};

fn with_header(header: &[u8], body: &[u8]) -> Vec<u8> {
    [&(header.len() as i32).to_le_bytes(), header, body].concat()
}

fn complaint(settings: &Value, stream: &[u8]) -> (usize, String) {
    let outcome = Subject::new("json-header", settings).receive(stream, &[]);
    assert_eq!(outcome.messages.len(), 0);
    outcome.error.unwrap_or_else(|| panic!("accepted {stream:02x?}"))
}

#[test]
fn our_header_is_what_the_textbook_program_writes() {
    let (stream, _) = Subject::new("json-header", &json!({})).stream(&["hi"]);
    assert_eq!(stream, with_header(br#"{"data_size": 2}"#, b"hi"));
}

#[test]
fn any_json_object_with_the_key_is_a_header() {
    let subject = Subject::new("json-header", &json!({ "key": "filesize" }));
    for header in [
        &br#"{"filesize":2}"#[..],
        br#"{"name":"a.txt","md5":null,"filesize":2,"more":[1,{"filesize":9}]}"#,
        br#" { "filesize" : 2 } "#,
        br#"{"file\u0073ize":2}"#,
    ] {
        let outcome = subject.receive(&with_header(header, b"hi"), &[]);
        assert_eq!(outcome.messages, [b"hi"], "{}", String::from_utf8_lossy(header));
    }
}

#[test]
fn a_key_that_json_must_escape_makes_the_round_trip() {
    let subject = Subject::new("json-header", &json!({ "key": "size \"\n\u{1}ü" }));
    let (stream, _) = subject.stream(&["hi", ""]);
    assert_eq!(subject.receive(&stream, &[]).messages, [&b"hi"[..], b""]);
}

#[test]
fn two_lengths_in_one_header_are_refused() {
    let stream = with_header(br#"{"data_size":2,"data_size":1}"#, b"hi");
    let (at, text) = complaint(&json!({}), &stream);
    assert_eq!(at, 4);
    assert!(text.contains("twice"), "{text}");
}

#[test]
fn headers_that_hold_no_usable_length_are_refused() {
    for header in [
        &br#"{"data_size":-1}"#[..],
        br#"{"data_size":2.0}"#,
        br#"{"data_size":"2"}"#,
        br#"{"data_size":null}"#,
        br#"{"data_size":99999999999999999999}"#,
        br#"{"data_size":16777217}"#,
        br#"{"size":2}"#,
        br#"{}"#,
        br#"[2]"#,
        br#"{"data_size":2}x"#,
        br#"{"data_size":2"#,
        b"\xff\xfe\xfd\xfc",
        b"{\"data_size\":2,\"\xff\":1}",
    ] {
        complaint(&json!({}), &with_header(header, b"hi"));
    }
}

#[test]
fn a_header_of_nested_brackets_is_refused_without_running_deep() {
    let depth = 100_000;
    let header = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let settings = json!({ "header-max": "1 MiB" });
    let (_, text) = complaint(&settings, &with_header(header.as_bytes(), b""));
    assert!(text.len() < 400, "{text}");
}

#[test]
fn a_header_length_out_of_bounds_is_refused_before_the_header_comes() {
    for claimed in [-1, i32::MIN, 0, 1, 4097, i32::MAX] {
        let (at, text) = complaint(&json!({}), &claimed.to_le_bytes());
        assert_eq!(at, 0);
        assert!(text.contains(&claimed.to_string()), "{text}");
    }
}
