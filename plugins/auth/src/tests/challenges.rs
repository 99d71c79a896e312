//! Challenge and response.

use super::{DONE, Pair, REJECTED, WRONG};
use std::time::Duration;

const CONFIG: &str = r#"{"secret": {"insecure": "key"}}"#;

fn with(more: &str) -> String {
    format!(r#"{{"secret": {{"insecure": "key"}}, {more}}}"#)
}

#[test]
fn who_holds_the_key_is_let_in() {
    for more in [
        r#""mac": "hmac-sha256""#,
        r#""mac": "hmac-md5""#,
        r#""encoding": "hex""#,
        r#""mac": "hmac-md5", "encoding": "hex", "accepted": "come in", "request": "again?""#,
        r#""greet": false"#,
    ] {
        let mut pair = Pair::alike(&with(more));
        (1..=3).for_each(|token| pair.play(token));
        assert_eq!(pair.ends(), [(1, DONE, ""), (2, DONE, ""), (3, DONE, "")], "{more}");
        assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (3, 0));
    }
}

#[test]
fn the_wire_is_a_challenge_an_answer_and_a_verdict() {
    let mut pair = Pair::alike(CONFIG);
    pair.play(1);
    let lengths = |kit: &wirebench_sdk::kit::Kit| -> Vec<usize> {
        kit.sent().iter().map(|message| message.bytes.len()).collect()
    };
    assert_eq!((lengths(&pair.server), lengths(&pair.client)), (vec![32, 2], vec![32]));
    assert_eq!(pair.server.sent()[0].token, 0, "the greeting belongs to no exchange");
    pair.play(2);
    assert_eq!(pair.client.sent()[1].bytes, b"auth");
    assert_ne!(pair.server.sent()[0].bytes, pair.server.sent()[2].bytes, "a fresh challenge");
}

