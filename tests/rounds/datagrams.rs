//! Rounds over datagrams in which nothing goes wrong.

use crate::harness::{Document, pass, scenario};

const UDP: &str = "{ kind = \"udp\" }";
const UDP6: &str = "{ kind = \"udp\", ipv6 = true }";
const UNIXGRAM: &str = "{ kind = \"unixgram\" }";

#[track_caller]
fn plays(framing: &str, transport: &str, load: &str) -> Document {
    pass(&scenario(framing, load, &format!("transport = {transport}\n")))
}

/// Some exchanges, four at a time, empty messages among them.
#[track_caller]
fn keeps_all(framing: &str, transport: &str) {
    let load = "messages = 120\nin-flight = 4\npayload = [\"16 B\", \"0 B\", \"200 B\"]\n";
    let document = plays(framing, transport, load);
    document.cell().is_intact();
    assert_eq!(document.cell().done(), 120);
}

/// One framing over every transport that has datagrams.
macro_rules! framing {
    ($($name:ident: $framing:expr,)*) => {$(
        mod $name {
            #[test]
            fn keeps_every_message_over_udp() {
                super::keeps_all($framing, super::UDP);
            }
            #[test]
            fn keeps_every_message_over_udp_on_ipv6() {
                super::keeps_all($framing, super::UDP6);
            }
            #[test]
            fn keeps_every_message_over_unix_datagrams() {
                super::keeps_all($framing, super::UNIXGRAM);
            }
        }
    )*};
}

framing! {
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
    for transport in [UDP, UNIXGRAM] {
        let more = format!("transport = {transport}\n");
        let text = scenario("\"raw\"", "messages = 20\n", &more).replace("framing = \"raw\"\n", "");
        let document = pass(&text);
        document.cell().is_intact();
        assert_eq!(document.cell().0["setup"]["request_framing"]["kind"], "raw");
    }
}

#[test]
fn each_direction_may_have_its_own_framing() {
    let framing = "{ request = \"line\", reply = \"len16le\" }";
    plays(framing, UDP, "messages = 40\nin-flight = 2\n").cell().is_intact();
}

#[test]
fn a_datagram_is_one_write_and_carries_nothing_else() {
    let document = plays("\"raw\"", UDP, "messages = 50\nin-flight = 1\n");
    let cell = document.cell();
    assert_eq!(cell.number("/wire/writes_per_message"), 1.0);
    assert_eq!(cell.count("/wire/wire_bytes"), cell.count("/wire/payload_bytes"));
    assert!(cell.0["wire"]["segments"].is_null());
}

#[test]
fn a_batch_takes_fewer_writes_than_datagrams_and_merges_none() {
    for transport in ["udp", "unixgram"] {
        let transport = format!("{{ kind = \"{transport}\", write = \"batch\" }}");
        let document = plays("\"raw\"", &transport, "messages = 2000\nin-flight = 8\n");
        document.cell().is_intact();
        let writes = document.cell().number("/wire/writes_per_message");
        assert!(writes < 0.9, "{writes} writes per message");
    }
}

#[test]
fn the_longest_datagrams_arrive_whole() {
    let of = |bytes: u32| format!("payload = \"{bytes} B\"\nmessages = 20\n");
    plays("\"raw\"", UDP, &of(65_507)).cell().is_intact();
    plays("\"len32be\"", UDP, &of(65_503)).cell().is_intact();
    plays("\"raw\"", UDP6, &of(65_527)).cell().is_intact();
    let unixgram = "{ kind = \"unixgram\", read-size = \"256 KiB\" }";
    plays("\"raw\"", unixgram, &of(200_000)).cell().is_intact();
}

/// The kernel's queue of a Unix datagram socket holds few datagrams (net.unix.max_dgram_qlen, 10 by
/// default): the sender has to wait nearly always.
#[test]
fn a_full_unix_queue_loses_nothing() {
    for write in ["message", "batch"] {
        let transport = format!("{{ kind = \"unixgram\", write = \"{write}\" }}");
        let load = "messages = 5000\nin-flight = 1000\nconnections = 2\ntimeout = \"30s\"\n\
                    drain = \"30s\"\n";
        let document = plays("\"raw\"", &transport, load);
        document.cell().is_intact();
        assert_eq!(document.cell().done(), 5_000);
    }
}

/// Waiting is not losing, however long it takes: here datagrams wait longer than UDP's horizon
/// allows.
#[test]
fn unix_datagrams_may_wait_as_long_as_they_like() {
    let transport = "{ kind = \"unixgram\", read-delay = \"600ms\" }";
    let load =
        "messages = 3\nin-flight = 30\nwarmup = \"0ms\"\ntimeout = \"30s\"\ndrain = \"30s\"\n";
    plays("\"raw\"", transport, load).cell().is_intact();
}

#[test]
fn a_full_unix_queue_of_empty_datagrams_loses_nothing() {
    let load = "messages = 3000\nin-flight = 500\npayload = \"0 B\"\ntimeout = \"30s\"\n\
                drain = \"30s\"\n";
    plays("\"raw\"", UNIXGRAM, load).cell().is_intact();
}

#[test]
fn equal_messages_under_way_together_have_no_times() {
    let document = plays("\"raw\"", UDP, "messages = 500\nin-flight = 8\npayload = \"0 B\"\n");
    let cell = document.cell();
    cell.is_intact();
    assert!(cell.request("ambiguous") > 0, "{}", cell.complaints());
    assert!(cell.count("/latency_ns/count") < 500, "{}", cell.complaints());
    let alone = plays("\"raw\"", UDP, "messages = 50\nin-flight = 1\npayload = \"0 B\"\n");
    assert_eq!(alone.cell().request("ambiguous"), 0);
    assert_eq!(alone.cell().count("/latency_ns/count"), 50);
}

#[test]
fn a_late_reader_keeps_every_datagram() {
    for transport in ["udp", "unixgram"] {
        let transport = format!("{{ kind = \"{transport}\", read-delay = \"2ms\" }}");
        plays("\"len32be\"", &transport, "messages = 40\nin-flight = 8\n").cell().is_intact();
    }
}

#[test]
fn spinning_sides_hear_datagrams_too() {
    let more = "transport = { kind = \"udp\" }\ncpu = { placement = \"free\", wait = \"spin\" }\n";
    pass(&scenario("\"raw\"", "in-flight = 4\n", more)).cell().is_intact();
}

#[test]
fn many_clients_of_one_socket_are_told_apart() {
    for transport in [UDP, UDP6, UNIXGRAM] {
        let load = "connections = 100\nin-flight = 1\nmessages = 1000\ntimeout = \"30s\"\n";
        let document = plays("\"raw\"", transport, load);
        document.cell().is_intact();
        assert_eq!(document.cell().count("/connect_ns/count"), 100);
    }
}

/// Nobody says goodbye over datagrams, so the server has to forget its peers by itself: there are
/// many more sessions here than it keeps.
#[test]
fn each_exchange_may_have_a_session_of_its_own() {
    for transport in [UDP, UDP6, UNIXGRAM] {
        let load = "session = \"per-exchange\"\nin-flight = 4\nmessages = 1500\n";
        let document = plays("\"len32be\"", transport, load);
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 1_500, "{}", cell.complaints());
        assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
    }
}
