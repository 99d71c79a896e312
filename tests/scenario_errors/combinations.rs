//! Values that are fine alone and impossible together.

use crate::support::{BARE, HEAD, load_text, one_error, says, valid};
use wirebench::scenario::Overrides;

#[test]
fn duration_and_messages_together_are_refused() {
    let text = format!("{HEAD}[load]\nduration = \"1s\"\nmessages = 10\n");
    one_error(&text, "7:1", &["not after both", "remove one of the two", "duration = \"1s\""]);
}

#[test]
fn batched_writes_are_refused_where_the_bench_would_do_the_merging() {
    for framing in ["raw", "sleep"] {
        let text = format!("{BARE}framing = \"{framing}\"\ntransport = {{ write = \"batch\" }}\n");
        one_error(&text, "5:23", &["the bench itself would merge", "depends on single writes"]);
    }
    valid(&format!("{HEAD}transport = {{ write = \"batch\" }}\n"));
}

#[test]
fn a_framing_that_needs_both_directions_is_refused_in_one() {
    let text = format!("{BARE}framing = {{ request = \"handshake\", reply = \"len32be\" }}\n");
    let told =
        ["`handshake` uses both directions", "has another framing", "beside `raw` or `sleep`"];
    one_error(&text, "4:23", &told);
    let text = format!("{BARE}framing = {{ request = \"raw\", reply = \"len-ack\" }}\n");
    one_error(&text, "4:38", &["`len-ack` uses both directions", "has another framing"]);
    valid(&format!("{BARE}framing = {{ request = \"handshake\", reply = \"handshake\" }}\n"));
    valid(&format!("{BARE}framing = {{ request = \"raw\", reply = \"len32le\" }}\n"));
    valid(&format!("{BARE}framing = {{ request = \"raw\", reply = \"handshake\" }}\n"));
    valid(&format!("{BARE}framing = {{ request = \"handshake\", reply = \"sleep\" }}\n"));
}

#[test]
fn a_framing_that_ends_with_its_connection_is_refused_on_kept_ones() {
    let text = format!("{BARE}framing = \"eof\"\n");
    one_error(&text, "4:11", &["needs `load.session = \"per-exchange\"`", "says nothing"]);
    let text = format!("{BARE}framing = \"eof\"\n[load]\nsession = \"keep\"\n");
    one_error(&text, "4:11", &["one message a connection", "here, connections are kept"]);
    valid(&format!("{BARE}framing = \"eof\"\n[load]\nsession = \"per-exchange\"\n"));
}

#[test]
fn settings_of_tcp_are_refused_on_unix_sockets() {
    for setting in ["nodelay = false", "reuse-address = false", "ipv6 = true", "port = 7"] {
        let text = format!("{HEAD}transport = {{ kind = \"unix\", {setting} }}\n");
        one_error(&text, "5:30", &["is a setting of TCP", "the transport is not TCP"]);
    }
    valid(&format!("{HEAD}transport = {{ kind = \"unix\" }}\n"));
    let text = format!("{HEAD}transport = {{ kind = \"udp\", nodelay = false }}\n");
    one_error(&text, "5:29", &["is a setting of TCP: UDP has none"]);
    let text = format!("{HEAD}transport = {{ kind = \"udp\", reuse-address = true }}\n");
    one_error(&text, "5:29", &["`reuse-address` is a setting of TCP: UDP has none"]);
    valid(&format!("{HEAD}transport = {{ kind = \"udp\", ipv6 = true, port = 7 }}\n"));
}

#[test]
fn how_a_server_of_ones_own_opens_its_socket_is_not_said_here() {
    let server = "[server]\ncommand = [\"./s\", \"{port}\"]\n";
    let text = format!("{HEAD}transport.reuse-address = false\n{server}");
    let told = ["setting of our server's socket: a `[server]` opens its own", "is not ours here"];
    one_error(&text, "5:11", &told);
    let scenario = valid(&format!("{HEAD}transport.reuse-address = false\n"));
    assert!(!scenario.cells[0].settings.transport.reuse_address);
    assert!(valid(&format!("{HEAD}{server}")).cells[0].settings.transport.reuse_address);
}

#[test]
fn settings_of_tcp_may_stand_in_an_override_for_tcp() {
    let scenario = valid(&format!(
        "{HEAD}[matrix]\n\"transport.kind\" = [\"tcp\", \"unix\"]\n[[override]]\n\
         when = {{ \"transport.kind\" = \"tcp\" }}\ntransport.nodelay = false\n"
    ));
    assert!(!scenario.cells[0].settings.transport.nodelay);
    assert!(scenario.cells[1].settings.transport.nodelay);
}

