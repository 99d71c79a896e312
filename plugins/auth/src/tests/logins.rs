//! The login prompt.

use super::{DONE, Pair, REJECTED, WRONG};
use std::time::Duration;
use wirebench_sdk::kit::{self, Kit};

fn with(more: &str) -> String {
    format!(
        r#"{{"mode": "login", "name": "alice", "secret": {{"insecure": "open sesame"}},
            "hash": {{"memory-kib": 8, "passes": 1}}{more}}}"#
    )
}

/// What a side said, as text.
fn said(kit: &Kit) -> Vec<String> {
    kit.sent().iter().map(|message| String::from_utf8(message.bytes.clone()).unwrap()).collect()
}

/// Waits for the verdict on the password that was just sent.
fn checked(kit: &mut Kit) {
    assert!(kit.deliver_mail(Duration::from_secs(60)).unwrap(), "the check never ended");
}

#[test]
fn who_knows_the_password_is_welcome() {
    let mut pair = Pair::alike(&with(""));
    pair.play(1);
    assert_eq!(said(&pair.server), ["name: ", "password: ", "welcome"]);
    assert_eq!(said(&pair.client), ["alice", "open sesame"]);
    pair.play(2);
    assert_eq!(pair.ends(), [(1, DONE, ""), (2, DONE, "")]);
    assert_eq!(pair.counted("accepted"), 2);
}

#[test]
fn the_texts_are_settings() {
    let more = r#", "ask-name": "login:", "ask-password": "Kennwort:", "welcome": "hi",
                  "request": "new""#;
    let mut pair = Pair::alike(&with(more));
    pair.play(1);
    pair.play(2);
    assert_eq!(said(&pair.server), ["login:", "Kennwort:", "hi", "login:", "Kennwort:", "hi"]);
    assert_eq!(said(&pair.client)[2], "new");
    assert_eq!(pair.ends(), [(1, DONE, ""), (2, DONE, "")]);
}

