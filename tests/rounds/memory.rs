//! A side's memory does not grow with the number of messages.

use crate::harness::{Cell, measured, scenario};

const SIDES: [&str; 2] = ["/cpu/client_peak_memory_bytes", "/cpu/server_peak_memory_bytes"];

#[track_caller]
fn stays_flat(framing: &str, few: u32, many: u32) {
    stays_flat_over("tcp", framing, "in-flight = 32\n", few, many);
}

#[track_caller]
fn stays_flat_over(transport: &str, framing: &str, load: &str, few: u32, many: u32) {
    let peaks = |messages: u32| {
        let load = format!("messages = {messages}\n{load}");
        let transport = format!("transport = {{ kind = \"{transport}\" }}\n");
        let document = measured(&scenario(framing, &load, &transport));
        let cell: Cell<'_> = document.cell();
        assert_eq!(cell.count("/exchanges/started"), u64::from(messages));
        SIDES.map(|side| cell.number(side))
    };
    let (short, long) = (peaks(few), peaks(many));
    for (side, (short, long)) in SIDES.iter().zip(short.iter().zip(long)) {
        assert!(
            long < short * 1.5 + 2e6,
            "{side}: {short} bytes with {few} messages, {long} with {many}"
        );
    }
}

#[test]
fn memory_stays_flat_over_a_round_of_a_hundred_thousand_messages() {
    stays_flat("\"len32be\"", 10_000, 100_000);
}

#[test]
fn memory_stays_flat_while_messages_are_damaged() {
    stays_flat("\"raw\"", 10_000, 100_000);
}

/// The judge remembers what came for as long as a copy of it may come, so a short round has to last
/// that long too.
#[test]
fn memory_stays_flat_over_datagrams() {
    stays_flat_over("unixgram", "\"raw\"", "in-flight = 32\n", 20_000, 100_000);
}

/// Nobody says goodbye over datagrams; the server must forget its peers all the same.
#[test]
fn memory_stays_flat_over_thousands_of_datagram_sessions() {
    let load = "in-flight = 8\nsession = \"per-exchange\"\n";
    for transport in ["udp", "unixgram"] {
        stays_flat_over(transport, "\"raw\"", load, 1_000, 12_000);
    }
}

#[test]
#[ignore = "slow: a million messages in a debug build"]
fn memory_stays_flat_over_a_round_of_a_million_messages() {
    stays_flat("\"len32be\"", 20_000, 1_000_000);
}
