//! What is sent: sizes, empty and unsendable messages, and more than the ledger holds at once.

use crate::stage::{always, text, with_every_seed, with_every_seed_and_copy};

#[track_caller]
fn sizes(payload: &str, mean: std::ops::RangeInclusive<f64>) {
    let load = format!("payload = {payload}\nin-flight = 4\nmessages = 240\n");
    with_every_seed(&text("\"len32be\"", &load, ""), |document| {
        let cell = document.cell();
        cell.is_intact();
        let sent = (cell.request("sent") + cell.reply("sent")) as f64;
        let found = cell.number("/wire/payload_bytes") / sent;
        assert!(mean.contains(&found), "{payload}: {found} bytes a message on average");
    });
}

#[test]
fn a_constant_size_is_every_messages_size() {
    sizes("\"100 B\"", 100.0..=100.0);
}

#[test]
fn a_list_of_sizes_is_sent_in_turn() {
    sizes("[\"10 B\", \"30 B\"]", 20.0..=20.0);
}

#[test]
fn a_range_of_sizes_is_sent_in_turn() {
    // 16, 64, 256 and 1,024.
    sizes("{ from = \"16 B\", to = \"1 KiB\", times = 4 }", 340.0..=340.0);
}

#[test]
fn uniform_sizes_stay_between_their_ends() {
    sizes("{ uniform = [\"16 B\", \"116 B\"] }", 56.0..=76.0);
}

#[track_caller]
fn large(size: &str, transport: &str) {
    let load = format!(
        "payload = \"{size}\"\nin-flight = 4\nmessages = 24\ntimeout = \"30s\"\ndrain = \"30s\"\n"
    );
    let framings = ["len32be", "line", "netstring", "json-header", "handshake"];
    let more = format!("transport = {transport}\n\n[matrix]\nframing = {framings:?}\n");
    let text = text("\"raw\"", &load, &more).replace("framing = \"raw\"\n", "");
    let document = crate::stage::pass(&text);
    assert_eq!(document.cells().count(), framings.len());
    document.cells().for_each(|cell| cell.is_intact());
}

#[test]
fn messages_as_large_as_a_connection_holds_arrive_whole() {
    large("64 KiB", "{ kind = \"tcp\" }");
}

#[test]
fn messages_larger_than_a_connection_holds_arrive_whole() {
    large("256 KiB", "{ kind = \"tcp\" }");
}

#[test]
fn messages_nearly_as_large_as_a_connection_holds_arrive_whole_in_packets() {
    // A packet socket drops what one read does not take.
    large("48 KiB", "{ kind = \"seqpacket\", read-size = \"128 KiB\" }");
}

#[test]
fn many_messages_larger_than_the_ledger_can_hold_at_once_arrive_whole() {
    let load = "payload = \"15 KiB\"\nledger = \"64 KiB\"\nin-flight = 32\nmessages = 200\n\
                timeout = \"30s\"\ndrain = \"30s\"\n";
    with_every_seed_and_copy(&text("\"len32be\"", load, ""), |document| {
        document.cell().is_intact();
        assert!(document.cell().count("/wire/stalls") > 0, "{}", document.cell().complaints());
    });
}

/// Framings that have a form for an empty message.
#[test]
fn empty_messages_arrive_as_empty_messages() {
    for framing in [
        "\"fixed\"",
        "\"line\"",
        "\"delimiter\"",
        "\"len32be\"",
        "\"varint\"",
        "\"netstring\"",
        "\"json-header\"",
        "{ kind = \"handshake\", terminator = \"lf\" }",
    ] {
        let load = "payload = [\"0 B\", \"5 B\"]\nin-flight = 4\nmessages = 60\n";
        always(&text(framing, load, ""), |document| document.cell().is_intact());
    }
}

#[test]
fn the_largest_message_that_check_allows_arrives_whole() {
    let load = "payload = \"16 KiB\"\nledger = \"64 KiB\"\nmessages = 20\n";
    with_every_seed(&text("\"len32be\"", load, ""), |document| document.cell().is_intact());
}

#[test]
fn what_a_delimiter_cannot_carry_is_counted_as_unsendable() {
    let load = "payload = \"64 B\"\nalphabet = \"text\"\nin-flight = 4\nmessages = 300\n";
    let framing = "{ kind = \"delimiter\", delimiter = \"e\" }";
    always(&text(framing, load, ""), |document| {
        let cell = document.cell();
        // 64 printable characters hold an `e` more often than not, and sometimes none.
        assert!(cell.request("unsendable") > 0, "{}", cell.complaints());
        assert!(cell.request("intact") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("unsendable") + cell.request("intact"), cell.request("sent"));
        assert_eq!(cell.count("/exchanges/started"), 300);
        assert_eq!(cell.count("/exchanges/damaged") + cell.done(), 300, "{}", cell.complaints());
    });
}
