//! Uploads as other programs have them: other words, other answers, or none.

use super::{DONE, Pair, REJECTED, WRONG, names};

/// As a plain program has it: words of its own, a go-ahead, no answer.
const PLAIN: &str = r#""go-ahead": "ok", "answer": "none", "texts": {"put": "upload"},
    "keys": {"size": "filesize"}, "bare-digest": true, "digest": "md5", "chunk": 1500"#;

fn texts(sent: &[wirebench_sdk::kit::Sent]) -> Vec<String> {
    sent.iter().map(|sent| String::from_utf8_lossy(&sent.bytes).into_owned()).collect()
}

#[test]
fn a_header_in_other_words_asks_for_a_go_ahead_and_nothing_answers_the_bytes() {
    for size in [0, 1, 1_500, 9_000_001] {
        let mut pair = Pair::new(&format!(r#"{PLAIN}, "file": {{"size": {size}}}"#));
        for _ in 0..2 {
            assert_eq!(pair.exchange().how, DONE);
        }
        assert_eq!(texts(pair.server.sent()), ["ok", "ok"]);
        let header = &texts(pair.client.sent())[0];
        let digits = header.split("\"digest\":\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(header.contains(r#""op":"upload""#) && digits.len() == 32, "{header}");
        assert!(header.contains(&format!(r#""filesize":{size}"#)), "{header}");
        assert_eq!(pair.counted("files"), 2);
        let [sent, stored] = ["client/source", "server/file.bin"].map(|name| pair.path(name));
        assert!(std::fs::read(sent).unwrap() == std::fs::read(stored).unwrap());
    }
}

#[test]
fn whoever_is_not_told_to_go_on_sends_no_bytes_and_closes() {
    for (more, kind) in [(r#""name": "../x""#, "bad-name"), (r#""max-size": 3"#, "too-large")] {
        let mut pair = Pair::new(&format!(r#"{PLAIN}, "file": {{"size": 4}}, {more}"#));
        let finished = pair.exchange();
        assert_eq!(finished.how, REJECTED, "{}", finished.why);
        assert!(finished.why.contains(kind), "{}", finished.why);
        assert!(pair.session.is_none(), "the bytes that were announced have no place");
        assert_eq!(pair.client.sent().len(), 1);
        assert!(texts(pair.server.sent())[0].starts_with(&format!("{kind}: ")));
    }
}

#[test]
fn another_word_than_the_go_ahead_is_told_with_the_one_that_was_awaited() {
    let mut pair = Pair::new(PLAIN);
    let there = pair.session.unwrap().1;
    pair.start();
    pair.client.message(there, 1, b"no").unwrap();
    let finished = &pair.client.finished()[0];
    assert_eq!(finished.how, REJECTED);
    assert_eq!(finished.why, "the go-ahead is `ok`, read `no`");
}

#[test]
fn a_spoilt_file_is_counted_and_nobody_is_told() {
    let mut pair = Pair::new(&format!(r#"{PLAIN}, "fault": "flip""#));
    for _ in 0..2 {
        assert_eq!(pair.exchange().how, DONE, "the client is not answered");
    }
    assert_eq!((pair.counted("digest-differs"), pair.counted("files")), (2, 0));
    assert!(names(&pair.path("server")).is_empty());
}

#[test]
fn a_sender_without_an_answer_closes_where_it_has_less_than_it_announced() {
    let mut pair = Pair::new(&format!(r#"{PLAIN}, "file": {{"size": 5000}}, "claim": 5001"#));
    let finished = pair.exchange();
    assert_eq!(finished.how, REJECTED);
    assert_eq!(finished.why, "5000 bytes were sent of the 5001 announced");
    assert_eq!(pair.counted("broken-off"), 1);
    assert!(names(&pair.path("server")).is_empty());
}

/// Everything that the server says comes byte by byte.
fn in_bytes(config: &str) -> Pair {
    let mut pair = Pair::new(config);
    let (here, there) = pair.session.unwrap();
    pair.start();
    for _ in 0..20 {
        let (from_client, from_server) = pair.taken;
        for sent in &pair.client.sent()[from_client..].to_vec() {
            pair.server.message(here, sent.token, &sent.bytes).unwrap();
        }
        pair.taken.0 = pair.client.sent().len().max(from_client);
        for sent in &pair.server.sent()[from_server..].to_vec() {
            pair.taken.1 += 1;
            for byte in &sent.bytes {
                pair.client.message(there, 1, &[*byte]).unwrap();
            }
        }
        pair.server.advance(std::time::Duration::from_nanos(1)).unwrap();
        pair.client.advance(std::time::Duration::from_nanos(1)).unwrap();
    }
    pair
}

#[test]
fn words_that_come_byte_by_byte_are_put_together() {
    let text = r#""go-ahead": "ok", "answer": "text", "texts": {"confirm": "done"}"#;
    for (more, how, why) in [
        ("", DONE, ""),
        (r#", "fault": "flip""#, WRONG, "digest-differs"),
        (r#", "max-size": 3"#, REJECTED, "too-large"),
    ] {
        let pair = in_bytes(&format!(r#"{text}, "file": {{"size": 5000}}{more}"#));
        let finished = &pair.client.finished()[0];
        assert_eq!(finished.how, how, "{}", finished.why);
        assert!(finished.why.contains(why), "{}", finished.why);
    }
}

#[test]
fn the_last_word_may_come_together_with_the_go_ahead_where_there_is_nothing_to_send() {
    let config = r#""go-ahead": "ok", "answer": "text", "file": {"size": 0}"#;
    for pieces in [&["okok"][..], &["ok", "ok"], &["o", "k", "o", "k"], &["oko", "k\n"]] {
        let mut pair = Pair::new(config);
        let there = pair.session.unwrap().1;
        pair.start();
        for piece in pieces {
            pair.client.message(there, 1, piece.as_bytes()).unwrap();
        }
        assert_eq!(pair.client.finished()[0].how, DONE, "{pieces:?}");
    }
}

#[test]
fn a_line_end_behind_a_word_is_nothing_by_itself() {
    let mut pair = Pair::new(r#""answer": "text", "file": {"size": 10}"#);
    let there = pair.session.unwrap().1;
    pair.start();
    pair.client.message(there, 1, b"ok").unwrap();
    pair.client.message(there, 1, b"\r\n").unwrap();
    pair.start();
    pair.client.message(there, 2, b"ok\n").unwrap();
    let ends: Vec<i32> = pair.client.finished().iter().map(|one| one.how).collect();
    assert_eq!(ends, [DONE, DONE]);
}

#[test]
fn small_uploads_may_be_answered_by_a_word_or_by_nothing() {
    for (answer, said) in [("text", &["stored"][..]), ("none", &[])] {
        let config = format!(
            r#""do": "small-upload", "answer": "{answer}",
            "texts": {{"put": "post", "confirm": "stored"}}, "keys": {{"content": "text"}}"#
        );
        let mut pair = Pair::new(&config);
        assert_eq!(pair.exchange().how, DONE);
        assert_eq!(texts(pair.server.sent()), said);
        let request = &texts(pair.client.sent())[0];
        let fields = [r#""opt":"post""#, r#""filename":"file.bin""#, r#""text":""#];
        assert!(fields.iter().all(|field| request.contains(field)), "{request}");
        assert_eq!(pair.counted("files"), 1);
    }
}

#[test]
fn small_uploads_without_a_framing_are_told_apart_by_their_braces() {
    let mut pair = Pair::new(r#""do": "small-upload", "unframed": true, "content": "} é {""#);
    let (here, there) = pair.session.unwrap();
    for _ in 0..3 {
        pair.start();
    }
    let requests: Vec<u8> = pair.client.sent().iter().flat_map(|sent| sent.bytes.clone()).collect();
    for piece in requests.chunks(7) {
        pair.server.message(here, 1, piece).unwrap();
    }
    assert_eq!(pair.counted("files"), 3);
    let answers: Vec<u8> = pair.server.sent().iter().flat_map(|sent| sent.bytes.clone()).collect();
    for piece in [&answers[..1], &answers[1..]] {
        pair.client.message(there, 1, piece).unwrap();
    }
    let ends: Vec<i32> = pair.client.finished().iter().map(|one| one.how).collect();
    assert_eq!(ends, [DONE; 3]);
}

#[test]
fn a_small_upload_that_ends_early_is_counted() {
    let mut pair = Pair::new(r#""do": "small-upload", "unframed": true"#);
    let here = pair.session.unwrap().0;
    pair.server.message(here, 1, br#"{"opt":"put","#).unwrap();
    pair.server.close(here).unwrap();
    let (count, first) = pair.server.counted("broken-off").unwrap();
    assert!(count == 1 && first.contains("of which 13 bytes came"), "{first}");
}
