//! What is sent: sizes, files, empty and unsendable messages.

use crate::harness::{Bench, measured, pass, scenario};

#[track_caller]
fn sizes(payload: &str, mean: std::ops::RangeInclusive<f64>) {
    let load = format!("payload = {payload}\nin-flight = 4\nmessages = 240\n");
    let document = pass(&scenario("\"len32be\"", &load, ""));
    let cell = document.cell();
    cell.is_intact();
    let sent = (cell.request("sent") + cell.reply("sent")) as f64;
    let found = cell.number("/wire/payload_bytes") / sent;
    assert!(mean.contains(&found), "{payload}: {found} bytes a message on average");
}

#[test]
fn a_constant_size_is_every_messages_size() {
    sizes("\"100 B\"", 100.0..=100.0);
}

#[test]
fn a_list_of_sizes_is_sent_in_turn() {
    sizes("[\"10 B\", \"30 B\"]", 19.0..=21.0);
}

#[test]
fn a_range_of_sizes_is_sent_in_turn() {
    // 16, 64, 256 and 1,024.
    sizes("{ from = \"16 B\", to = \"1 KiB\", times = 4 }", 330.0..=350.0);
}

#[test]
fn uniform_sizes_stay_between_their_ends() {
    sizes("{ uniform = [\"16 B\", \"116 B\"] }", 56.0..=76.0);
}

#[test]
fn a_file_is_sent_byte_for_byte() {
    let bench = Bench::new();
    let content: Vec<u8> = (0..5_000_u32).map(|at| (at * 7 % 251) as u8).collect();
    bench.write("body.bin", &content);
    let load = "payload = { file = \"body.bin\" }\nalphabet = \"bytes\"\nmessages = 50\n";
    let ran = bench.run(&scenario("\"len32be\"", load, ""), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    document.cell().is_intact();
    let messages = document.cell().request("sent") + document.cell().reply("sent");
    assert_eq!(document.cell().count("/wire/payload_bytes"), messages * 5_000);
}

#[track_caller]
fn large(size: &str, transport: &str) {
    let load = format!(
        "payload = \"{size}\"\nin-flight = 4\nmessages = 24\ntimeout = \"30s\"\ndrain = \"30s\"\n"
    );
    let framings = ["len32be", "line", "netstring", "json-header", "handshake"];
    let more = format!("transport = {transport}\n\n[matrix]\nframing = {framings:?}\n");
    let document = pass(&scenario("\"raw\"", &load, &more).replace("framing = \"raw\"\n", ""));
    assert_eq!(document.cells().count(), framings.len());
    document.cells().for_each(|cell| cell.is_intact());
}

#[test]
fn messages_of_64_kib_arrive_whole() {
    large("64 KiB", "{ kind = \"tcp\" }");
}

#[test]
fn messages_of_256_kib_arrive_whole() {
    large("256 KiB", "{ kind = \"tcp\" }");
}

#[test]
fn messages_of_256_kib_arrive_whole_over_unix() {
    large("256 KiB", "{ kind = \"unix\" }");
}

#[test]
fn messages_of_64_kib_arrive_whole_over_seqpacket() {
    // A packet socket drops what one read does not take.
    large("64 KiB", "{ kind = \"seqpacket\", read-size = \"128 KiB\" }");
}

#[test]
fn many_messages_larger_than_the_ledger_can_hold_at_once_arrive_whole() {
    let load = "payload = \"15 KiB\"\nledger = \"64 KiB\"\nin-flight = 32\nmessages = 200\n\
                timeout = \"30s\"\ndrain = \"30s\"\n";
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", load, ""), &[]);
    let document = bench.document();
    document.cell().is_intact();
    assert!(document.cell().count("/wire/stalls") > 0, "{ran}");
}

#[track_caller]
fn carries_empty_messages(framing: &str) {
    let load = "payload = [\"0 B\", \"5 B\"]\nin-flight = 4\nmessages = 60\n";
    pass(&scenario(framing, load, "")).cell().is_intact();
}

/// Framings that have a form for an empty message.
macro_rules! empty {
    ($($name:ident: $framing:expr,)*) => {$(
        mod $name {
            #[test]
            fn carries_empty_messages() {
                super::carries_empty_messages($framing);
            }
        }
    )*};
}

empty! {
    fixed: "\"fixed\"",
    line: "\"line\"",
    delimiter: "\"delimiter\"",
    len32be: "\"len32be\"",
    varint: "\"varint\"",
    netstring: "\"netstring\"",
    json_header: "\"json-header\"",
    handshake: "{ kind = \"handshake\", terminator = \"lf\" }",
}

#[test]
fn the_largest_message_that_check_allows_arrives_whole() {
    let load = "payload = \"16 KiB\"\nledger = \"64 KiB\"\nmessages = 20\n";
    pass(&scenario("\"len32be\"", load, "")).cell().is_intact();
}

#[test]
fn a_packet_that_a_read_does_not_take_whole_is_counted_and_ends_no_round() {
    let load = "payload = \"64 KiB\"\nin-flight = 4\nmessages = 24\ntimeout = \"100ms\"\n\
                drain = \"100ms\"\n";
    let more = "transport = { kind = \"seqpacket\", read-size = \"64 KiB\" }\n";
    let document = measured(&scenario("\"json-header\"", load, more));
    let cell = document.cell();
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
    assert!(cell.request("truncated") + cell.request("lost") > 0, "{}", cell.complaints());
    assert_eq!(cell.request("intact"), 0, "{}", cell.complaints());
}

#[test]
fn what_a_delimiter_cannot_carry_is_counted_as_unsendable() {
    let load = "payload = \"64 B\"\nin-flight = 4\nmessages = 300\n";
    let framing = "{ kind = \"delimiter\", delimiter = \"e\" }";
    let document = pass(&scenario(framing, load, ""));
    let cell = document.cell();
    // 64 printable characters hold an `e` more often than not, and sometimes none.
    assert!(cell.request("unsendable") > 0, "{}", cell.complaints());
    assert!(cell.request("intact") > 0, "{}", cell.complaints());
    assert_eq!(cell.request("unsendable") + cell.request("intact"), cell.request("sent"));
    assert_eq!(cell.count("/exchanges/started"), 300);
    assert_eq!(cell.count("/exchanges/damaged") + cell.done(), 300, "{}", cell.complaints());
}

#[test]
fn who_speaks_text_is_sent_text_unless_the_scenario_says_otherwise() {
    let auth = r#""auth", config = { secret = { insecure = "key" }, accepted = false }"#;
    for (handler, sent) in [
        (r#""echo""#, "bytes"),
        (r#""chat", config = { mode = "talk" }"#, "text"),
        (r#""exec", config = { ask = "payload", commands = { x = ["true"] } }"#, "text"),
        (auth, "text"),
    ] {
        let handler = format!("handler = {{ plugin = {handler} }}\n");
        let alphabet = |load: &str| {
            let document = measured(&scenario("\"len32be\"", load, &handler));
            let setup = &document.cell().0["setup"]["load"]["alphabet"];
            setup.as_str().map(str::to_owned)
        };
        let few = "messages = 4\n";
        assert_eq!(alphabet(few).as_deref(), Some(sent), "{handler}");
        let any = format!("{few}alphabet = \"bytes\"\n");
        assert_eq!(alphabet(&any).as_deref(), Some("bytes"), "{handler}");
    }
}
