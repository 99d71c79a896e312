//! Both sides through the test kit.

use crate::Echo;
use std::time::Duration;
use wirebench_sdk::kit::{self, Answer, Kit, Sent};

const DONE: i32 = 0;

fn server(config: &str) -> (Kit, u32) {
    let mut kit = kit::server::<Echo>(config).unwrap();
    let session = kit.open().unwrap();
    (kit, session)
}

fn client(config: &str) -> (Kit, u32) {
    let mut kit = kit::client::<Echo>(config).unwrap();
    let session = kit.open().unwrap();
    (kit, session)
}

fn sent(session: u32, token: u64, bytes: &[u8]) -> Sent {
    Sent { session, token, bytes: bytes.to_vec() }
}

/// Tokens and reasons of what was finished; an empty reason is none.
fn finished(kit: &Kit) -> Vec<(u64, &str)> {
    let ends = kit.finished().iter();
    ends.inspect(|end| assert_eq!(end.how == DONE, end.why.is_empty()))
        .map(|end| (end.token, end.why.as_str()))
        .collect()
}

#[test]
fn a_message_comes_back_as_it_was() {
    let (mut kit, session) = server("{}");
    kit.message(session, 7, b"hello").unwrap();
    assert_eq!(kit.sent(), [sent(session, 7, b"hello")]);
}

