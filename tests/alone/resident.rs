//! What hostile peers make the server's process take, read from the kernel: in every framing, and with
//! every handler.

use crate::harness::processes::{await_verb, peak_memory};
use crate::harness::{Bench, ENDS_AT_ALL, side_by_side};
use crate::support::Serve;
use serde_json::{Map, Value};
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use wirebench::framing::{FrameWriter, FramingSpec, Role, build, names};

/// The bounds of these servers, in bytes.
const SIDE: u64 = 4 << 20;
const SESSION: u64 = 2 << 20;

/// What the program may need besides, in bytes: buffers of its own, what a handler starts once, and
/// what an allocator keeps.
const BESIDES: u64 = 24 << 20;

/// What each hostile peer sends at most, in bytes: more than it may make the server hold.
const FLOOD: usize = 3 << 20;

fn spec(kind: &str) -> FramingSpec {
    let mut settings = Map::new();
    if kind == "fixed" {
        settings.insert("size".to_owned(), Value::from(200));
    }
    FramingSpec::parse(kind, settings).expect("the settings are right")
}

/// The framing as an option.
fn option(kind: &str) -> String {
    if kind == "fixed" {
        "{ kind = \"fixed\", size = \"200 B\" }".to_owned()
    } else {
        kind.to_owned()
    }
}

/// What a scenario has to say with it.
fn session_of(kind: &str) -> &'static str {
    let capabilities = spec(kind).capabilities().expect("it is built in");
    if capabilities.per_connection { "load.session=per-exchange" } else { "load.session=keep" }
}

/// Whole frames of a client that hold `message`, at least 64 KiB of them.
fn frames(kind: &str, message: &[u8]) -> Vec<u8> {
    if kind == "handshake" {
        // Announced, and sent at once.
        let one = [message.len().to_string().as_bytes(), message].concat();
        return one.repeat((64 << 10) / one.len() + 1);
    }
    let mut framing = build(&spec(kind), Role::Client).expect("it is built in");
    let mut bytes = Vec::new();
    while bytes.len() < 64 << 10 {
        let before = bytes.len();
        let mut wire = FrameWriter::new(&mut bytes, usize::MAX);
        framing.encode(0, message, &mut wire).expect("it can be carried");
        if bytes.len() == before || framing.capabilities().per_connection {
            break;
        }
    }
    bytes
}

/// Writes without reading until the server takes no more for a moment, or ends the session.
fn flood(peer: &mut TcpStream, block: &[u8], most: usize) {
    peer.set_write_timeout(Some(Duration::from_millis(80))).expect("a timeout can be set");
    let mut sent = 0;
    while sent < most {
        match peer.write(&block[sent % block.len()..]) {
            Ok(0) | Err(_) => return,
            Ok(count) => sent += count,
        }
    }
}

/// Lets three peers flood a server that has small bounds, and reads what its process took.
#[track_caller]
fn stays_small(handler: &str, config: &str, kind: &str, message: &[u8]) {
    let bench = Bench::new();
    let framing = option(kind);
    let (side, session) = (format!("{SIDE} B"), format!("{SESSION} B"));
    let serve = Serve::start(
        &bench,
        &[
            &["--handler", handler, "--config", config, "--framing", &framing][..],
            &["--max-memory", &side, "--max-session-memory", &session],
            &["--set", "transport.send-buffer=32KiB", "--set", session_of(kind)],
        ]
        .concat(),
    );
    let before = peak_memory(&bench);
    let block = frames(kind, message);
    let mut peers: Vec<TcpStream> = (0..3).map(|_| serve.connect()).collect();
    for peer in &mut peers {
        // What says nothing costs many times its bytes.
        flood(peer, &block, if message.is_empty() { FLOOD / 6 } else { FLOOD });
    }
    let grown = peak_memory(&bench) - before;
    let told = format!("{handler} over {kind}");
    assert!(grown < SIDE + BESIDES, "{told}: {grown} B");
    // It goes on all the same.
    drop(serve.connect());
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{told}: {ran}");
    assert!(ran.stdout.contains("held       at most "), "{told}: {ran}");
}

#[test]
fn who_asks_and_reads_nothing_is_bounded_in_every_framing() {
    side_by_side(names(), |kind| stays_small("echo", "{}", kind, &[b'x'; 100]));
}

#[test]
fn who_asks_for_nothing_very_often_is_bounded() {
    let kinds = ["line", "len8", "varint", "netstring", "websocket", "len-ack"];
    side_by_side(kinds, |kind| stays_small("echo", "{}", kind, b""));
}

#[test]
fn who_asks_and_reads_nothing_is_bounded_with_every_handler() {
    let handlers: [(&str, &str, &[u8]); 8] = [
        (
            "exec",
            r#"{ "commands": { "say": { "run": ["echo"], "arguments": "append" } } }"#,
            b"say hello",
        ),
        ("exec", r#"{ "commands": { "say": ["true"] } }"#, b"unknown"),
        ("file", r#"{ "do": "upload" }"#, b"nonsense"),
        ("file", r#"{ "do": "browse" }"#, b"pwd"),
        ("chat", "{}", b"hello to everybody in this room"),
        ("chat", r#"{ "mode": "talk" }"#, b"hello"),
        (
            "auth",
            r#"{ "secret": { "insecure": "key" }, "encoding": "hex", "attempts": 0 }"#,
            b"auth",
        ),
        (
            "auth",
            r#"{ "mode": "login", "secret": { "insecure": "key" }, "hash": { "memory-kib": 64, "passes": 1 } }"#,
            b"auth",
        ),
    ];
    let kinds = ["len32be", "websocket", "len-ack"];
    let pairs = handlers.into_iter().flat_map(|one| kinds.map(|kind| (one, kind)));
    side_by_side(pairs, |((handler, config, message), kind)| {
        stays_small(handler, config, kind, message);
    });
}

#[test]
fn five_hundred_peers_with_a_part_of_a_frame_take_little_in_every_framing() {
    side_by_side(names(), |kind| {
        let bench = Bench::new();
        let serve = Serve::echo(&bench, &option(kind), &["--set", session_of(kind)]);
        let before = peak_memory(&bench);
        let mut framing = build(&spec(kind), Role::Client).expect("it is built in");
        let mut bytes = Vec::new();
        let mut wire = FrameWriter::new(&mut bytes, usize::MAX);
        framing.encode(0, &[b'x'; 150], &mut wire).expect("it can be carried");
        let part = &bytes[..bytes.len() - 1];
        let mut peers: Vec<TcpStream> = (0..500).map(|_| serve.connect()).collect();
        for peer in &mut peers {
            peer.write_all(part).expect("it reads");
        }
        await_sessions(&bench, peers.len());
        let grown = peak_memory(&bench) - before;
        // A receive buffer each would be 32 MiB.
        assert!(grown < 12 << 20, "{kind}: {grown} B");
        let ran = serve.end();
        let told = ["500 sessions", "held       at most 1."];
        assert!(told.iter().all(|told| ran.stdout.contains(told)), "{kind}: {ran}");
    });
}

/// Waits until the server has taken them all: it has a descriptor for each.
#[track_caller]
fn await_sessions(bench: &Bench, count: usize) {
    let begun = Instant::now();
    let side = &await_verb(bench, "__side", 1)[0];
    let folder = format!("/proc/{}/fd", side.pid);
    while std::fs::read_dir(&folder).expect("it runs").count() < count {
        assert!(begun.elapsed() < ENDS_AT_ALL, "not all are taken");
        std::thread::sleep(Duration::from_millis(2));
    }
}
