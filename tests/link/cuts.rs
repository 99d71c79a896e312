//! Pieces in lock-step over the kernel's sockets.

use crate::harness::{measured, pass, scenario};

#[test]
fn one_byte_at_a_time_no_invariant_framing_loses_its_place() {
    let text = "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\n\
         link = { pieces = \"1 B\", lock-step-wait = \"10s\" }\n\
         [load]\nmessages = 6\nrounds = 1\nwarmup = \"0ms\"\npayload = \"40 B\"\ntimeout = \"60s\"\n\
         [matrix]\nframing = [\"len32be\", \"cobs-crc32c\", \"len-ack\"]\n\
         [expect]\nintact = \"100%\"\nfaults = \"> 400\"\nexplained = 0\nunconfirmed = 0\n";
    let document = pass(text);
    assert_eq!(document.cells().count(), 3);
    for cell in document.cells() {
        let faults = cell.count("/link/request/untraced");
        assert_eq!(faults, cell.fault("request", "cut", "injected"), "{}", cell.id());
    }
}

#[test]
fn pieces_are_confirmed_with_many_connections_over_every_kind_of_socket() {
    let load = "messages = 60\nconnections = 8\nin-flight = 3\ntimeout = \"60s\"\n";
    let more = "link = { pieces = { uniform = [\"1 B\", \"30 B\"] }, lock-step-wait = \"10s\" }\n\n\
                [matrix]\n\"transport.kind\" = [\"tcp\", \"unix\", \"seqpacket\"]\n";
    let document = measured(&scenario("\"len32be\"", load, more));
    assert_eq!(document.cells().count(), 3);
    for cell in document.cells() {
        cell.is_intact();
        assert_eq!(cell.count("/link/request/unconfirmed_pieces"), 0);
        assert!(cell.fault("reply", "cut", "injected") > 60);
    }
}
