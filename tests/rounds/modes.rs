//! Echo's other conversations: one way, server first, fixed answers.

use crate::harness::{Bench, Document, pass, scenario};

/// Runs a mode of echo over several framings as one matrix.
#[track_caller]
fn plays(config: &str, transport: &str, load: &str) -> Document {
    let more = format!(
        "handler = {{ plugin = \"echo\", config = {config} }}\ntransport = {transport}\n\n\
         [matrix]\nframing = [\"line\", \"len32be\", \"json-header\"]\n"
    );
    let load = format!("warmup = \"0s\"\ntimeout = \"30s\"\ndrain = \"30s\"\n{load}");
    let document = pass(&scenario("\"raw\"", &load, &more).replace("framing = \"raw\"\n", ""));
    assert_eq!(document.cells().count(), 3);
    document
}

const TCP: &str = "{ kind = \"tcp\" }";
const UNIX: &str = "{ kind = \"unix\" }";

#[test]
fn one_way_messages_have_one_way_times_and_no_latency() {
    let config = "{ reply = \"none\" }";
    let document = plays(config, TCP, "messages = 500\nin-flight = 8\nconnections = 2\n");
    for cell in document.cells() {
        assert_eq!((cell.request("sent"), cell.request("intact")), (500, 500));
        assert_eq!((cell.reply("sent"), cell.done()), (0, 500), "{}", cell.complaints());
        assert_eq!(cell.count("/latency_ns/count"), 0);
        assert_eq!(cell.count("/oneway_request_ns/count"), 500, "{}", cell.complaints());
    }
}

#[test]
fn one_way_messages_wait_for_a_slow_reader_instead_of_filling_the_memory() {
    let load = "messages = 6000\npayload = \"8 KiB\"\nledger = \"256 KiB\"\nin-flight = 64\n";
    let transport = "{ kind = \"unix\", read-size = \"64 KiB\", read-delay = \"100us\" }";
    let document = plays("{ reply = \"none\" }", transport, load);
    for cell in document.cells() {
        assert_eq!((cell.request("intact"), cell.done()), (6_000, 6_000), "{}", cell.complaints());
        // 49 MB were sent; a side that kept what finds no room would hold most of them.
        let peak = cell.count("/cpu/client_peak_memory_bytes");
        assert!(peak < 32 << 20, "the client took {peak} bytes");
    }
}

#[test]
fn a_greeting_comes_first_on_every_session() {
    for (session, sessions) in [("keep", 3), ("per-exchange", 60)] {
        let load =
            format!("messages = 60\nin-flight = 1\nconnections = 3\nsession = \"{session}\"\n");
        let document = plays("{ greeting = \"welcome\", verify = true }", UNIX, &load);
        for cell in document.cells() {
            cell.is_intact();
            assert_eq!((cell.done(), cell.request("sent")), (60, 60), "{}", cell.complaints());
            assert_eq!(cell.reply("sent"), 60 + sessions, "{}", cell.complaints());
        }
    }
}

#[test]
fn pushed_messages_are_done_without_a_request() {
    let document = plays("{ push = \"200us\" }", TCP, "messages = 50\nreply-payload = \"100 B\"\n");
    for cell in document.cells() {
        assert_eq!((cell.request("sent"), cell.done()), (0, 50), "{}", cell.complaints());
        assert!(cell.reply("intact") >= 50, "{}", cell.complaints());
        assert!(cell.count("/oneway_reply_ns/count") >= 50, "{}", cell.complaints());
        assert_eq!(cell.number("/wire/payload_bytes") % 100.0, 0.0);
    }
}

#[test]
fn a_fixed_reply_answers_every_message() {
    let config = "{ reply = \"fixed\", fixed = \"understood\" }";
    let document = plays(config, TCP, "messages = 200\nin-flight = 8\npayload = \"20 B\"\n");
    for cell in document.cells() {
        cell.is_intact();
        assert_eq!(cell.number("/wire/payload_bytes"), f64::from(200 * (20 + 10)));
    }
}

#[test]
fn without_a_warm_up_every_exchange_is_measured() {
    for session in ["keep", "per-exchange"] {
        let load = format!("messages = 40\nin-flight = 8\nsession = \"{session}\"\n");
        for cell in plays("{}", TCP, &load).cells() {
            assert_eq!((cell.request("sent"), cell.done()), (40, 40), "{}", cell.complaints());
        }
    }
}

#[test]
fn what_does_not_go_together_is_told_with_its_line_before_anything_runs() {
    let bench = Bench::new();
    let more = "handler = { plugin = \"echo\", config = { reply = \"none\", verify = true } }\n";
    let ran = bench.run(&scenario("\"len32be\"", "", more), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("no answer to compare"), "{ran}");
    assert!(ran.stderr.contains("verify = true"), "the line is shown: {ran}");
    assert!(!bench.out().exists());
}