#[test]
fn a_sink_answers_nothing() {
    let (mut kit, session) = server(r#"{"reply": "none"}"#);
    kit.message(session, 0, b"hello").unwrap();
    assert!(kit.sent().is_empty());
}

#[test]
fn a_fixed_reply_is_the_same_for_every_message_and_may_be_empty() {
    for text in ["ok", ""] {
        let (mut kit, session) = server(&format!(r#"{{"reply": "fixed", "fixed": "{text}"}}"#));
        kit.message(session, 1, b"one").unwrap();
        kit.message(session, 2, b"").unwrap();
        let text = text.as_bytes();
        assert_eq!(kit.sent(), [sent(session, 1, text), sent(session, 2, text)]);
    }
}

#[test]
fn a_server_that_pauses_answers_everything_and_stops_at_every_so_many_messages() {
    let (mut kit, session) = server(r#"{"pause": {"every": 2, "lasts": "30ms"}}"#);
    let begun = std::time::Instant::now();
    kit.message(session, 1, b"one").unwrap();
    kit.message(session, 2, b"two").unwrap();
    // A sleep is never shorter than it was asked to be.
    assert!(begun.elapsed() >= Duration::from_millis(30));
    assert_eq!(kit.sent(), [sent(session, 1, b"one"), sent(session, 2, b"two")]);
}

#[test]
fn a_pause_that_cannot_be_is_refused_at_its_place() {
    for (pause, place) in [
        (r#"{"every": 0, "lasts": "1ms"}"#, "/pause/every"),
        (r#"{"every": 1, "lasts": "10min"}"#, "/pause/lasts"),
    ] {
        let error = kit::server::<Echo>(&format!(r#"{{"pause": {pause}}}"#)).err().unwrap();
        assert!(error.to_string().contains(place), "{error}");
    }
}

#[test]
fn the_server_greets_each_session_once() {
    let (mut kit, first) = server(r#"{"greeting": "welcome"}"#);
    let second = kit.open().unwrap();
    kit.message(first, 3, b"hello").unwrap();
    let greeting = |session| sent(session, 0, b"welcome");
    assert_eq!(kit.sent(), [greeting(first), greeting(second), sent(first, 3, b"hello")]);
}

#[test]
fn pushes_come_at_their_interval_and_belong_to_no_exchange() {
    let (mut kit, session) = server(r#"{"push": "1ms"}"#);
    kit.set_payload(b"news");
    kit.advance(Duration::from_micros(999)).unwrap();
    assert!(kit.sent().is_empty(), "nothing is due yet");
    kit.advance(Duration::from_micros(2_001)).unwrap();
    assert_eq!(kit.sent(), vec![sent(session, 0, b"news"); 3]);
    kit.message(session, 0, b"be quiet").unwrap();
    assert_eq!(kit.sent_count(), 3, "a pushing server answers nothing");
}

#[test]
fn pushes_that_find_no_room_are_left_out_instead_of_kept() {
    let (mut kit, session) = server(r#"{"push": "1ms"}"#);
    kit.answer(Answer::Full);
    kit.advance(Duration::from_secs(1)).unwrap();
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!(kit.sent_count(), 1, "the one that waited");
    kit.advance(Duration::from_millis(5)).unwrap();
    assert_eq!(kit.sent_count(), 6);
}

#[test]
fn the_client_finishes_with_any_answer_unless_told_to_compare() {
    let (mut kit, session) = client("{}");
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"anything").unwrap();
    assert_eq!(finished(&kit), [(1, "")]);
    let (mut kit, session) = client(r#"{"verify": true}"#);
    kit.set_payload(b"mine");
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"mine").unwrap();
    kit.message(session, 2, b"min3").unwrap();
    assert_eq!(finished(&kit), [(1, ""), (2, "the answer differs")]);
}

#[test]
fn a_fixed_reply_is_checked() {
    let (mut kit, session) = client(r#"{"reply": "fixed", "fixed": "ok"}"#);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"ok").unwrap();
    kit.message(session, 2, b"no").unwrap();
    assert_eq!(finished(&kit), [(1, ""), (2, "the answer differs")]);
}

#[test]
fn a_one_way_exchange_ends_in_its_own_start_and_its_message_belongs_to_none() {
    let (mut kit, session) = client(r#"{"reply": "none"}"#);
    kit.set_payload(b"news");
    kit.start(session, 9).unwrap();
    assert_eq!(kit.sent(), [sent(session, 0, b"news")]);
    assert_eq!(finished(&kit), [(9, "")]);
}

#[test]
fn a_one_way_exchange_waits_while_there_is_no_room() {
    let (mut kit, session) = client(r#"{"reply": "none"}"#);
    kit.answer(Answer::Full);
    kit.start(session, 1).unwrap();
    kit.start(session, 2).unwrap();
    kit.writable(session).unwrap();
    assert_eq!(finished(&kit), [], "nothing was taken yet");
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!(kit.sent_count(), 2);
    assert_eq!(finished(&kit), [(1, ""), (2, "")]);
}

#[test]
fn nothing_is_sent_before_the_greeting() {
    let (mut kit, session) = client(r#"{"greeting": "welcome"}"#);
    kit.set_payload(b"mine");
    kit.start(session, 1).unwrap();
    kit.start(session, 2).unwrap();
    assert!(kit.sent().is_empty());
    // Without a ledger the host takes the greeting for the answer to the oldest exchange.
    kit.message(session, 1, b"welcome").unwrap();
    assert_eq!(kit.sent(), [sent(session, 1, b"mine"), sent(session, 2, b"mine")]);
    kit.message(session, 1, b"mine").unwrap();
    assert_eq!(finished(&kit), [(1, "")]);
}

#[test]
fn a_wrong_greeting_is_counted_and_told_by_the_exchanges_that_awaited_it() {
    let (mut kit, session) = client(r#"{"greeting": "welcome"}"#);
    kit.start(session, 1).unwrap();
    kit.message(session, 0, b"go away").unwrap();
    assert_eq!(finished(&kit), [(1, "the greeting differs")]);
    assert_eq!(kit.counted("wrong-greeting"), Some((1, "go away")));
    kit.start(session, 2).unwrap();
    assert_eq!(kit.sent_count(), 1, "the session goes on");
}

#[test]
fn a_listener_is_done_with_the_next_message_pushed() {
    let (mut kit, session) = client(r#"{"push": "1ms", "greeting": "news:"}"#);
    kit.message(session, 0, b"news:").unwrap();
    kit.message(session, 0, b"before anyone listens").unwrap();
    kit.start(session, 1).unwrap();
    assert_eq!(finished(&kit), []);
    kit.message(session, 0, b"one").unwrap();
    kit.start(session, 2).unwrap();
    kit.message(session, 0, b"two").unwrap();
    assert_eq!(finished(&kit), [(1, ""), (2, "")]);
    assert_eq!(kit.sent_count(), 0, "a listener says nothing");
}

#[test]
fn what_does_not_go_together_is_refused_with_its_place_on_both_sides() {
    for (config, pointer, told) in [
        (r#"{"fixed": "x"}"#, "/fixed", "reply = \"fixed\""),
        (r#"{"reply": "same", "fixed": "x"}"#, "/fixed", "reply = \"fixed\""),
        (r#"{"reply": "fixed"}"#, "/reply", "fixed = "),
        (r#"{"reply": "none", "verify": true}"#, "/verify", "no answer"),
        (r#"{"reply": "same", "push": "1ms"}"#, "/reply", "leave `reply` out"),
        (r#"{"push": "1ms", "verify": true}"#, "/verify", "judge"),
        (r#"{"push": "0s"}"#, "/push", "1 us to 60 min"),
        (r#"{"push": "61 min"}"#, "/push", "`61 min` is out of range"),
        (r#"{"push": "soon"}"#, "/push", "such as `\"200ms\"`"),
        (r#"{"push": 5}"#, "/push", "`5` has no unit"),
        (r#"{"reply": "some"}"#, "/reply", "unknown variant"),
        (r#"{"greting": "x"}"#, "/greting", "unknown field"),
    ] {
        let both = [kit::server::<Echo>(config).err(), kit::client::<Echo>(config).err()];
        for refused in both {
            let refused = refused.unwrap_or_else(|| panic!("{config} was taken"));
            assert_eq!(refused.pointer, pointer, "{config}: {refused}");
            assert!(refused.text.contains(told), "{config}: {refused}");
        }
    }
}

#[test]
fn any_messages_in_any_mode_leave_both_sides_sane() {
    const CONFIGS: [&str; 6] = [
        "{}",
        r#"{"verify": true}"#,
        r#"{"reply": "none"}"#,
        r#"{"reply": "fixed", "fixed": "ok"}"#,
        r#"{"greeting": "welcome", "reply": "same"}"#,
        r#"{"greeting": "welcome", "push": "1us"}"#,
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for config in CONFIGS {
        for make in [kit::server::<Echo>, kit::client::<Echo>] {
            let mut kit = make(config).unwrap();
            let sessions = [kit.open().unwrap(), kit.open().unwrap()];
            for _ in 0..500 {
                let bytes: Vec<u8> = (0..random(300)).map(|_| random(256) as u8).collect();
                kit.message(sessions[random(2) as usize], random(4), &bytes).unwrap();
                kit.advance(Duration::from_nanos(random(3_000))).unwrap();
                kit.answer([Answer::Sent, Answer::Full, Answer::Closed][random(3) as usize]);
                kit.writable(sessions[random(2) as usize]).unwrap();
            }
        }
    }
}
