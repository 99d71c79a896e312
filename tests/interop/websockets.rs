//! WebSocket with its opening over HTTP: programs that speak it by hand, and (among the slow tests) the
//! library `websockets` from PyPI, which `tests/foreign/install FOLDER` installs.

use crate::harness::Ran;
use crate::python::{bad_client, client, installed_client, installed_server, server};
use crate::support::is_done;

/// The framing of the side under test, with more settings.
fn framing(more: &str) -> String {
    format!("{{ kind = \"websocket\", opening = \"/chat\", protocol = \"chat.v2\"{more} }}")
}

/// Settings that the servers here expect of a client's request.
const ASKING: &str = ", host = \"example.org:8080\", fields = \"X-Token: a b\"";

#[test]
fn a_client_opens_in_one_write_or_byte_by_byte_and_is_echoed() {
    for kind in ["text", "binary"] {
        let framing = framing(&format!(", payload = \"{kind}\""));
        let ours = ["--handler", "echo", "--framing", &framing];
        let ran = client(&format!("websocket_client.py {kind}"), &ours);
        assert!(ran.stdout.contains("4 sessions"), "{ran}");
        let greeting = ["--config", r#"{"greeting": "220 ready"}"#];
        client(&format!("websocket_client.py {kind} greeted"), &[&ours[..], &greeting].concat());
    }
}

/// `drive` against a server that opens in that way.
#[track_caller]
fn driven(kind: &str, how: &str, config: &str, more: &[&str]) -> Ran {
    let framing = framing(&format!(", payload = \"{kind}\"{ASKING}"));
    let ours = ["--handler", "echo", "--config", config, "--framing", &framing];
    server(&format!("websocket_server.py {kind} {how}"), &[&ours[..], more].concat(), true)
}

#[test]
fn a_server_that_opens_well_is_talked_to() {
    let load = ["--messages", "40", "--payload", "300 B", "--in-flight", "4"];
    for (kind, how) in [("text", "well"), ("binary", "well"), ("binary", "bytewise")] {
        is_done(&driven(kind, how, "{ verify = true }", &load), 40);
    }
    // A client that sends nothing before it is greeted opens all the same.
    let config = r#"{"greeting": "220 ready", "verify": true}"#;
    is_done(&driven("text", "greeting", config, &load), 40);
}

#[test]
fn a_server_that_opens_otherwise_is_refused_and_told_why() {
    for (how, told) in [
        ("wrong-accept", "the key is answered wrong"),
        ("no-accept", "without `Sec-WebSocket-Accept`"),
        ("no-upgrade", "without `Upgrade: websocket`"),
        ("old-http", "only HTTP/1.1 opens a connection"),
        ("not-found", "has no such path: is `opening` the right one?"),
        ("moved", "sends its clients elsewhere"),
        ("page", "does not open the connection, which only 101 does"),
        ("extension", "an extension that was not offered"),
        ("other-protocol", "a subprotocol that was not offered"),
        ("garbage", "expected the answer to the opening request"),
        ("frames", "a frame without an opening? Then leave `opening` out"),
        ("endless", "the head goes on after 16384 bytes"),
        ("nothing", "ended before the answer to the opening request"),
    ] {
        let quick = ["--messages", "1", "--set", "load.timeout=5s", "--set", "load.drain=1s"];
        let ran = driven("binary", how, "{ verify = true }", &quick);
        assert_eq!(ran.code, Some(100), "{how}: {ran}");
        assert!(ran.stdout.contains("framing ") && ran.stdout.contains(told), "{how}: {ran}");
    }
}

#[test]
fn a_client_that_opens_otherwise_is_answered_with_the_reason() {
    let ran =
        bad_client("websocket_stranger.py", &["--handler", "echo", "--framing", &framing("")]);
    assert!(ran.stdout.contains("0 messages in"), "{ran}");
    assert!(ran.stdout.contains("framing 17, first: "), "{ran}");
}

#[test]
#[ignore = "needs what tests/foreign/install installs"]
fn the_library_websockets_opens_and_is_echoed() {
    for kind in ["text", "binary"] {
        let framing = framing(&format!(", payload = \"{kind}\", fragment = \"100 B\""));
        let ours = ["--handler", "echo", "--framing", &framing];
        installed_client(&format!("websockets_client.py {kind}"), &ours);
    }
}

#[test]
#[ignore = "needs what tests/foreign/install installs"]
fn the_library_websockets_is_opened_and_echoes() {
    for kind in ["text", "binary"] {
        let framing = framing(&format!(", payload = \"{kind}\""));
        let load = ["--messages", "40", "--payload", "300 B", "--in-flight", "4"];
        let ours = ["--handler", "echo", "--config", "{ verify = true }", "--framing", &framing];
        let ran = installed_server("websockets_server.py", &[&ours[..], &load].concat());
        is_done(&ran, 40);
    }
    // What it refuses is told.
    let other = framing("").replace("/chat", "/refused");
    let quick = ["--messages", "1", "--set", "load.drain=1s"];
    let ours = ["--handler", "echo", "--framing", &other];
    let ran = installed_server("websockets_server.py", &[&ours[..], &quick].concat());
    assert!(ran.stdout.contains("the server refuses"), "{ran}");
}
