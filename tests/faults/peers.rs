//! A stranger who connects or sends to the server's port changes nothing.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, ENDS_AT_ALL, scenario};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// A port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn strangers_are_refused_counted_and_harmless() {
    let bench = Bench::new();
    let port = free_port();
    let load = "duration = \"600ms\"\nin-flight = 4\n";
    let more = format!("transport = {{ kind = \"tcp\", port = {port} }}\n");
    let mut running = bench.start_scenario(&scenario("\"len32be\"", load, &more), &[]);
    await_verb(&bench, "__side", 2);
    let begun = Instant::now();
    let mut refused = 0_u64;
    while refused < 5 && !running.has_ended() && begun.elapsed() < ENDS_AT_ALL {
        let Ok(mut stranger) = TcpStream::connect(("127.0.0.1", port)) else {
            std::thread::sleep(Duration::from_millis(2));
            continue;
        };
        let _ = stranger.write_all(b"\0\0\0\x05hello");
        let _ = stranger.set_read_timeout(Some(Duration::from_secs(30)));
        // Closed or reset, but never answered.
        assert!(!matches!(stranger.read(&mut [0; 64]), Ok(1..)), "a stranger was answered");
        refused += 1;
    }
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(refused > 0, "no stranger got through: {ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
    assert_eq!(cell.reply("intact"), cell.reply("sent"), "{}", cell.complaints());
    assert_eq!(cell.request("unexpected_bytes"), 0, "{}", cell.complaints());
    let counted: u64 = cell
        .list("errors")
        .iter()
        .filter(|error| error["kind"] == "accept")
        .filter_map(|error| error["count"].as_u64())
        .sum();
    assert!(counted >= 1 && counted <= refused, "{counted} of {refused}: {}", cell.complaints());
    nothing_is_left(&bench);
}

#[test]
fn datagrams_of_strangers_are_dropped_counted_and_harmless() {
    let bench = Bench::new();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = socket.local_addr().expect("its address").port();
    drop(socket);
    let load = "duration = \"600ms\"\nin-flight = 4\n";
    let more = format!("transport = {{ kind = \"udp\", port = {port} }}\n");
    let mut running = bench.start_scenario(&scenario("\"len32be\"", load, &more), &[]);
    await_verb(&bench, "__side", 2);
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    stranger.connect(("127.0.0.1", port)).expect("an address");
    let mut sent = 0_u64;
    while !running.has_ended() {
        // Before the server is there and after it has gone, this is refused.
        for message in [&b"\0\0\0\x05hello"[..], b"", b"\xff\xff\xff\xff", &[0; 2_000]] {
            sent += u64::from(stranger.send(message).is_ok());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    stranger.set_nonblocking(true).expect("a setting");
    assert!(stranger.recv(&mut [0; 64]).is_err(), "a stranger was answered");
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
    assert_eq!(cell.reply("intact"), cell.reply("sent"), "{}", cell.complaints());
    assert_eq!(cell.request("unexpected_bytes"), 0, "{}", cell.complaints());
    let errors = cell.list("errors").iter();
    let counted = errors.filter(|error| error["kind"] == "accept");
    let counted: u64 = counted.filter_map(|error| error["count"].as_u64()).sum();
    assert!(counted >= 1 && counted <= sent, "{counted} of {sent}: {}", cell.complaints());
    nothing_is_left(&bench);
}

#[test]
fn a_port_in_use_fails_the_rounds_and_says_what_to_do() {
    let bench = Bench::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("its address").port();
    let more = format!("transport = {{ kind = \"tcp\", port = {port} }}\n");
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let error = document.cell().list("rounds")[0]["error"].as_str().unwrap_or_default().to_owned();
    assert!(error.contains("transport.port"), "{error}");
    nothing_is_left(&bench);
}
