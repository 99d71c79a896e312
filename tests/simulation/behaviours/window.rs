//! The measured window: what it counts, what bounds it, and what a round reports that ends early.

use crate::document::{Cell, Document};
use crate::stage::{text, with_every_seed};

/// Rounds with a server that says nothing any more after so many messages.
#[track_caller]
fn mute(load: &str, after: u64, check: impl Fn(&Document)) {
    let handler = format!(
        "[handler]\nplugin = \"faulty\"\n\
         config = {{ hook = \"message\", fault = \"mute\", side = \"server\", after = {after} }}\n"
    );
    with_every_seed(&text("\"len32be\"", load, &handler), check);
}

/// How the load of the only round ended.
#[track_caller]
fn load_end(cell: Cell<'_>) -> &str {
    cell.list("rounds")[0]["load_end"].as_str().expect("the round finished")
}

#[test]
fn with_one_slot_the_rate_is_at_most_one_over_the_mean_latency() {
    // A login is several messages, an echo one: neither may count more than fits.
    let login = "[handler]\nplugin = \"auth\"\nconfig = { mode = \"challenge\", \
                 secret = { insecure = \"none at all\" } }\n";
    for more in ["", login] {
        with_every_seed(&text("\"len32be\"", "messages = 40\n", more), |document| {
            let cell = document.cell();
            assert_eq!(cell.count("/exchanges/completed"), 40);
            let most = 1e9 / cell.number("/latency_ns/mean");
            // The mean is of buckets, which are a thousandth wide.
            assert!(cell.number("/rate/achieved") <= most * 1.001, "{} of {most}", cell.0["rate"]);
        });
    }
}

#[test]
fn all_slots_together_are_no_busier_than_the_window_is_long() {
    let load = "connections = 3\nin-flight = 4\nduration = \"1ms\"\nrounds = 2\n";
    with_every_seed(&text("\"line\"", load, ""), |document| {
        // The document's reader holds the law.
        assert!(document.cell().count("/rate/busy_ns") > 0);
    });
}

#[test]
fn without_a_done_exchange_there_is_no_rate_and_no_zero() {
    mute("duration = \"50ms\"\ntimeout = \"10ms\"\n", 0, |document| {
        let cell = document.cell();
        assert!(cell.0["rate"]["achieved"].is_null(), "{}", cell.0["rate"]);
        assert!(cell.0["rate"]["throughput_bytes"].is_null(), "{}", cell.0["rate"]);
        assert_eq!(cell.done(), 0);
        assert!(cell.count("/exchanges/unanswered") > 0);
    });
}

#[test]
fn a_counted_window_ends_with_the_last_done_exchange_not_with_the_wait_for_the_others() {
    // Twenty answers, then silence for two time-outs.
    mute("messages = 22\ntimeout = \"600ms\"\ndrain = \"2s\"\n", 20, |document| {
        let cell = document.cell();
        assert_eq!((cell.done(), cell.count("/exchanges/unanswered")), (20, 2));
        let window = cell.count("/rate/window_ns");
        let took = cell.list("rounds")[0]["took_ns"].as_u64().expect("a time");
        assert!(took > 1_200_000_000 && window < 1_000_000, "{window} ns of {took}");
    });
}

#[test]
fn the_drain_is_counted_from_the_last_request() {
    mute("messages = 21\ntimeout = \"5s\"\ndrain = \"300ms\"\n", 20, |document| {
        let cell = document.cell();
        assert_eq!((cell.done(), cell.count("/exchanges/unanswered")), (20, 1));
        let took = cell.list("rounds")[0]["took_ns"].as_u64().expect("a time");
        assert!((300_000_000..302_000_000).contains(&took), "{took}");
    });
}

#[test]
fn a_round_that_nobody_answers_ends_at_its_limit_and_reports_what_it_had() {
    let load = "messages = 1000000\ntimeout = \"60min\"\nround-limit = \"300ms\"\n";
    mute(load, 3, |document| {
        let cell = document.cell();
        assert_eq!(load_end(cell), "round-limit");
        assert_eq!((cell.done(), cell.count("/exchanges/unanswered")), (3, 1));
        assert_eq!(cell.verdict(), "inconclusive");
        assert!(cell.0["notes"].to_string().contains("load.round-limit"), "{}", cell.0["notes"]);
    });
}

#[test]
fn a_round_is_given_up_when_nothing_is_answered_in_time_any_more() {
    let load = "messages = 1000000\ntimeout = \"600ms\"\ngive-up = 2\ndrain = \"10ms\"\n";
    mute(load, 7, |document| {
        let cell = document.cell();
        assert_eq!(load_end(cell), "gave-up");
        assert_eq!((cell.done(), cell.count("/exchanges/unanswered")), (7, 2));
        assert!(cell.0["notes"].to_string().contains("load.give-up"), "{}", cell.0["notes"]);
    });
}
