//! What is sent: files, messages larger than a socket takes at once, and the alphabet of a handler.

use crate::harness::{Bench, measured, pass, scenario};

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

#[test]
fn messages_larger_than_a_socket_takes_at_once_arrive_whole() {
    let load = "in-flight = 4\nmessages = 24\npayload = \"256 KiB\"\ntimeout = \"30s\"\n\
                drain = \"30s\"\n";
    // A packet socket drops what one read does not take, and takes no packet larger than its buffer.
    let axes = "[matrix]\nframing = [\"len32be\", \"netstring\"]\n\
                transport = [{ kind = \"tcp\" }, { kind = \"unix\" }, \
                { kind = \"seqpacket\", read-size = \"128 KiB\" }]\n\n\
                [[override]]\nwhen = { transport = { kind = \"seqpacket\", read-size = \"128 KiB\" } }\n\
                load = { payload = \"64 KiB\" }\n";
    let text = scenario("\"raw\"", load, axes).replace("framing = \"raw\"\n", "");
    let document = pass(&text);
    assert_eq!(document.cells().count(), 6);
    document.cells().for_each(|cell| cell.is_intact());
}

#[test]
fn a_message_larger_than_a_socket_takes_ends_its_connection_whole() {
    let load = "session = \"per-exchange\"\nmessages = 20\nin-flight = 2\npayload = \"3 MiB\"\n\
                ledger = \"16 MiB\"\ntimeout = \"30s\"\ndrain = \"5s\"\n";
    let document = pass(&scenario("\"eof\"", load, ""));
    document.cell().is_intact();
    assert_eq!(document.cell().done(), 20);
}

#[test]
fn who_speaks_text_is_sent_text_unless_the_scenario_says_otherwise() {
    let auth = r#""auth", config = { secret = { insecure = "key" }, accepted = false }"#;
    for (handler, sent) in [
        (r#""echo""#, "bytes"),
        (r#""echo", config = { encoding = "gbk" }"#, "text"),
        (r#""chat", config = { mode = "talk" }"#, "text"),
        (r#""exec", config = { ask = "payload", commands = { x = ["true"] } }"#, "text"),
        (auth, "text"),
    ] {
        let more = format!(
            "handler = {{ plugin = {handler} }}\n\n\
             [matrix]\n\"load.alphabet\" = [\"auto\", \"bytes\"]\n"
        );
        let document = measured(&scenario("\"len32be\"", "messages = 4\n", &more));
        let used: Vec<_> =
            document.cells().map(|cell| &cell.0["setup"]["load"]["alphabet"]).collect();
        assert_eq!(used, [sent, "bytes"], "{handler}");
    }
}
