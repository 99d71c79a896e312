//! What the server answers, and to whom.

use crate::Chat;
use wirebench_sdk::kit::{self, Kit};

/// What has been sent since the last call: to which session, and the text.
fn deliveries(kit: &Kit, from: &mut usize) -> Vec<(u32, String)> {
    let sent = &kit.sent()[*from..];
    *from += sent.len();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    sent.iter().map(|sent| (sent.session, text(&sent.bytes))).collect()
}

/// A server and three sessions, two of them with names.
fn party(config: &str) -> (Kit, [u32; 3], usize) {
    let mut kit = kit::server::<Chat>(config).unwrap();
    let sessions = [(); 3].map(|()| kit.open().unwrap());
    kit.message(sessions[0], 0, b"/name ann").unwrap();
    kit.message(sessions[1], 0, b"/name bob").unwrap();
    let from = kit.sent().len();
    (kit, sessions, from)
}

fn to(sessions: &[u32], text: &str) -> Vec<(u32, String)> {
    sessions.iter().map(|session| (*session, text.to_owned())).collect()
}

#[test]
fn what_one_says_the_others_of_the_room_hear() {
    let (mut kit, [ann, bob, guest], mut from) = party("");
    kit.message(ann, 7, b"hello\n").unwrap();
    assert!(kit.sent()[from..].iter().all(|sent| sent.token == 7));
    assert_eq!(deliveries(&kit, &mut from), to(&[bob, guest], "ann : hello\n"));
    kit.message(guest, 8, b"who is there?").unwrap();
    assert_eq!(deliveries(&kit, &mut from), to(&[ann, bob], "guest2 : who is there?"));
}

#[test]
fn what_is_too_long_with_the_speakers_name_before_it_is_told_to_the_speaker() {
    let mut kit = kit::server::<Chat>("").unwrap();
    kit.set_longest(40);
    let [ann, guest] = [(); 2].map(|()| kit.open().unwrap());
    kit.message(ann, 0, b"/name ann").unwrap();
    let mut from = kit.sent().len();
    for (said, name) in [("", "ann : "), ("/to guest1 ", "ann (private) : ")] {
        let text = "x".repeat(40 - name.len());
        kit.message(ann, 1, format!("{said}{text}").as_bytes()).unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[guest], &format!("{name}{text}")));
        kit.message(ann, 2, format!("{said}{text}x").as_bytes()).unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[ann], crate::protocol::TOO_LONG));
    }
}