#[test]
fn any_bytes_are_refused_with_a_framing_that_carries_text() {
    let text = format!("{BARE}framing = \"line\"\n[load]\nalphabet = \"bytes\"\n");
    one_error(&text, "6:12", &["`line` cannot carry any bytes", "use `alphabet = \"auto\"`"]);
}

#[test]
fn a_payload_longer_than_the_framing_carries_is_refused() {
    let text = format!("{BARE}framing = \"len8\"\n[load]\npayload = \"256 B\"\n");
    one_error(
        &text,
        "6:11",
        &["reaches 256 B, but `len8` carries at most 255 B", "framing = \"len8\""],
    );
    let text = format!(
        "{BARE}framing = {{ kind = \"len32le\", max = \"1 KiB\" }}\n[load]\npayload = [\"1 KiB\", \"2 KiB\"]\n"
    );
    one_error(&text, "6:11", &["reaches 2 KiB", "at most 1 KiB"]);
    // What is left of the header stands in the message, beside the payload.
    let text = format!(
        "{BARE}framing = {{ kind = \"len32be\", strip = 0, max = \"10 B\" }}\n[load]\npayload = \"8 B\"\n"
    );
    one_error(&text, "6:11", &["reaches 8 B, but `len32be` carries at most 6 B"]);
}

#[test]
fn a_reply_longer_than_its_framing_carries_is_refused() {
    let text = format!(
        "{BARE}framing = {{ request = \"len32be\", reply = \"len8\" }}\n[load]\nreply-payload = \"1 KiB\"\n"
    );
    one_error(&text, "6:17", &["`load.reply-payload` reaches 1 KiB", "the reply framing"]);
}

#[test]
fn a_payload_over_a_quarter_of_the_ledger_is_refused_with_the_ledger_it_needs() {
    let text = format!("{HEAD}[load]\npayload = \"1100 KiB\"\n");
    one_error(&text, "6:11", &["a quarter of the ledger: 1 MiB", "set `load.ledger = \"8 MiB\"`"]);
    let text = format!("{HEAD}[load]\npayload = {{ file = \"big.bin\" }}\n");
    one_error(&text, "6:11", &["reaches 3 MiB", "set `load.ledger = \"16 MiB\"`"]);
}

#[test]
fn where_one_side_is_alone_no_ledger_bounds_a_message_but_its_framing_does() {
    let load = "[load]\npayload = \"2 MiB\"\nreply-payload = \"3 MiB\"\n";
    valid(&format!("{HEAD}[server]\ncommand = [\"./s\", \"{{port}}\"]\n{load}"));
    let alone = Overrides { one_side: true, ..Overrides::default() };
    assert!(load_text(&format!("{HEAD}{load}"), &alone).is_ok(), "`serve` and `drive`");
    let over = load_text(&format!("{HEAD}[load]\npayload = \"17 MiB\"\n"), &alone);
    let over = over.err().unwrap_or_default();
    says(&over, "6:11", &["reaches 17 MiB, but `len32be` carries at most 16 MiB"]);
}

#[test]
fn empty_messages_are_refused_where_the_framing_has_no_form_for_them() {
    let text = format!("{BARE}framing = \"raw\"\n[load]\npayload = [\"0 B\", \"16 B\"]\n");
    one_error(&text, "6:11", &["has empty messages, but `raw` has no form for them"]);
    valid(&format!("{HEAD}[load]\npayload = \"0 B\"\n"));
}

#[test]
fn a_seqpacket_message_over_the_socket_buffer_is_refused() {
    let start = format!("{HEAD}transport = {{ kind = \"seqpacket\"");
    let end = "}\n[load]\npayload = \"256 KiB\"\nledger = \"4 MiB\"\n";
    one_error(&format!("{start} {end}"), "7:11", &["must fit into the socket's send buffer"]);
    valid(&format!("{start}, send-buffer = \"1 MiB\" {end}"));
}

#[test]
fn a_window_of_millions_is_refused() {
    let text = format!("{HEAD}[load]\nin-flight = 1000\nconnections = 10000\n");
    one_error(&text, "6:13", &["is 10,000,000", "at most 1,048,576 are allowed"]);
}

#[test]
fn only_the_cells_that_cannot_work_are_at_fault() {
    let text = format!(
        "{BARE}[matrix]\nframing = [\"len32be\", \"len8\", \"len16be\"]\n\
         \"load.payload\" = [\"64 B\", \"4 KiB\"]\n"
    );
    one_error(&text, "6:27", &["reaches 4 KiB, but `len8` carries", "\"len8\""]);
}
