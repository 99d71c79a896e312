//! What peers make a side hold has a price, a bound and a name.

use crate::harness::processes::peak_memory;
use crate::harness::{Bench, Ran};
use crate::support::{Serve, read_frame, write_frame};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What the program may need besides what is booked, in bytes: buffers of its own, and what an
/// allocator keeps.
const BESIDES: u64 = 12 << 20;

/// Writes `bytes` over and over, and reads nothing, until `most` have gone, the server ends the
/// session (true), or it takes no more for a while.
fn flood(peer: &mut TcpStream, bytes: &[u8], most: usize) -> bool {
    peer.set_write_timeout(Some(Duration::from_millis(300))).expect("a timeout can be set");
    let block = bytes.repeat((64 << 10) / bytes.len() + 1);
    let mut sent = 0;
    while sent < most {
        match peer.write(&block[sent % bytes.len()..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(_) => return true,
        }
    }
    false
}

/// A server with handler echo and small bounds.
fn bounded(bench: &Bench, framing: &str, side: &str, session: &str) -> Serve {
    Serve::echo(bench, framing, &["--max-memory", side, "--max-session-memory", session])
}

#[track_caller]
fn tells(ran: &Ran, parts: &[&str]) {
    assert_eq!(ran.code, Some(0), "{ran}");
    for part in parts {
        assert!(ran.stdout.contains(part), "{part}: {ran}");
    }
}

#[test]
fn empty_messages_that_may_not_be_answered_yet_have_a_price() {
    let bench = Bench::new();
    let framing = "{ kind = \"handshake\", terminator = \"lf\" }";
    let serve = bounded(&bench, framing, "64 MiB", "1 MiB");
    let before = peak_memory(&bench);
    let mut peer = serve.connect();
    // Each announces an empty message, and no answer to it is ever asked for.
    assert!(flood(&mut peer, b"0\n", 64 << 20), "it is ended");
    let grown = peak_memory(&bench) - before;
    assert!(grown < (1 << 20) + BESIDES, "{grown} B");
    tells(
        &serve.end(),
        &["memory 1, first: session 1: its peer made", "a session may hold 1048576 B"],
    );
}

#[test]
fn messages_that_nobody_acknowledges_are_bounded() {
    let bench = Bench::new();
    let framing = "{ kind = \"len-ack\", resend = \"60s\" }";
    let serve = bounded(&bench, framing, "64 MiB", "1 MiB");
    let mut peer = serve.connect();
    peer.set_nonblocking(false).expect("it blocks");
    let mut ended = false;
    for sequence in 0..200_000_u32 {
        let frame = [&[0, 0, 0, 0][..], &sequence.to_be_bytes()].concat();
        ended = peer.write_all(&frame).is_err();
        if ended {
            break;
        }
        if sequence % 1_000 == 999 {
            // Its acknowledgements are read, so that the socket is not what bounds it.
            let _ = peer.read(&mut [0; 16 << 10]);
        }
    }
    assert!(ended, "it is ended");
    tells(&serve.end(), &["messages that the framing may not send yet"]);
}

#[test]
fn all_together_may_not_hold_more_than_the_side_and_the_largest_goes_first() {
    let bench = Bench::new();
    let serve = bounded(&bench, "len32be", "8 MiB", "4 MiB");
    let before = peak_memory(&bench);
    let mut honest = serve.connect();
    write_frame(&mut honest, b"first");
    assert_eq!(read_frame(&mut honest).as_deref(), Some(&b"first"[..]));
    // Each has sent most of a message.
    let mut peers: Vec<TcpStream> = (0..20).map(|_| serve.connect()).collect();
    for peer in &mut peers {
        let _ = peer.write_all(&[&900_000_u32.to_be_bytes()[..], &[b'x'; 800_000]].concat());
    }
    write_frame(&mut honest, b"still");
    assert_eq!(read_frame(&mut honest).as_deref(), Some(&b"still"[..]));
    let grown = peak_memory(&bench) - before;
    assert!(grown < (8 << 20) + BESIDES, "{grown} B");
    tells(&serve.end(), &["may hold 8388608 B (`--max-memory`)", "for what was read of a message"]);
}

#[test]
fn the_rest_of_a_frame_is_awaited_in_little_memory() {
    let bench = Bench::new();
    let serve = bounded(&bench, "line", "8 MiB", "1 MiB");
    let mut peers: Vec<TcpStream> = (0..400).map(|_| serve.connect()).collect();
    for peer in &mut peers {
        peer.write_all(b"half a li").expect("it reads");
    }
    for peer in &mut peers {
        peer.write_all(b"ne\n").expect("it reads");
        let mut answer = [0; 12];
        peer.read_exact(&mut answer).expect("it answers");
        assert_eq!(&answer, b"half a line\n");
    }
    let ran = serve.end();
    // Receive buffers of 64 KiB each would be 25 MiB.
    tells(&ran, &["KiB for all peers together"]);
    assert!(!ran.stdout.contains("memory"), "{ran}");
}