#[test]
fn with_echo_who_says_it_hears_it_too() {
    let (mut kit, [ann, bob, guest], mut from) = party(r#"{"echo": true}"#);
    kit.message(ann, 7, b"").unwrap();
    assert_eq!(deliveries(&kit, &mut from), to(&[ann, bob, guest], "ann : "));
}

#[test]
fn rooms_do_not_hear_each_other() {
    let (mut kit, [ann, bob, guest], mut from) = party("");
    kit.message(ann, 0, b"/join kitchen").unwrap();
    kit.message(bob, 0, b"/join kitchen").unwrap();
    kit.message(ann, 1, b"tea?").unwrap();
    kit.message(guest, 2, b"alone").unwrap();
    let mut expected = to(&[ann, bob], "* you are in kitchen");
    expected.extend(to(&[bob], "ann : tea?"));
    assert_eq!(deliveries(&kit, &mut from), expected);
}

#[test]
fn who_has_left_neither_hears_nor_is_heard() {
    let (mut kit, [ann, bob, guest], mut from) = party("");
    kit.message(bob, 0, b"/leave").unwrap();
    kit.message(ann, 1, b"hello").unwrap();
    kit.message(bob, 2, b"hello?").unwrap();
    kit.message(bob, 3, b"/leave").unwrap();
    let mut expected = to(&[bob], "* you left lobby");
    expected.extend(to(&[guest], "ann : hello"));
    expected.extend(to(&[bob, bob], "! you are in no room: /join one first"));
    assert_eq!(deliveries(&kit, &mut from), expected);
    assert_eq!(kit.counted("not-in-a-room").map(|counted| counted.0), Some(2));
}

#[test]
fn a_private_message_reaches_one_member_in_any_room() {
    let (mut kit, [ann, bob, _], mut from) = party("");
    kit.message(bob, 0, b"/join kitchen").unwrap();
    kit.message(ann, 9, b"/to bob a secret").unwrap();
    kit.message(ann, 9, b"/to cid a secret").unwrap();
    let mut expected = to(&[bob], "* you are in kitchen");
    expected.extend(to(&[bob], "ann (private) : a secret"));
    expected.extend(to(&[ann], "! nobody is called cid"));
    assert_eq!(deliveries(&kit, &mut from), expected);
    assert_eq!(kit.counted("no-such-member"), Some((1, "cid")));
}

#[test]
fn names_and_rooms_that_cannot_be_given_are_refused_by_name() {
    let (mut kit, [_, bob, guest], mut from) = party("");
    for (command, answer) in [
        ("/name ann", "! the name ann is taken"),
        ("/name guest0", "! the name guest0 is taken"),
        ("/name a b", "! a name has 1 to 32 letters, digits, `-`, `_` or `.`"),
        ("/name", "! a name has 1 to 32 letters, digits, `-`, `_` or `.`"),
        ("/join a/b", "! a name has 1 to 32 letters, digits, `-`, `_` or `.`"),
        ("/dance", "! there is no such command: /name, /join, /leave, /to, /say, or q"),
    ] {
        kit.message(bob, 0, command.as_bytes()).unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[bob], answer), "{command}");
    }
    kit.message(bob, 0, b"still here").unwrap();
    assert_eq!(deliveries(&kit, &mut from)[1], (guest, "bob : still here".to_owned()));
    let counted = |kind| kit.counted(kind).map(|counted| counted.0);
    assert_eq!(counted("name-taken"), Some(2));
    assert_eq!((counted("bad-name"), counted("unknown-command")), (Some(3), Some(1)));
}

#[test]
fn q_is_answered_by_the_goodbye_and_frees_the_name() {
    for quit in ["q", "Q", "q\n", "Q\r\n"] {
        let (mut kit, [ann, bob, guest], mut from) = party(r#"{"goodbye": "see you"}"#);
        kit.message(ann, 3, quit.as_bytes()).unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[ann], "see you"), "{quit:?}");
        assert_eq!(kit.closed(), [ann]);
        // Before it is really gone it is not heard, and what it still sends is not passed on.
        kit.message(ann, 4, b"one more thing").unwrap();
        kit.message(bob, 5, b"she is gone").unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[guest], "bob : she is gone"));
        kit.close(ann).unwrap();
        kit.message(guest, 0, b"/name ann").unwrap();
        assert_eq!(deliveries(&kit, &mut from), to(&[guest], "* you are ann"));
    }
}

#[test]
fn the_next_client_is_served_when_one_has_gone() {
    let (mut kit, [ann, bob, guest], mut from) = party("");
    kit.message(ann, 0, b"q").unwrap();
    // A session that takes the place before the old one has closed is another member.
    let next = kit.open().unwrap();
    kit.close(ann).unwrap();
    deliveries(&kit, &mut from);
    kit.message(next, 0, b"hello").unwrap();
    let mut listeners = deliveries(&kit, &mut from);
    listeners.sort();
    assert_eq!(listeners, to(&[bob, guest], "guest3 : hello"));
}

