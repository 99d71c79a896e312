//! Rounds over datagrams in which nothing goes wrong.

use crate::document::Document;
use crate::stage::{always, text, with_every_seed};

#[track_caller]
fn plays(framing: &str, transport: &str, load: &str, check: impl Fn(&Document)) {
    always(&text(framing, load, &format!("transport = {transport}\n")), check);
}

const UDP: &str = "{ kind = \"udp\" }";

/// Some exchanges, four at a time, empty messages among them.
#[track_caller]
fn keeps_all(framing: &str) {
    let load = "messages = 120\nin-flight = 4\npayload = [\"16 B\", \"0 B\", \"200 B\"]\n";
    for transport in [UDP, "{ kind = \"unixgram\" }"] {
        plays(framing, transport, load, |document| {
            document.cell().is_intact();
            assert_eq!(document.cell().done(), 120);
        });
    }
}

macro_rules! framings {
    ($($name:ident: $framing:expr,)*) => {$(
        mod $name {
            #[test]
            fn keeps_every_message() {
                super::keeps_all($framing);
            }
        }
    )*};
}

framings! {
    raw: "\"raw\"",
    line: "\"line\"",
    fixed: "{ kind = \"fixed\", size = \"256 B\" }",
    len32be: "\"len32be\"",
    varint: "\"varint\"",
    netstring: "\"netstring\"",
    json_header: "\"json-header\"",
}

#[test]
fn without_a_framing_a_datagram_is_a_message() {
    let text = text("\"raw\"", "messages = 20\n", &format!("transport = {UDP}\n"));
    always(&text.replace("framing = \"raw\"\n", ""), |document| {
        document.cell().is_intact();
        assert_eq!(document.cell().0["setup"]["request_framing"]["kind"], "raw");
    });
}

#[test]
fn each_direction_may_have_its_own_framing() {
    let framing = "{ request = \"line\", reply = \"len16le\" }";
    let load = "messages = 40\nin-flight = 2\n";
    plays(framing, UDP, load, |document| document.cell().is_intact());
}

#[test]
fn a_datagram_is_one_write_and_carries_nothing_else() {
    plays("\"raw\"", UDP, "messages = 50\nin-flight = 1\n", |document| {
        let cell = document.cell();
        assert_eq!(cell.number("/wire/writes_per_message"), 1.0);
        assert_eq!(cell.count("/wire/wire_bytes"), cell.count("/wire/payload_bytes"));
        assert!(cell.0["wire"]["segments"].is_null());
    });
}

#[test]
fn a_batch_takes_fewer_writes_than_datagrams_and_merges_none() {
    for kind in ["udp", "unixgram"] {
        let transport = format!("{{ kind = \"{kind}\", write = \"batch\" }}");
        plays("\"raw\"", &transport, "messages = 400\nin-flight = 8\n", |document| {
            document.cell().is_intact();
            let writes = document.cell().number("/wire/writes_per_message");
            assert!(writes < 0.9, "{writes} writes per message");
        });
    }
}

/// Waiting is not losing, however long it takes: here datagrams wait longer than UDP's horizon
/// allows.
#[test]
fn unix_datagrams_may_wait_as_long_as_they_like() {
    let transport = "{ kind = \"unixgram\", read-delay = \"600ms\" }";
    let load = "messages = 3\nin-flight = 30\ntimeout = \"30s\"\ndrain = \"30s\"\n";
    plays("\"raw\"", transport, load, |document| document.cell().is_intact());
}

#[test]
fn equal_messages_under_way_together_have_no_times() {
    let several = "messages = 500\nin-flight = 8\npayload = \"0 B\"\n";
    plays("\"raw\"", UDP, several, |document| {
        let cell = document.cell();
        cell.is_intact();
        assert!(cell.request("ambiguous") > 0, "{}", cell.complaints());
        assert!(cell.count("/latency_ns/count") < 500, "{}", cell.complaints());
    });
    let alone = "messages = 50\nin-flight = 1\npayload = \"0 B\"\n";
    plays("\"raw\"", UDP, alone, |document| {
        assert_eq!(document.cell().request("ambiguous"), 0);
        assert_eq!(document.cell().count("/latency_ns/count"), 50);
    });
}

#[test]
fn a_late_reader_keeps_every_datagram() {
    let transport = "{ kind = \"udp\", read-delay = \"2ms\" }";
    let load = "messages = 40\nin-flight = 8\n";
    plays("\"len32be\"", transport, load, |document| document.cell().is_intact());
}

/// Nobody says goodbye over datagrams, so the server has to forget its peers by itself: there are
/// many more sessions here than it keeps.
#[test]
fn each_exchange_may_have_a_session_of_its_own() {
    let load = "session = \"per-exchange\"\nin-flight = 4\nmessages = 400\n";
    let text = text("\"len32be\"", load, &format!("transport = {UDP}\n"));
    with_every_seed(&text, |document| {
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 400, "{}", cell.complaints());
        assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
    });
}
