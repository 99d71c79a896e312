//! Offers: whose digest comes first, what answers it, and what becomes of a file nobody confirms.

use super::{DONE, Pair, WRONG, names};

const FROM: [&str; 2] = ["receiver", "sender"];
const BY: [&str; 2] = ["word", "digest"];

fn config(from: &str, by: &str, more: &str) -> String {
    format!(r#""do": "offer", "chunk": 1500, "digest-from": "{from}", "confirm-by": "{by}"{more}"#)
}

/// The last message of either side, the receiver's first.
fn last(pair: &Pair) -> [String; 2] {
    [&pair.server, &pair.client]
        .map(|kit| String::from_utf8_lossy(&kit.sent().last().unwrap().bytes).into_owned())
}

#[test]
fn either_side_sends_its_digest_first_and_the_other_confirms_by_a_word_or_by_its_own() {
    for from in FROM {
        for by in BY {
            for size in [0, 1, 1_500, 70_000] {
                let more = format!(r#", "file": {{"size": {size}}}"#);
                let mut pair = Pair::new(&config(from, by, &more));
                for _ in 0..2 {
                    assert_eq!(pair.exchange().how, DONE, "{from}, {by}, {size}");
                }
                assert_eq!(pair.counted("files"), 2, "{from}, {by}, {size}");
                let [ours, theirs] = last(&pair);
                let (digest, word) =
                    if from == "receiver" { (ours, theirs) } else { (theirs, ours) };
                assert_eq!(digest.len(), 32);
                assert_eq!(word, if by == "word" { "ok" } else { &digest });
            }
        }
    }
}

#[test]
fn a_spoilt_file_is_objected_to_and_not_kept_whoever_compares() {
    for from in FROM {
        for by in BY {
            let mut pair = Pair::new(&config(from, by, r#", "fault": "flip""#));
            for _ in 0..2 {
                let finished = pair.exchange();
                assert_eq!(finished.how, WRONG, "{from}, {by}");
                assert!(finished.why.contains("digest-differs: sent md5:"), "{}", finished.why);
            }
            assert_eq!(pair.counted("files"), 0, "{from}, {by}");
            assert!(names(&pair.path("server")).is_empty());
        }
    }
}

#[test]
fn what_was_verified_stays_although_the_last_word_is_lost() {
    let mut pair = Pair::new(&config("sender", "word", ""));
    let (here, there) = pair.session.unwrap();
    pair.start();
    for _ in 0..40 {
        let sent = pair.client.sent()[pair.taken.0..].to_vec();
        pair.taken.0 += sent.len();
        for message in sent {
            pair.server.message(here, message.token, &message.bytes).unwrap();
        }
        // Of what the server says, only that it takes the offer arrives.
        if pair.taken.1 == 0 && !pair.server.sent().is_empty() {
            pair.taken.1 = 1;
            pair.client.message(there, 1, b"y").unwrap();
        }
    }
    pair.server.close(here).unwrap();
    pair.client.close(there).unwrap();
    assert_eq!(names(&pair.path("server")), ["file.bin"]);
    assert!(pair.client.finished().is_empty(), "nobody knows how it ended");
    let (count, first) = pair.client.counted("no-last-word").unwrap();
    assert!(first.contains("no word on it came: whether the file stands there"), "{first}");
    assert_eq!((count, pair.counted("no-last-word")), (1, 1), "the client alone awaited one");
    assert_eq!((pair.counted("files"), pair.counted("broken-off")), (1, 0));
}

#[test]
fn what_nobody_has_verified_is_not_kept_and_a_lost_word_is_told_from_lost_bytes() {
    let no_word = "all 3 bytes came and their digest 900150983cd24fb0d6963f7d28e17f72 was sent, and the \
                   sender gave no word on it";
    for (from, bytes, kind, told) in [
        ("receiver", &b"abc"[..], "no-last-word", no_word),
        ("receiver", b"ab", "broken-off", "the offer ended after 2 of 3 bytes"),
        ("sender", b"abc", "broken-off", "the sender gave no digest"),
        ("sender", b"ab", "broken-off", "the offer ended after 2 of 3 bytes"),
    ] {
        for by in BY {
            let mut pair = Pair::new(&config(from, by, ""));
            let here = pair.session.unwrap().0;
            pair.server.message(here, 1, b"a/3").unwrap();
            pair.server.message(here, 1, bytes).unwrap();
            pair.server.close(here).unwrap();
            let (count, first) = pair.server.counted(kind).unwrap();
            assert!(count == 1 && first.contains(told), "{first}");
            let all = ["no-last-word", "broken-off", "files"].map(|kind| pair.counted(kind));
            assert_eq!(all.iter().sum::<u64>(), 1, "{kind}: {all:?}");
            assert!(names(&pair.path("server")).is_empty());
        }
    }
}

#[test]
fn a_word_that_came_and_one_that_nobody_awaits_are_not_missed() {
    for from in FROM {
        for by in BY {
            let mut pair = Pair::new(&config(from, by, ""));
            assert_eq!(pair.exchange().how, DONE);
            pair.cut();
            assert_eq!(pair.counted("no-last-word"), 0, "{from}, {by}");
        }
        // Before its digest the client awaits no word on it.
        let mut pair = Pair::new(&config(from, "word", r#", "file": {"size": 0}"#));
        let there = pair.session.unwrap().1;
        pair.start();
        pair.client.close(there).unwrap();
        assert_eq!(pair.counted("no-last-word"), 0, "{from}");
    }
}

#[test]
fn a_digest_that_comes_with_the_last_bytes_or_in_pieces_is_heard() {
    const DIGEST: &[u8] = b"900150983cd24fb0d6963f7d28e17f72";
    let stream = [b"a", b"b", b"c", DIGEST].concat();
    for piece in [1, 2, 5, 100] {
        let mut pair = Pair::new(&config("sender", "digest", ""));
        let here = pair.session.unwrap().0;
        pair.server.message(here, 1, b"a/3\n").unwrap();
        for bytes in stream.chunks(piece) {
            pair.server.message(here, 1, bytes).unwrap();
        }
        assert_eq!(pair.server.sent().last().unwrap().bytes, DIGEST);
        assert_eq!(names(&pair.path("server")), ["a"]);
    }
}

#[test]
fn what_comes_in_a_digests_place_is_told_with_what_was_awaited() {
    for (from, by, said, told) in [
        ("sender", "word", &b"zzz"[..], "the sender's digest is awaited, read `zzz`"),
        ("receiver", "word", b"perhaps", "`perhaps` is no word on a digest: `ok` or `bad`"),
        ("receiver", "digest", b"ok", "`ok` is no word on a digest: the digest 900150983cd24"),
    ] {
        let mut pair = Pair::new(&config(from, by, ""));
        let here = pair.session.unwrap().0;
        for bytes in [&b"a/3"[..], b"abc", said] {
            pair.server.message(here, 1, bytes).unwrap();
        }
        let (_, first) = pair.server.counted("bad-header").unwrap();
        assert!(first.contains(told), "{first}");
        assert_eq!(pair.server.closed(), [here]);
        assert!(names(&pair.path("server")).is_empty());
    }
}

#[test]
fn an_offer_in_pieces_is_whole_when_nothing_more_has_come_for_a_while() {
    let mut pair = Pair::new(&config("receiver", "word", r#", "quiet": "10ms""#));
    let here = pair.session.unwrap().0;
    for byte in b"a b/12" {
        pair.server.message(here, 1, &[*byte]).unwrap();
        pair.server.advance(std::time::Duration::from_millis(9)).unwrap();
    }
    assert!(pair.server.sent().is_empty());
    pair.server.advance(std::time::Duration::from_millis(2)).unwrap();
    assert_eq!(pair.server.sent()[0].bytes, b"y");
    pair.server.message(here, 1, b"twelve bytes").unwrap();
    assert_eq!(pair.server.sent()[1].bytes.len(), 32);
}
