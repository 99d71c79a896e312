//! Which request an answer belongs to.

use super::{DONE, WRONG, client, count, finished, why};

const BY_TOKEN: &str = r#"{"requests": [{"send": "id={token}", "expect": {"exact": "id={token} ok"}}],
                           "correlate": {"regex": "id=(\\d+)"}}"#;

#[test]
fn answers_out_of_order_find_their_requests() {
    let (mut kit, session) = client(BY_TOKEN);
    (1..=4).for_each(|token| kit.start(session, token).unwrap());
    for token in [3, 1, 4, 2] {
        kit.message(session, 1, format!("id={token} ok").as_bytes()).unwrap();
    }
    assert_eq!(finished(&kit), [(3, DONE), (1, DONE), (4, DONE), (2, DONE)]);
}

#[test]
fn ten_thousand_in_flight_are_looked_up_and_not_searched() {
    let (mut kit, session) = client(BY_TOKEN);
    kit.keep_sent(false);
    (1..=10_000).for_each(|token| kit.start(session, token).unwrap());
    for token in (1..=10_000_u64).rev() {
        kit.message(session, 1, format!("id={token} ok").as_bytes()).unwrap();
    }
    assert_eq!(kit.finished().len(), 10_000);
    assert!(kit.finished().iter().all(|end| end.how == DONE));
}

#[test]
fn an_answer_that_comes_twice_is_told_as_the_one_before() {
    let (mut kit, session) = client(BY_TOKEN);
    (1..=2).for_each(|token| kit.start(session, token).unwrap());
    for answer in ["id=1 ok", "id=2 ok", "id=2 ok", "id=1 ok", "id=9 ok", "nothing"] {
        kit.message(session, 1, answer.as_bytes()).unwrap();
    }
    assert_eq!(finished(&kit), [(1, DONE), (2, DONE)]);
    let (unmatched, example) = kit.counted("unmatched-answer").unwrap();
    assert_eq!(unmatched, 4);
    assert_eq!(example, "7 bytes: \"id=2 ok\"; this is the answer to the request before");
    assert_eq!(count(&kit, "answer-of-another"), 2);
}

#[test]
fn an_answer_that_is_always_wrong_is_nobodys() {
    let (mut kit, session) = client(r#"{"requests": [{"send": "x", "expect": "yes"}]}"#);
    for token in 1..=3 {
        kit.start(session, token).unwrap();
        kit.message(session, token, b"no").unwrap();
    }
    assert!(!why(&kit).contains("request before"), "{}", why(&kit));
    assert_eq!(count(&kit, "answer-of-another"), 0);
}

#[test]
fn a_server_that_is_one_behind_is_seen_through() {
    let config = r#"{"requests": [{"send": "{token}", "expect": "<{token}>"}]}"#;
    let (mut kit, session) = client(config);
    for token in 1..=3 {
        kit.start(session, token).unwrap();
    }
    for answer in ["<0>", "<1>", "<2>"] {
        kit.message(session, 1, answer.as_bytes()).unwrap();
    }
    assert_eq!(finished(&kit), [(1, WRONG), (2, WRONG), (3, WRONG)]);
    let told =
        |at: usize| kit.finished()[at].why.contains("this is the answer to the request before");
    assert_eq!([told(0), told(1), told(2)], [false, true, true]);
}

#[test]
fn a_number_may_stand_in_a_field_or_in_json() {
    let config = r#"{"requests": [{"hex": "{u16be len} {u16le seq}"}],
                     "ends": {"length": "u16be"},
                     "correlate": {"field": "u16le", "at": 2, "of": "seq"}}"#;
    let (mut kit, session) = client(config);
    (7..=8).for_each(|token| kit.start(session, token).unwrap());
    assert_eq!(kit.sent()[1].bytes, [0, 2, 1, 0]);
    kit.message(session, 1, &[0, 3, 1, 0, 9, 0, 2, 0, 0]).unwrap();
    assert_eq!(finished(&kit), [(8, DONE), (7, DONE)]);
    let config = r#"{"requests": [{"send": "{{\"id\": {token}}}"}], "correlate": {"json": "/id"}}"#;
    let (mut kit, session) = client(config);
    (7..=8).for_each(|token| kit.start(session, token).unwrap());
    kit.message(session, 1, br#"{"id": 8}"#).unwrap();
    kit.message(session, 1, br#"{"id": "7"}"#).unwrap();
    assert_eq!(finished(&kit), [(8, DONE), (7, DONE)]);
}

#[test]
fn a_number_that_comes_round_before_its_answer_is_told() {
    let config = r#"{"requests": [{"hex": "{u8 token}"}], "correlate": {"field": "u8"}}"#;
    let (mut kit, session) = client(config);
    kit.start(session, 1).unwrap();
    kit.start(session, 257).unwrap();
    assert!(why(&kit).contains("used again"), "{}", why(&kit));
    kit.message(session, 1, b"\x01").unwrap();
    assert_eq!(finished(&kit), [(1, WRONG), (257, DONE)]);
    assert_eq!(count(&kit, "number-used-again"), 1);
}

#[test]
fn what_is_no_answer_is_set_aside() {
    let config = r#"{"requests": [{"send": "x", "expect": "ok"}], "ignore": {"prefix": "news "}}"#;
    let (mut kit, session) = client(config);
    kit.start(session, 1).unwrap();
    for message in ["news 1", "ok", "news 2"] {
        kit.message(session, 1, message.as_bytes()).unwrap();
    }
    assert_eq!(finished(&kit), [(1, DONE)]);
    assert_eq!(kit.counted("ignored"), Some((2, "\"news 1\"")));
    assert_eq!(count(&kit, "unmatched-answer"), 0);
}
