//! `run --attach` has a side wait for a debugger, and waits for it however long it takes.

use crate::harness::{Bench, processes, scenario};
use std::process::Command;
use std::time::{Duration, Instant};

const AT_ALL: Duration = Duration::from_secs(60);

/// Holds a process for a moment as a debugger does, and leaves it again (`PTRACE_SEIZE`; a tracer that ends lets
/// go of what it traces).
const TRACE: &str = "\
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
process = int(sys.argv[1])
if libc.ptrace(0x4206, process, None, None) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
time.sleep(1)
";

/// The number behind `-p` in what was told.
fn told_process(bench: &Bench) -> u32 {
    let begun = Instant::now();
    loop {
        let told = std::fs::read_to_string(bench.folder().join("stderr.txt")).unwrap_or_default();
        let number = told.split("gdb -p ").nth(1).and_then(|rest| rest.split(' ').next());
        if let Some(number) = number.filter(|_| told.contains("`continue`")) {
            return number.parse().expect("a process");
        }
        assert!(begun.elapsed() < AT_ALL, "no process was told: {told}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn attaches_to(side: &str) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 20\n", ""));
    let arguments = bench.run_arguments(&["--attach", side]);
    let running = bench.start(&arguments);
    let process = told_process(&bench);
    let traced = Command::new("python3").args(["-c", TRACE, &process.to_string()]).output();
    let traced = traced.expect("python3 is there");
    let refused = String::from_utf8_lossy(&traced.stderr);
    if refused.contains("Operation not permitted") {
        eprintln!("not decided: nothing may be traced here");
        return;
    }
    assert!(traced.status.success(), "{refused}");
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains(&format!("the {side} waits for a debugger")), "{ran}");
    bench.document().cell().is_intact();
    processes::nothing_is_left(&bench);
}

#[test]
fn a_server_or_a_client_waits_until_a_debugger_holds_it_and_then_plays() {
    attaches_to("server");
    attaches_to("client");
}

#[test]
fn ctrl_c_ends_a_run_that_waits_for_a_debugger() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 20\n", ""));
    let running = bench.start(&bench.run_arguments(&["--attach", "client"]));
    told_process(&bench);
    let process = nix::unistd::Pid::from_raw(running.pid());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGINT).expect("it runs");
    assert_eq!(running.wait().code, Some(105));
    processes::nothing_is_left(&bench);
}

#[test]
fn it_does_not_go_with_watch() {
    let bench = Bench::new();
    let ran = bench.start(&["run", "x.toml", "--attach", "server", "--watch"]).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
}
