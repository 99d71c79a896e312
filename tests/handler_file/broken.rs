//! A side that dies within a transfer.

use super::{names, run, scenario};
use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, pass};
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

/// Kills a side once a file is under way; nothing of it may be left.
#[track_caller]
fn leaves_nothing(which: usize) {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join("root")).expect("a folder");
    let config = "root = \"root\", digest = \"none\", \
                  file = { size = \"7 GiB\", sparse = true }";
    let text = scenario("\"len32be\"", "messages = 1\n", config, "");
    let running = bench.start_scenario(&text, &[]);
    let sides = await_verb(&bench, "__side", 2);
    // The server is writing once it has read some of the file.
    let read = || {
        let text = std::fs::read_to_string(format!("/proc/{}/io", sides[0].pid));
        let text = text.unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("wchar: "));
        line.and_then(|number| number.parse().ok()).unwrap_or(0_u64)
    };
    let begun = Instant::now();
    while read() < 8 << 20 {
        assert!(begun.elapsed() < crate::harness::ENDS_AT_ALL, "nothing is ever written");
        std::thread::sleep(Duration::from_millis(2));
    }
    sides[which].signal(Signal::SIGKILL);
    let ran = running.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    nothing_is_left(&bench);
    assert!(names(&bench, "root").is_empty(), "{:?}", names(&bench, "root"));
}

#[test]
fn a_sender_that_dies_leaves_nothing_at_the_receiver() {
    leaves_nothing(1);
}

#[test]
fn a_receiver_that_dies_leaves_nothing() {
    leaves_nothing(0);
}

#[test]
fn a_session_closed_behind_its_last_bytes_is_over_once_they_are_read() {
    // Closed with messages that the ledger has no room for yet, with the end right behind the
    // bytes, and with no connection left when the round ends: three times a wait for something
    // that does not come would last longer than the harness allows.
    let config = "break-after = \"2 MiB\", file = { size = \"3 MiB\" }";
    let load = "messages = 2\nrounds = 3\nledger = \"512 KiB\"\n";
    let document = pass(&scenario("\"len32be\"", load, config, ""));
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/rejected"), 6, "{}", cell.complaints());
    assert_eq!(cell.request("sent"), cell.request("intact"), "{}", cell.complaints());
}

#[test]
fn an_offer_whose_last_word_is_cut_off_is_told_from_one_that_is_cut_off_before_and_can_be_gated() {
    // Frames of `len32be`: `file.bin/1` takes 14 bytes, its byte 5; `y` takes 5. Words and digests follow.
    // Where the sender's digest was cut off, it awaits a word on it and the receiver awaits the digest.
    for (from, link, no_last_word, broken_off, files) in [
        ("sender", "reply = { fin-after = \"6 B\" }", 3, 0, 3),
        ("sender", "request = { fin-after = \"20 B\" }", 3, 3, 0),
        ("receiver", "request = { fin-after = \"20 B\" }", 3, 0, 0),
        ("receiver", "request = { fin-after = \"15 B\" }", 0, 3, 0),
    ] {
        let config =
            format!("do = \"offer\", digest-from = \"{from}\", file = {{ size = \"1 B\" }}");
        let gates = format!(
            "\"count.no-last-word\" = {no_last_word}\n\"count.broken-off\" = {broken_off}\n\
             \"count.files\" = {files}\n"
        );
        let more = format!("link = {{ {link} }}\n[expect]\n{gates}");
        let text = scenario("\"len32be\"", "messages = 3\n", &config, &more);
        let (_, ran, document) = run(&text, |_| {});
        let gates = document.cell().list("gates");
        let hold = gates.len() == 3 && gates.iter().all(|gate| gate["pass"] == true);
        assert!(hold, "{from}, {link}: {gates:?}: {ran}");
    }
}
