//! A talk between two.

use crate::harness::{Bench, pass, scenario};
use crate::{chat, counted};

const TRANSPORTS: [&str; 3] =
    ["{ kind = \"tcp\" }", "{ kind = \"unix\" }", "{ kind = \"seqpacket\" }"];

#[test]
fn what_is_said_is_answered_under_every_framing_and_transport() {
    for (k, framing) in ["raw", "line", "len32be", "varint", "handshake"].iter().enumerate() {
        let more = format!("{}transport = {}\n", chat("mode = \"talk\""), TRANSPORTS[k % 2]);
        let document = pass(&scenario(&format!("\"{framing}\""), "messages = 50\n", &more));
        document.cell().is_intact();
        assert_eq!(document.cell().done(), 50, "{framing}");
    }
    let more = format!("{}transport = {}\n", chat("mode = \"talk\""), TRANSPORTS[2]);
    pass(&scenario("\"raw\"", "in-flight = 8\n", &more)).cell().is_intact();
}

#[test]
fn people_at_a_terminal_get_lines() {
    let config = "mode = \"talk\", reply = \"fixed\", reply-text = \"yes\", prefix = \"ann : \", \
                  ending = \"\\n\", quit-after = 10";
    let document = pass(&scenario("\"raw\"", "messages = 40\n", &chat(config)));
    document.cell().is_intact();
    assert!(counted(document.cell(), "client", "quit") >= 4);
}

#[test]
fn q_ends_a_session_and_the_next_client_is_served() {
    for (framing, connections) in [("\"raw\"", 1), ("\"line\"", 4)] {
        let load = format!("messages = 100\nconnections = {connections}\nwarmup = \"0s\"\n");
        let document = pass(&scenario(framing, &load, &chat("mode = \"talk\", quit-after = 5")));
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 100);
        let quits = counted(cell, "client", "quit");
        assert_eq!(quits, counted(cell, "server", "quit"));
        // Each session says q after five exchanges; the last ones may not have come so far.
        let exchanges = cell.request("sent") - quits;
        let whole = exchanges / 5;
        assert!(quits <= whole && quits + connections >= whole, "{quits} of {exchanges}");
        assert!(cell.count("/connect_ns/count") >= quits, "every session connects");
    }
}

#[test]
fn an_exchange_with_a_session_of_its_own_ends_with_the_goodbye() {
    let load = "session = \"per-exchange\"\nmessages = 30\nwarmup = \"0s\"\n";
    let document = pass(&scenario("\"line\"", load, &chat("mode = \"talk\", quit-after = 1")));
    document.cell().is_intact();
    assert_eq!(2 * counted(document.cell(), "client", "quit"), document.cell().request("sent"));
}

/// A port that nobody has now.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The server closes first, so its old connections sit in TIME_WAIT when the next round's server
/// wants the port.
#[test]
fn a_server_starts_again_on_a_port_whose_old_connections_are_not_gone_yet() {
    let more = |port: u16| {
        format!("{}transport = {{ port = {port} }}\n", chat("mode = \"talk\", quit-after = 3"))
    };
    // Somebody else may take a port that is free in the meantime.
    for attempt in 0.. {
        let bench = Bench::new();
        let load = "messages = 30\nrounds = 3\nwarmup = \"0s\"\n";
        let ran = bench.run(&scenario("\"line\"", load, &more(free_port())), &[]);
        if ran.code != Some(0) && attempt < 3 {
            continue;
        }
        assert_eq!(ran.code, Some(0), "{ran}");
        let document = bench.document();
        document.cell().is_intact();
        assert_eq!(document.cell().list("rounds").len(), 3);
        assert!(counted(document.cell(), "server", "quit") >= 27);
        return;
    }
}
