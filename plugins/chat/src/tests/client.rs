//! How the client judges what its members receive.

use crate::Chat;
use wirebench_sdk::kit::{self, Kit};

/// How exchanges end, as the interface numbers it.
mod finish {
    pub(super) const DONE: i32 = 0;
    pub(super) const WRONG: i32 = 1;
    pub(super) const REJECTED: i32 = 2;
}

/// A client whose members, named `m0`, `m1` and so on, are all in their rooms.
fn members(config: &str, count: u32) -> Kit {
    let mut kit = kit::client::<Chat>(config).unwrap();
    kit.set_payload(b"hello");
    for _ in 0..count {
        kit.open().unwrap();
    }
    for session in 0..count {
        admit(&mut kit, session);
    }
    kit
}

fn admit(kit: &mut Kit, session: u32) {
    kit.message(session, 0, format!("* you are m{session}").as_bytes()).unwrap();
    let join = kit.sent().iter().rfind(|sent| sent.session == session).unwrap();
    let room = join.bytes.strip_prefix(b"/join ").unwrap().to_vec();
    kit.message(session, 0, &[b"* you are in ", &room[..]].concat()).unwrap();
}

fn ends(kit: &Kit) -> Vec<(u64, i32)> {
    kit.finished().iter().map(|one| (one.token, one.how)).collect()
}

#[track_caller]
fn counted(kit: &Kit, kind: &str) -> u64 {
    kit.counted(kind).map_or(0, |counted| counted.0)
}

#[test]
fn an_exchange_is_done_when_everybody_has_it_who_must() {
    let mut kit = members("", 4);
    kit.start(1, 1).unwrap();
    assert_eq!(kit.sent().last().unwrap().bytes, b"hello");
    for session in [0, 3] {
        kit.message(session, 1, b"m1 : hello").unwrap();
    }
    assert_eq!(ends(&kit), []);
    kit.message(2, 1, b"m1 : hello").unwrap();
    assert_eq!(ends(&kit), [(1, finish::DONE)]);
    assert_eq!(counted(&kit, "deliveries"), 3);
}

#[test]
fn nothing_is_said_before_all_are_in_their_rooms() {
    let mut kit = kit::client::<Chat>("").unwrap();
    let (one, two) = (kit.open().unwrap(), kit.open().unwrap());
    admit(&mut kit, one);
    kit.start(one, 1).unwrap();
    let before = kit.sent_count();
    admit(&mut kit, two);
    // Its own `/join`, and then what the other one had to say.
    assert_eq!(kit.sent_count(), before + 2);
    assert_eq!((kit.sent().last().unwrap().session, kit.sent().last().unwrap().token), (one, 1));
}

#[test]
fn twice_is_once_too_often() {
    let mut kit = members("", 3);
    kit.start(0, 1).unwrap();
    kit.message(1, 1, b"m0 : hello").unwrap();
    kit.message(1, 1, b"m0 : hello").unwrap();
    assert_eq!(ends(&kit), [(1, finish::WRONG)]);
    assert_eq!(kit.finished()[0].why, "exchange 1 of m0 came to m1 twice");
    kit.message(2, 1, b"m0 : hello").unwrap();
    // Also when the exchange is long done.
    kit.message(2, 1, b"m0 : hello").unwrap();
    assert_eq!((counted(&kit, "duplicate"), ends(&kit).len()), (2, 1));
}

