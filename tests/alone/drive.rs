//! A client alone: what it sends, what it says of the answers, how it ends.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, scenario};
use crate::support::{by_hand, drive, drive_echo, is_done, read_frame, write_frame};
use std::net::TcpListener;

/// Drives a server that answers every frame as `answer` says.
#[track_caller]
fn against(answer: fn(Vec<u8>) -> Option<Vec<u8>>, more: &[&str]) -> (Ran, Vec<Vec<Vec<u8>>>) {
    let (address, serving) = by_hand(1, move |mut stream| {
        let mut seen = Vec::new();
        while let Some(frame) = read_frame(&mut stream) {
            seen.push(frame.clone());
            if let Some(reply) = answer(frame) {
                write_frame(&mut stream, &reply);
            }
        }
        seen
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", more);
    nothing_is_left(&bench);
    (ran, serving.join().expect("the server ends"))
}

#[test]
fn nothing_is_sent_that_was_not_asked_for() {
    let (ran, seen) = against(Some, &["--messages", "1", "--payload", "5 B"]);
    is_done(&ran, 1);
    assert!(ran.stdout.contains("integrity is echo"), "{ran}");
    assert_eq!(seen.len(), 1, "one connection");
    assert_eq!(seen[0].iter().map(Vec::len).collect::<Vec<_>>(), [5]);
}

#[test]
fn answers_belong_to_the_exchanges_of_their_session_in_order() {
    let (ran, seen) = against(Some, &["--messages", "500", "--in-flight", "20"]);
    is_done(&ran, 500);
    assert_eq!(seen[0].len(), 500);
}

#[test]
fn a_wrong_answer_is_100() {
    let (ran, _) = against(|_| Some(b"something else".to_vec()), &["--messages", "3"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("3 started: 0 done"), "{ran}");
    assert!(ran.stdout.contains("3 damaged"), "{ran}");
    assert!(ran.stdout.contains("3 corrupted"), "{ran}");
}

#[test]
fn no_answer_is_100() {
    let quick = ["--messages", "1", "--set", "load.timeout=30ms", "--set", "load.drain=30ms"];
    let (ran, _) = against(|_| None, &quick);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("1 started: 0 done, 0 wrong, 0 rejected, 1 unanswered"), "{ran}");
}

#[test]
fn a_message_that_nobody_asked_for_finishes_nothing() {
    let (address, serving) = by_hand(1, |mut stream| {
        let first = read_frame(&mut stream).expect("a request");
        write_frame(&mut stream, &first);
        while let Some(frame) = read_frame(&mut stream) {
            write_frame(&mut stream, &frame);
        }
        write_frame(&mut stream, b"and one more thing");
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", &["--messages", "5"]);
    assert_eq!(ran.code, Some(100), "it is one answer too many: {ran}");
    assert!(ran.stdout.contains("5 started: 5 done"), "{ran}");
    serving.join().expect("the server ends");
}

/// A port on which nobody listens.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

#[test]
fn nobody_there_is_100_and_said() {
    let bench = Bench::new();
    let ran = drive_echo(&bench, &closed_port(), "len32be", &["--messages", "1"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("Connection refused"), "{ran}");
    let path = bench.folder().join("nobody.sock");
    let path = path.to_str().expect("UTF-8");
    let ran = drive_echo(&bench, path, "len32be", &["--messages", "1"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("No such file") && ran.stderr.contains(path), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_server_that_closes_leaves_its_exchange_unanswered() {
    let (address, serving) = by_hand(1, |mut stream| {
        let _ = read_frame(&mut stream);
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", &["--messages", "1"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("1 unanswered"), "{ran}");
    serving.join().expect("the server ends");
    nothing_is_left(&bench);
}

#[test]
fn garbage_from_a_server_is_a_named_error() {
    let (address, serving) = by_hand(1, |mut stream| {
        let _ = read_frame(&mut stream);
        let _ = std::io::Write::write_all(&mut stream, &[0xff; 64]);
        while read_frame(&mut stream).is_some() {}
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", &["--messages", "1"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("framing 1, first: session 1: at offset 0"), "{ran}");
    serving.join().expect("the server ends");
}

#[test]
fn the_client_of_a_scenario_keeps_its_load() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    // Both connections are served at once: neither has to wait for the end of the other.
    let serving: Vec<_> = (0..2)
        .map(|_| listener.try_clone().expect("a second descriptor"))
        .map(|listener| {
            std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().expect("somebody comes");
                while let Some(frame) = read_frame(&mut stream) {
                    write_frame(&mut stream, &frame);
                }
            })
        })
        .collect();
    let bench = Bench::new();
    // A gate that only a ledger can decide is no obstacle: gates are not asked.
    let load = "connections = 2\nmessages = 70\nwarmup = \"0ms\"\n";
    bench.write("mine.toml", scenario("\"len32be\"", load, "\n[expect]\nintact = true\n"));
    is_done(&drive(&bench, &address, &["mine.toml"]), 70);
    serving.into_iter().for_each(|peer| peer.join().expect("the server ends"));
}

#[test]
fn load_goes_to_this_machine_unless_it_is_allowed_elsewhere() {
    let bench = Bench::new();
    let ran = drive_echo(&bench, "192.0.2.1:9", "line", &["--messages", "1"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("--allow-remote"), "{ran}");
}

#[test]
fn an_address_without_a_port_is_wrong_usage() {
    let bench = Bench::new();
    for address in ["127.0.0.1", "localhost:80", ""] {
        let ran = drive_echo(&bench, address, "line", &[]);
        assert_eq!(ran.code, Some(2), "{address}: {ran}");
    }
}
