//! Echo's other conversations: one way, server first, fixed answers.

use crate::document::Document;
use crate::stage::{always, text};

/// Plays a mode of echo over several framings as one matrix.
#[track_caller]
fn plays(config: &str, load: &str, check: impl Fn(&Document)) {
    let more = format!(
        "handler = {{ plugin = \"echo\", config = {config} }}\n\n\
         [matrix]\nframing = [\"line\", \"len32be\", \"json-header\"]\n"
    );
    let load = format!("timeout = \"30s\"\ndrain = \"30s\"\n{load}");
    let text = text("\"raw\"", &load, &more).replace("framing = \"raw\"\n", "");
    always(&text, |document| {
        assert_eq!(document.cells().count(), 3);
        check(document);
    });
}

#[test]
fn one_way_messages_have_one_way_times_and_no_latency() {
    let load = "messages = 200\nin-flight = 8\nconnections = 2\n";
    plays("{ reply = \"none\" }", load, |document| {
        for cell in document.cells() {
            assert_eq!((cell.request("sent"), cell.request("intact")), (200, 200));
            assert_eq!((cell.reply("sent"), cell.done()), (0, 200), "{}", cell.complaints());
            assert_eq!(cell.count("/latency_ns/count"), 0);
            assert_eq!(cell.count("/oneway_request_ns/count"), 200, "{}", cell.complaints());
        }
    });
}

#[test]
fn a_greeting_comes_first_on_every_session() {
    for (session, sessions) in [("keep", 3), ("per-exchange", 60)] {
        let load =
            format!("messages = 60\nin-flight = 1\nconnections = 3\nsession = \"{session}\"\n");
        plays("{ greeting = \"welcome\", verify = true }", &load, |document| {
            for cell in document.cells() {
                cell.is_intact();
                assert_eq!((cell.done(), cell.request("sent")), (60, 60), "{}", cell.complaints());
                assert_eq!(cell.reply("sent"), 60 + sessions, "{}", cell.complaints());
            }
        });
    }
}

#[test]
fn pushed_messages_are_done_without_a_request() {
    let load = "messages = 50\nreply-payload = \"100 B\"\n";
    plays("{ push = \"1ms\" }", load, |document| {
        for cell in document.cells() {
            assert_eq!((cell.request("sent"), cell.done()), (0, 50), "{}", cell.complaints());
            assert!(cell.reply("intact") >= 50, "{}", cell.complaints());
            assert!(cell.count("/oneway_reply_ns/count") >= 50, "{}", cell.complaints());
            assert_eq!(cell.number("/wire/payload_bytes") % 100.0, 0.0);
        }
    });
}

#[test]
fn a_fixed_reply_answers_every_message() {
    let config = "{ reply = \"fixed\", fixed = \"understood\" }";
    plays(config, "messages = 200\nin-flight = 8\npayload = \"20 B\"\n", |document| {
        for cell in document.cells() {
            cell.is_intact();
            assert_eq!(cell.number("/wire/payload_bytes"), f64::from(200 * (20 + 10)));
        }
    });
}

#[test]
fn without_a_warm_up_every_exchange_is_measured() {
    for session in ["keep", "per-exchange"] {
        let load = format!("messages = 40\nin-flight = 8\nsession = \"{session}\"\n");
        plays("{}", &load, |document| {
            for cell in document.cells() {
                assert_eq!((cell.request("sent"), cell.done()), (40, 40), "{}", cell.complaints());
            }
        });
    }
}
