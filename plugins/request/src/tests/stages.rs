//! What is said when: greeting, login, requests in order and by weight, answers that may not come.

use super::{DONE, REJECTED, WRONG, client, count, finished, sent, why};
use std::time::Duration;
use wirebench_sdk::kit::{self, Answer};

#[test]
fn requests_have_their_turn_on_every_session() {
    let config =
        r#"{"requests": [{"send": "A{token}"}, {"send": "B{seq}"}, {"hex": "43 {u8 7}"}]}"#;
    let (mut kit, first) = client(config);
    let second = kit.open().unwrap();
    for (session, token) in [(first, 1), (second, 2), (first, 3), (first, 4), (first, 5)] {
        kit.start(session, token).unwrap();
    }
    assert_eq!(sent(&kit), ["A1", "A2", "B1", "C\u{7}", "A5"]);
    assert_eq!(kit.sent()[2].token, 3, "a request belongs to its exchange");
}

#[test]
fn weights_choose_by_the_exchange_alone() {
    let config =
        r#"{"order": "weighted", "requests": [{"send": "A", "weight": 3}, {"send": "B"}]}"#;
    let play = || {
        let (mut kit, session) = client(config);
        (1..=400).for_each(|token| kit.start(session, token).unwrap());
        sent(&kit).concat()
    };
    let said = play();
    assert_eq!(said, play(), "the same in every round");
    let heavy = said.matches('A').count();
    assert!((270..330).contains(&heavy), "{heavy} of 400");
}

#[test]
fn an_answer_is_held_against_its_own_request() {
    let config = r#"{"requests": [{"name": "echo", "send": "{token} {payload}", "expect": "{token} {payload}"}]}"#;
    let (mut kit, session) = client(config);
    for (token, answer) in [(1, "1 abc"), (2, "2 abd"), (3, "2 abc")] {
        kit.start(session, token).unwrap();
        kit.message(session, 0, answer.as_bytes()).unwrap();
    }
    assert_eq!(finished(&kit), [(1, DONE), (2, WRONG), (3, WRONG)]);
    let text = &kit.finished()[1].why;
    assert!(text.contains("`echo` is wrong: it differs at byte 4: 64 for 63"), "{text}");
    let text = &kit.finished()[2].why;
    assert!(text.contains("this is the answer to the request before"), "{text}");
    assert_eq!(count(&kit, "answer-of-another"), 1);
}

#[test]
fn a_refusal_is_no_wrong_answer() {
    let config = r#"{"requests": [{"send": "GET", "expect": "ok", "refused": {"prefix": "-"}}]}"#;
    let (mut kit, session) = client(config);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"-ERR busy").unwrap();
    assert_eq!(finished(&kit), [(1, REJECTED)]);
    assert_eq!(why(&kit), "request `1`: the answer is \"-ERR busy\"");
}

const LOGIN: &str = r#"{
    "greeting": {"prefix": "220 "},
    "before": [
        {"name": "hello", "send": "EHLO {session}\r\n", "expect": {"prefix": "250"}},
        {"send": "quietly\r\n", "answer": "none"},
        {"name": "login", "send": "AUTH {secret key}\r\n", "expect": {"prefix": "235"}}],
    "requests": [{"send": "NOOP\r\n", "expect": {"prefix": "250"}}],
    "ends": "reply-lines",
    "secrets": {"key": {"insecure": "hunter2"}}
}"#;

#[test]
fn a_session_is_greeted_and_let_in_before_its_first_exchange() {
    let (mut kit, session) = client(LOGIN);
    kit.start(session, 1).unwrap();
    kit.start(session, 2).unwrap();
    assert!(sent(&kit).is_empty(), "the server speaks first");
    kit.message(session, 1, b"220 ready\r\n").unwrap();
    assert_eq!(sent(&kit), ["EHLO 0\r\n"]);
    kit.message(session, 1, b"250-one\r\n250 two\r\n").unwrap();
    assert_eq!(sent(&kit)[1..], ["quietly\r\n", "AUTH hunter2\r\n"]);
    kit.message(session, 1, b"235 welcome\r\n").unwrap();
    assert_eq!(sent(&kit)[3..], ["NOOP\r\n", "NOOP\r\n"]);
    kit.message(session, 1, b"250 ok\r\n250 ok\r\n").unwrap();
    assert_eq!(finished(&kit), [(1, DONE), (2, DONE)]);
}

#[test]
fn a_wrong_greeting_makes_the_exchanges_wrong_and_ends_the_session() {
    let (mut kit, session) = client(LOGIN);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"554 go away\r\n").unwrap();
    kit.start(session, 2).unwrap();
    assert_eq!(finished(&kit), [(1, WRONG), (2, WRONG)]);
    assert!(why(&kit).contains("the greeting is wrong: it differs at byte 0"), "{}", why(&kit));
    assert_eq!(kit.closed(), [session]);
    assert_eq!(count(&kit, "wrong-greeting"), 1);
}

