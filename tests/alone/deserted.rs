//! Servers that end one connection after the other: what they sent counts, and they are told and left
//! in peace.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, scenario};
use crate::support::{drive_echo, read_frame, write_frame};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Connections that a server may be asked for that answers nothing: a score, and some before the load.
const FEW: usize = 40;

/// Drives a server that does this with every connection and then closes it; how many there were.
#[track_caller]
fn against(serve: fn(&mut TcpStream), more: &[&str]) -> (Ran, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    // It ends with the test.
    std::thread::spawn(move || {
        for mut peer in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
            serve(&mut peer);
        }
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", more);
    nothing_is_left(&bench);
    (ran, taken.load(Ordering::Relaxed))
}

#[test]
fn one_that_closes_at_once_is_told_and_not_hammered() {
    for more in [&["--messages", "1000"][..], &["--duration", "60s"]] {
        let (ran, taken) = against(|_| {}, more);
        assert_eq!(ran.code, Some(100), "{ran}");
        assert!(ran.stdout.contains("one connection after the other without an answer"), "{ran}");
        assert!(ran.stdout.contains("the server "), "what it did is told: {ran}");
        assert!(taken <= FEW, "{taken} connections: {ran}");
    }
}

#[test]
fn one_that_greets_and_closes_is_told_with_what_it_sent() {
    let greet = |peer: &mut TcpStream| write_frame(peer, b"hello");
    for _ in 0..3 {
        // A greeting may be taken for an answer, which is wrong then: chance decides.
        let (ran, taken) = against(greet, &["--messages", "30"]);
        assert_eq!(ran.code, Some(100), "{ran}");
        assert!(ran.stdout.contains("the server ") || ran.stdout.contains("wrong answer"), "{ran}");
        assert!(ran.stdout.contains("exchanges  "), "what came counts: {ran}");
        assert!(taken <= 30 + 30 * FEW, "{taken} connections: {ran}");
    }
}

#[test]
fn one_that_answers_in_each_connection_may_close_as_many_as_it_likes() {
    let once = |peer: &mut TcpStream| {
        if let Some(frame) = read_frame(peer) {
            write_frame(peer, &frame);
        }
    };
    let (ran, taken) = against(once, &["--messages", "120"]);
    assert!(ran.stdout.contains("120 started"), "{ran}");
    assert!(!ran.stdout.contains("one connection after the other"), "{ran}");
    assert!(taken > FEW, "{taken} connections: {ran}");
}

#[test]
fn a_round_ends_with_a_server_that_answers_nothing_and_reports_what_it_had() {
    let bench = Bench::new();
    bench.write("server.py", CLOSES);
    let server = "\n[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    let load = "duration = \"60s\"\nwarmup = \"0ms\"\n";
    let ran = bench.run(&scenario("\"len32be\"", load, server), &[]);
    nothing_is_left(&bench);
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.list("rounds")[0]["load_end"], "server-gone", "{ran}");
    assert_eq!((cell.verdict(), cell.done()), ("inconclusive", 5), "{ran}");
    assert!(cell.0["notes"].to_string().contains("ended with its server"), "{ran}");
}

/// Answers five requests in its first connection, and none in all others.
const CLOSES: &str = "
import socket, struct, sys
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
file = listener.accept()[0].makefile('rwb')
for _ in range(5):
    header = file.read(4)
    file.write(header + file.read(struct.unpack('>I', header)[0])); file.flush()
file.close()
while True:
    listener.accept()[0].close()
";
