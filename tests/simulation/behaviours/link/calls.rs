//! Short, interrupted and refused calls, and readers that are slow.

use super::{linked, linked_over};
use crate::stage::always;

#[test]
fn short_and_interrupted_calls_lose_nothing() {
    let text = "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\n\
        link = { short-reads = \"40%\", short-writes = \"40%\", interrupts = \"30%\", would-block = \"30%\" }\n\
        [load]\nmessages = 60\nrounds = 1\nin-flight = 4\nwarmup = \"0ms\"\npayload = \"100 B\"\ntimeout = \"60s\"\n\
        [matrix]\nframing = [\"line\", \"len32be\", \"websocket\", \"cobs\", \"len-ack\"]\n\
        \"transport.kind\" = [\"tcp\", \"unix\"]\n\
        [expect]\nintact = \"100%\"\nexplained = 0\n";
    always(text, |document| {
        for cell in document.cells() {
            for kind in ["short-read", "short-write", "interrupt", "would-block"] {
                let count = cell.fault("request", kind, "injected");
                assert!(count > 0, "{} {kind}: {}", cell.id(), cell.0["link"]);
            }
        }
    });
}

#[test]
fn large_messages_survive_short_writes() {
    let link = r#"{ short-writes = "50%", short-reads = "10%" }"#;
    let load = "messages = 6\npayload = \"300 KiB\"\n";
    linked_over("unix", "\"len32be\"", link, load, |document| document.cell().is_intact());
}

#[test]
fn a_slow_reader_fills_the_window_and_loses_nothing() {
    let load = "messages = 8\nin-flight = 8\npayload = \"8 KiB\"\n";
    let link = r#"{ request = { read-rate = "256 KiB/s" } }"#;
    linked("\"len32be\"", link, load, |document| {
        let cell = document.cell();
        cell.is_intact();
        assert!(cell.fault("request", "slow", "injected") > 40, "{}", cell.0["link"]);
        // 64 KiB at 256 KiB/s take a quarter of a second, less what the first read takes at once.
        let longest = cell.count("/latency_ns/max");
        assert!((150_000_000..300_000_000).contains(&longest), "{longest}");
    });
}

#[test]
fn reads_that_are_cut_are_told_apart_from_what_the_framing_does() {
    let link = r#"{ request = { short-reads = "100%" } }"#;
    linked("\"raw\"", link, "messages = 40\npayload = \"100 B\"\n", |document| {
        let cell = document.cell();
        assert!(cell.request("split") > 0, "{}", cell.complaints());
        assert!(cell.fault("request", "short-read", "traced") > 0, "{}", cell.0["link"]);
        assert_eq!(cell.count("/link/request/blame/unexplained"), 0, "{}", cell.0["link"]);
    });
}