#[test]
fn a_failed_login_rejects_the_exchanges_and_shows_no_secret() {
    let (mut kit, session) = client(LOGIN);
    kit.start(session, 1).unwrap();
    kit.message(session, 0, b"220 ready\r\n250 ok\r\n535 no hunter2 here\r\n").unwrap();
    kit.start(session, 2).unwrap();
    assert_eq!(finished(&kit), [(1, REJECTED), (2, REJECTED)]);
    let text = why(&kit);
    assert!(text.contains("step `login`") && text.contains("535 no *******"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let (failed, example) = kit.counted("failed-login").unwrap();
    assert!(failed == 1 && !example.contains("hunter2"), "{example}");
    assert_eq!(kit.closed(), [session]);
}

#[test]
fn an_exchange_without_an_answer_is_done_when_it_is_handed_over() {
    let (mut kit, session) = client(r#"{"requests": [{"send": "{payload}", "answer": "none"}]}"#);
    kit.start(session, 1).unwrap();
    assert_eq!(finished(&kit), [(1, DONE)]);
    assert_eq!(kit.sent()[0].token, 0, "it is measured by nobody's answer");
    kit.answer(Answer::Full);
    kit.start(session, 2).unwrap();
    kit.writable(session).unwrap();
    assert_eq!(finished(&kit).len(), 1, "nothing was taken yet");
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!(finished(&kit), [(1, DONE), (2, DONE)]);
}

#[test]
fn an_answer_that_may_come_is_awaited_for_its_time() {
    let config =
        r#"{"requests": [{"send": "x", "expect": "ok", "answer": "maybe", "wait": "50ms"}]}"#;
    let (mut kit, session) = client(config);
    (1..=3).for_each(|token| kit.start(session, token).unwrap());
    kit.message(session, 1, b"ok").unwrap();
    kit.message(session, 1, b"no").unwrap();
    kit.advance(Duration::from_millis(49)).unwrap();
    assert_eq!(finished(&kit), [(1, DONE), (2, WRONG)]);
    kit.advance(Duration::from_millis(1)).unwrap();
    assert_eq!(finished(&kit)[2..], [(3, DONE)]);
    kit.message(session, 1, b"ok").unwrap();
    assert_eq!(count(&kit, "unmatched-answer"), 1, "too late for everybody");
}

#[test]
fn an_answer_that_has_begun_in_time_is_heard_to_its_end() {
    let config = r#"{"requests": [{"send": "x", "expect": "ok\n", "answer": "maybe", "wait": "50ms"}],
                     "ends": {"after": "\n"}}"#;
    let (mut kit, session) = client(config);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"ok").unwrap();
    kit.advance(Duration::from_millis(60)).unwrap();
    assert_eq!(finished(&kit), []);
    kit.message(session, 1, b"\n").unwrap();
    assert_eq!(finished(&kit), [(1, DONE)]);
}

#[test]
fn a_request_that_cannot_be_written_or_sent_ends_its_exchange_alone() {
    let (mut kit, session) = client(r#"{"requests": [{"send": "{u8 len}{payload}"}]}"#);
    kit.set_payload(&[0; 300]);
    kit.start(session, 1).unwrap();
    assert!(why(&kit).contains("a length of 300 has no room in a u8"), "{}", why(&kit));
    kit.set_payload(b"short");
    kit.answer(Answer::TooLarge);
    kit.start(session, 2).unwrap();
    assert!(why(&kit).contains("longer than the host"), "{}", why(&kit));
    kit.answer(Answer::Sent);
    kit.start(session, 3).unwrap();
    kit.message(session, 3, b"yes").unwrap();
    assert_eq!(finished(&kit), [(1, WRONG), (2, WRONG), (3, DONE)]);
}

#[test]
fn a_secret_that_is_not_there_is_told_when_a_session_opens() {
    let config = r#"{"requests": [{"send": "{secret key}"}], "secrets": {"key": {"file": "key"}}}"#;
    let mut kit = kit::client::<crate::Request>(config).unwrap();
    let failure = kit.open().unwrap_err();
    assert!(failure.text.contains("make it absolute"), "{failure}");
}

const GOODBYE: &str = r#"{
    "requests": [{"send": "NOOP\r\n"}],
    "after": [{"send": "RSET\r\n", "answer": "none"}, {"name": "quit", "send": "QUIT\r\n", "expect": {"prefix": "221"}}],
    "ends": "reply-lines"
}"#;

#[test]
fn a_goodbye_is_said_when_the_load_is_over() {
    let (mut kit, session) = client(GOODBYE);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"250 ok\r\n").unwrap();
    kit.ending(session).unwrap();
    assert_eq!(sent(&kit), ["NOOP\r\n", "RSET\r\n", "QUIT\r\n"]);
    assert!(kit.pending(session), "its answer is awaited");
    kit.message(session, 0, b"221 bye\r\n").unwrap();
    assert!(!kit.pending(session));
    kit.close(session).unwrap();
    assert_eq!(count(&kit, "failed-goodbye"), 0);
}

#[test]
fn a_goodbye_that_is_answered_otherwise_or_not_at_all_is_counted() {
    let (mut kit, session) = client(GOODBYE);
    kit.ending(session).unwrap();
    kit.message(session, 0, b"500 stay\r\n").unwrap();
    assert!(!kit.pending(session));
    let told = kit.counted("failed-goodbye").unwrap().1;
    assert!(told.starts_with("step `quit` after the last exchange failed: it differs"), "{told}");
    let (mut kit, session) = client(GOODBYE);
    kit.ending(session).unwrap();
    kit.close(session).unwrap();
    let told = kit.counted("failed-goodbye").unwrap();
    assert_eq!(told, (1, "step `quit` after the last exchange had no answer"));
}

#[test]
fn a_goodbye_that_finds_no_room_is_waited_for() {
    let (mut kit, session) =
        client(r#"{"requests": [{"send": "x"}], "after": [{"send": "bye", "answer": "none"}]}"#);
    kit.answer(Answer::Full);
    kit.ending(session).unwrap();
    assert!(kit.pending(session));
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!((sent(&kit), kit.pending(session)), (vec!["bye".to_owned()], false));
}

#[test]
fn a_session_that_was_given_up_says_no_goodbye() {
    let (mut kit, session) = client(LOGIN);
    kit.message(session, 1, b"554 go away\r\n").unwrap();
    kit.ending(session).unwrap();
    assert!(sent(&kit).is_empty() && !kit.pending(session));
}