#[test]
fn who_must_not_get_it_is_named() {
    let mut kit = members(r#"{"rooms": 2}"#, 4);
    kit.start(0, 1).unwrap();
    kit.message(0, 1, b"m0 : hello").unwrap();
    assert_eq!(kit.finished()[0].why, "exchange 1 of m0 came to m0 who must not get it");
    kit.start(0, 2).unwrap();
    kit.message(1, 2, b"m0 : hello").unwrap();
    assert_eq!(kit.finished()[1].why, "exchange 2 of m0 came to m1 who must not get it");
    assert_eq!(counted(&kit, "foreign"), 2);
    kit.message(1, 0, b"zoe : hello").unwrap();
    assert_eq!(counted(&kit, "foreign"), 3);
}

#[test]
fn a_members_messages_must_keep_their_order() {
    let mut kit = members("", 2);
    kit.start(0, 1).unwrap();
    kit.start(0, 2).unwrap();
    kit.message(1, 2, b"m0 : hello").unwrap();
    kit.message(1, 1, b"m0 : hello").unwrap();
    assert_eq!(ends(&kit), [(2, finish::DONE), (1, finish::WRONG)]);
    assert_eq!(counted(&kit, "out-of-order"), 1);
}

#[test]
fn receivers_must_agree_on_one_order() {
    let mut kit = members("", 4);
    kit.start(0, 1).unwrap();
    kit.start(1, 2).unwrap();
    for (session, token) in [(2, 1), (2, 2), (3, 2), (3, 1)] {
        kit.message(session, token, format!("m{} : hello", token - 1).as_bytes()).unwrap();
    }
    assert_eq!(ends(&kit), [(1, finish::WRONG)]);
    assert_eq!(counted(&kit, "order-disagrees"), 1);
    assert_eq!(counted(&kit, "out-of-order"), 0);
}

#[test]
fn what_is_in_flight_when_a_member_leaves_is_indeterminate() {
    let mut kit = members(r#"{"churn": 2}"#, 4);
    kit.start(0, 1).unwrap();
    kit.start(0, 2).unwrap();
    let gone = kit.sent().iter().find(|sent| sent.bytes == b"/leave").unwrap().session;
    assert_ne!(gone, 0, "not the one who speaks");
    assert_eq!(counted(&kit, "indeterminate"), 2);
    for session in (1..4).filter(|session| *session != gone) {
        kit.message(session, 1, b"m0 : hello").unwrap();
        kit.message(session, 2, b"m0 : hello").unwrap();
    }
    assert_eq!(ends(&kit), [(1, finish::DONE), (2, finish::DONE)], "judged without {gone}");
    // It may come all the same, once.
    kit.message(gone, 1, b"m0 : hello").unwrap();
    assert_eq!(counted(&kit, "duplicate") + counted(&kit, "foreign"), 0);
    kit.message(gone, 1, b"m0 : hello").unwrap();
    assert_eq!(counted(&kit, "duplicate"), 1);
    kit.message(gone, 0, b"* you left room1").unwrap();
    assert_eq!(kit.sent().last().unwrap().bytes, b"/join room1");
    // In the middle of joining: said to it, perhaps.
    kit.start(0, 3).unwrap();
    assert_eq!(counted(&kit, "indeterminate"), 3);
    kit.message(gone, 0, b"* you are in room1").unwrap();
    kit.start(gone, 4).unwrap();
    assert_eq!(kit.sent().iter().filter(|sent| sent.token == 4).count(), 1, "it speaks again");
}

#[test]
fn a_member_whose_session_closes_is_not_waited_for() {
    let mut kit = members("", 3);
    kit.start(0, 1).unwrap();
    kit.message(1, 1, b"m0 : hello").unwrap();
    kit.close(2).unwrap();
    assert_eq!(ends(&kit), [(1, finish::DONE)]);
    assert_eq!(counted(&kit, "indeterminate"), 0, "the end of a round is no leaving");
    kit.open().unwrap();
    assert_eq!(counted(&kit, "indeterminate"), 1, "but a session that is replaced has left");
}

#[test]
fn what_the_server_says_it_dropped_is_rejected_and_not_wrong() {
    let mut kit = members("", 3);
    for token in 1..=3 {
        kit.start(0, token).unwrap();
        kit.message(1, token, b"m0 : hello").unwrap();
    }
    kit.message(2, 1, b"m0 : hello").unwrap();
    kit.message(2, 0, b"* 1 messages of m0 were dropped: you read too slowly").unwrap();
    kit.message(2, 3, b"m0 : hello").unwrap();
    assert_eq!(ends(&kit), [(1, finish::DONE), (2, finish::REJECTED), (3, finish::DONE)]);
    assert_eq!(counted(&kit, "out-of-order"), 0);
}

#[test]
fn one_member_may_speak_for_all() {
    let mut kit = members(r#"{"speakers": 1}"#, 4);
    kit.start(3, 1).unwrap();
    assert_eq!((kit.sent().last().unwrap().session, kit.sent().last().unwrap().token), (0, 1));
    for session in 1..4 {
        kit.message(session, 1, b"m0 : hello").unwrap();
    }
    assert_eq!(ends(&kit), [(1, finish::DONE)]);
    // When it goes, they speak for themselves until another one comes for it.
    kit.close(0).unwrap();
    kit.start(3, 2).unwrap();
    assert_eq!(kit.sent().last().unwrap().session, 3);
    assert_eq!(kit.open(), Ok(4));
    admit(&mut kit, 4);
    kit.start(3, 3).unwrap();
    assert_eq!(kit.sent().last().unwrap().session, 4);
}

#[test]
fn a_private_message_is_for_one_member() {
    let mut kit = members(r#"{"private": 1.0}"#, 5);
    kit.start(0, 1).unwrap();
    let sent = kit.sent().last().unwrap().bytes.clone();
    let text = String::from_utf8(sent).unwrap();
    let name = text.strip_prefix("/to m").unwrap().strip_suffix(" hello").unwrap();
    kit.message(name.parse().unwrap(), 1, b"m0 (private) : hello").unwrap();
    assert_eq!(ends(&kit), [(1, finish::DONE)]);
}

#[test]
fn without_a_ledger_messages_are_told_apart_by_their_text() {
    let mut kit = members("", 3);
    kit.start(0, 1).unwrap();
    kit.start(1, 2).unwrap();
    // The host counts: it takes the first message of a session for that session's own exchange.
    for (session, token, text) in
        [(0, 1, "m1 : hello"), (1, 2, "m0 : hello"), (2, 0, "m1 : hello"), (2, 0, "m0 : hello")]
    {
        kit.message(session, token, text.as_bytes()).unwrap();
    }
    assert_eq!(ends(&kit), [(2, finish::DONE), (1, finish::DONE)]);
}

#[test]
fn whom_the_server_does_not_let_in_says_nothing() {
    let mut kit = kit::client::<Chat>("").unwrap();
    let (one, two) = (kit.open().unwrap(), kit.open().unwrap());
    kit.start(one, 1).unwrap();
    kit.message(one, 0, b"! the name m0 is taken").unwrap();
    admit(&mut kit, two);
    kit.start(two, 2).unwrap();
    let why: Vec<&str> = kit.finished().iter().map(|one| one.why.as_str()).collect();
    assert_eq!(why, ["! the name m0 is taken", "nobody else is in the room"]);
    assert_eq!(counted(&kit, "refused"), 1);
}

#[test]
fn a_payload_that_reads_as_a_command_is_said_all_the_same() {
    for payload in ["q", "Q\n", "/leave"] {
        let mut kit = members("", 2);
        kit.set_payload(payload.as_bytes());
        kit.start(0, 1).unwrap();
        assert_eq!(kit.sent().last().unwrap().bytes, format!("/say {payload}").as_bytes());
        kit.message(1, 1, format!("m0 : {payload}").as_bytes()).unwrap();
        assert_eq!(ends(&kit), [(1, finish::DONE)]);
    }
}

#[test]
fn the_last_exchange_of_a_session_ends_with_the_goodbye() {
    let mut kit = members(r#"{"quit-after": 2}"#, 4);
    for token in 1..=2 {
        kit.start(0, token).unwrap();
        for session in 1..4 {
            kit.message(session, token, b"m0 : hello").unwrap();
        }
    }
    assert_eq!(ends(&kit), [(1, finish::DONE)]);
    assert_eq!(
        (kit.sent().last().unwrap().session, &*kit.sent().last().unwrap().bytes),
        (0, &b"q"[..])
    );
    kit.message(0, 2, b"goodbye").unwrap();
    assert_eq!((ends(&kit).len(), kit.closed()), (2, &[0][..]));
}

#[test]
fn a_talk_checks_the_answer_and_the_goodbye() {
    let mut kit =
        kit::client::<Chat>(r#"{"mode": "talk", "quit-after": 3, "prefix": "ann : "}"#).unwrap();
    kit.set_payload(b"hello");
    let session = kit.open().unwrap();
    for (token, answer) in [(1, "ann : hello"), (2, "hello"), (3, "ann : hello")] {
        kit.start(session, token).unwrap();
        assert_eq!(kit.sent().last().unwrap().bytes, b"ann : hello");
        kit.message(session, token, answer.as_bytes()).unwrap();
    }
    assert_eq!(ends(&kit), [(1, finish::DONE), (2, finish::WRONG)]);
    assert_eq!(kit.sent().last().unwrap().bytes, b"q");
    kit.message(session, 3, b"goodbye").unwrap();
    assert_eq!((ends(&kit)[2], kit.closed()), ((3, finish::DONE), &[session][..]));
}

#[test]
fn a_q_that_nobody_answers_ends_the_exchange_by_itself() {
    let mut kit =
        kit::client::<Chat>(r#"{"mode": "talk", "quit-after": 1, "goodbye": false}"#).unwrap();
    kit.set_payload(b"hello");
    let session = kit.open().unwrap();
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"hello").unwrap();
    assert_eq!(kit.sent().last().unwrap().bytes, b"q");
    assert_eq!((ends(&kit), kit.closed()), (vec![(1, finish::DONE)], &[session][..]));
    assert_eq!(kit.counted("quit").map(|counted| counted.0), Some(1));
}

#[test]
fn a_typed_q_ends_the_talk_in_either_custom() {
    for (goodbye, ending) in [("false", ""), ("\"bye\"", "\n")] {
        let ending_text = ending.escape_default();
        let config = format!(
            r#"{{"mode": "talk", "goodbye": {goodbye}, "prefix": "ann : ", "ending": "{ending_text}"}}"#
        );
        let mut kit = kit::client::<Chat>(&config).unwrap();
        kit.set_payload(b"Q");
        let session = kit.open().unwrap();
        kit.start(session, 1).unwrap();
        assert_eq!(kit.sent().last().unwrap().bytes, format!("Q{ending}").as_bytes());
        if goodbye != "false" {
            assert!(kit.closed().is_empty() && kit.finished().is_empty(), "it awaits the answer");
            kit.message(session, 1, b"bye\n").unwrap();
        }
        assert_eq!((ends(&kit), kit.closed()), (vec![(1, finish::DONE)], &[session][..]));
    }
}

#[test]
fn a_payload_that_reads_q_ends_no_talk_in_which_others_are_under_way() {
    let mut kit = kit::client::<Chat>(r#"{"mode": "talk"}"#).unwrap();
    let session = kit.open().unwrap();
    kit.set_payload(b"hello");
    kit.start(session, 1).unwrap();
    kit.set_payload(b"q");
    kit.start(session, 2).unwrap();
    assert_eq!((ends(&kit), kit.closed()), (vec![(2, finish::REJECTED)], &[][..]));
}

#[test]
fn the_server_may_end_a_talk() {
    for (goodbye, said) in [("\"goodbye\"", Some(&b"goodbye"[..])), ("false", None)] {
        for (token, asked) in [(1, vec![(1, finish::REJECTED)]), (0, vec![])] {
            let config = format!(r#"{{"mode": "talk", "goodbye": {goodbye}}}"#);
            let mut kit = kit::client::<Chat>(&config).unwrap();
            kit.set_payload(b"hello");
            let session = kit.open().unwrap();
            kit.start(session, 1).unwrap();
            kit.message(session, token, b"Q").unwrap();
            assert_eq!((ends(&kit), kit.closed()), (asked, &[session][..]));
            let told = kit.sent().get(1).map(|sent| &sent.bytes[..]);
            assert_eq!(told, said, "it is answered where that is the custom");
            assert_eq!(kit.counted("server-quit").map(|counted| counted.0), Some(1));
            assert_eq!(kit.counted("foreign").map(|counted| counted.0), Some(0));
        }
    }
}
