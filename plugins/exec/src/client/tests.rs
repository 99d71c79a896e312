//! The client through the kit.

use crate::Exec;
use wirebench_sdk::kit::{Kit, client};

const DONE: i32 = 0;
const WRONG: i32 = 1;
const REJECTED: i32 = 2;

#[track_caller]
fn asking(config: &str) -> (Kit, u32) {
    let mut kit = client::<Exec>(&format!("{{ {config} }}")).unwrap();
    let session = kit.open().unwrap();
    (kit, session)
}

/// How an exchange ends that is answered by these messages.
#[track_caller]
fn ends(config: &str, token: u64, messages: &[&[u8]]) -> (i32, String) {
    let (mut kit, session) = asking(config);
    kit.start(session, token).unwrap();
    for message in messages {
        assert!(kit.finished().is_empty(), "it ended too early");
        kit.message(session, token, message).unwrap();
    }
    let finished = kit.finished().last().expect("it has ended");
    (finished.how, finished.why.clone())
}

#[test]
fn it_asks_in_turn_from_the_first_and_puts_the_token_in() {
    let ask = r#""ask": ["date", "tell {token}", "who"], "request-end": "\n""#;
    let (mut kit, session) = asking(ask);
    for token in 1..5 {
        kit.start(session, token).unwrap();
    }
    let sent: Vec<_> = kit.sent().iter().map(|one| (one.token, &*one.bytes)).collect();
    assert_eq!(sent, [(1, &b"date\n"[..]), (2, b"tell 2\n"), (3, b"who\n"), (4, b"date\n")]);
}

