//! Delay, jitter and bandwidth. The link never lets go of anything early, so a lower bound holds on
//! any machine.

use crate::harness::{measured, scenario};
use crate::{linked, over};

#[test]
fn a_delay_is_in_every_direction_that_has_it() {
    let document = linked("\"len32be\"", r#"{ delay = "5ms" }"#, "messages = 10\n");
    let cell = document.cell();
    cell.is_intact();
    assert!(cell.count("/latency_ns/min") >= 10_000_000);
    assert_eq!(cell.fault("request", "delay", "injected"), 10);
    assert_eq!(cell.count("/link/request/untraced"), 10, "it did no harm");
    let document = linked("\"len32be\"", r#"{ reply = { delay = "5ms" } }"#, "messages = 10\n");
    let cell = document.cell();
    assert!(cell.count("/oneway_reply_ns/min") >= 5_000_000);
    assert_eq!(cell.fault("request", "delay", "injected"), 0);
}

#[test]
fn a_narrow_line_takes_its_time_for_every_byte() {
    let document = linked(
        "\"len32be\"",
        r#"{ request = { bandwidth = "100 kB/s" } }"#,
        "messages = 10\nin-flight = 10\npayload = \"1000 B\"\n",
    );
    let cell = document.cell();
    cell.is_intact();
    // Ten frames of 1,004 bytes one after the other.
    assert!(cell.count("/latency_ns/max") >= 90_000_000);
}

#[test]
fn what_a_narrow_line_still_holds_at_the_end_is_lost_and_explained() {
    for transport in ["tcp", "udp"] {
        let more = format!(
            "transport = {{ kind = \"{transport}\" }}\nlink = {{ request = {{ bandwidth = \"20 kB/s\" }} }}\n"
        );
        let load = "duration = \"50ms\"\nin-flight = 20\npayload = \"1000 B\"\ndrain = \"100ms\"\n\
                    timeout = \"10s\"\nwarmup = \"0ms\"\n";
        let document = measured(&scenario("\"len32be\"", load, &more));
        let cell = document.cell();
        assert!(cell.request("lost") > 0, "{transport}: {}", cell.complaints());
        assert!(cell.fault("request", "withheld", "traced") > 0, "{}", cell.0["link"]);
        cell.is_explained();
    }
}

#[test]
fn a_delayed_pause_does_not_mark_a_boundary_any_more() {
    let link = r#"{ request = { jitter = "20ms" } }"#;
    let load = "messages = 40\nin-flight = 8\npayload = \"32 B\"\n";
    let document = linked(r#"{ kind = "sleep", gap = "2ms" }"#, link, load);
    let cell = document.cell();
    assert!(cell.request("merged") > 0, "{}", cell.complaints());
}

#[test]
fn handshakes_pay_for_every_round_trip() {
    let link = r#"{ delay = "5ms" }"#;
    let document = linked("\"handshake\"", link, "messages = 6\n");
    let cell = document.cell();
    cell.is_intact();
    assert!(cell.count("/latency_ns/min") >= 20_000_000, "four crossings at least");
}

#[test]
fn datagrams_are_delayed_and_overtake_each_other_with_jitter() {
    let link = r#"{ request = { jitter = "30ms" } }"#;
    let document = over("udp", "\"raw\"", link, "messages = 60\nin-flight = 10\n");
    let cell = document.cell();
    assert!(cell.request("reordered") > 0, "{}", cell.complaints());
    assert_eq!(cell.request("lost"), 0, "{}", cell.complaints());
    cell.is_explained();
}
