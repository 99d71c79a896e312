//! What whoever starts the program has done to its signals changes nothing.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, plugin_folder, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// Has a command start with the ends of children unheard, and all signals blocked that can be.
fn deaf(command: &Command) -> Command {
    let script = "import os, signal, sys\n\
                  signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n\
                  signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n\
                  os.execv(sys.argv[1], sys.argv[1:])";
    let mut deaf = Command::new("python3");
    deaf.args(["-c", script]).arg(command.get_program()).args(command.get_args());
    deaf.current_dir(command.get_current_dir().expect("a bench has a folder"));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => deaf.env(name, value),
            None => deaf.env_remove(name),
        };
    }
    deaf
}

#[track_caller]
fn goes_well(arguments: &[&str], load: &str) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", load, ""));
    let command = bench.command(arguments);
    let ran = bench.launch(deaf(&command)).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_run_a_check_and_a_torture_go_well() {
    let plugins = ["--plugin-dir", plugin_folder()];
    goes_well(&[&["run", "scenario.toml"][..], &plugins].concat(), "messages = 10\nrounds = 2\n");
    goes_well(&[&["check", "scenario.toml"][..], &plugins].concat(), "messages = 10\n");
    goes_well(&["torture", "line", "--only", "empty"], "messages = 10\n");
}

#[test]
fn a_run_can_be_ended() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "duration = \"10min\"\n", ""));
    let command = bench.command(&bench.run_arguments(&[]));
    let running = bench.launch(deaf(&command));
    await_verb(&bench, "__side", 2);
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    nothing_is_left(&bench);
}

/// Runs a verb as a user who may start no process.
#[track_caller]
fn is_told(arguments: &[&str]) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 10\n", ""));
    // Root is not bound by the limit, and a user whom nobody is may have no process at all.
    let script = "import os, resource, sys\n\
                  os.getuid() == 0 and os.setresuid(54321, 54321, 54321)\n\
                  resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n\
                  os.execv(sys.argv[1], sys.argv[1:])";
    let command = bench.command(arguments);
    let mut limited = Command::new("python3");
    limited.args(["-c", script]).arg(command.get_program()).args(command.get_args());
    limited.current_dir(bench.folder());
    let folder = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bench.folder(), folder).expect("it is ours");
    let ran = bench.launch(limited).wait();
    assert!(matches!(ran.code, Some(1 | 100 | 104)), "{ran}");
    assert!(ran.stderr.contains("Resource temporarily unavailable"), "{ran}");
    assert!(!ran.stderr.contains("panicked"), "{ran}");
}

#[test]
fn a_limit_on_processes_is_told_and_no_bug() {
    let plugins = ["--plugin-dir", plugin_folder()];
    is_told(&[&["check", "scenario.toml"][..], &plugins].concat());
    is_told(&["torture", "line", "--only", "empty"]);
}
