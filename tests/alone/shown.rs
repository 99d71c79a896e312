//! `serve --show`: what arrives is printed, a message a line, and with it how reads cut and merged it. Clients are
//! plain Python.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, plugin_folder};
use crate::support::Serve;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Runs a Python client that is connected as `peer`, and has `until` read until so many bytes came back.
#[track_caller]
fn client(address: &str, body: &str) {
    let script = format!(
        "import socket, sys, time\n\
         host, port = sys.argv[1].rsplit(':', 1)\n\
         peer = socket.create_connection((host, int(port)), timeout=60)\n\
         peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n\
         def until(count):\n\
         \x20   while count > 0:\n\
         \x20       came = peer.recv(65536)\n\
         \x20       assert came\n\
         \x20       count -= len(came)\n\
         {body}\n"
    );
    let python = Command::new("python3").args(["-c", &script, address]).output();
    let python = python.expect("there is a Python");
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
}

/// What is shown of one client.
#[track_caller]
fn shown(framing: &str, more: &[&str], body: &str) -> Ran {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, framing, &[&["--show"], more].concat());
    client(&serve.address, body);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    nothing_is_left(&bench);
    ran
}

#[test]
fn writes_that_were_merged_are_one_message_without_boundaries() {
    // It reads when both have long come.
    let late = ["--set", "transport.read-delay=400ms"];
    let ran = shown("raw", &late, "peer.sendall(b'one')\npeer.sendall(b'two')\nuntil(6)");
    assert!(ran.stdout.starts_with("session 1, message 1, 6 B: \"onetwo\"\n"), "{ran}");
}

#[test]
fn a_read_that_held_several_messages_is_told_before_them() {
    let ran = shown("line", &[], "peer.sendall(b'one\\ntwo\\nthree\\n')\nuntil(14)");
    let expected = "session 1: read 1 of 14 B held 3 messages\n\
                    session 1, message 1, 3 B: \"one\"\n\
                    session 1, message 2, 3 B: \"two\"\n\
                    session 1, message 3, 5 B: \"three\"\n";
    assert!(ran.stdout.starts_with(expected), "{ran}");
    // The summary stands behind it.
    assert!(ran.stdout.contains("1 session; 3 messages in"), "{ran}");
}

#[test]
fn a_message_in_pieces_says_in_which() {
    let pieces =
        "for byte in b'pieces\\n':\n    peer.sendall(bytes([byte])); time.sleep(0.05)\nuntil(7)";
    let ran = shown("line", &[], pieces);
    let line = ran.stdout.lines().next().expect("a line");
    let told = line.strip_prefix("session 1, message 1, 6 B in ").expect(line);
    let (reads, rest) = told.split_once(" reads of ").expect(line);
    let sizes = rest.strip_suffix(" B: \"pieces\"").expect(line).split(", ");
    let sizes: Vec<usize> = sizes.map(|size| size.parse().expect(line)).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 7, "{line}");
    assert!(sizes.len() > 1 && reads.parse() == Ok(sizes.len()), "{line}");
}

#[test]
fn what_begins_in_a_read_and_ends_in_the_next_is_told_of_both() {
    let body = "peer.sendall(b'one\\ntw'); until(4); peer.sendall(b'o\\nsix\\n'); until(8)";
    let ran = shown("line", &[], body);
    let expected = "session 1: read 1 of 6 B held 1 message and the beginning of another\n\
                    session 1, message 1, 3 B: \"one\"\n\
                    session 1: read 2 of 6 B held the end of a message and 1 whole\n\
                    session 1, message 2, 3 B in 2 reads of 6, 6 B: \"two\"\n\
                    session 1, message 3, 3 B: \"six\"\n";
    assert!(ran.stdout.starts_with(expected), "{ran}");
}

#[test]
fn datagrams_are_shown_as_they_came() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len16be", &["--show", "--transport", "udp"]);
    let script = "import socket, sys\n\
                  host, port = sys.argv[1].rsplit(':', 1)\n\
                  peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
                  peer.settimeout(60)\n\
                  peer.connect((host, int(port)))\n\
                  for text in (b'one', b'two'):\n\
                  \x20   peer.send(len(text).to_bytes(2, 'big') + text)\n\
                  \x20   assert peer.recv(100)[2:] == text\n";
    let python = Command::new("python3").args(["-c", script, &serve.address]).output();
    let python = python.expect("there is a Python");
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let ran = serve.end();
    let expected = "session 1, message 1, 3 B: \"one\"\nsession 1, message 2, 3 B: \"two\"\n";
    assert!(ran.stdout.starts_with(expected), "{ran}");
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed_and_long_messages_are_cut() {
    let evil = "peer.sendall(b'\\x1b[2J\\x1b]0;x\\x07\\x9b1m\\\"\\\\\\n')\nuntil(16)\n\
                peer.sendall(b'x' * 1000 + b'\\n')\nuntil(1001)";
    let ran = shown("line", &[], evil);
    assert!(ran.stdout.bytes().all(|byte| byte == b'\n' || !byte.is_ascii_control()), "{ran}");
    let first = "session 1, message 1, 15 B: \"\\x1b[2J\\x1b]0;x\\x07\\x9b1m\\\"\\\\\"\n";
    assert!(ran.stdout.starts_with(first), "{ran}");
    let second = format!("message 2, 1000 B: \"{}\" and 936 B more\n", "x".repeat(64));
    assert!(ran.stdout.contains(&second), "{ran}");
}

#[test]
fn without_the_option_nothing_is_shown() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "line", &[]);
    client(&serve.address, "peer.sendall(b'one\\n'); until(4)");
    assert!(!serve.end().stdout.contains("message 1"));
}

/// A server whose output nobody has read beyond its address.
fn unread(bench: &Bench) -> (std::process::Child, BufReader<std::process::ChildStdout>, String) {
    let arguments = ["serve", "--handler", "echo", "--framing", "line", "--show"];
    let mut command = bench.command(&[&arguments[..], &["--plugin-dir", plugin_folder()]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the program starts");
    let mut out = BufReader::with_capacity(1, child.stdout.take().expect("it is a pipe"));
    let mut address = String::new();
    out.read_line(&mut address).expect("its output is text");
    (child, out, address.trim_end().to_owned())
}

/// Sends ten thousand messages and has all of them answered.
const MANY: &str = "for _ in range(100):\n    peer.sendall(b'm\\n' * 100); until(200)";

/// As behind `| head -1`.
#[test]
fn a_reader_that_goes_away_stops_no_server() {
    let bench = Bench::new();
    let (mut child, out, address) = unread(&bench);
    drop(out);
    client(&address, MANY);
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).expect("it runs");
    let status = child.wait().expect("it can be waited for");
    assert_eq!(status.code(), Some(0));
    nothing_is_left(&bench);
}

#[test]
fn a_reader_that_reads_nothing_stops_no_server_and_learns_what_was_left_out() {
    let bench = Bench::new();
    let (mut child, mut out, address) = unread(&bench);
    // More than a pipe takes.
    client(&address, MANY);
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).expect("it runs");
    let mut text = String::new();
    out.read_to_string(&mut text).expect("it is text");
    assert_eq!(child.wait().expect("it can be waited for").code(), Some(0), "{text}");
    let shown = text.lines().filter(|line| line.contains(", message ")).count();
    assert!(shown > 0 && shown < 10_000, "{shown}");
    // Every message is shown or counted: the summary is read once there is room again.
    let left_out = format!("output {}, first: ", 10_000 - shown);
    assert!(text.contains(&left_out), "{left_out}: {text}");
    nothing_is_left(&bench);
}