#[test]
fn who_mistypes_is_asked_again_in_a_message_of_its_own() {
    let mut pair = Pair::alike(&with(r#", "mistyped": "100%""#));
    pair.play(1);
    assert_eq!(
        said(&pair.server),
        ["name: ", "password: ", "wrong, again", "name: ", "password: ", "welcome"]
    );
    assert_eq!(pair.ends(), [(1, DONE, "")]);
    assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (1, 1));
}

#[test]
fn who_does_not_know_the_password_is_sent_away_after_the_attempts() {
    let mut pair = Pair::alike(&with(r#", "wrong-keys": "100%", "attempts": 2"#));
    pair.play(1);
    assert_eq!(
        said(&pair.server)[2..],
        ["wrong, again", "name: ", "password: ", "too many attempts"]
    );
    assert_eq!(pair.ends(), [(1, REJECTED, "refused for the last time")]);
    assert_eq!((pair.counted("rejected"), pair.counted("locked")), (2, 1));
    assert_eq!(pair.server.closed(), [pair.session]);
}

#[test]
fn a_client_gives_up_by_itself_on_a_server_without_a_bound() {
    let mut pair = Pair::new(
        &with(r#", "attempts": 1000"#),
        &with(r#", "wrong-keys": "100%", "attempts": 2"#),
    );
    pair.play(1);
    assert_eq!(pair.ends(), [(1, REJECTED, "refused for the last time")]);
    assert_eq!(pair.client.closed(), [pair.session]);
}

#[test]
fn shares_are_exact() {
    let mut pair = Pair::alike(&with(r#", "wrong-keys": "20%", "mistyped": "20%""#));
    for token in 1..=40 {
        pair.play(token);
        pair.reconnect();
    }
    let count = |how| pair.ends().iter().filter(|end| end.1 == how).count();
    assert_eq!((count(DONE), count(REJECTED), count(WRONG)), (32, 8, 0), "{:?}", pair.ends());
    assert_eq!((pair.counted("accepted"), pair.counted("rejected")), (32, 8 + 24));
}

#[test]
fn an_unknown_name_is_refused_like_a_wrong_password() {
    let mut server = kit::server::<crate::Auth>(&with("")).unwrap();
    let session = server.open().unwrap();
    server.message(session, 1, b"mallory").unwrap();
    server.message(session, 1, b"open sesame").unwrap();
    checked(&mut server);
    assert_eq!(said(&server), ["name: ", "password: ", "wrong, again", "name: "]);
    assert_eq!(server.counted("rejected").unwrap().0, 1);
}

#[test]
fn what_comes_while_a_password_is_checked_changes_nothing() {
    let mut server = kit::server::<crate::Auth>(&with("")).unwrap();
    let session = server.open().unwrap();
    server.message(session, 1, b"alice").unwrap();
    server.message(session, 1, b"open sesame").unwrap();
    server.message(session, 2, b"auth").unwrap();
    server.message(session, 3, b"hurry up").unwrap();
    checked(&mut server);
    assert_eq!(said(&server), ["name: ", "password: ", "welcome"]);
    assert_eq!(server.sent()[2].token, 1);
    assert_eq!(server.counted("early").unwrap().0, 2);
}

#[test]
fn a_password_that_is_far_too_long_is_refused_without_a_hash() {
    let mut server = kit::server::<crate::Auth>(&with("")).unwrap();
    let session = server.open().unwrap();
    server.message(session, 1, b"alice").unwrap();
    server.message(session, 1, &vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(said(&server)[2..], ["wrong, again", "name: "]);
    assert_eq!(server.counted("malformed").unwrap().0, 1);
}

#[test]
fn talk_after_the_welcome_that_is_no_request_ends_the_session() {
    let mut pair = Pair::alike(&with(""));
    pair.play(1);
    pair.server.message(pair.session, 2, b"and now?").unwrap();
    assert_eq!(pair.counted("unasked"), 1);
    assert_eq!(pair.server.closed(), [pair.session]);
}

#[test]
fn a_check_of_a_session_that_is_gone_reaches_nobody() {
    let mut server = kit::server::<crate::Auth>(&with("")).unwrap();
    let session = server.open().unwrap();
    server.message(session, 1, b"alice").unwrap();
    server.message(session, 1, b"open sesame").unwrap();
    server.close(session).unwrap();
    // It may have been under way, or not have begun: what comes next shows that it is over.
    let next = server.open().unwrap();
    server.message(next, 2, b"alice").unwrap();
    server.message(next, 2, b"open sesame").unwrap();
    while server.counted("accepted").map(|counted| counted.0) != Some(1) {
        checked(&mut server);
    }
    assert_eq!(said(&server), ["name: ", "password: ", "name: ", "password: ", "welcome"]);
}

#[test]
fn a_server_that_breaks_the_dialogue_is_told_where() {
    type Twist = fn(&[u8]) -> Vec<u8>;
    let twists: [(Twist, &str); 3] = [
        (|_| b"who?".to_vec(), "did not ask for the name"),
        (
            |bytes| if bytes == b"password: " { b"".to_vec() } else { bytes.to_vec() },
            "did not ask for the password",
        ),
        (
            |bytes| if bytes == b"welcome" { b"wrong, again".to_vec() } else { bytes.to_vec() },
            "the right password was refused",
        ),
    ];
    for (twist, told) in twists {
        let mut pair = Pair::alike(&with(""));
        // The greeting came before the twist.
        pair.reconnect();
        pair.twist = twist;
        pair.client.open().unwrap();
        let session = pair.server.open().unwrap();
        pair.session = session;
        pair.carry();
        pair.play(1);
        assert!(pair.ends()[0].2.contains(told), "{told}: {:?}", pair.ends());
        assert_eq!(pair.ends()[0].1, WRONG);
        assert_eq!(pair.client.closed(), [session]);
    }
}

#[test]
fn passwords_of_sessions_that_are_over_are_not_looked_at() {
    // Hashing takes a while, so that all others wait behind the first.
    let slow = with("").replace(r#""memory-kib": 8"#, r#""memory-kib": 4096"#);
    let mut server = kit::server::<crate::Auth>(&slow).unwrap();
    let gone: Vec<u32> = (0..100).map(|_| server.open().unwrap()).collect();
    for session in &gone {
        server.message(*session, 1, b"alice").unwrap();
        server.message(*session, 2, b"guessed").unwrap();
    }
    for session in gone {
        server.close(session).unwrap();
    }
    let honest = server.open().unwrap();
    server.message(honest, 1, b"alice").unwrap();
    server.message(honest, 2, b"open sesame").unwrap();
    while server.counted("accepted").map(|counted| counted.0) != Some(1) {
        checked(&mut server);
    }
    let dropped = server.counted("gone").map_or(0, |counted| counted.0);
    assert!(dropped >= 90, "{dropped} of 100 were dropped");
    assert_eq!(server.counted("rejected").map(|counted| counted.0), Some(0));
}