#[test]
fn the_payload_may_be_the_request() {
    let (mut kit, session) = asking(r#""ask": "payload""#);
    kit.set_payload(b"date");
    kit.start(session, 1).unwrap();
    assert_eq!(kit.sent()[0].bytes, b"date");
    kit.message(session, 1, b"whatever").unwrap();
    assert_eq!(kit.finished()[0].how, DONE);
}

#[test]
fn an_error_in_the_first_of_two_messages_is_seen_whatever_the_second_holds() {
    let config = r#""ask": ["flood"], "reply": "two""#;
    let error = "exec: too much output: flood wrote more than 5 bytes";
    let (how, why) = ends(config, 1, &[error.as_bytes(), b"some output\n"]);
    assert_eq!((how, &*why), (REJECTED, error));
    assert_eq!(ends(config, 1, &[b"a warning\n", b"some output\n"]).0, DONE);
}

#[test]
fn an_answer_must_hold_the_token_of_its_request() {
    let config = r#""ask": ["tell {token}"]"#;
    assert_eq!(ends(config, 12, &[b"so it is 12\n"]).0, DONE);
    for other in [&b"11\n"[..], b"112", b"123", b""] {
        let (how, why) = ends(config, 12, &[other]);
        assert_eq!((how, &*why), (WRONG, "the answer to `tell 12` does not hold 12"));
    }
}

#[test]
fn an_answer_must_match_what_is_expected_of_its_command() {
    let config = r#""ask": ["date", "other"], "expect": { "date": "^[0-9]+\n$" }"#;
    assert_eq!(ends(config, 1, &[b"1700000000\n"]).0, DONE);
    assert_eq!(ends(config, 1, &[b"1700000000\n1700000001\n"]).0, WRONG);
    assert_eq!(ends(config, 2, &[b"anything"]).0, DONE);
    let one = r#""ask": "date now", "expect": { "date": "^[0-9]+\n$" }"#;
    assert_eq!(ends(one, 3, &[b"anything"]).0, WRONG);
}

#[test]
fn two_messages_make_one_answer() {
    let config = r#""ask": ["tell {token}"], "reply": "two""#;
    assert_eq!(ends(config, 7, &[b"", b"7\n"]).0, DONE);
    assert_eq!(ends(config, 7, &[b"7\n", b""]).0, DONE);
    assert_eq!(ends(config, 7, &[b"", b""]).0, WRONG);
}

#[test]
fn an_error_of_the_server_is_a_rejection() {
    let (how, why) = ends(r#""ask": ["rm"]"#, 1, &[b"exec: unknown command: rm"]);
    assert_eq!((how, &*why), (REJECTED, "exec: unknown command: rm"));
    assert_eq!(ends(r#""ask": ["rm"]"#, 1, &[b"exec: a program of that name\n"]).0, DONE);
}

#[test]
fn text_in_another_encoding_is_told_and_not_taken() {
    let gbk: &[u8] = b"\xc4\xe3\xba\xc3";
    let (how, why) = ends(r#""ask": ["greet"]"#, 1, &[gbk]);
    assert_eq!(
        (how, &*why),
        (WRONG, "the answer is no UTF-8 text: byte 0xc4 at 0, read c4 e3 ba c3")
    );
    let expect = "\"expect\": { \"greet\": \"^\u{4f60}\u{597d}$\" }";
    assert_eq!(
        ends(&format!(r#""ask": ["greet"], "encoding": "gbk", {expect}"#), 1, &[gbk]).0,
        DONE
    );
    let careless = r#""ask": ["greet"], "encoding": "gbk", "client-encoding": "utf-8""#;
    assert_eq!(ends(careless, 1, &[gbk]).0, WRONG);
}

#[test]
fn requests_and_answers_may_be_written_apart() {
    let apart = r#""encoding": { "request": "utf-8", "reply": "gbk" }"#;
    let ask =
        "\"ask\": [\"say \u{4f60}\u{597d}\"], \"expect\": { \"say\": \"^\u{4f60}\u{597d}$\" }";
    let (mut kit, session) = asking(&format!("{ask}, {apart}"));
    kit.start(session, 1).unwrap();
    assert_eq!(kit.sent()[0].bytes, "say \u{4f60}\u{597d}".as_bytes());
    kit.message(session, 1, b"\xc4\xe3\xba\xc3").unwrap();
    assert_eq!(kit.finished()[0].how, DONE);
    let (how, why) = ends(&format!("{ask}, {apart}"), 1, &["\u{4f60}\u{597d}!".as_bytes()]);
    assert_eq!(how, WRONG, "UTF-8 where GBK was agreed: {why}");
}

#[test]
fn a_status_is_looked_for_where_it_is_agreed() {
    let config = r#""ask": ["tell {token}"], "status": true"#;
    assert_eq!(ends(config, 7, &[b"7\n[exit 0 after 3 ms]"]).0, DONE);
    assert_eq!(ends(config, 7, &[b"7\n"]).0, WRONG);
    assert_eq!(ends(config, 7, &[b"exec: busy\n[not run after 0 ms]"]).0, REJECTED);
}

#[test]
fn answers_that_nobody_asked_for_are_counted() {
    let (mut kit, session) = asking(r#""ask": ["date"]"#);
    kit.message(session, 0, b"news").unwrap();
    assert_eq!(kit.counted("unasked-answer"), Some((1, "news")));
    assert!(kit.finished().is_empty());
}

#[test]
fn a_client_that_asks_for_nothing_is_refused() {
    for (config, pointer) in [
        ("{}", "/ask"),
        (r#"{ "ask": ["date", "say {tokn}"] }"#, "/ask/1"),
        (r#"{ "ask": [" "] }"#, "/ask"),
        (r#"{ "ask": "" }"#, "/ask"),
        (r#"{ "ask": 7 }"#, "/ask"),
        (r#"{ "ask": ["date"], "expect": { "date": "(" } }"#, "/expect/date"),
    ] {
        let failure = client::<Exec>(config).err().expect("it is refused");
        assert_eq!(failure.pointer, pointer, "{config}: {failure}");
    }
}

#[test]
fn halves_without_their_second_do_not_pile_up() {
    let (mut kit, session) = asking(r#""ask": ["date"], "reply": "two""#);
    for token in 1..=10_000 {
        kit.message(session, token, b"half").unwrap();
    }
    // The oldest is forgotten, the newest is not.
    kit.message(session, 1, b"half").unwrap();
    assert!(kit.finished().is_empty());
    kit.message(session, 10_000, b"half").unwrap();
    assert_eq!(kit.finished().len(), 1);
}

#[test]
fn any_answer_ends_its_exchange_and_no_other() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut number = move |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let (mut kit, session) =
        asking(r#""ask": ["tell {token}", "date"], "status": true, "encoding": "gbk""#);
    let texts: [&[u8]; 5] = [b"[exit 0 after 3 ms]", b"\n", b"exec: ", b"\xc4\xe3", b"7"];
    for token in 1..=3_000 {
        kit.start(session, token).unwrap();
        let mut answer = Vec::new();
        for _ in 0..number(6) {
            match number(6) {
                5 => answer.extend((0..number(20)).map(|_| number(256) as u8)),
                which => answer.extend_from_slice(texts[which as usize]),
            }
        }
        kit.message(session, token, &answer).unwrap();
        let finished = kit.finished();
        assert_eq!((finished.len() as u64, finished[token as usize - 1].token), (token, token));
    }
}
