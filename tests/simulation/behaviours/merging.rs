//! The negative control: without a framing, messages merge and split, and a bench that cannot see that is
//! broken.

use crate::document::Cell;
use crate::stage::{always, measured, text, with_every_seed};

fn merged_share(cell: Cell<'_>) -> f64 {
    cell.request("merged") as f64 / cell.request("sent") as f64
}

#[test]
fn raw_merges_what_comes_together() {
    with_every_seed(&text("\"raw\"", "in-flight = 32\nmessages = 600\n", ""), |document| {
        let cell = document.cell();
        assert!(cell.request("merged") > 0, "{}", cell.complaints());
        assert!(cell.count("/exchanges/damaged") > 0, "{}", cell.complaints());
    });
}

/// A merged reply that kept its window slot would leave the window ever smaller until nothing
/// merges any more: a long round would look nearly intact.
#[track_caller]
fn does_not_fade(connections: u32) {
    let share = |messages: u32| {
        let load = format!(
            "in-flight = 32\nconnections = {connections}\nmessages = {messages}\nrounds = 3\n"
        );
        let document = measured(&text("\"raw\"", &load, "transport = { kind = \"unix\" }\n"));
        let cell = document.cell();
        assert!(cell.count("/exchanges/started") >= u64::from(messages) * 3);
        assert_eq!(cell.count("/exchanges/unanswered"), 0, "{}", cell.complaints());
        merged_share(cell)
    };
    let (short, long) = (share(500), share(10_000));
    assert!(
        long > short / 4.0 && long > 0.01,
        "of a short round {short} merged, of a long one {long}"
    );
}

#[test]
fn the_merged_share_does_not_fade_while_the_round_lasts() {
    does_not_fade(1);
}

#[test]
fn the_merged_share_does_not_fade_over_several_connections() {
    does_not_fade(4);
}

/// A pause is no boundary: a reader that is later than the pause is long finds all that has gathered.
#[test]
fn a_pause_shorter_than_the_readers_delay_merges() {
    let more = "transport = { read-delay = \"40ms\" }\n";
    let framing = "{ kind = \"sleep\", gap = \"1ms\" }";
    with_every_seed(&text(framing, "in-flight = 32\nmessages = 200\n", more), |document| {
        let cell = document.cell();
        assert!(cell.count("/exchanges/started") >= 200, "{}", cell.complaints());
        let share = merged_share(cell);
        assert!(share > 0.2, "{share} merged: {}", cell.complaints());
        assert_eq!(cell.request("lost") + cell.request("corrupted"), 0, "{}", cell.complaints());
    });
}

#[test]
fn packets_keep_the_boundaries_of_raw() {
    let more = "transport = { kind = \"seqpacket\" }\n";
    let load = "in-flight = 32\nmessages = 300\n";
    always(&text("\"raw\"", load, more), |document| document.cell().is_intact());
}

#[test]
fn a_short_read_splits_raw_messages() {
    let more = "transport = { kind = \"tcp\", read-size = \"40 B\" }\n";
    with_every_seed(&text("\"raw\"", "in-flight = 1\nmessages = 50\n", more), |document| {
        let cell = document.cell();
        assert!(cell.request("split") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("lost") + cell.request("corrupted"), 0, "{}", cell.complaints());
    });
}

#[test]
fn raw_with_one_in_flight_is_intact_because_nothing_can_merge() {
    let text = text("\"raw\"", "in-flight = 1\n", "");
    with_every_seed(&text, |document| document.cell().is_intact());
}