#[test]
fn shares_of_wrong_keys_and_replays_are_refused_exactly() {
    let mut pair = Pair::alike(&with(r#""wrong-keys": "25%", "replay": "10%", "attempts": 0"#));
    (1..=200).for_each(|token| pair.play(token));
    let count = |how| pair.ends().iter().filter(|end| end.1 == how).count();
    assert_eq!((count(DONE), count(REJECTED), count(WRONG)), (130, 70, 0));
    assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (130, 70));
    assert_eq!(pair.counted("replayed"), 20);
    assert!(pair.ends().contains(&(3, REJECTED, "a repeated answer")), "{:?}", pair.ends());
}

#[test]
fn a_replay_is_refused_even_before_there_was_anything_to_repeat() {
    let mut pair = Pair::alike(&with(r#""replay": "100%", "attempts": 0"#));
    pair.play(1);
    assert_eq!(pair.ends(), [(1, REJECTED, "a repeated answer")]);
}

#[test]
fn an_answer_that_was_accepted_is_refused_the_next_time_and_on_another_session() {
    let mut pair = Pair::alike(CONFIG);
    pair.play(1);
    let answer = pair.client.sent()[0].bytes.clone();
    pair.server.message(pair.session, 2, b"auth").unwrap();
    pair.server.message(pair.session, 2, &answer).unwrap();
    assert_eq!(pair.server.sent().last().unwrap().bytes, b"rejected");
    let other = pair.server.open().unwrap();
    pair.server.message(other, 3, &answer).unwrap();
    assert_eq!(pair.server.sent().last().unwrap().bytes, b"rejected");
    assert_eq!(pair.counted("replayed"), 2);
}

#[test]
fn a_challenge_is_used_up_by_the_first_answer() {
    let mut pair = Pair::alike(CONFIG);
    let challenge = pair.server.sent()[0].bytes.clone();
    let key = crate::mac::Key::new(crate::MacKind::HmacSha256, b"key").unwrap();
    pair.server.message(pair.session, 1, &[7; 32]).unwrap();
    pair.server.message(pair.session, 1, &key.answer(&challenge)).unwrap();
    assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (0, 2));
    assert_eq!(pair.counted("unasked"), 1);
}

#[test]
fn after_refusals_in_a_row_the_session_is_closed_and_others_go_on() {
    let mut pair = Pair::alike(CONFIG);
    let guesser = pair.server.open().unwrap();
    assert_eq!(pair.client.open().unwrap(), guesser);
    for _ in 0..3 {
        pair.server.message(guesser, 9, b"let me in").unwrap();
    }
    assert_eq!(pair.server.closed(), [guesser]);
    assert_eq!((pair.counted("locked"), pair.counted("malformed")), (1, 1));
    let before = pair.server.sent_count();
    pair.server.message(guesser, 9, b"auth").unwrap();
    assert_eq!(pair.server.sent_count(), before, "a closed session is not answered");
    pair.play(1);
    assert_eq!(pair.ends(), [(1, DONE, "")]);
}

#[test]
fn a_success_forgives_earlier_refusals() {
    let mut pair = Pair::alike(&with(r#""wrong-keys": "50%""#));
    (1..=20).for_each(|token| pair.play(token));
    assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (10, 10));
    assert!(pair.server.closed().is_empty());
}

#[test]
fn without_a_verdict_the_conversation_itself_tells() {
    let config = with(r#""accepted": false, "rejected": false, "wrong-keys": "50%""#);
    let mut pair = Pair::alike(&config);
    pair.play(1);
    assert_eq!(pair.ends(), [(1, DONE, "")]);
    assert_eq!(pair.server.sent().last().unwrap().bytes.len(), 64, "the payload came back");
    pair.play(2);
    assert_eq!(pair.ends().len(), 1, "nobody tells, the session ends");
    assert_eq!(pair.server.closed(), [pair.session]);
}

fn of_client(pair: &Pair, kind: &str) -> u64 {
    pair.client.counted(kind).expect("a declared kind").0
}

#[test]
fn an_answer_that_nobody_judges_aloud_is_neither_done_nor_rejected() {
    let mut pair = Pair::alike(&with(r#""verdict": "end", "wrong-keys": "50%""#));
    pair.play(1);
    assert_eq!(pair.client.sent().len(), 1, "the answer alone, no payload behind it");
    assert!(pair.ends().is_empty() && pair.client.closed().is_empty(), "silence is no verdict");
    pair.client.advance(Duration::from_secs(1)).unwrap();
    assert!(pair.ends().is_empty(), "nor is it one when patience is over");
    assert_eq!(pair.client.closed(), [pair.session], "the exchange ends with its session");
    pair.client.close(pair.session).unwrap();
    assert_eq!(of_client(&pair, "sent-unjudged"), 1);
    assert_eq!(of_client(&pair, "refused-by-end"), 0);
    // The second one has a wrong key, and the server ends the connection.
    pair.reconnect();
    pair.play(2);
    assert_eq!(pair.server.closed(), [pair.session]);
    pair.client.close(pair.session).unwrap();
    assert!(pair.ends().is_empty());
    assert_eq!(of_client(&pair, "refused-by-end"), 1);
    assert_eq!(of_client(&pair, "right-refused"), 0);
    assert_eq!(of_client(&pair, "sent-unjudged"), 1);
}

#[test]
fn a_right_answer_behind_which_the_server_leaves_is_told() {
    let mut pair = Pair::new(
        r#"{"secret": {"insecure": "kex"}, "verdict": "end"}"#,
        &with(r#""verdict": "end""#),
    );
    pair.play(1);
    pair.client.close(pair.session).unwrap();
    assert_eq!(of_client(&pair, "right-refused"), 1);
}

#[test]
fn a_server_that_speaks_where_it_should_be_silent_is_wrong() {
    let mut pair = Pair::new(CONFIG, &with(r#""verdict": "end""#));
    pair.play(1);
    let why = "the server spoke where only the connection's end is a verdict";
    assert_eq!(pair.ends(), [(1, WRONG, why)]);
}

#[test]
fn another_secret_or_another_code_is_refused() {
    for client in [r#"{"secret": {"insecure": "kex"}}"#, &with(r#""mac": "hmac-md5""#)] {
        let mut pair = Pair::new(CONFIG, client);
        pair.play(1);
        assert_eq!(pair.ends(), [(1, WRONG, "the right answer was rejected")]);
    }
}

#[test]
fn a_server_that_lets_anybody_in_is_told_from_one_that_looks() {
    let mut pair = Pair::alike(&with(r#""wrong-keys": "100%""#));
    pair.twist = |bytes| if bytes == b"rejected" { b"ok".to_vec() } else { bytes.to_vec() };
    pair.play(1);
    assert_eq!(pair.ends(), [(1, WRONG, "an answer under a wrong key was accepted")]);
}

#[test]
fn what_is_no_challenge_or_no_verdict_is_wrong_and_ends_the_session() {
    let mut pair = Pair::alike(CONFIG);
    pair.twist = |bytes| bytes[1..].to_vec();
    pair.play(1);
    assert_eq!(pair.ends()[0].1, WRONG);
    assert!(pair.ends()[0].2.contains("no text of the configuration"), "{:?}", pair.ends());
    pair.reconnect();
    pair.play(2);
    assert!(pair.ends()[1].2.contains("not 32 bytes"), "{:?}", pair.ends());
    assert_eq!(pair.client.closed(), [0, 1]);
}

#[test]
fn exchanges_of_one_session_have_their_turn_one_after_the_other() {
    let mut pair = Pair::alike(CONFIG);
    for token in 1..=4 {
        pair.client.start(pair.session, token).unwrap();
    }
    pair.carry();
    let ends: Vec<_> = pair.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(1, DONE), (2, DONE), (3, DONE), (4, DONE)]);
}

#[test]
fn an_exchange_without_an_answer_does_not_hold_up_the_next_one() {
    let mut pair = Pair::alike(&with(r#""patience": "20ms""#));
    // The challenge for the first one is lost: nothing is carried.
    pair.client.start(pair.session, 1).unwrap();
    pair.client.start(pair.session, 2).unwrap();
    let lost = pair.client.sent().len();
    pair.carried = (pair.server.sent().len(), lost);
    pair.client.advance(std::time::Duration::from_millis(25)).unwrap();
    pair.carry();
    assert_eq!(pair.client.counted("abandoned"), Some((1, "exchange 1")));
    assert_eq!(pair.ends(), [(2, DONE, "")]);
    pair.client.message(pair.session, 1, b"ok").unwrap();
    assert_eq!(pair.client.counted("late").unwrap().0, 1);
}
