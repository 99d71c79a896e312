//! Broken decoders are caught by the right check, and shrunk to a few bytes that show it again.

use crate::harness::Bench;
use crate::support::{document, fixture, found, report, torture};
use serde_json::Value;

/// What one check says of the fixture with one fault.
#[track_caller]
fn caught(fault: &str, check: &str, more: &[&str]) -> Value {
    let (framing, fault) = (fixture(), format!("fault={fault}"));
    let arguments = [&framing, "--set", &fault, "--only", check, "--quick"];
    let document = document(&[&arguments, more].concat(), 100);
    let report = report(&document, check).clone();
    assert_eq!(report["verdict"], "finding", "{report}");
    report["finding"].clone()
}

fn case(finding: &Value) -> &str {
    finding["case"].as_str().unwrap_or_else(|| panic!("a case: {finding}"))
}

fn got(finding: &Value) -> String {
    finding["got"].to_string()
}

#[test]
fn without_a_fault_it_holds() {
    assert_eq!(found(&document(&[&fixture(), "--quick"], 0)), [] as [&str; 0]);
}

#[test]
fn a_prefix_that_a_cut_makes_it_forget_is_shrunk_to_three_bytes() {
    // A length of two bytes, cut between them: the second alone is a length too.
    for check in ["every-cut", "random-cuts", "headers", "garbage"] {
        let finding = caught("forgets-prefix", check, &[]);
        assert_eq!(case(&finding), "800161@1", "{check}: {finding}");
        assert!(got(&finding).contains("message of 1 B: 61"), "{finding}");
        assert!(finding["expected"].to_string().contains("no message"), "{finding}");
    }
}

#[test]
fn a_panic_on_a_negative_length_is_shrunk_to_the_length() {
    let finding = caught("panics-on-length", "headers", &[]);
    assert_eq!(case(&finding), "8080808008", "{finding}");
    assert!(got(&finding).contains("panicked"), "{finding}");
}

#[test]
fn a_crash_is_told_with_its_signal_and_shrunk() {
    let finding = caught("aborts-on-length", "headers", &[]);
    assert_eq!(case(&finding), "8080808008", "{finding}");
    assert!(got(&finding).contains("SIGABRT"), "{finding}");
}

#[test]
fn checks_after_a_crash_still_run() {
    let (framing, fault) = (fixture(), "fault=aborts-on-length");
    let arguments =
        [&framing, "--set", fault, "--quick", "--only", "headers", "--only", "recovery"];
    let document = document(&arguments, 100);
    assert_eq!(found(&document), ["headers"]);
    assert_eq!(report(&document, "recovery")["verdict"], "measured");
}

#[test]
fn a_decoder_that_never_comes_back_is_killed_and_its_case_shrunk() {
    let finding = caught("never-ends", "headers", &["--limit", "1s"]);
    assert_eq!(case(&finding), "00", "{finding}");
    assert!(got(&finding).contains("does not come back"), "{finding}");
}

#[test]
fn memory_on_a_peers_word_is_seen_even_if_it_is_given_back() {
    let finding = caught("reserves", "memory", &[]);
    assert!(finding["bytes"].as_str().expect("bytes").len() <= 8, "{finding}");
    assert!(finding["what"].to_string().contains("far more memory"), "{finding}");
    let large = ["--set", "max=67108864"];
    let (framing, fault) = (fixture(), "fault=reserves-briefly");
    let arguments = [&framing, "--set", fault, "--only", "memory"];
    let document = document(&[&arguments[..], &large].concat(), 100);
    let finding = &report(&document, "memory")["finding"];
    assert!(finding["bytes"].as_str().expect("bytes").len() <= 10, "{finding}");
    assert!(got(finding).contains("memory allocation of"), "{finding}");
}

#[test]
fn work_that_grows_with_the_square_is_found() {
    let finding = caught("looks-again", "linear-work", &[]);
    assert!(finding["what"].to_string().contains("grows faster"), "{finding}");
}

#[test]
fn a_part_that_is_delivered_at_the_end_is_found() {
    let finding = caught("delivers-the-rest", "truncation", &[]);
    assert_eq!(case(&finding), "0161@1", "{finding}");
}

