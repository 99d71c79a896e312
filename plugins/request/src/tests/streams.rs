//! Answers in a stream without boundaries, and in messages.

use super::{DONE, WRONG, client, count, finished, why};

const LINES: &str = r#"{"requests": [{"send": "{token}\n", "expect": "{token}\r\n"}],
                        "ends": {"after": "\r\n"}, "max-answer": 32}"#;

#[test]
fn answers_are_found_however_they_come() {
    let stream = b"1\r\n2\r\n3\r\n";
    for piece in 1..=stream.len() {
        let (mut kit, session) = client(LINES);
        (1..=3).for_each(|token| kit.start(session, token).unwrap());
        for bytes in stream.chunks(piece) {
            kit.message(session, 1, bytes).unwrap();
        }
        assert_eq!(finished(&kit), [(1, DONE), (2, DONE), (3, DONE)], "in pieces of {piece}");
        kit.close(session).unwrap();
        assert_eq!(count(&kit, "unfinished"), 0);
    }
}

#[test]
fn an_answer_that_does_not_end_is_told_when_its_session_does() {
    let (mut kit, session) = client(LINES);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"1\r").unwrap();
    kit.close(session).unwrap();
    let told = kit.counted("unfinished").unwrap();
    assert_eq!(told, (1, "2 bytes of an answer had come, and not its end: \"1\\r\""));
    let (mut kit, session) = client(r#"{"requests": [{"send": "x"}], "ends": {"length": "u8"}}"#);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"\x43ab").unwrap();
    kit.close(session).unwrap();
    let (_, told) = kit.counted("unfinished").unwrap();
    assert!(told.starts_with("3 of 68 bytes of an answer had come"), "{told}");
}

#[test]
fn an_answer_that_is_too_long_ends_its_session() {
    for (config, answer) in [
        (LINES, &[b'x'; 33][..]),
        (LINES, b"123456789012345678901234567890123456\r\n"),
        (
            r#"{"requests": [{"send": "x"}], "ends": {"length": "u32be"}, "max-answer": "1 KiB"}"#,
            b"\xff\xff\xff\xff",
        ),
        (r#"{"requests": [{"send": "x"}], "max-answer": 2}"#, b"abc"),
        (r#"{"requests": [{"send": "x"}], "max-answer": 2, "ends": {"messages": 9}}"#, b"abc"),
    ] {
        let (mut kit, session) = client(config);
        kit.start(session, 1).unwrap();
        kit.message(session, 1, answer).unwrap();
        assert_eq!(finished(&kit), [(1, WRONG)], "{config}");
        assert!(why(&kit).contains("`max-answer`"), "{}", why(&kit));
        assert_eq!((count(&kit, "too-long"), kit.closed()), (1, &[session][..]));
        kit.message(session, 1, b"more").unwrap();
        assert_eq!(finished(&kit).len(), 1, "nothing more is heard");
    }
}

#[test]
fn what_cannot_be_an_answer_ends_its_session() {
    let (mut kit, session) = client(r#"{"requests": [{"send": "x"}], "ends": "resp"}"#);
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"+OK\r\nnonsense\r\n").unwrap();
    kit.start(session, 2).unwrap();
    assert_eq!(finished(&kit), [(1, DONE), (2, WRONG)]);
    assert!(why(&kit).contains("`n` at byte 0 begins no value"), "{}", why(&kit));
    assert_eq!(count(&kit, "malformed"), 1);
}

#[test]
fn several_messages_are_one_answer() {
    let config = r#"{"requests": [{"send": "x", "expect": "ab"}], "ends": {"messages": 2}}"#;
    let (mut kit, session) = client(config);
    (1..=2).for_each(|token| kit.start(session, token).unwrap());
    for message in [&b"a"[..], b"b", b"", b"ab"] {
        kit.message(session, 1, message).unwrap();
    }
    assert_eq!(finished(&kit), [(1, DONE), (2, DONE)]);
    kit.message(session, 1, b"a").unwrap();
    kit.close(session).unwrap();
    assert_eq!(kit.counted("unfinished").unwrap().1, "1 messages of an answer had come: \"a\"");
}

#[test]
fn the_message_that_matches_is_the_last() {
    let config = r#"{"requests": [{"send": "x", "expect": {"regex": "^item.*end$"}}],
                     "ends": {"message": "^end"}}"#;
    let (mut kit, session) = client(config);
    kit.start(session, 1).unwrap();
    for message in [&b"item 1 end,"[..], b"item 2,", b"end"] {
        assert_eq!(finished(&kit), []);
        kit.message(session, 1, message).unwrap();
    }
    assert_eq!(finished(&kit), [(1, DONE)]);
}

#[test]
fn a_request_may_have_an_end_of_its_own() {
    let config = r#"{"requests": [{"send": "get", "ends": {"until": "END\r\n"}}, {"send": "set"}],
                     "ends": {"after": "\r\n"}}"#;
    let (mut kit, session) = client(config);
    (1..=2).for_each(|token| kit.start(session, token).unwrap());
    kit.message(session, 1, b"VALUE\r\nEND\r").unwrap();
    assert_eq!(finished(&kit), []);
    kit.message(session, 1, b"\nSTORED\r\n").unwrap();
    assert_eq!(finished(&kit), [(1, DONE), (2, DONE)]);
}

#[test]
fn what_came_before_anybody_asked_is_looked_at_again_when_somebody_does() {
    let config =
        r#"{"requests": [{"send": "get", "ends": {"bytes": 3}}], "ends": {"after": "\n"}}"#;
    let (mut kit, session) = client(config);
    kit.message(session, 0, b"ab").unwrap();
    kit.start(session, 1).unwrap();
    kit.message(session, 1, b"c").unwrap();
    assert_eq!(finished(&kit), [(1, DONE)]);
}
