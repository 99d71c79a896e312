//! Nothing of a command outlives its session, its round, or the program.

use crate::harness::processes::{nothing_is_left, of};
use crate::harness::{Bench, ENDS_AT_ALL, MARK, pass, scenario};
use std::time::{Duration, Instant};

/// A handler whose command starts another one and sleeps. Both can be found by the bench's mark,
/// which commands do not inherit.
fn sleeping(bench: &Bench, config: &str) -> String {
    let line = "sleep 1000 & sleep 1000";
    format!(
        "handler = {{ plugin = \"exec\", config = {{ commands = {{ wait = [\"sh\", \"-c\", \"{line}\"] }}, \
         ask = \"wait\", environment = {{ {MARK} = \"{}\" }}, {config} }} }}\n",
        bench.mark()
    )
}

#[test]
fn commands_that_run_at_the_end_of_a_round_end_with_it() {
    // Nobody is answered but those whose commands are ended in time.
    for (config, code) in [
        ("timeout = \"60 s\"", 106),
        ("timeout = \"50ms\"", 0),
        ("timeout = \"60 s\", max-processes = 1", 106),
    ] {
        let bench = Bench::new();
        let load = "messages = 6\nconnections = 3\ntimeout = \"100ms\"\ndrain = \"100ms\"\n";
        let ran = bench.run(&scenario("\"len32be\"", load, &sleeping(&bench, config)), &[]);
        assert_eq!(ran.code, Some(code), "{ran}");
        assert_eq!(bench.document().cell().done(), 0);
        nothing_is_left(&bench);
    }
}

#[test]
fn commands_die_with_a_program_that_is_killed() {
    let bench = Bench::new();
    let load = "messages = 6\nconnections = 3\ntimeout = \"60 s\"\ndrain = \"60 s\"\n";
    let handler = sleeping(&bench, "timeout = \"60 s\"");
    let running = bench.start_scenario(&scenario("\"len32be\"", load, &handler), &[]);
    let begun = Instant::now();
    while of(&bench).iter().filter(|process| process.verb() == "1000").count() < 6 {
        assert!(begun.elapsed() < ENDS_AT_ALL, "the commands never ran: {:?}", of(&bench));
        std::thread::sleep(Duration::from_millis(2));
    }
    // Dropped, it is killed.
    drop(running);
    nothing_is_left(&bench);
}

/// Each command says how many descriptors the server has open.
#[test]
fn hundreds_of_commands_leave_no_descriptor_open() {
    let command = r#"of-server = ["sh", "-c", "ls /proc/$PPID/fd | wc -l"]"#;
    let config = format!(
        "commands = {{ {command} }}, ask = \"of-server\", expect = {{ of-server = \"^[0-9]{{1,2}}\\n$\" }}"
    );
    let handler = format!("handler = {{ plugin = \"exec\", config = {{ {config} }} }}\n");
    let load =
        "messages = 300\nin-flight = 4\nconnections = 2\ntimeout = \"20s\"\ndrain = \"20s\"\n";
    let document = pass(&scenario("\"len32be\"", load, &handler));
    // One a command would have made it more than two digits.
    assert_eq!(document.cell().done(), 300, "{}", document.cell().complaints());
}

#[test]
fn a_command_that_leaves_its_process_group_is_killed_when_its_time_is_over() {
    // Into that of the server, which nobody kills.
    let script = "import os, time; os.setpgid(0, os.getpgid(os.getppid())); time.sleep(1000)";
    let bench = Bench::new();
    let config = format!(
        "commands = {{ roam = [\"python3\", \"-c\", \"{script}\"] }}, ask = \"roam\", \
         environment = {{ {MARK} = \"{}\" }}, timeout = \"500ms\"",
        bench.mark()
    );
    let handler = format!("handler = {{ plugin = \"exec\", config = {{ {config} }} }}\n");
    let load = "messages = 2\ntimeout = \"20s\"\ndrain = \"20s\"\n";
    let ran = bench.run(&scenario("\"len32be\"", load, &handler), &[]);
    let document = bench.document();
    let rejected = document.cell().count("/exchanges/rejected");
    assert_eq!(rejected, 2, "{ran}{}", document.cell().complaints());
    let (count, example) = crate::counted(document.cell(), "server", "timed-out");
    assert!(count >= 2 && example.contains("ran longer than 500ms"), "{example}");
    nothing_is_left(&bench);
}