#[test]
fn a_lost_byte_is_shrunk_to_the_shortest_message_that_loses_one() {
    let finding = caught("loses-a-byte", "round-trip", &[]);
    assert_eq!(case(&finding), format!("m:{}", "61".repeat(200)), "{finding}");
}

#[test]
fn what_breaks_a_rule_of_the_interface_is_a_finding() {
    let framing = fixture().replace("varint-faulty", "len8-faulty");
    for (fault, says) in [
        ("panic-in-feed", "panicked in `feed`"),
        ("panic-in-encode", "panicked in `encode`"),
        ("message-outside", "outside the bytes"),
        ("consume-too-much", "consumed more than there was"),
    ] {
        let fault = format!("fault={fault}");
        let document =
            document(&[&framing, "--set", &fault, "--quick", "--only", "round-trip"], 100);
        let finding = &report(&document, "round-trip")["finding"];
        assert!(got(finding).contains(says), "{finding}");
    }
}

#[test]
fn of_many_messages_the_first_that_differs_is_told_and_shown() {
    for seed in ["1", "2", "3"] {
        let finding = caught("loses-sometimes", "round-trip", &["--seed", seed]);
        let what = finding["what"].as_str().expect("a text");
        let told = "37 messages sent, 37 messages arrived; message 37 is the first that differs";
        assert!(what.starts_with(told), "seed {seed}: {what}");
        for side in ["expected", "got"] {
            assert_eq!(finding[side][0], "36 messages that are equal", "seed {seed}: {finding}");
            assert_ne!(finding[side][1], serde_json::Value::Null, "seed {seed}: {finding}");
        }
        assert_ne!(finding["expected"][1], finding["got"][1], "seed {seed}: {finding}");
    }
}

#[test]
fn a_block_of_byte_stuffing_that_is_just_full_is_tried_with_every_seed() {
    for seed in ["1", "2", "3"] {
        let finding = caught("loses-in-blocks", "round-trip", &["--seed", seed]);
        let what = finding["what"].as_str().expect("a text");
        assert!(what.ends_with("254 B sent, 253 B arrived"), "seed {seed}: {what}");
        assert!(finding["got"].to_string().contains("253 B, from byte 245: "), "{finding}");
    }
}

#[test]
fn an_empty_message_that_is_said_not_to_be_is_found_when_sent_and_when_received() {
    let finding = caught("carries-empty", "empty", &[]);
    assert_eq!(finding["what"], "it sends an empty message, though it says that it carries none");
    let finding = caught("delivers-empty", "empty", &[]);
    assert_eq!(
        finding["what"],
        "it delivers an empty message, though it says that it carries none"
    );
    assert_eq!(case(&finding), "00", "{finding}");
}

#[test]
fn the_command_that_is_printed_shows_the_finding_again() {
    for (fault, check) in [
        ("forgets-prefix", "every-cut"),
        ("aborts-on-length", "headers"),
        ("delivers-the-rest", "truncation"),
        ("reserves", "memory"),
        ("loses-a-byte", "round-trip"),
        ("delivers-empty", "empty"),
    ] {
        let (framing, fault) = (fixture(), format!("fault={fault}"));
        let ran = torture(&[&framing, "--set", &fault, "--only", check, "--quick"]);
        assert_eq!(ran.code, Some(100), "{ran}");
        let line = ran.stdout.lines().find_map(|line| line.trim().strip_prefix("again "));
        let words: Vec<&str> = line.expect("a command").split_whitespace().collect();
        assert_eq!(words[..2], ["wirebench", "torture"], "{ran}");
        let again = Bench::new().start(&words[1..]).wait();
        assert_eq!(again.code, Some(100), "{again}");
        let what =
            |ran: &str| ran.lines().find_map(|l| l.split_once("FINDING").map(|w| w.1.to_owned()));
        assert_eq!(what(&ran.stdout), what(&again.stdout));
        assert!(again.stdout.contains("again"), "{again}");
    }
}

#[test]
fn the_cut_stands_in_the_bytes_that_are_shown() {
    let framing = fixture();
    let case = ["--only", "every-cut", "--case", "800161@1"];
    let ran = torture(&[&[&framing, "--set", "fault=forgets-prefix"], &case[..]].concat());
    assert!(ran.stdout.contains("0x0000  80|01 61"), "{ran}");
    // The decoder that keeps it passes the same case.
    let ran = torture(&[&["varint"], &case[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran}");
}
