//! The Python programs of this folder, run.

use crate::harness::{Bench, ENDS_AT_ALL, Ran};
use crate::support::{Serve, drive};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A program of this folder, run by `python`; words behind its name are its first arguments.
fn command_of(python: &Path, program: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/interop");
    let mut command = Command::new(python);
    let mut words = program.split_whitespace();
    command.arg(folder.join(words.next().unwrap_or_default())).args(words);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn command(program: &str) -> Command {
    command_of(Path::new("python3"), program)
}

/// The same in the folder that `tests/foreign/install` was given, with what it has installed there.
fn installed(program: &str) -> Command {
    let folder = std::env::var_os("WIREBENCH_TEST_FOREIGN")
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_FOREIGN names the folder that tests/foreign/install was given");
    command_of(&folder.join("bin/python"), program)
}

fn start(mut command: Command) -> Child {
    command.spawn().expect("these tests need python3 (3.8 or newer) on the PATH")
}

/// Ends well, having had nothing to complain of.
#[track_caller]
fn ends_well(mut child: Child, program: &str) {
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if begun.elapsed() > ENDS_AT_ALL {
            let _ = child.kill();
            panic!("{program} did not end");
        }
        std::thread::sleep(std::time::Duration::from_millis(3));
    };
    let mut errors = String::new();
    let stderr = child.stderr.as_mut().expect("its errors are a pipe");
    stderr.read_to_string(&mut errors).expect("its errors are text");
    assert!(status.success(), "{program}: {status}: {errors}");
}

/// A Python client talks to `serve` with these arguments, alone and again.
#[track_caller]
pub(crate) fn client(program: &str, arguments: &[&str]) -> Ran {
    client_with(program, &[], arguments)
}

/// The same with more on the client's command line, behind the address.
#[track_caller]
pub(crate) fn client_with(program: &str, more: &[&str], arguments: &[&str]) -> Ran {
    let ran = called_by(|| command(program), (program, more), 2, arguments);
    assert!(!ran.stdout.contains("errors"), "{ran}");
    ran
}

/// A client that `tests/foreign/install` has installed, which may try what is to be refused.
#[track_caller]
pub(crate) fn installed_client(program: &str, arguments: &[&str]) -> Ran {
    called_by(|| installed(program), (program, &[]), 1, arguments)
}

/// A Python client that behaves badly, and checks what it is told, comes once.
#[track_caller]
pub(crate) fn bad_client(program: &str, arguments: &[&str]) -> Ran {
    called_by(|| command(program), (program, &[]), 1, arguments)
}

/// One that does what `how` says, which may be wrong, comes twice.
#[track_caller]
pub(crate) fn misbehaving_client(program: &str, how: &str, arguments: &[&str]) -> Ran {
    called_by(|| command(program), (program, &[how]), 2, arguments)
}

#[track_caller]
fn called_by(
    command: impl Fn() -> Command,
    (program, more): (&str, &[&str]),
    times: usize,
    arguments: &[&str],
) -> Ran {
    let bench = Bench::new();
    let serve = Serve::start(&bench, arguments);
    for _ in 0..times {
        let mut client = command();
        client.arg(&serve.address).args(more);
        ends_well(start(client), program);
    }
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    ran
}

/// A Python client that does something wrong talks to `serve` with these arguments: what it complains of.
#[track_caller]
pub(crate) fn complaint(program: &str, arguments: &[&str]) -> String {
    let bench = Bench::new();
    let serve = Serve::start(&bench, arguments);
    let mut client = command(program);
    client.arg(&serve.address);
    let ended = start(client).wait_with_output().expect("it can be waited for");
    assert_eq!(ended.status.code(), Some(1), "{program} should have failed");
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

/// `drive` with these arguments talks to a Python server, which takes one connection. `ends`: the
/// server ends with it.
#[track_caller]
pub(crate) fn server(program: &str, arguments: &[&str], ends: bool) -> Ran {
    talks_to(command(program), program, arguments, ends)
}

/// The same with one that does what `how` says, which may be wrong.
#[track_caller]
pub(crate) fn misbehaving_server(program: &str, how: &str, arguments: &[&str], ends: bool) -> Ran {
    let mut server = command(program);
    server.arg(how);
    talks_to(server, program, arguments, ends)
}

/// The same with what `tests/foreign/install` has installed; it has to be ended.
#[track_caller]
pub(crate) fn installed_server(program: &str, arguments: &[&str]) -> Ran {
    talks_to(installed(program), program, arguments, false)
}

#[track_caller]
fn talks_to(command: Command, program: &str, arguments: &[&str], ends: bool) -> Ran {
    let mut server = start(command);
    let mut place = String::new();
    let mut out = BufReader::new(server.stdout.take().expect("its output is a pipe"));
    out.read_line(&mut place).expect("its output is text");
    let bench = Bench::new();
    let address = match place.trim() {
        path if path.starts_with('/') => path.to_owned(),
        port => format!("127.0.0.1:{port}"),
    };
    let ran = drive(&bench, &address, arguments);
    if ran.code == Some(0) && ends {
        ends_well(server, program);
    } else {
        let _ = server.kill();
        let _ = server.wait();
    }
    ran
}
