//! `eof` and `len-ack` in whole rounds: what a connection's end and an acknowledgement must do.

use crate::stage::{always, text, with_every_seed};

/// A connection for each exchange, and each direction ended by its message.
#[track_caller]
fn whole(load: &str, write: &str) {
    let load = format!("session = \"per-exchange\"\nmessages = 40\n{load}\n");
    let transport = format!("transport = {{ write = \"{write}\" }}\n");
    always(&text("\"eof\"", &load, &transport), |document| {
        document.cell().is_intact();
        assert_eq!(document.cell().done(), 40);
    });
}

#[test]
fn messages_that_their_connections_end_arrive_whole() {
    for write in ["message", "batch", "header-body"] {
        whole("in-flight = 4\npayload = [\"1 B\", \"200 B\"]", write);
    }
}

#[test]
fn empty_messages_arrive_as_an_end_without_bytes() {
    whole("in-flight = 1\npayload = \"0 B\"", "message");
}

#[test]
fn a_window_of_unacknowledged_messages_keeps_them_whole() {
    for write in ["message", "batch", "header-body"] {
        let framing = "{ kind = \"len-ack\", window = 8, resend = \"60s\" }";
        let transport = format!("transport = {{ write = \"{write}\" }}\n");
        let text = text(framing, "in-flight = 32\n", &transport);
        always(&text, |document| document.cell().is_intact());
    }
}

#[test]
fn a_message_is_sent_again_when_its_acknowledgement_is_late_and_arrives_once() {
    // The reader looks only after the sender has lost patience.
    let framing = "{ kind = \"len-ack\", resend = \"20ms\", resends = 100 }";
    let load = "messages = 5\nin-flight = 1\ntimeout = \"60s\"\ndrain = \"60s\"\n";
    let text = text(framing, load, "transport = { read-delay = \"50ms\" }\n");
    with_every_seed(&text, |document| {
        let cell = document.cell();
        for kind in ["resent frame", "dropped frame"] {
            let told = cell.list("errors").iter().any(|error| error["kind"] == kind);
            assert!(told, "no {kind}: {}", cell.complaints());
        }
        assert_eq!(cell.request("sent"), cell.request("intact"), "{}", cell.complaints());
        assert_eq!(cell.reply("sent"), cell.reply("intact"), "{}", cell.complaints());
    });
}