#[test]
fn with_announce_the_room_is_told_who_comes_and_goes() {
    let (mut kit, [ann, bob, guest], mut from) = party(r#"{"announce": true, "ending": "\n"}"#);
    kit.message(guest, 0, b"/join kitchen").unwrap();
    kit.close(bob).unwrap();
    let mut expected = to(&[ann, bob], "* guest2 left\n");
    expected.extend(to(&[guest], "* you are in kitchen\n"));
    expected.extend(to(&[ann], "* bob left\n"));
    assert_eq!(deliveries(&kit, &mut from), expected);
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_session_lives() {
    for mode in ["talk", "room"] {
        let config = format!(r#"{{"mode": "{mode}", "max-text": "10 B"}}"#);
        let mut kit = kit::server::<Chat>(&config).unwrap();
        let (one, _) = (kit.open().unwrap(), kit.open().unwrap());
        kit.message(one, 5, b"12345678901").unwrap();
        kit.message(one, 6, b"1234567890").unwrap();
        assert_eq!(kit.sent()[0].bytes, b"! a message has at most 10 B");
        assert_eq!((kit.sent()[1].token, kit.closed().len()), (6, 0));
        assert_eq!(kit.counted("too-long").map(|counted| counted.0), Some(1));
    }
}

#[test]
fn what_no_connection_can_carry_is_told_to_who_said_it() {
    let (mut kit, [ann, ..], _) = party("");
    kit.answer(kit::Answer::TooLarge);
    kit.message(ann, 5, b"long").unwrap();
    assert_eq!(kit.counted("too-long").map(|counted| counted.0), Some(1));
}

#[test]
fn in_a_talk_the_server_answers_itself() {
    let mut kit = kit::server::<Chat>(r#"{"mode": "talk"}"#).unwrap();
    let session = kit.open().unwrap();
    kit.message(session, 3, b"hello").unwrap();
    kit.message(session, 4, b"/name ann").unwrap();
    kit.message(session, 5, b"Q\n").unwrap();
    let texts: Vec<&[u8]> = kit.sent().iter().map(|sent| &sent.bytes[..]).collect();
    assert_eq!(texts, [&b"hello"[..], b"/name ann", b"goodbye"]);
    assert_eq!(kit.closed(), [session]);
    let config = r#"{"mode": "talk", "reply": "fixed", "reply-text": "yes", "ending": "\n"}"#;
    let mut kit = kit::server::<Chat>(config).unwrap();
    let session = kit.open().unwrap();
    kit.message(session, 3, b"hello").unwrap();
    assert_eq!(kit.sent()[0].bytes, b"yes\n");
}

#[test]
fn a_q_need_not_be_answered() {
    for mode in ["talk", "room"] {
        let config = format!(r#"{{"mode": "{mode}", "goodbye": false}}"#);
        let mut kit = kit::server::<Chat>(&config).unwrap();
        let session = kit.open().unwrap();
        kit.message(session, 3, b"q").unwrap();
        assert_eq!((kit.sent().len(), kit.closed()), (0, &[session][..]), "{mode}");
        assert_eq!(kit.counted("quit").map(|counted| counted.0), Some(1));
    }
}

#[test]
fn the_server_may_say_q_itself_and_waits_for_the_answer_to_it() {
    for (goodbye, answer) in
        [("\"bye\"", Some(&b"bye\n"[..])), ("\"bye\"", Some(b"Q")), ("false", None)]
    {
        let config =
            format!(r#"{{"mode": "talk", "server-quits-after": 2, "goodbye": {goodbye}}}"#);
        let mut kit = kit::server::<Chat>(&config).unwrap();
        let session = kit.open().unwrap();
        for token in 1..=3 {
            kit.message(session, token, b"hello").unwrap();
        }
        let texts: Vec<&[u8]> = kit.sent().iter().map(|sent| &sent.bytes[..]).collect();
        assert_eq!(texts, [&b"hello"[..], b"hello", b"q"]);
        if let Some(answer) = answer {
            assert!(kit.closed().is_empty());
            kit.message(session, 4, b"what was on its way").unwrap();
            assert!(kit.closed().is_empty());
            kit.message(session, 0, answer).unwrap();
        }
        assert_eq!((kit.sent().len(), kit.closed()), (3, &[session][..]));
        assert_eq!(kit.counted("server-quit").map(|counted| counted.0), Some(1));
    }
}
