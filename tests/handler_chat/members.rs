//! Members that come and go, and members that read too slowly.

use crate::harness::{measured, pass, scenario};
use crate::{chat, counted, is_orderly};

const PATIENT: &str = "timeout = \"30s\"\ndrain = \"30s\"\n";

#[test]
fn what_is_in_flight_at_a_leave_is_indeterminate_and_not_lost() {
    let load = format!("{PATIENT}messages = 400\nconnections = 8\nin-flight = 4\n");
    let document = pass(&scenario("\"line\"", &load, &chat("churn = 3")));
    let cell = document.cell();
    cell.is_intact();
    is_orderly(cell);
    assert_eq!(cell.done(), 400);
    assert!(counted(cell, "client", "indeterminate") > 0);
}

#[test]
fn a_member_that_says_q_is_replaced_and_the_others_miss_nothing() {
    let load = format!("{PATIENT}messages = 300\nconnections = 6\n");
    let document =
        pass(&scenario("\"len32be\"", &load, &chat("quit-after = 5, private = \"10%\"")));
    let cell = document.cell();
    cell.is_intact();
    is_orderly(cell);
    assert_eq!(cell.done(), 300);
    let quits = counted(cell, "client", "quit");
    assert!(quits > 0 && quits == counted(cell, "server", "quit"), "{quits}");
}

/// One member speaks for all, as fast as it can, and what the others hear of it comes over a line that
/// is too narrow: more waits than a connection takes.
fn flood(config: &str) -> String {
    let load = format!(
        "{PATIENT}messages = 128\nconnections = 8\nin-flight = 128\npayload = \"64 KiB\"\n\
         warmup = \"0s\"\nledger = \"64 MiB\"\n"
    );
    let narrow = "[link.reply]\nbandwidth = \"2 MiB/s\"\n";
    scenario("\"len32be\"", &load, &(chat(&format!("speakers = 1, {config}")) + narrow))
}

#[test]
fn a_slow_reader_misses_messages_and_both_sides_know_which() {
    let document = measured(&flood("backlog = \"32 KiB\""));
    let cell = document.cell();
    assert!(counted(cell, "server", "dropped") > 0, "{}", cell.complaints());
    assert_eq!(counted(cell, "server", "disconnected"), 0);
    assert!(cell.count("/exchanges/rejected") > 0, "{}", cell.complaints());
    assert_eq!(cell.done() + cell.count("/exchanges/rejected"), 128, "{}", cell.complaints());
    is_orderly(cell);
}

#[test]
fn or_is_disconnected_and_the_others_go_on() {
    let document = measured(&flood("backlog = \"32 KiB\", slow = \"disconnect\""));
    let cell = document.cell();
    assert!(counted(cell, "server", "disconnected") > 0, "{}", cell.complaints());
    assert_eq!(counted(cell, "server", "dropped"), 0);
    assert_eq!(cell.count("/exchanges/wrong"), 0, "{}", cell.complaints());
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished");
}
