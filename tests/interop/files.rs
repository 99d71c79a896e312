//! Files in the dialects of plain programs: their client with our server, our client with theirs.

use crate::harness::Ran;
use crate::python::{client, misbehaving_client, misbehaving_server, server};
use crate::support::is_done;

/// Every read and every write of ours gets one byte, wherever it can be cut.
const ONE_BYTE: [&str; 6] = [
    "--set",
    "transport.read-size=1 B",
    "--set",
    "link.request={ pieces = \"1 B\", lock-step = false }",
    "--set",
    "link.reply={ pieces = \"1 B\", lock-step = false }",
];

/// The arguments for a side of ours; `cut`: byte by byte.
fn ours<'a>(framings: &[&'a str], config: &'a str, cut: &[&'a str]) -> Vec<&'a str> {
    [&["--handler", "file", "--config", config][..], framings, cut].concat()
}

/// A link is of the direction that a side writes.
fn cut(request: bool) -> Vec<&'static str> {
    let link = if request { 2 } else { 4 };
    [&ONE_BYTE[..2], &ONE_BYTE[link..link + 2]].concat()
}

/// It counted so many of a kind, and the first said this.
#[track_caller]
fn counts(ran: &Ran, count: u32, kind: &str, told: &str) {
    let line = format!("{kind} {count}");
    let found = ran.stdout.lines().find(|text| text.contains(&line));
    assert!(found.is_some_and(|text| text.contains(told)), "{line}, {told}: {ran}");
}

mod uploads {
    use super::*;

    const FRAMINGS: [&str; 4] = ["--request-framing", "json-stream", "--reply-framing", "raw"];

    const CONFIG: &str = r#"{"do": "upload", "name": "a b.bin", "answer": "none", "go-ahead": "ok",
        "digest": "md5", "bare-digest": true, "texts": {"put": "upload"}, "chunk": "1500 B",
        "keys": {"op": "opt", "name": "filename", "size": "filesize", "digest": "md5"},
        "file": {"size": "100 KiB"}}"#;

    #[test]
    fn a_framed_header_and_bare_bytes() {
        let ran = client("upload_client.py", &ours(&FRAMINGS, CONFIG, &[]));
        counts(&ran, 6, "files", "a b.bin");
        let load = ["--messages", "5"];
        is_done(&server("upload_server.py", &ours(&FRAMINGS, CONFIG, &load), true), 5);
        let empty = CONFIG.replace("100 KiB", "0 B");
        is_done(&server("upload_server.py", &ours(&FRAMINGS, &empty, &load), true), 5);
    }

    #[test]
    fn a_framed_header_and_bare_bytes_one_by_one() {
        let ran = client("upload_client.py", &ours(&FRAMINGS, CONFIG, &cut(false)));
        counts(&ran, 6, "files", "a b.bin");
        let load = [&["--messages", "2"][..], &cut(true)].concat();
        let small = CONFIG.replace("100 KiB", "2000 B");
        is_done(&server("upload_server.py", &ours(&FRAMINGS, &small, &load), true), 2);
    }

    /// What our server says of a client that does this, and how many files it has.
    #[track_caller]
    fn is_told(how: &str, kind: &str, told: &str, files: u32) {
        let ran = misbehaving_client("upload_client.py", how, &ours(&FRAMINGS, CONFIG, &[]));
        counts(&ran, 2, kind, told);
        match files {
            0 => assert!(!ran.stdout.contains("files "), "{ran}"),
            files => counts(&ran, files, "files", "a b.bin"),
        }
    }

    #[test]
    fn a_client_that_breaks_the_rules_is_told_by_what_it_did() {
        is_told(
            "unknown operation",
            "bad-header",
            "`remove` is no operation: `upload` and `get`",
            0,
        );
        is_told("name that leads out", "bad-name", "`../a.bin`: a name must not hold", 0);
        is_told("short body", "broken-off", "the upload ended after 0 of 1 bytes", 2);
        is_told("long body", "framing", "had the 1 bytes of its `filesize`", 4);
        is_told("no size", "framing", "invalid type: null", 0);
    }

    #[test]
    fn bytes_that_are_not_those_of_the_digest_are_not_kept() {
        let how = "wrong digest";
        let ran = misbehaving_client("upload_client.py", how, &ours(&FRAMINGS, CONFIG, &[]));
        counts(&ran, 6, "digest-differs", "announced md5:");
        assert!(!ran.stdout.contains("files "), "{ran}");
    }

    /// How our client ends with a server that does this, and what it says.
    #[track_caller]
    fn ends(how: &str, told: &[&str]) {
        let load = ["--messages", "1"];
        let ours = ours(&FRAMINGS, CONFIG, &load);
        let ran = misbehaving_server("upload_server.py", how, &ours, false);
        assert!(told.iter().all(|text| ran.stdout.contains(text)), "{told:?}: {ran}");
    }

    #[test]
    fn a_server_that_does_not_say_go_ahead_gets_no_bytes() {
        ends("another word", &["1 rejected", "the go-ahead is `ok`, read `no, thanks`"]);
        ends("no word", &["0 done", "1 unanswered"]);
    }
}

