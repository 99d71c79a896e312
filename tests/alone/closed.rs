//! Nobody reads what a side alone prints, or a full disk takes it: it plays on all the same.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, ENDS_AT_ALL, plugin_folder};
use crate::support::{Serve, by_hand, drive_echo, is_done, read_frame};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::OpenOptions;
use std::io::{Read, pipe};
use std::process::Stdio;
use std::time::Instant;

fn closed() -> Stdio {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("Linux has it").into()
}

/// Drives with the handler echo; the exit status and what was said on standard error.
fn drive(bench: &Bench, address: &str, more: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let mut all = vec!["drive", address, "--plugin-dir", plugin_folder()];
    all.extend(["--handler", "echo", "--framing", "len32be"]);
    all.extend(more);
    let mut command = bench.command(&all);
    let child = command.stdout(stdout).stderr(Stdio::piped()).spawn().expect("it starts");
    let ended = child.wait_with_output().expect("it ends");
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[test]
fn a_client_ends_as_its_exchanges_did() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    let client = Bench::new();
    client.write("lines.txt", "one\ntwo\nthree\n");
    for how in [&["--messages", "50"][..], &["--input", "lines.txt"]] {
        let (code, said) = drive(&client, &serve.address, how, closed());
        assert_eq!(code, Some(0), "{how:?}: {said}");
        assert!(!said.contains("standard output"), "{how:?}: {said}");
        let (code, said) = drive(&client, &serve.address, how, full());
        assert_eq!(code, Some(108), "{how:?}: {said}");
        assert!(said.contains("standard output: No space left"), "{how:?}: {said}");
    }
    let ran = serve.end();
    // Every line was sent, though no answer could be shown.
    assert!(ran.stdout.contains("106 messages in"), "{ran}");
}

#[test]
fn an_exchange_without_an_answer_is_told_before_a_full_disk() {
    for stdout in [closed, full] {
        let (address, serving) =
            by_hand(1, |mut stream| while read_frame(&mut stream).is_some() {});
        let more = ["--messages", "1", "--set", "load.timeout=50ms", "--set", "load.drain=50ms"];
        let (code, said) = drive(&Bench::new(), &address, &more, stdout());
        assert_eq!(code, Some(100), "{said}");
        drop(serving);
    }
}

#[test]
fn a_server_serves_on_until_it_is_told_to_end() {
    for (stdout, code) in [(closed(), 0), (full(), 108)] {
        let bench = Bench::new();
        let mut all = vec!["serve", "--plugin-dir", plugin_folder(), "--handler", "echo"];
        all.extend(["--framing", "len32be", "--listen", "./s.sock"]);
        let mut command = bench.command(&all);
        let mut child =
            command.stdout(stdout).stderr(Stdio::piped()).spawn().expect("the program starts");
        let path = bench.folder().join("s.sock");
        let begun = Instant::now();
        while !path.exists() {
            assert!(begun.elapsed() < ENDS_AT_ALL, "it does not listen");
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        let path = path.to_str().expect("a path in UTF-8");
        is_done(&drive_echo(&Bench::new(), path, "len32be", &["--messages", "50"]), 50);
        kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).expect("it runs");
        let mut said = String::new();
        let mut errors = child.stderr.take().expect("its errors are a pipe");
        errors.read_to_string(&mut said).expect("it is text");
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{said}");
        assert_eq!(said.contains("standard output: No space left"), code == 108, "{said}");
        nothing_is_left(&bench);
    }
}
