//! What goes wrong on the other side of `serve`: peers that talk nonsense, plugins that crash.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, ENDS_AT_ALL, side_by_side};
use crate::support::{Serve, read_frame, write_frame};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Instant;

/// The server handlers, each with a configuration that serves.
const HANDLERS: &[(&str, &str)] = &[
    ("echo", "{}"),
    ("exec", r#"{ "commands": { "say": { "run": ["echo"], "arguments": "append" } } }"#),
    ("file", r#"{ "do": "upload" }"#),
    ("chat", "{}"),
    ("auth", r#"{ "secret": { "insecure": "key" }, "encoding": "hex" }"#),
    (
        "auth",
        r#"{ "mode": "login", "secret": { "insecure": "key" }, "hash": { "memory-kib": 64, "passes": 1 } }"#,
    ),
];

/// Framings that tell messages apart in different ways.
const FRAMINGS: [&str; 6] = ["len32be", "line", "varint", "json-header", "netstring", "raw"];

fn config(fault: &str, hook: &str) -> String {
    format!(r#"{{ "hook": "{hook}", "fault": "{fault}", "side": "server" }}"#)
}

/// A plugin that crashes ends `serve`, and is named with its hook.
#[track_caller]
fn crashes(fault: &str, hook: &str, how: &str) {
    let bench = Bench::new();
    let config = config(fault, hook);
    let handler = ["--handler", "faulty", "--framing", "len32be", "--config", &config];
    let serve =
        Serve::start(&bench, &[&handler[..], &["--set", "load.hook-timeout=300ms"]].concat());
    let mut peer = serve.connect();
    write_frame(&mut peer, b"now");
    assert_eq!(read_frame(&mut peer), None);
    let ran = serve.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    for told in [how, "faulty", hook] {
        assert!(ran.stderr.contains(told), "{told}: {ran}");
    }
    nothing_is_left(&bench);
}

#[test]
fn a_plugin_that_segfaults_ends_it_and_is_named() {
    crashes("segfault", "message", "SIGSEGV");
}

#[test]
fn a_plugin_that_panics_ends_it_and_is_named() {
    crashes("panic", "open", "panic");
}

#[test]
fn a_plugin_that_hangs_ends_it_and_is_named() {
    crashes("hang", "message", "hung");
}

#[test]
fn a_plugin_that_refuses_a_session_costs_that_session_only() {
    let bench = Bench::new();
    let config = config("error", "message").replace("}", ", \"after\": 1 }");
    let handler = ["--handler", "faulty", "--framing", "len32be", "--config", &config];
    let serve = Serve::start(&bench, &handler);
    let (mut one, mut two) = (serve.connect(), serve.connect());
    write_frame(&mut one, b"well");
    assert!(read_frame(&mut one).is_some());
    write_frame(&mut two, b"badly");
    assert_eq!(read_frame(&mut two), None);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("hook message 1, first: session 2"), "{ran}");
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        let count = self.next() % most;
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// Bytes that no well-behaved client sends: empty, truncated, oversized, garbage.
fn nonsense(numbers: &mut Numbers) -> Vec<Vec<u8>> {
    let mut all = vec![
        Vec::new(),
        vec![0],
        vec![0; 4],
        vec![0xff; 4],
        vec![0x7f, 0xff, 0xff, 0xff],
        b"\n\n\n\n".to_vec(),
        b"9999999999:x".to_vec(),
        b"{\"len".to_vec(),
        vec![b'x'; 300_000],
        [&u32::MAX.to_be_bytes()[..], &[b'y'; 5_000]].concat(),
        [&10_u32.to_be_bytes()[..], b"half"].concat(),
    ];
    all.extend((0..30).map(|_| numbers.bytes(400)));
    all
}

/// Open descriptors of the server side.
fn descriptors(bench: &Bench) -> usize {
    let side = &await_verb(bench, "__side", 1)[0];
    std::fs::read_dir(format!("/proc/{}/fd", side.pid)).expect("it runs").count()
}

/// Waits until the server has as many descriptors as before.
#[track_caller]
fn settles_at(bench: &Bench, before: usize) {
    let begun = Instant::now();
    while descriptors(bench) != before {
        assert!(begun.elapsed() < ENDS_AT_ALL, "{} descriptors, not {before}", descriptors(bench));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Lets nonsense come to a server, and counts what it holds before and after.
#[track_caller]
fn shrugs_off(handler: &str, config: &str, framing: &str, seed: u64) {
    let mut numbers = Numbers(seed);
    let bench = Bench::new();
    let serve =
        Serve::start(&bench, &["--handler", handler, "--framing", framing, "--config", config]);
    // Once a session has come and gone, the side has everything it will have.
    let mut first = serve.connect();
    first.shutdown(Shutdown::Write).expect("it is connected");
    let _ = first.read_to_end(&mut Vec::new());
    let before = descriptors(&bench);
    let mut steady = serve.connect();
    for (number, bytes) in nonsense(&mut numbers).into_iter().enumerate() {
        let mut peer = serve.connect();
        // The server may have closed already.
        let _ = peer.write_all(&bytes);
        if number % 3 == 0 {
            // Gone without a word.
            continue;
        }
        let _ = peer.shutdown(Shutdown::Write);
        let _ = peer.read_to_end(&mut Vec::new());
    }
    // Nobody has disturbed this one.
    steady.shutdown(Shutdown::Write).expect("it is still there");
    let _ = steady.read_to_end(&mut Vec::new());
    settles_at(&bench, before);
    let ran = serve.end();
    let told = format!("{handler} under {framing}, seed {seed}: {ran}");
    assert_eq!(ran.code, Some(0), "{told}");
    assert!(ran.stdout.contains("43 sessions"), "{told}");
    nothing_is_left(&bench);
}

#[test]
fn nonsense_costs_its_own_session_and_leaks_nothing() {
    let pairs = HANDLERS.iter().flat_map(|handler| FRAMINGS.map(|framing| (handler, framing)));
    let seeded = (20_261_121..).zip(pairs);
    side_by_side(seeded, |(seed, (handler, framing))| {
        shrugs_off(handler.0, handler.1, framing, seed);
    });
}

#[test]
fn a_peer_that_reads_nothing_delays_nobody() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    let mut greedy = serve.connect();
    greedy.set_write_timeout(Some(std::time::Duration::from_millis(300))).expect("a timeout");
    let body = vec![b'z'; 60_000];
    let frame = [&(body.len() as u32).to_be_bytes()[..], &body].concat();
    // Until the server stops reading, which it must: its memory is bounded.
    let mut written = 0_u64;
    while greedy.write_all(&frame).is_ok() {
        written += frame.len() as u64;
        assert!(written < 1 << 30, "the server takes everything");
    }
    let mut polite = serve.connect();
    write_frame(&mut polite, b"quick");
    assert_eq!(read_frame(&mut polite).as_deref(), Some(&b"quick"[..]));
    drop(greedy);
    assert_eq!(serve.end().code, Some(0));
}