mod small_uploads {
    use super::*;

    const RAW: [&str; 2] = ["--framing", "raw"];

    const CONFIG: &str = r#"{"do": "small-upload", "name": "letter.txt", "unframed": true,
        "texts": {"put": "upload"}, "answer": "text",
        "content": "Gr\u00fc\u00dfe, \u6587\u4ef6 {"}"#;

    #[test]
    fn one_json_message_without_a_boundary() {
        for cut in [&[][..], &cut(false)] {
            let ran = client("small_client.py", &ours(&RAW, CONFIG, cut));
            counts(&ran, 6, "files", "letter.txt");
        }
        for cut in [&[][..], &cut(true)] {
            let load = [&["--messages", "5"], cut].concat();
            is_done(&server("small_server.py", &ours(&RAW, CONFIG, &load), true), 5);
        }
    }

    #[test]
    fn a_client_that_breaks_the_rules_is_told_by_what_it_did() {
        for (how, kind, told) in [
            ("unknown operation", "bad-header", "`remove` is no operation: `upload` and `get`"),
            ("name that leads out", "bad-name", "`/tmp/letter.txt`: a name must not hold"),
            ("no content", "bad-header", "`size` is missing"),
            ("no object", "bad-header", "a JSON object begins with `{`, read `["),
        ] {
            let ran = misbehaving_client("small_client.py", how, &ours(&RAW, CONFIG, &[]));
            counts(&ran, 2, kind, told);
            assert!(!ran.stdout.contains("files "), "{ran}");
        }
    }

    #[test]
    fn a_server_that_says_another_word_has_rejected_it() {
        let load = ["--messages", "1"];
        let ran = misbehaving_server("small_server.py", "later", &ours(&RAW, CONFIG, &load), true);
        assert!(ran.stdout.contains("1 rejected"), "{ran}");
        assert!(ran.stdout.contains("the answer is `ok`, read `later`"), "{ran}");
    }
}

mod offers {
    use super::*;

    const RAW: [&str; 2] = ["--framing", "raw"];

