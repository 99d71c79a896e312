//! The Python programs of this folder, run.

use crate::harness::{Bench, ENDS_AT_ALL, Ran};
use crate::support::{Serve, drive};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

fn command(program: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/interop");
    let mut command = Command::new("python3");
    command.arg(folder.join(program)).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
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
    let ran = misbehaving_client(program, "", arguments);
    assert!(!ran.stdout.contains("errors"), "{ran}");
    ran
}

/// The same with one that does what `how` says, which may be wrong.
#[track_caller]
pub(crate) fn misbehaving_client(program: &str, how: &str, arguments: &[&str]) -> Ran {
    let bench = Bench::new();
    let serve = Serve::start(&bench, arguments);
    for _ in 0..2 {
        let mut client = command(program);
        client.arg(&serve.address).arg(how);
        ends_well(start(client), program);
    }
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    ran
}

/// `drive` with these arguments talks to a Python server, which takes one connection. `ends`: the
/// server ends with it.
#[track_caller]
pub(crate) fn server(program: &str, arguments: &[&str], ends: bool) -> Ran {
    misbehaving_server(program, "", arguments, ends)
}

/// The same with one that does what `how` says, which may be wrong.
#[track_caller]
pub(crate) fn misbehaving_server(program: &str, how: &str, arguments: &[&str], ends: bool) -> Ran {
    let mut server = command(program);
    server.arg(how);
    let mut server = start(server);
    let mut port = String::new();
    let mut out = BufReader::new(server.stdout.take().expect("its output is a pipe"));
    out.read_line(&mut port).expect("its output is text");
    let bench = Bench::new();
    let ran = drive(&bench, &format!("127.0.0.1:{}", port.trim()), arguments);
    if ran.code == Some(0) && ends {
        ends_well(server, program);
    } else {
        let _ = server.kill();
        let _ = server.wait();
    }
    ran
}
