//! Requirements met and missed, and those that cannot be.

use super::Expect;
use crate::config::Expected;
use crate::template::Facts;

fn expect(json: &str) -> Expect {
    let expected: Expected = serde_json::from_str(json).unwrap();
    Expect::new(expected, "/expect").unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn wrong(json: &str, answer: &[u8]) -> Option<String> {
    let facts = Facts { token: 7, payload: b"abc", ..Facts::default() };
    expect(json).wrong(answer, &facts, &mut Vec::new())
}

#[test]
fn each_requirement_takes_what_meets_it() {
    for (json, answer) in [
        (r#""+PONG\r\n""#, &b"+PONG\r\n"[..]),
        (r#"{"any": true}"#, b"whatever"),
        (r#"{}"#, b""),
        (r#"{"exact": "{token}:{payload}"}"#, b"7:abc"),
        (r#"{"prefix": "HTTP/1.1 200"}"#, b"HTTP/1.1 200 OK\r\n"),
        (r#"{"prefix": "a", "suffix": "{token}"}"#, b"abc7"),
        (r#"{"regex": "^HTTP/1\\.1 2.. .*\\r\\n"}"#, b"HTTP/1.1 200 \xff\r\nmore"),
        (r#"{"hex": "01 ?? 03"}"#, b"\x01\xff\x03"),
        (r#"{"length": 3}"#, b"abc"),
        (r#"{"min-length": "2 B", "max-length": 3}"#, b"ab"),
        (
            r#"{"json": {"path": "/result/0", "equals": {"a": 1.0, "b": [true]}}}"#,
            br#"{"result": [{"b": [true], "a": 1}]}"#,
        ),
        (
            r#"{"json": [{"path": "/a~1b"}, {"path": "", "equals": {"a/b": null}}]}"#,
            br#"{"a/b": null}"#,
        ),
    ] {
        assert_eq!(wrong(json, answer), None, "{json}");
    }
}

#[test]
fn each_requirement_tells_what_misses_it() {
    for (json, answer, told) in [
        (r#""+PONG""#, &b"+PING"[..], "differs at byte 2: 49 for 4f"),
        (r#"{"exact": "{payload}"}"#, b"abd", "expected was \"abc\""),
        (r#"{"prefix": "250"}"#, b"550 no", "byte 0: 35 for 32"),
        (r#"{"suffix": "{payload}"}"#, b"abcabd", "byte 5: 64 for 63"),
        (r#"{"regex": "^2"}"#, b"550 no", "does not match ^2: it says \"550 no\""),
        (r#"{"hex": "01 ??"}"#, b"\x02\x00", "byte 0 is 02"),
        (r#"{"length": 3}"#, b"ab", "it has 2 bytes, and 3 were"),
        (r#"{"min-length": 3}"#, b"ab", "at least 3"),
        (r#"{"max-length": 1}"#, b"ab", "0 to 1 were"),
        (r#"{"json": {"path": "/a"}}"#, b"no", "it is no JSON"),
        (r#"{"json": {"path": "/a"}}"#, b"{}", "nothing stands at `/a`"),
        (
            r#"{"json": {"path": "/a", "equals": 1}}"#,
            br#"{"a": "1"}"#,
            r#"stands "\"1\"", expected "1""#,
        ),
        (r#"{"prefix": "a", "length": 3}"#, b"ab", "it has 2 bytes"),
    ] {
        let text = wrong(json, answer).unwrap_or_else(|| panic!("{json} took it"));
        assert!(text.contains(told), "{json}: {text}");
    }
}

#[test]
fn large_whole_numbers_are_compared_as_they_are() {
    let json = r#"{"json": {"path": "", "equals": 9007199254740993}}"#;
    assert_eq!(wrong(json, b"9007199254740993"), None);
    assert!(wrong(json, b"9007199254740992").is_some());
}

#[test]
fn deep_documents_are_no_way_to_break_it() {
    let deep = "[".repeat(1_000_000);
    let text = wrong(r#"{"json": {"path": "/0"}}"#, deep.as_bytes()).unwrap();
    assert!(text.contains("it is no JSON"), "{text}");
}

#[test]
fn what_cannot_be_expected_is_refused_with_its_place() {
    for (json, pointer, told) in [
        (r#""{tokn}""#, "/expect", "no placeholder"),
        (r#"{"exact": "{"}"#, "/expect/exact", "single `{`"),
        (r#"{"prefix": "{secret x}"}"#, "/expect/prefix", "only in what is sent"),
        (r#"{"regex": "("}"#, "/expect/regex", "unclosed group"),
        (r#"{"regex": "(a{1000}){1000}"}"#, "/expect/regex", "size limit"),
        (r#"{"hex": "0"}"#, "/expect/hex", "second one"),
        (r#"{"length": 1, "max-length": 2}"#, "/expect/length", "both bounds"),
        (r#"{"min-length": 2, "max-length": 1}"#, "/expect/max-length", "less than"),
        (r#"{"json": {"path": "a"}}"#, "/expect/json/0", "no JSON pointer"),
        (r#"{"json": {"path": "/~2"}}"#, "/expect/json/0", "no JSON pointer"),
        (r#"{"any": true, "exact": ""}"#, "/expect/any", "not both"),
        (r#"{"any": false}"#, "/expect/any", "leave it out"),
    ] {
        let expected: Expected = serde_json::from_str(json).unwrap();
        let error = Expect::new(expected, "/expect").unwrap_err();
        assert_eq!(error.pointer(), pointer, "{json}: {error}");
        assert!(error.text().contains(told), "{json}: {error}");
    }
}