    fn config(from: &str, size: &str) -> String {
        format!(
            r#"{{"do": "offer", "name": "a b.bin", "digest-from": "{from}", "confirm-by": "digest",
            "chunk": "1500 B", "file": {{"size": "{size}"}}, "quiet": "300ms"}}"#
        )
    }

    #[test]
    fn a_digest_that_is_sent_back_by_either_side() {
        for from in ["receiver", "sender"] {
            let (how, config) = (format!("{from} first"), config(from, "100 KiB"));
            for cut in [&[][..], &cut(false)] {
                let ours = ours(&RAW, &config, cut);
                let ran = misbehaving_client("offer_client.py", &how, &ours);
                counts(&ran, 6, "files", "a b.bin");
                assert!(!ran.stdout.contains("errors"), "{ran}");
            }
            for (size, cut) in [("100 KiB", &[][..]), ("0 B", &[]), ("2000 B", &cut(true))] {
                let config = super::offers::config(from, size);
                let load = [&["--messages", "2"], cut].concat();
                let ours = ours(&RAW, &config, &load);
                is_done(&misbehaving_server("offer_server.py", &how, &ours, true), 2);
            }
        }
    }

    #[test]
    fn a_client_that_breaks_the_rules_is_told_by_what_it_did() {
        for (from, how, kind, count, told) in [
            ("receiver", "spoilt, receiver first", "digest-differs", 4, "the sender has another"),
            ("sender", "spoilt, sender first", "digest-differs", 4, "announced md5:"),
            ("receiver", "name that leads out", "bad-name", 2, "`../a b.bin`: a name must not"),
            ("sender", "gone before the digest", "broken-off", 2, "the sender gave no digest"),
        ] {
            let config = config(from, "1 B");
            let ran = misbehaving_client("offer_client.py", how, &ours(&RAW, &config, &[]));
            counts(&ran, count, kind, told);
            assert!(!ran.stdout.contains("files "), "{ran}");
        }
    }

    #[test]
    fn what_was_verified_stays_whoever_hears_of_it() {
        let config = config("sender", "1 B");
        let ran =
            misbehaving_client("offer_client.py", "gone, sender first", &ours(&RAW, &config, &[]));
        counts(&ran, 2, "files", "a b.bin");
        let load = ["--messages", "1"];
        let ours = ours(&RAW, &config, &load);
        let ran = misbehaving_server("offer_server.py", "no word, sender first", &ours, false);
        assert!(ran.stdout.contains("1 unanswered"), "{ran}");
        counts(&ran, 1, "no-last-word", "no word on it came: whether the file stands there");
        assert!(!ran.stdout.contains("broken-off"), "{ran}");
    }

    #[test]
    fn a_sender_that_leaves_before_its_last_word_is_told_from_one_that_leaves_before_its_bytes() {
        let config = config("receiver", "1 B");
        let ours = ours(&RAW, &config, &[]);
        let ran = misbehaving_client("offer_client.py", "gone, receiver first", &ours);
        counts(&ran, 2, "no-last-word", "all 1 bytes came and their digest");
        for not in ["broken-off", "files "] {
            assert!(!ran.stdout.contains(not), "{not}: {ran}");
        }
    }

    #[test]
    fn a_server_with_another_digest_is_told_apart_from_one_that_refuses() {
        let config = config("receiver", "2000 B");
        let load = ["--messages", "1"];
        let ours = ours(&RAW, &config, &load);
        let ran = misbehaving_server("offer_server.py", "spoilt, receiver first", &ours, false);
        assert!(
            ran.stdout.contains("1 wrong") && ran.stdout.contains("the receiver has md5:"),
            "{ran}"
        );
        let ran = misbehaving_server("offer_server.py", "refuses", &ours, false);
        assert!(ran.stdout.contains("1 rejected"), "{ran}");
        assert!(ran.stdout.contains("the offer was refused"), "{ran}");
    }
}

mod browsing {
    use super::*;

    const LINES: [&str; 2] = ["--framing", "line"];

    const CONFIG: &str = r#"{"do": "browse", "start": {"say": "/", "answer": "empty--name with spaces"},
        "cd-answer": "listing", "slash": false,
        "texts": {"separator": "--", "empty": "nothing", "not-a-directory": "no directory"},
        "commands": [{"say": "cd name with spaces", "answer": "b.txt"},
            {"say": "cd b.txt", "answer": "no directory"},
            {"say": "..", "answer": "empty--name with spaces"},
            {"say": "cd empty", "answer": "nothing"},
            {"say": "cd ..", "answer": "empty--name with spaces"}]}"#;

    #[test]
    fn a_walk_that_is_answered_by_listings() {
        for cut in [&[][..], &cut(false)] {
            let ran = misbehaving_client("browse_client.py", "", &ours(&LINES, CONFIG, cut));
            counts(&ran, 2, "not-a-directory", "`b.txt` is no directory");
            counts(&ran, 6, "outside-root", "`/etc` leads out of this directory");
            counts(&ran, 2, "not-found", "nowhere");
        }
        for cut in [&[][..], &cut(true)] {
            let load = [&["--messages", "11"], cut].concat();
            is_done(&server("browse_server.py", &ours(&LINES, CONFIG, &load), true), 11);
        }
    }

    #[test]
    fn a_listing_that_is_another_is_told_with_what_was_said() {
        let config = CONFIG.replace("b.txt\"}", "c.txt\"}");
        let load = ["--messages", "2"];
        let ran = server("browse_server.py", &ours(&LINES, &config, &load), true);
        assert!(ran.stdout.contains("1 done, 1 wrong"), "{ran}");
        assert!(ran.stdout.contains("`cd name with spaces` was answered `b.txt`"), "{ran}");
    }
}
