//! A server alone: where it listens, whom it serves, how it ends.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, scenario};
use crate::support::{Serve, drive_echo, is_done, read_frame, write_frame};
use nix::sys::signal::Signal;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

#[test]
fn it_prints_its_address_first_and_answers_whoever_comes() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    assert!(serve.address.starts_with("127.0.0.1:"), "{}", serve.address);
    let mut peers = [serve.connect(), serve.connect()];
    for (number, peer) in peers.iter_mut().enumerate() {
        for length in [1, 1_000, 100_000] {
            let body = vec![b'a' + number as u8; length];
            write_frame(peer, &body);
            assert_eq!(read_frame(peer), Some(body));
        }
    }
    drop(peers);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    for told in ["2 sessions", "6 messages in", "6 messages out"] {
        assert!(ran.stdout.contains(told), "{told}: {ran}");
    }
    nothing_is_left(&bench);
}

#[test]
fn two_clients_at_once_are_served() {
    let (bench, one, two) = (Bench::new(), Bench::new(), Bench::new());
    let serve = Serve::echo(&bench, "varint", &[]);
    let address = serve.address.clone();
    let load = ["--messages", "2000", "--connections", "3", "--in-flight", "4"];
    std::thread::scope(|scope| {
        let first = scope.spawn(|| drive_echo(&one, &address, "varint", &load));
        is_done(&drive_echo(&two, &address, "varint", &load), 2000);
        is_done(&first.join().expect("the other client ends"), 2000);
    });
    let ran = serve.end();
    assert!(ran.stdout.contains("6 sessions; 4000 messages in"), "{ran}");
}

/// Serves on this address or transport, and drives it there.
#[track_caller]
fn goes_over(more: &[&str]) -> (String, Bench) {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len16le", more);
    let address = serve.address.clone();
    let kind: Vec<&str> =
        more.windows(2).filter(|two| two[0] == "--transport").flatten().copied().collect();
    let client = Bench::new();
    let ran =
        drive_echo(&client, &address, "len16le", &[&kind[..], &["--messages", "50"]].concat());
    is_done(&ran, 50);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    nothing_is_left(&bench);
    nothing_is_left(&client);
    (address, bench)
}

#[test]
fn it_listens_on_ipv6() {
    let (address, _) = goes_over(&["--listen", "[::1]:0"]);
    assert!(address.starts_with("[::1]:"), "{address}");
}

#[test]
fn a_unix_socket_is_removed_at_the_end() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("echo.sock");
    let path = path.to_str().expect("a UTF-8 path");
    let (address, _) = goes_over(&["--listen", path]);
    assert_eq!(address, path);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn without_an_address_a_unix_socket_has_a_place_of_its_own() {
    goes_over(&["--transport", "unix"]);
    goes_over(&["--transport", "seqpacket"]);
}

#[test]
fn a_socket_is_removed_even_when_the_supervisor_is_killed() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("echo.sock");
    let serve = Serve::echo(&bench, "line", &["--listen", path.to_str().expect("UTF-8")]);
    UnixStream::connect(&path).expect("it listens");
    serve.signal(Signal::SIGKILL);
    nothing_is_left(&bench);
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_there_already_is_left_alone() {
    let bench = Bench::new();
    let path = bench.write("mine.txt", "precious");
    let path = path.to_str().expect("UTF-8");
    let arguments = ["serve", "--handler", "echo", "--framing", "line", "--listen", path];
    let plugins = ["--plugin-dir", crate::harness::plugin_folder()];
    let ran = bench.start(&[&arguments[..], &plugins].concat()).wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains(path) && ran.stderr.contains("choose another"), "{ran}");
    assert_eq!(std::fs::read(path).expect("it is there"), b"precious");
}

#[test]
fn the_directions_may_differ_in_framing() {
    let bench = Bench::new();
    let framings = ["--request-framing", "raw", "--reply-framing", "{ kind = \"len32le\" }"];
    let serve = Serve::start(&bench, &[&["--handler", "echo"][..], &framings].concat());
    let mut peer = serve.connect();
    peer.write_all(b"bare").expect("it reads");
    let mut reply = [0; 8];
    peer.read_exact(&mut reply).expect("it answers");
    assert_eq!(&reply, b"\x04\x00\x00\x00bare");
}

#[test]
fn each_signal_ends_it_well() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let bench = Bench::new();
        let serve = Serve::echo(&bench, "line", &[]);
        serve.signal(signal);
        let ran = serve.wait();
        assert_eq!(ran.code, Some(0), "{signal}: {ran}");
        assert!(ran.stdout.contains("0 sessions"), "{signal}: {ran}");
        nothing_is_left(&bench);
    }
}

