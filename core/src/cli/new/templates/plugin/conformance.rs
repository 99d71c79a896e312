//! The handler without a host: what it says, and what every handler has to hold.

use wirebench___ident__::Reverse;

use wirebench_sdk::kit::{self, Answer, Conformance};

#[test]
fn a_message_comes_back_reversed() {
    let mut server = kit::server::<Reverse>("{}").expect("the defaults are right");
    let session = server.open().expect("it takes every session");
    server
        .message(session, 7, b"hello")
        .expect("it takes every message");
    let sent = &server.sent()[0];
    assert_eq!((sent.token, &sent.bytes[..]), (7, &b"olleh"[..]));
}

#[test]
fn what_finds_no_room_is_sent_later_and_in_order() {
    let mut server = kit::server::<Reverse>("{}").expect("the defaults are right");
    let session = server.open().expect("it takes every session");
    server.answer(Answer::Full);
    server.message(session, 1, b"ab").expect("it waits");
    server.message(session, 2, b"cd").expect("it waits");
    server.answer(Answer::Sent);
    server.writable(session).expect("there is room");
    let sent: Vec<&[u8]> = server.sent().iter().map(|sent| &sent.bytes[..]).collect();
    assert_eq!(sent, [b"ba", b"dc"]);
}

#[test]
fn a_wrong_answer_is_counted_unless_nobody_checks() {
    for (config, wrong) in [("{}", 1), (r#"{"check": false}"#, 0)] {
        let mut client = kit::client::<Reverse>(config).expect("the settings are right");
        let session = client.open().expect("it takes every session");
        client.set_payload(b"abc");
        client.start(session, 1).expect("it can always ask");
        client
            .message(session, 1, b"abc")
            .expect("it takes every answer");
        assert_eq!(
            client.counted("wrong-answer").map(|(count, _)| count),
            Some(wrong)
        );
        assert_eq!(client.finished().len(), 1);
    }
}

#[test]
fn a_misspelt_setting_is_refused() {
    assert!(kit::server::<Reverse>(r#"{"chek": true}"#).is_err());
}

/// Sends without room, messages that come together, twice and in another order, sessions that end in the middle.
#[test]
fn it_holds_what_every_handler_has_to() {
    Conformance::new("{}").check::<Reverse>();
    Conformance::new(r#"{"check": false}"#).check::<Reverse>();
}
