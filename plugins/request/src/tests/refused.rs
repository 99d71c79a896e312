//! Settings that are refused, each with its place.

use crate::Request;
use wirebench_sdk::kit;

#[test]
fn every_mistake_is_told_with_its_place() {
    let one = |config: &str| format!(r#"{{"requests": [{{"send": "x"{config}}}]}}"#);
    let beside = |config: &str| format!(r#"{{"requests": [{{"send": "x {{token}}"}}], {config}}}"#);
    for (config, pointer, told) in [
        ("{}".to_owned(), "/requests", "nothing is asked for"),
        (r#"{"requests": [{}]}"#.to_owned(), "/requests/0", "it says nothing, or two things"),
        (one(r#", "hex": "00""#), "/requests/0", "two things"),
        (r#"{"requests": [{"send": "x"}, {"send": "{tokn}"}]}"#.to_owned(), "/requests/1/send", "{tokn}"),
        (r#"{"requests": [{"hex": "0"}]}"#.to_owned(), "/requests/0/hex", "second one"),
        (r#"{"requests": [{"send": ""}]}"#.to_owned(), "/requests/0/send", "asks for nothing"),
        (one(r#", "name": """#), "/requests/0/name", "1 to 64"),
        (one(r#", "name": "a\nb""#), "/requests/0/name", "in one line"),
        (one(r#", "sned": 1"#), "/requests/0/sned", "unknown field"),
        (one(r#", "weight": 2"#), "/requests/0/weight", "weighted"),
        (r#"{"order": "weighted", "requests": [{"send": "x", "weight": 0}]}"#.to_owned(),
         "/requests/0/weight", "1 to 1000000"),
        (one(r#", "expect": {"regexp": "x"}"#), "/requests/0/expect/regexp", "unknown field"),
        (one(r#", "expect": {"regex": "("}"#), "/requests/0/expect/regex", "unclosed"),
        (one(r#", "expect": 7"#), "/requests/0/expect", "the whole answer, or a table"),
        (one(r#", "refused": {"hex": "x"}"#), "/requests/0/refused/hex", "`x`"),
        (one(r#", "answer": "none", "expect": "x""#), "/requests/0/answer", "no answer comes"),
        (one(r#", "answer": "maybe""#), "/requests/0/answer", "wait = "),
        (one(r#", "answer": "maybe", "wait": "1us""#), "/requests/0/wait", "1 ms to 60 min"),
        (one(r#", "wait": "1s""#), "/requests/0/wait", "answer = "),
        (one(r#", "ends": {"bytes": 0}"#), "/requests/0/ends/bytes", "1 to 1048576"),
        (beside(r#""ends": "htp""#), "/ends", "no answer ends in `htp`"),
        (beside(r#""ends": {}"#), "/ends", "in one way"),
        (beside(r#""ends": {"after": "a", "bytes": 1}"#), "/ends", "in one way"),
        (beside(r#""ends": {"after": ""}"#), "/ends/after", "1 to 64 bytes"),
        (beside(r#""ends": {"after": "a", "at": 1}"#), "/ends/at", "of `length`"),
        (beside(r#""ends": {"length": "u24"}"#), "/ends/length", "unknown variant"),
        (beside(r#""ends": {"length": "u8", "at": 2000000}"#), "/ends/at", "the longest answer"),
        (beside(r#""ends": {"until": "x$"}"#), "/ends/until", "depends on what follows"),
        (beside(r#""ends": {"messages": 0}"#), "/ends/messages", "1 to 65536"),
        (beside(r#""ends": {"message": "("}"#), "/ends/message", "unclosed"),
        (one(r#", "ends": {"after": "a"}"#), "/requests/0/ends", "all by their bytes"),
        (beside(r#""ends": "resp", "before": [{"send": "x", "ends": {"messages": 2}}]"#),
         "/before/0/ends", "all by their bytes"),
        (beside(r#""max-answer": "1 GiB""#), "/max-answer", "256 MiB"),
        (beside(r#""correlate": "chance""#), "/correlate", "\"order\""),
        (beside(r#""correlate": {"json": "id"}"#), "/correlate/json", "no JSON pointer"),
        (beside(r#""correlate": {"json": "/id", "of": "seq"}"#), "/requests/0/send", "put `{seq}`"),
        (r#"{"correlate": {"field": "u8"}, "requests": [{"hex": "{u8 token}", "ends": "resp"}]}"#.to_owned(),
         "/requests/0/ends", "stands once for all"),
        (beside(r#""greeting": "{payload}""#), "/greeting", "no payload"),
        (beside(r#""ignore": {}"#), "/ignore", "not everything"),
        (beside(r#""ignore": "{token}""#), "/ignore", "told by itself"),
        (beside(r#""before": [{"send": "{payload}"}]"#), "/before/0", "this is of none"),
        (beside(r#""before": [{"send": "x", "weight": 1}]"#), "/before/0/weight", "each once"),
        (beside(r#""before": [{"send": "x", "answer": "maybe", "wait": "1s"}]"#), "/before/0/answer", "always"),
        (beside(r#""before": [{"send": "{secret key}"}]"#), "/before/0/send", "no secret `key`"),
        (beside(r#""secrets": {"key": "hunter2"}"#), "/secrets/key", "does not stand in a scenario"),
        (beside(r#""secrets": {"key": {"env": "WIREBENCH_NO_SUCH_VARIABLE"}}"#),
         "/secrets/key/env", "is not set"),
        (beside(r#""secrets": {"my key": {"insecure": "x"}}"#), "/secrets", "one word"),
    ] {
        let refused = kit::client::<Request>(&config).err();
        let refused = refused.unwrap_or_else(|| panic!("{config} was taken"));
        assert_eq!(refused.pointer, pointer, "{config}: {refused}");
        assert!(refused.text.contains(told), "{config}: {refused}");
        assert!(!refused.text.contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_server_side_says_what_to_do_instead() {
    let refused = kit::server::<Request>(r#"{"requests": [{"send": "x"}]}"#).err().unwrap();
    assert!(refused.text.contains("[server] command = "), "{refused}");
}