#[test]
fn the_framing_alone_says_how_long_a_message_may_be() {
    let bench = Bench::new();
    // A ledger of that size would take messages of 16 KiB.
    let small = ["--set", "load.ledger=64 KiB"];
    let framing = r#"{ kind = "len32be", max = "3 MiB" }"#;
    let serve = Serve::echo(&bench, framing, &small);
    let payload = (3_usize << 20).to_string() + " B";
    let more = ["--messages", "2", "--payload", &payload, small[0], small[1]];
    is_done(&drive_echo(&Bench::new(), &serve.address, framing, &more), 2);
    let mut peer = serve.connect();
    peer.write_all(&((3_u32 << 20) + 1).to_be_bytes()).expect("it listens");
    assert_eq!(read_frame(&mut peer), None);
    let ran = serve.end();
    assert!(ran.stdout.contains("3145729, over the limit of 3145728"), "{ran}");
}

#[test]
fn a_session_under_way_may_end_before_the_server_does() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--set", "load.drain=100s"]);
    let mut peer = serve.connect();
    write_frame(&mut peer, b"before");
    assert!(read_frame(&mut peer).is_some());
    serve.signal(Signal::SIGTERM);
    while TcpStream::connect(&serve.address).is_ok() {}
    write_frame(&mut peer, b"after");
    assert_eq!(read_frame(&mut peer).as_deref(), Some(&b"after"[..]));
    drop(peer);
    let ran = serve.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 messages in"), "{ran}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--set", "load.drain=600s"]);
    let mut peer = serve.connect();
    write_frame(&mut peer, b"still here");
    assert!(read_frame(&mut peer).is_some());
    serve.signal(Signal::SIGTERM);
    while TcpStream::connect(&serve.address).is_ok() {}
    serve.signal(Signal::SIGTERM);
    assert_eq!(serve.wait().code, Some(0));
    assert_eq!(read_frame(&mut peer), None);
}

#[test]
fn it_ends_after_as_many_sessions_as_it_was_asked_to_serve() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--sessions", "2"]);
    for _ in 0..2 {
        let mut peer = serve.connect();
        write_frame(&mut peer, b"once");
        assert!(read_frame(&mut peer).is_some());
    }
    let ran = serve.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 sessions; 2 messages in"), "{ran}");
}

#[test]
fn more_sessions_than_allowed_are_closed_and_counted() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--max-sessions", "1"]);
    let mut first = serve.connect();
    write_frame(&mut first, b"first");
    assert!(read_frame(&mut first).is_some());
    assert_eq!(read_frame(&mut serve.connect()), None);
    // The first is not touched, and its place is given on.
    write_frame(&mut first, b"again");
    assert!(read_frame(&mut first).is_some());
    first.shutdown(std::net::Shutdown::Write).expect("it is connected");
    assert_eq!(read_frame(&mut first), None);
    let mut third = serve.connect();
    write_frame(&mut third, b"third");
    assert!(read_frame(&mut third).is_some());
    drop(third);
    let ran = serve.end();
    assert!(
        ran.stdout.contains("accept 1, first: at most 1 session at a time: no more are taken"),
        "{ran}"
    );
}

#[test]
fn a_cell_of_a_scenario_is_served_and_has_to_be_the_only_one() {
    let bench = Bench::new();
    let matrix = "\n[matrix]\nframing = [\"len32be\", \"line\"]\n";
    let text = scenario("\"raw\"", "", matrix).replace("framing = \"raw\"\n", "");
    let path = bench.write("both.toml", text);
    let path = path.to_str().expect("UTF-8");
    let serve = Serve::start(&bench, &[path, "--cell", "framing=line"]);
    let mut peer = serve.connect();
    peer.write_all(b"a line\n").expect("it reads");
    let mut reply = [0; 7];
    peer.read_exact(&mut reply).expect("it answers");
    assert_eq!(&reply, b"a line\n");
    drop(serve);
    let plugins = crate::harness::plugin_folder();
    for (cell, code, told) in
        [(None, 2, "2 cells could be meant"), (Some("framing=none"), 4, "no cell is")]
    {
        let mut arguments = vec!["serve", path, "--plugin-dir", plugins];
        arguments.extend(cell.into_iter().flat_map(|cell| ["--cell", cell]));
        let ran = bench.start(&arguments).wait();
        assert_eq!(ran.code, Some(code), "{ran}");
        assert!(ran.stderr.contains(told), "{ran}");
    }
}

/// Refused before anything listens.
#[track_caller]
fn is_refused(arguments: &[&str], code: i32, told: &str) {
    let bench = Bench::new();
    let mut all = vec!["serve", "--plugin-dir", crate::harness::plugin_folder()];
    all.extend(arguments);
    let ran = bench.start(&all).wait();
    assert_eq!(ran.code, Some(code), "{ran}");
    assert!(ran.stderr.contains(told), "{told}: {ran}");
    assert!(ran.stdout.is_empty(), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn an_address_that_others_can_reach_is_refused_unless_it_is_allowed() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let arguments = ["--handler", "echo", "--framing", "line", "--listen", address];
        is_refused(&arguments, 2, "--allow-remote");
        let bench = Bench::new();
        let serve = Serve::echo(&bench, "line", &["--listen", address, "--allow-remote"]);
        assert_eq!(serve.end().code, Some(0));
    }
}

