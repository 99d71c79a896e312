//! What is said in a room reaches all others, once and in one order.

use crate::harness::{document::Cell, pass, scenario};
use crate::{chat, counted, is_orderly};

const PATIENT: &str = "timeout = \"30s\"\ndrain = \"30s\"\n";

/// Every message, those of the warm-up too, has reached so many members. Each member says its name
/// and joins its room once, and both are answered.
#[track_caller]
fn reached(cell: Cell<'_>, members: u64, each: u64) {
    cell.is_intact();
    is_orderly(cell);
    let (said, passed_on) = (cell.request("sent") - 2 * members, cell.reply("sent") - 2 * members);
    assert!(said >= cell.done() && cell.done() > 0, "{}", cell.complaints());
    assert_eq!(passed_on, said * each, "{}", cell.complaints());
    assert_eq!(counted(cell, "client", "deliveries"), passed_on, "{}", cell.complaints());
}

#[test]
fn every_other_member_gets_every_message() {
    for (framing, transport) in
        [("line", "tcp"), ("len32be", "tcp"), ("netstring", "tcp"), ("varint", "unix")]
    {
        let load = format!("{PATIENT}messages = 200\nconnections = 8\nin-flight = 3\n");
        let more = format!("{}transport = {{ kind = \"{transport}\" }}\n", chat(""));
        let document = pass(&scenario(&format!("\"{framing}\""), &load, &more));
        reached(document.cell(), 8, 7);
    }
}

#[test]
fn with_echo_and_rooms_it_is_everybody_of_the_same_room() {
    let load = format!("{PATIENT}messages = 150\nconnections = 9\nin-flight = 2\n");
    let document = pass(&scenario("\"line\"", &load, &chat("echo = true, rooms = 3")));
    reached(document.cell(), 9, 3);
}

#[test]
fn a_private_message_is_delivered_once() {
    let load = format!("{PATIENT}messages = 150\nconnections = 6\nin-flight = 2\n");
    let document = pass(&scenario("\"line\"", &load, &chat("private = \"100%\", rooms = 3")));
    reached(document.cell(), 6, 1);
}

#[test]
fn two_members_are_a_room() {
    let load = format!("{PATIENT}messages = 60\nconnections = 2\n");
    let document = pass(&scenario("\"line\"", &load, &chat("")));
    reached(document.cell(), 2, 1);
}

#[test]
fn a_hundred_members_get_all_of_it() {
    let load = format!("{PATIENT}messages = 200\nconnections = 100\nledger = \"32 MiB\"\n");
    let more = format!("{}transport = {{ write = \"batch\" }}\n", chat(""));
    let document = pass(&scenario("\"len32be\"", &load, &more));
    reached(document.cell(), 100, 99);
}

#[test]
fn payloads_of_any_size_and_shape_are_passed_on() {
    for payload in ["\"0 B\"", "\"1 B\"", "{ uniform = [\"0 B\", \"64 KiB\"] }"] {
        let load = format!("{PATIENT}messages = 100\nconnections = 4\npayload = {payload}\n");
        let document = pass(&scenario("\"len32be\"", &load, &chat("ending = \"\\n\"")));
        reached(document.cell(), 4, 3);
    }
}
