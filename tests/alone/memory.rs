//! What peers make a side hold has a price, a bound and a name.

use crate::harness::processes::peak_memory;
use crate::harness::{Bench, ENDS_AT_ALL, Ran, plugin_folder};
use crate::support::{Serve, by_hand, read_frame, write_frame};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::time::Duration;

/// What the program may need besides what is booked, in bytes: buffers of its own, and what an
/// allocator keeps.
const BESIDES: u64 = 12 << 20;

/// Writes `bytes` over and over, and reads nothing, until `most` have gone, the server ends the
/// session (true), or it takes no more for a while. How many went is the second.
fn flood(peer: &mut TcpStream, bytes: &[u8], most: usize) -> (bool, usize) {
    peer.set_write_timeout(Some(Duration::from_millis(300))).expect("a timeout can be set");
    let block = bytes.repeat((64 << 10) / bytes.len() + 1);
    let mut sent = 0;
    while sent < most {
        match peer.write(&block[sent % bytes.len()..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return (false, sent),
            Err(_) => return (true, sent),
        }
    }
    (false, sent)
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
    assert!(flood(&mut peer, b"0\n", 64 << 20).0, "it is ended");
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

/// Reads what a peer has to say, up to so many bytes; how many came.
fn drain(peer: &mut TcpStream, wanted: usize) -> usize {
    let (mut read, mut room) = (0, vec![0; 64 << 10]);
    while read < wanted {
        match peer.read(&mut room) {
            Ok(0) | Err(_) => break,
            Ok(count) => read += count,
        }
    }
    read
}

/// So that little of a flood fits into the sockets.
const SMALL_SOCKETS: [&str; 4] =
    ["--set", "transport.receive-buffer=64KiB", "--set", "transport.send-buffer=64KiB"];

#[test]
fn a_server_hears_no_more_of_a_peer_that_does_not_read_its_answers() {
    let resent = [0, 0, 0, 1, 0, 0, 0, 0, b'x'];
    for (framing, asked, answer, besides) in [
        ("websocket", &b"\x89\x80\0\0\0\0"[..], 2, 0),
        // The first is answered by its handler too; all others are the first once more.
        ("{ kind = \"len-ack\", resend = \"60s\" }", &resent[..], 8, resent.len()),
    ] {
        let bench = Bench::new();
        let serve = Serve::echo(&bench, framing, &SMALL_SOCKETS);
        let before = peak_memory(&bench);
        let mut peer = serve.connect();
        let (ended, sent) = flood(&mut peer, asked, 256 << 20);
        assert!(!ended && sent < 256 << 20, "{framing}: it stops reading");
        let grown = peak_memory(&bench) - before;
        assert!(grown < BESIDES, "{framing}: {grown} B");
        // Once they are read, it goes on where it was.
        let wanted = sent / asked.len() * answer + besides;
        assert_eq!(drain(&mut peer, wanted), wanted, "{framing}");
        drop(peer);
        let ran = serve.end();
        assert_eq!(ran.code, Some(0), "{ran}");
    }
}

#[test]
fn a_client_hears_no_more_of_a_server_that_does_not_read_its_answers() {
    let bench = Bench::new();
    let (tell, told) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let (address, serving) = by_hand(1, move |mut peer| {
        let (ended, sent) = flood(&mut peer, b"\x89\0", 256 << 20);
        tell.send(!ended && sent < 256 << 20).expect("somebody listens");
        may_go_on.recv().expect("somebody lets it go on");
        // A request of 64 B, and a pong for each ping: a client masks both.
        let wanted = 70 + sent / 2 * 6;
        (drain(&mut peer, wanted), wanted)
    });
    let handler = ["--handler", "echo", "--framing", "websocket", "--messages", "1"];
    let set = ["--set", "load.timeout=60s", "--set", "load.drain=60s"];
    let start = ["drive", &address, "--plugin-dir", plugin_folder()];
    let running = bench.start(&[&start[..], &handler, &set, &SMALL_SOCKETS].concat());
    assert!(told.recv_timeout(ENDS_AT_ALL).expect("it is served"), "it stops reading");
    let peak = peak_memory(&bench);
    go_on.send(()).expect("it waits");
    assert!(peak < 4 * BESIDES, "{peak} B");
    let (read, wanted) = serving.join().expect("it ends").pop().expect("one peer came");
    assert_eq!(read, wanted, "it goes on once its answers are read");
    let ran = running.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
}

#[test]
fn what_only_a_word_of_the_peers_sets_free_is_no_reason_to_hear_no_more() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "{ kind = \"handshake\", terminator = \"lf\" }", &[]);
    let mut peer = serve.connect();
    let (count, len) = (20, 100_000);
    // Each is asked for and comes, while the first answer is still only announced: the others wait.
    let message = [&b"100000\n"[..], &vec![b'x'; len]].concat();
    for _ in 0..count {
        peer.write_all(&message).expect("it reads");
    }
    let announcement = b"100000\n".len();
    let asked = count * b"recv_ready".len() + announcement;
    peer.read_exact(&mut vec![0; asked]).expect("all are asked for, and the first is announced");
    for number in 1..=count {
        peer.write_all(b"recv_ready").expect("it reads");
        let next = if number < count { announcement } else { 0 };
        let mut answer = vec![0; len + next];
        peer.read_exact(&mut answer).expect("it answers");
        assert!(answer[..len].iter().all(|byte| *byte == b'x'), "answer {number}");
    }
    tells(&serve.end(), &["20 messages in", "20 messages out"]);
}
