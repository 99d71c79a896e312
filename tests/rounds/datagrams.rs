//! Rounds over the kernel's datagrams in which nothing goes wrong.

use crate::harness::{Document, pass, scenario};

const UDP: &str = "{ kind = \"udp\" }";
const UDP6: &str = "{ kind = \"udp\", ipv6 = true }";
const UNIXGRAM: &str = "{ kind = \"unixgram\" }";

#[track_caller]
fn plays(framing: &str, transport: &str, load: &str) -> Document {
    pass(&scenario(framing, load, &format!("transport = {transport}\n")))
}

/// The same over each transport that has datagrams.
#[track_caller]
fn over_all(framing: &str, load: &str) -> Document {
    let axis = format!("[matrix]\ntransport = [{UDP}, {UDP6}, {UNIXGRAM}]\n");
    let document = pass(&scenario(framing, load, &axis));
    assert_eq!(document.cells().count(), 3);
    document
}

#[test]
fn the_longest_datagrams_arrive_whole() {
    let of = |bytes: u32| format!("payload = \"{bytes} B\"\nmessages = 10\n");
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
    let load = "messages = 3000\nin-flight = 1000\nconnections = 2\ntimeout = \"30s\"\n\
                drain = \"30s\"\n";
    let axes = "transport = { kind = \"unixgram\" }\n\n[matrix]\n\
                \"transport.write\" = [\"message\", \"batch\"]\n\
                \"load.payload\" = [\"16 B\", \"0 B\"]\n";
    let document = pass(&scenario("\"raw\"", load, axes));
    assert_eq!(document.cells().count(), 4);
    for cell in document.cells() {
        cell.is_intact();
        assert_eq!(cell.done(), 3_000);
    }
}

#[test]
fn a_batch_takes_fewer_writes_than_datagrams_and_merges_none() {
    for transport in ["udp", "unixgram"] {
        let transport = format!("{{ kind = \"{transport}\", write = \"batch\" }}");
        let document = plays("\"raw\"", &transport, "messages = 1000\nin-flight = 8\n");
        document.cell().is_intact();
        let writes = document.cell().number("/wire/writes_per_message");
        assert!(writes < 0.9, "{writes} writes per message");
    }
}

#[test]
fn many_clients_of_one_socket_are_told_apart() {
    let load = "connections = 100\nin-flight = 1\nmessages = 300\ntimeout = \"30s\"\n";
    for cell in over_all("\"raw\"", load).cells() {
        cell.is_intact();
        assert_eq!(cell.count("/connect_ns/count"), 100);
    }
}

/// Nobody says goodbye over datagrams, so the server has to forget its peers by itself: there are
/// many more sessions here than it keeps.
#[test]
fn each_exchange_may_have_a_session_of_its_own() {
    let load = "session = \"per-exchange\"\nin-flight = 4\nmessages = 200\n";
    for cell in over_all("\"len32be\"", load).cells() {
        cell.is_intact();
        assert_eq!(cell.done(), 200, "{}", cell.complaints());
        assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
    }
}
