//! What arrives when nothing goes wrong, and when it is taken up again.

use super::{DONE, Pair, REJECTED, WRONG, names};

/// Sizes around the chunk of 1,500 bytes, and one over several steps.
const SIZES: [u64; 6] = [0, 1, 1_499, 1_500, 1_501, 9_000_001];

#[track_caller]
fn arrives(direction: &str, more: &str) {
    for size in SIZES {
        let config = format!(
            r#""do": "{direction}", "file": {{"size": {size}}}, "chunk": 1500, "name": "a b"{more}"#
        );
        let mut pair = Pair::new(&config);
        // Repeating does not append.
        for _ in 0..2 {
            let finished = pair.exchange();
            assert_eq!(finished.how, DONE, "{config}: {}", finished.why);
        }
        assert_eq!(pair.counted("files"), 2, "{config}");
        let (from, to) = match direction {
            "download" => ("server/a b", "client/a b"),
            _ => ("client/source", "server/a b"),
        };
        let [from, to] = [from, to].map(|path| std::fs::read(pair.path(path)).unwrap());
        assert_eq!(from.len() as u64, size);
        assert!(from == to, "{config}");
        assert!(!names(&pair.path("server")).iter().any(|name| name.ends_with(".part")));
    }
}

#[test]
fn an_upload_arrives_with_every_digest_in_the_header_or_behind() {
    for digest in ["blake3", "sha256", "md5", "none"] {
        for at in ["header", "trailer"] {
            arrives("upload", &format!(r#", "digest": "{digest}", "digest-at": "{at}""#));
        }
    }
}

#[test]
fn an_upload_that_waits_for_the_servers_word_arrives() {
    arrives("upload", r#", "wait": true"#);
    arrives("upload", r#", "resume": "offset""#);
    arrives("upload", r#", "wait": true, "digest-at": "trailer""#);
}

#[test]
fn a_download_arrives_with_every_digest_in_the_header_or_behind() {
    for digest in ["blake3", "sha256", "md5", "none"] {
        for at in ["header", "trailer"] {
            arrives("download", &format!(r#", "digest": "{digest}", "digest-at": "{at}""#));
        }
    }
    arrives("download", r#", "resume": "offset""#);
}

#[test]
fn an_offer_arrives() {
    arrives("offer", "");
}

#[test]
fn renamed_keys_are_spoken_by_both_sides() {
    arrives("upload", r#", "keys": {"name": "filename", "size": "filesize", "digest": "md5"}"#);
}

#[test]
fn three_ends_of_an_offer_are_told_apart() {
    let mut taken = Pair::new(r#""do": "offer""#);
    assert_eq!(taken.exchange().how, DONE);
    assert_eq!(names(&taken.path("server")), ["file.bin"]);

    let mut refused = Pair::new(r#""do": "offer", "accept": false"#);
    assert_eq!(refused.exchange().how, REJECTED);
    assert!(names(&refused.path("server")).is_empty());

    let mut spoilt = Pair::new(r#""do": "offer", "fault": "flip""#);
    assert_eq!(spoilt.exchange().how, WRONG);
    assert_eq!(spoilt.counted("digest-differs"), 1);
    assert!(names(&spoilt.path("server")).is_empty());
}

#[test]
fn an_offer_is_what_plain_programs_expect() {
    let mut pair = Pair::new(r#""do": "offer", "name": "a b", "file": {"size": 3}"#);
    pair.exchange();
    let client: Vec<_> = pair.client.sent().iter().map(|sent| sent.bytes.clone()).collect();
    let server: Vec<_> = pair.server.sent().iter().map(|sent| sent.bytes.clone()).collect();
    assert_eq!((&*client[0], &*client[2], client.len()), (&b"a b/3"[..], &b"ok"[..], 3));
    assert_eq!((&*server[0], server[1].len(), server.len()), (&b"y"[..], 32, 2));
}

#[test]
fn a_small_upload_keeps_its_text_however_it_is_escaped() {
    for escape in [false, true] {
        let text = "quotes \\\" lines \\n and 文件 😀";
        let config = format!(
            r#""do": "small-upload", "content": "{text}", "escape": {escape}, "name": "s""#
        );
        let mut pair = Pair::new(&config);
        assert_eq!(pair.exchange().how, DONE);
        let request = String::from_utf8(pair.client.sent()[0].bytes.clone()).unwrap();
        assert!(request.starts_with(r#"{"opt":"put","filename":"s","content":""#), "{request}");
        assert_eq!(request.is_ascii(), escape);
        let stored = std::fs::read_to_string(pair.path("server/s")).unwrap();
        assert_eq!(stored, "quotes \" lines \n and 文件 😀");
    }
}

#[test]
fn small_uploads_may_be_many_at_once() {
    let mut pair = Pair::new(r#""do": "small-upload", "file": {"size": 100}"#);
    for _ in 0..20 {
        pair.start();
    }
    pair.run();
    assert_eq!(pair.client.finished().len(), 20);
    assert!(pair.client.finished().iter().all(|one| one.how == DONE));
}

#[test]
fn browsing_checks_the_answers_it_is_told() {
    let say = |answer: &str| format!(r#"{{"say": "cd name with spaces", "answer": "{answer}"}}"#);
    let config = |answer: &str| {
        format!(r#""do": "browse", "commands": ["ls", {}, "..", "ls"]"#, say(answer))
    };
    let mut pair = Pair::new(&config("/name with spaces"));
    (0..8).for_each(|_| assert_eq!(pair.exchange().how, DONE));
    let mut pair = Pair::new(&config("/elsewhere"));
    let ends: Vec<_> = (0..4).map(|_| pair.exchange().how).collect();
    assert_eq!(ends, [DONE, WRONG, DONE, DONE]);
    assert_eq!(pair.counted("wrong-answer"), 1);
}

#[test]
fn a_broken_upload_leaves_nothing_unless_it_is_to_be_taken_up() {
    let config = r#""file": {"size": 20000}, "chunk": 1500, "break-after": 6000"#;
    let mut pair = Pair::new(config);
    assert_eq!(pair.exchange().how, REJECTED);
    assert!(pair.session.is_none());
    assert_eq!(pair.counted("broken-off"), 1);
    assert!(names(&pair.path("server")).is_empty());

    let mut pair = Pair::new(&format!(r#"{config}, "resume": "offset""#));
    assert_eq!(pair.exchange().how, REJECTED);
    assert_eq!(names(&pair.path("server")).len(), 1);
    let before = pair.client.sent().len();
    pair.reconnect();
    // A new session breaks off again, 6,000 bytes further on, and so on until it is whole.
    assert_eq!(pair.exchange().how, REJECTED);
    assert_eq!(pair.client.sent().len() - before, 5, "a header and four chunks");
    let mut ends = Vec::new();
    while ends.last() != Some(&DONE) && ends.len() < 5 {
        pair.reconnect();
        ends.push(pair.exchange().how);
    }
    assert_eq!(ends, [REJECTED, DONE]);
    let (sent, stored) = (pair.path("client/source"), pair.path("server/file.bin"));
    assert_eq!(std::fs::read(sent).unwrap(), std::fs::read(stored).unwrap());
    assert_eq!(names(&pair.path("server")), ["file.bin"]);
}

#[test]
fn a_broken_download_is_taken_up_where_it_broke() {
    let config = r#""do": "download", "file": {"size": 20000}, "chunk": 1500"#;
    let mut pair = Pair::new(&format!(r#"{config}, "resume": "offset""#));
    let (here, there) = pair.session.unwrap();
    pair.start();
    // The request, then the header and three chunks, then nothing.
    let ask = pair.client.sent()[0].clone();
    pair.server.message(here, 1, &ask.bytes).unwrap();
    for sent in pair.server.sent()[..4].iter().cloned() {
        pair.client.message(there, 1, &sent.bytes).unwrap();
    }
    pair.cut();
    assert_eq!(pair.counted("broken-off"), 1);
    let before = pair.server.sent().len();
    pair.reconnect();
    assert_eq!(pair.exchange().how, DONE);
    let chunks: usize = pair.server.sent()[before + 1..].iter().map(|sent| sent.bytes.len()).sum();
    assert_eq!(chunks, 20_000 - 4_500);
    let (sent, stored) = (pair.path("server/file.bin"), pair.path("client/file.bin"));
    assert_eq!(std::fs::read(sent).unwrap(), std::fs::read(stored).unwrap());
}
