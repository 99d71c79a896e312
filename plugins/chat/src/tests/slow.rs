//! Members that read too slowly.

use crate::Chat;
use wirebench_sdk::kit::{self, Answer, Kit};

fn texts(kit: &Kit, from: usize) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    kit.sent()[from..].iter().map(|sent| text(&sent.bytes)).collect()
}

/// A server and three sessions with names: a speaker, another, and one that will be slow.
fn party(config: &str) -> (Kit, [u32; 3], usize) {
    let mut kit = kit::server::<Chat>(config).unwrap();
    let sessions = [("ann", 0), ("bob", 1), ("cid", 2)].map(|(name, _)| {
        let session = kit.open().unwrap();
        kit.message(session, 0, format!("/name {name}").as_bytes()).unwrap();
        session
    });
    let from = kit.sent().len();
    (kit, sessions, from)
}

#[test]
fn what_has_no_room_waits_in_its_order() {
    let (mut kit, [ann, bob, cid], from) = party("");
    kit.answer(Answer::Full);
    kit.message(ann, 1, b"one").unwrap();
    kit.message(bob, 2, b"two").unwrap();
    kit.writable(cid).unwrap();
    kit.answer(Answer::Sent);
    // There is room, but what waits goes first.
    kit.message(ann, 3, b"three").unwrap();
    assert_eq!(texts(&kit, from), [] as [&str; 0]);
    kit.writable(cid).unwrap();
    assert_eq!(texts(&kit, from), ["ann : one", "bob : two", "ann : three"]);
    let tokens: Vec<u64> = kit.sent()[from..].iter().map(|sent| sent.token).collect();
    assert_eq!(tokens, [1, 2, 3]);
    kit.message(bob, 4, b"four").unwrap();
    assert_eq!(texts(&kit, from + 3), ["bob : four"], "ann has not been told of room yet");
}

/// Each waiting message costs its bytes and 64 more.
const ROOM_FOR_TWO: &str = r#"{"backlog": 160}"#;

#[test]
fn what_goes_over_the_backlog_is_dropped_and_told_where_the_gap_is() {
    let (mut kit, [ann, bob, cid], from) = party(ROOM_FOR_TWO);
    kit.answer(Answer::Full);
    for (speaker, text) in [(ann, "1"), (bob, "2"), (ann, "3"), (bob, "4"), (ann, "5")] {
        kit.message(speaker, 9, text.as_bytes()).unwrap();
    }
    // Of those for cid three did not fit; ann and bob, full as well, missed none of two or three.
    assert_eq!(kit.counted("dropped").map(|counted| counted.0), Some(4));
    kit.answer(Answer::Sent);
    kit.writable(cid).unwrap();
    let lost = "were dropped: you read too slowly";
    let expected = [
        "ann : 1".to_owned(),
        "bob : 2".to_owned(),
        format!("* 2 messages of ann {lost}"),
        format!("* 1 messages of bob {lost}"),
    ];
    assert_eq!(texts(&kit, from), expected);
    kit.message(ann, 9, b"6").unwrap();
    assert_eq!(texts(&kit, from + 4), ["ann : 6"], "the drops are told once");
}

#[test]
fn a_member_without_backlog_misses_what_comes_while_it_is_full() {
    let (mut kit, [ann, _, cid], from) = party(r#"{"backlog": "0 B"}"#);
    kit.answer(Answer::Full);
    kit.message(ann, 1, b"one").unwrap();
    kit.answer(Answer::Sent);
    kit.message(ann, 2, b"two").unwrap();
    assert_eq!(texts(&kit, from), [] as [&str; 0], "the host has not said that there is room");
    kit.writable(cid).unwrap();
    assert_eq!(texts(&kit, from), ["* 2 messages of ann were dropped: you read too slowly"]);
}

#[test]
fn or_it_is_disconnected_and_the_others_go_on() {
    let config = r#"{"backlog": "0 B", "slow": "disconnect"}"#;
    let (mut kit, [ann, bob, cid], _) = party(config);
    kit.answer(Answer::Full);
    kit.message(ann, 1, b"one").unwrap();
    let mut closed = kit.closed().to_vec();
    closed.sort_unstable();
    assert_eq!(closed, [bob, cid]);
    assert_eq!(kit.counted("disconnected").map(|counted| counted.0), Some(2));
    kit.answer(Answer::Sent);
    let from = kit.sent().len();
    kit.close(cid).unwrap();
    let next = kit.open().unwrap();
    kit.message(next, 0, b"/name cid").unwrap();
    kit.message(ann, 2, b"welcome").unwrap();
    let texts = texts(&kit, from);
    assert_eq!(texts, ["* you are cid", "ann : welcome"]);
}

/// What a member without room for anything is told once it reads.
fn told_at_last(kit: &mut Kit, member: u32) -> Vec<String> {
    kit.answer(Answer::Sent);
    let from = kit.sent().len();
    kit.writable(member).unwrap();
    texts(kit, from)
}

#[test]
fn a_speaker_costs_one_notice_however_often_it_changes_its_name() {
    let (mut kit, [ann, _, cid], _) = party(r#"{"backlog": "0 B"}"#);
    kit.answer(Answer::Full);
    for number in 0..10_000 {
        kit.message(ann, 1, format!("/name ann{number}").as_bytes()).unwrap();
        kit.message(ann, 2, b"hello").unwrap();
    }
    assert!(kit.kept(cid) <= 512, "{} B are kept", kit.kept(cid));
    let told = told_at_last(&mut kit, cid);
    assert_eq!(kit.kept(cid), 0);
    assert_eq!(told, ["* 10000 messages of ann9999 were dropped: you read too slowly"]);
}

#[test]
fn who_comes_speaks_and_goes_is_told_with_others_in_the_end() {
    let (mut kit, [_, _, cid], _) = party(r#"{"backlog": "0 B"}"#);
    kit.answer(Answer::Full);
    for _ in 0..1_000 {
        let passing = kit.open().unwrap();
        kit.message(passing, 1, b"hello").unwrap();
        kit.close(passing).unwrap();
    }
    let told = told_at_last(&mut kit, cid);
    assert_eq!(told.len(), 65, "{told:?}");
    assert_eq!(told[64], "* 936 messages of several others were dropped: you read too slowly");
}
