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
