//! Delay, jitter and bandwidth, by the simulated clock, where network and engines take next to nothing.

use super::{linked, linked_over};
use crate::stage::{text, with_every_seed};

/// What a calm network and the engines take themselves for an exchange of few bytes, in nanoseconds at
/// most.
const BESIDES: u64 = 20_000;

/// The shortest time that is told of one of so many nanoseconds: the buckets of a histogram are a
/// thousandth wide.
fn told(ns: u64) -> u64 {
    ns - ns / 1_000
}

#[test]
fn a_delay_is_in_every_direction_that_has_it() {
    linked("\"len32be\"", r#"{ delay = "5ms" }"#, "messages = 10\n", |document| {
        let cell = document.cell();
        cell.is_intact();
        let latency = cell.count("/latency_ns/min")..=cell.count("/latency_ns/max");
        assert!(*latency.start() >= told(10_000_000), "{latency:?}");
        assert!(*latency.end() < 10_000_000 + BESIDES, "{latency:?}");
        assert_eq!(cell.fault("request", "delay", "injected"), 10);
        assert_eq!(cell.count("/link/request/untraced"), 10, "it did no harm");
    });
    linked("\"len32be\"", r#"{ reply = { delay = "5ms" } }"#, "messages = 10\n", |document| {
        let cell = document.cell();
        assert!(cell.count("/oneway_reply_ns/min") >= told(5_000_000));
        assert!(cell.count("/oneway_request_ns/max") < BESIDES);
        assert_eq!(cell.fault("request", "delay", "injected"), 0);
    });
}

#[test]
fn a_narrow_line_takes_its_time_for_every_byte() {
    let link = r#"{ request = { bandwidth = "100 kB/s" } }"#;
    let load = "messages = 10\nin-flight = 10\npayload = \"1000 B\"\n";
    linked("\"len32be\"", link, load, |document| {
        let cell = document.cell();
        cell.is_intact();
        // Ten frames of 1,004 bytes one after the other; the first may leave at once.
        let longest = cell.count("/latency_ns/max");
        assert!((90_000_000..101_000_000).contains(&longest), "{longest}");
    });
}

#[test]
fn what_a_narrow_line_still_holds_at_the_end_is_lost_and_explained() {
    for transport in ["tcp", "udp"] {
        let more = format!(
            "transport = {{ kind = \"{transport}\" }}\nlink = {{ request = {{ bandwidth = \"20 kB/s\" }} }}\n"
        );
        let load = "duration = \"50ms\"\nin-flight = 20\npayload = \"1000 B\"\ndrain = \"100ms\"\n\
                    timeout = \"10s\"\n";
        with_every_seed(&text("\"len32be\"", load, &more), |document| {
            let cell = document.cell();
            assert!(cell.request("lost") > 0, "{transport}: {}", cell.complaints());
            assert!(cell.fault("request", "withheld", "traced") > 0, "{}", cell.0["link"]);
            cell.is_explained();
        });
    }
}

#[test]
fn a_delayed_pause_does_not_mark_a_boundary_any_more() {
    let link = r#"{ request = { jitter = "20ms" } }"#;
    let load = "messages = 40\nin-flight = 8\npayload = \"32 B\"\n";
    linked(r#"{ kind = "sleep", gap = "2ms" }"#, link, load, |document| {
        let cell = document.cell();
        assert!(cell.request("merged") > 0, "{}", cell.complaints());
    });
}

#[test]
fn handshakes_pay_for_every_round_trip() {
    linked("\"handshake\"", r#"{ delay = "5ms" }"#, "messages = 6\n", |document| {
        let cell = document.cell();
        cell.is_intact();
        assert!(cell.count("/latency_ns/min") >= told(20_000_000), "four crossings at least");
    });
}

#[test]
fn datagrams_are_delayed_and_overtake_each_other_with_jitter() {
    let link = r#"{ request = { jitter = "30ms" } }"#;
    linked_over("udp", "\"raw\"", link, "messages = 60\nin-flight = 10\n", |document| {
        let cell = document.cell();
        assert!(cell.request("reordered") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("lost"), 0, "{}", cell.complaints());
        cell.is_explained();
    });
}
