//! Every named error: told to the peer, counted once, nothing left behind, and the session usable
//! wherever both sides still know where they are.

use super::{DONE, Pair, REJECTED, WRONG, names};
use std::os::unix::fs::symlink;
use wirebench_sdk::kit::Answer;

/// The exchange ends so, is counted so, and leaves nothing of the file.
#[track_caller]
fn fails(config: &str, kind: &str, how: i32) -> Pair {
    let mut pair = Pair::new(config);
    let finished = pair.exchange();
    assert_eq!(finished.how, how, "{config}: {}", finished.why);
    assert!(finished.why.contains(kind), "{config}: {}", finished.why);
    assert_eq!(pair.counted(kind), 1, "{config}");
    assert_eq!(pair.counted("files"), 0);
    assert!(names(&pair.path("server")).is_empty(), "{:?}", names(&pair.path("server")));
    pair
}

#[test]
fn bad_names_are_refused_and_the_session_goes_on() {
    for name in ["../x", "/etc/x", "a/b", "", "..", "a\\u0000b", ".wirebench-1"] {
        for wait in [false, true] {
            let config = format!(
                r#""name": "{name}", "wait": {wait}, "file": {{"size": 5000}}, "chunk": 1500"#
            );
            let mut pair = fails(&config, "bad-name", REJECTED);
            // What was under way was thrown away: the next request is understood.
            assert_eq!(pair.exchange().how, REJECTED);
            assert_eq!(pair.counted("bad-name"), 2);
        }
        let config = format!(r#""do": "small-upload", "name": "{name}""#);
        fails(&config, "bad-name", REJECTED);
    }
}

#[test]
fn a_name_too_long_is_refused() {
    fails(&format!(r#""name": "{}""#, "x".repeat(256)), "bad-name", REJECTED);
}

#[test]
fn a_size_of_64_bits_is_said_and_refused_by_policy() {
    let config = r#""claim": 1073741824000, "digest": "none""#;
    let pair = fails(config, "too-large", REJECTED);
    assert!(pair.client.finished()[0].why.contains("1073741824000"));
    let config = r#""file": {"size": 5000}, "max-size": 4999, "digest-at": "trailer""#;
    let mut pair = fails(config, "too-large", REJECTED);
    assert_eq!(pair.exchange().how, REJECTED, "the session goes on");
    fails(
        r#""do": "small-upload", "file": {"size": 5000}, "max-size": 4999"#,
        "too-large",
        REJECTED,
    );
}

#[test]
fn a_download_larger_than_may_be_stored_ends_the_session() {
    let mut pair = Pair::new(r#""do": "download", "file": {"size": 5000}, "max-size": 4999"#);
    assert_eq!(pair.exchange().how, REJECTED);
    assert_eq!(pair.counted("too-large"), 1);
    assert!(pair.session.is_none() && names(&pair.path("client")).is_empty());
}

#[test]
fn sizes_that_lie_are_named_either_way() {
    for at in ["header", "trailer"] {
        let with = |fault: &str| {
            format!(
                r#""fault": "{fault}", "file": {{"size": 5000}}, "chunk": 1500, "digest-at": "{at}""#
            )
        };
        assert!(fails(&with("more"), "size-lies", WRONG).session.is_none());
        let fewer = fails(&with("fewer"), "size-lies", WRONG);
        assert_eq!(fewer.session.is_some(), at == "header");
        fails(&format!(r#"{}, "claim": 5001"#, with("fewer")), "size-lies", WRONG);
    }
    fails(r#""claim": 4999, "file": {"size": 5000}"#, "size-lies", WRONG);
    fails(r#""claim": 5001, "file": {"size": 5000}"#, "size-lies", WRONG);
}

#[test]
fn a_spoilt_file_is_told_by_its_digest_alone() {
    for more in ["", r#", "digest-at": "trailer""#, r#", "wait": true"#] {
        let mut pair = fails(&format!(r#""fault": "flip"{more}"#), "digest-differs", WRONG);
        assert_eq!(pair.exchange().how, WRONG, "the session goes on");
    }
    let mut pair = Pair::new(r#""fault": "flip", "digest": "none""#);
    assert_eq!(pair.exchange().how, DONE, "without a digest nobody sees it");
}

#[test]
fn what_cannot_be_downloaded_is_named() {
    let folder = Pair::new("").folder;
    let root = folder.path().join("shelf");
    std::fs::create_dir_all(root.join("dir")).unwrap();
    std::fs::write(root.join("file"), "x").unwrap();
    symlink("file", root.join("inside")).unwrap();
    symlink("/etc/passwd", root.join("outside")).unwrap();
    let cases = [
        ("none", "not-found"),
        ("dir", "not-a-file"),
        ("inside", "is-symlink"),
        ("outside", "is-symlink"),
        ("../shelf/file", "bad-name"),
        ("/etc/passwd", "bad-name"),
    ];
    let mut folder = Some(folder);
    for (name, kind) in cases {
        let config = format!(r#""do": "download", "root": "shelf", "name": "{name}""#);
        let mut pair = Pair::within(folder.take().unwrap(), &config);
        for _ in 0..2 {
            let finished = pair.exchange();
            assert_eq!(finished.how, REJECTED, "{name}");
            assert!(finished.why.contains(kind), "{name}: {}", finished.why);
        }
        assert_eq!(pair.counted(kind), 2, "{name}");
        let Pair { folder: back, server, client, .. } = pair;
        drop((server, client));
        folder = Some(back);
    }
}

#[test]
fn an_upload_does_not_replace_a_link_or_a_directory() {
    let folder = Pair::new("").folder;
    let root = folder.path().join("shelf");
    std::fs::create_dir_all(root.join("dir")).unwrap();
    symlink("/tmp/elsewhere", root.join("link")).unwrap();
    let mut folder = Some(folder);
    for (name, kind) in [("link", "is-symlink"), ("dir", "not-a-file")] {
        let config = format!(r#""root": "shelf", "name": "{name}""#);
        let mut pair = Pair::within(folder.take().unwrap(), &config);
        assert!(pair.exchange().why.contains(kind));
        assert_eq!(names(&pair.path("shelf")), ["dir", "link"]);
        let Pair { folder: back, server, client, .. } = pair;
        drop((server, client));
        folder = Some(back);
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named_by_its_sender() {
    for (direction, path) in [("upload", "client/source"), ("download", "server/file.bin")] {
        for at in ["header", "trailer"] {
            let config =
                format!(r#""do": "{direction}", "file": {{"size": 50000}}, "digest-at": "{at}""#);
            let mut pair = Pair::new(&config);
            // No room until the file has been changed.
            let sender = if direction == "upload" { &mut pair.client } else { &mut pair.server };
            sender.answer(Answer::Full);
            let token = pair.start();
            pair.run();
            let file = std::fs::File::options().write(true).open(pair.path(path)).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
            let (here, there) = pair.session.unwrap();
            let (sender, session) = if direction == "upload" {
                (&mut pair.client, there)
            } else {
                (&mut pair.server, here)
            };
            sender.answer(Answer::Sent);
            sender.writable(session).unwrap();
            pair.run();
            let case = format!("{direction}, {at}");
            assert_eq!(pair.counted("changed-while-read"), 1, "{case}");
            assert_eq!(pair.counted("files"), 0, "{case}");
            let finished = pair.client.finished().iter().find(|one| one.token == token);
            // In a header nothing can be taken back: the sender closes.
            assert_eq!(pair.session.is_some(), at == "trailer", "{case}");
            let told = direction == "upload" || at == "trailer";
            assert_eq!(finished.map(|one| one.how), told.then_some(WRONG), "{case}");
            let stored = if direction == "upload" { "server" } else { "client" };
            assert!(names(&pair.path(stored)).is_empty(), "{case}");
        }
    }
}

#[test]
fn a_message_out_of_order_ends_its_session_alone() {
    let mut pair = Pair::new(r#""file": {"size": 5000}"#);
    let here = pair.session.unwrap().0;
    let other = pair.server.open().unwrap();
    pair.server.message(here, 1, b"a chunk without a header").unwrap();
    assert_eq!(pair.server.closed(), [here]);
    assert_eq!(pair.counted("bad-header"), 1);
    let told = String::from_utf8(pair.server.sent()[0].bytes.clone()).unwrap();
    assert!(told.contains("bad-header") && told.contains("a chunk without"), "{told}");
    pair.server.message(other, 2, br#"{"op":"put","name":"a","size":1}"#).unwrap();
    pair.server.message(other, 2, b"x").unwrap();
    assert_eq!(names(&pair.path("server")), ["a"]);
}

#[test]
fn a_client_believes_no_answer_that_does_not_fit() {
    for (answer, kind) in [
        (&br#"{"ok":true,"size":4999}"#[..], "wrong-answer"),
        (br#"{"ok":true,"size":5000}"#, "wrong-answer"),
        (br#"{"ok":true}"#, "wrong-answer"),
        (b"garbage", "bad-header"),
        (b"", "bad-header"),
    ] {
        let mut pair = Pair::new(r#""file": {"size": 5000}"#);
        let there = pair.session.unwrap().1;
        pair.start();
        pair.client.message(there, 1, answer).unwrap();
        assert_ne!(pair.client.finished()[0].how, DONE);
        assert_eq!(pair.counted(kind), 1);
    }
}

#[test]
fn wrong_settings_are_pointed_at() {
    for (config, pointer) in [
        (r#""chunk": "1 KiB""#, "/chunk"),
        (r#""chunk": "2 MiB""#, "/chunk"),
        (r#""file": {"size": "2 GiB"}"#, "/file/size"),
        (r#""file": {"size": "2 gb"}"#, "/file/size"),
        (r#""do": "uplaod""#, "/do"),
        (r#""digest": "crc""#, "/digest"),
        (r#""do": "offer", "digest": "none""#, "/digest"),
        (r#""do": "browse", "resume": "offset""#, "/resume"),
        (r#""resume": "offset", "digest-at": "trailer""#, "/digest-at"),
        (r#""do": "browse", "commands": []"#, "/commands"),
        (r#""tree": ["a", "../b"]"#, "/tree/1"),
        (r#""texts": {"yes": "y"}"#, "/texts/yes"),
        (r#""root": "nowhere""#, "/root"),
        (r#""do": "download", "answer": "none""#, "/answer"),
        (r#""resume": "offset", "answer": "text""#, "/answer"),
        (r#""do": "offer", "go-ahead": "ok""#, "/go-ahead"),
        (r#""go-ahead": "ok", "wait": true"#, "/go-ahead"),
        (r#""go-ahead": " ""#, "/go-ahead"),
        (r#""texts": {"put": "get"}"#, "/texts/get"),
        (r#""unframed": true"#, "/unframed"),
        (r#""cd-answer": "listing""#, "/cd-answer"),
        (r#""do": "browse", "start": "home""#, "/start"),
        (r#""slash": false"#, "/slash"),
        (r#""digest-from": "sender""#, "/digest-from"),
        (r#""confirm-by": "digest""#, "/confirm-by"),
        (r#""do": "browse", "quiet": "10ms""#, "/quiet"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let places = wirebench_sdk::kit::Places {
            scratch: Some(folder.path()),
            scenario: Some(folder.path()),
        };
        let config = format!("{{{config}}}");
        let made = wirebench_sdk::kit::server_in::<crate::FileHandler>(&config, places);
        assert_eq!(made.err().map(|failure| failure.pointer).as_deref(), Some(pointer), "{config}");
    }
}