#[test]
fn a_handler_that_is_dangerous_is_served_on_loopback_only() {
    let config = "{ hook = \"new\", fault = \"loopback-only\" }";
    let handler = ["--handler", "faulty", "--framing", "line", "--config", config];
    let remote = ["--listen", "0.0.0.0:0", "--allow-remote"];
    is_refused(&[&handler[..], &remote].concat(), 104, "loopback address");
    let bench = Bench::new();
    let ran = Serve::start(&bench, &handler).end();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(!ran.stdout.contains("loopback-only"), "it is not counted: {ran}");
}

#[test]
fn what_cannot_be_is_refused_before_it_listens() {
    is_refused(&[], 2, "--handler");
    is_refused(&["--handler", "echo"], 104, "`framing` is missing");
    is_refused(&["--handler", "echo", "--request-framing", "raw"], 2, "--reply-framing");
    is_refused(&["--handler", "echo", "--framing", "lien"], 104, "`line`");
    is_refused(&["--handler", "ehco", "--framing", "line"], 104, "ehco");
    let config = ["--handler", "echo", "--framing", "line", "--config", "{ verfy = true }"];
    is_refused(&config, 104, "verfy");
    let listen = ["--handler", "echo", "--framing", "line", "--listen", "localhost:1"];
    is_refused(&listen, 2, "no address");
    is_refused(&["nowhere.toml"], 104, "nowhere.toml");
}

#[test]
fn unix_datagrams_are_answered_wherever_the_clients_socket_is_bound() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "raw", &["--transport", "unixgram"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let abstract_name = |name: &str| SocketAddr::from_abstract_name(name).expect("a short name");
    let own = std::process::id();
    let peers = [
        SocketAddr::from_pathname(folder.path().join("one")).expect("a short path"),
        SocketAddr::from_pathname(folder.path().join("two")).expect("a short path"),
        abstract_name(&format!("wirebench-test-{own}")),
        abstract_name(&format!("{}", own % 1_000)),
    ]
    .map(|address| UnixDatagram::bind_addr(&address).expect("it is free"));
    for round in 0..2 {
        for (number, peer) in peers.iter().enumerate() {
            peer.set_read_timeout(Some(crate::harness::ENDS_AT_ALL)).expect("it can be set");
            let sent = [number as u8, round];
            peer.send_to(&sent, &serve.address).expect("it is taken");
            let mut got = [0; 10];
            assert_eq!(peer.recv(&mut got).expect("it is answered"), sent.len());
            assert_eq!(got[..2], sent);
        }
    }
    let nameless = UnixDatagram::unbound().expect("a socket");
    nameless.send_to(b"hello", &serve.address).expect("it is taken");
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    let nameless = "accept 1, first: a datagram from a socket without a name";
    for told in ["4 sessions", "8 messages in", "8 messages out", nameless] {
        assert!(ran.stdout.contains(told), "{told}: {ran}");
    }
}

#[test]
fn datagrams_are_served_to_whoever_sends_them() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "raw", &["--transport", "udp"]);
    for _ in 0..2 {
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
        peer.set_read_timeout(Some(crate::harness::ENDS_AT_ALL)).expect("a timeout can be set");
        peer.connect(&serve.address).expect("an address");
        for sent in [&b"hello"[..], b"", b"again"] {
            peer.send(sent).expect("it is taken");
            let mut got = [0; 100];
            let count = peer.recv(&mut got).expect("it is answered");
            assert_eq!(&got[..count], sent);
        }
    }
    let client = Bench::new();
    let udp = ["--transport", "udp", "--messages", "20"];
    is_done(&drive_echo(&client, &serve.address, "raw", &udp), 20);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("3 sessions; 26 messages in"), "{ran}");
}

#[test]
fn what_a_flood_wrote_comes_before_the_error_under_every_bound() {
    for (framing, most) in [
        ("len32be", 1 << 20),
        (r#"{ kind = "len32be", max = "4 KiB" }"#, 4 << 10),
        (r#"{ kind = "len32be", max = "64 MiB" }"#, 1 << 20),
    ] {
        let bench = Bench::new();
        let config = "{ commands = { flood = ['yes'] } }";
        let arguments = ["--handler", "exec", "--framing", framing, "--config", config];
        let serve = Serve::start(&bench, &arguments);
        let mut peer = serve.connect();
        write_frame(&mut peer, b"flood");
        let answer = read_frame(&mut peer).expect("an answer");
        let text = String::from_utf8(answer).expect("text");
        let (output, error) = text.rsplit_once('\n').expect("several lines");
        assert_eq!(error, "exec: too much output: flood wrote more than 1048576 bytes");
        assert!(output.lines().all(|line| line == "y"), "{framing}");
        let length = text.len();
        assert!(length > most - 100 && length < most + 100, "{framing}: {length}");
        let ran = serve.end();
        assert!(!ran.stdout.contains("could not be sent"), "{ran}");
    }
}
