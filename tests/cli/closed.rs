//! A reader that goes away, a terminal that is gone, a full disk behind `>`: printing ends, and
//! what was asked for goes on.

use crate::harness::{Bench, scenario};
use std::fs::OpenOptions;
use std::io::{Read, pipe};
use std::process::{Command, Stdio};

/// Runs a prepared command; its exit status and what it said on standard error.
#[track_caller]
fn ends(mut command: Command) -> (Option<i32>, String) {
    let (mut reader, writer) = pipe().expect("a pipe");
    let mut child = command.stderr(writer).spawn().expect("the program starts");
    drop(command);
    let mut said = String::new();
    reader.read_to_string(&mut said).expect("it is text");
    (child.wait().expect("it ends").code(), said)
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("Linux has it").into()
}

/// Two scenarios, of which the second fails a gate. (It is none on cost: those decide nothing where a
/// hypervisor took the processor meanwhile.)
fn two(bench: &Bench) -> Command {
    bench.write("one.toml", scenario("\"len32be\"", "", "").replace("\"test\"", "\"one\""));
    let gate = "[expect]\nintact = \"> 1000000\"\n";
    bench.write("two.toml", scenario("\"len32be\"", "", gate).replace("\"test\"", "\"two\""));
    let folder = crate::harness::plugin_folder();
    bench.command(&["run", "one.toml", "two.toml", "--out", "out", "--plugin-dir", folder])
}

#[track_caller]
fn are_kept(bench: &Bench) {
    for name in ["one", "two"] {
        assert!(bench.out().join(name).join("latest/result.json").is_file(), "{name}");
    }
}

#[test]
fn a_reader_that_goes_away_hides_no_verdict_and_stops_no_scenario() {
    let bench = Bench::new();
    let mut command = two(&bench);
    command.stdout(closed());
    // Why it fails is told, and nothing of who did not read it.
    let (code, told) = ends(command);
    assert_eq!((code, told.lines().count()), (Some(100), 2), "{told}");
    assert!(told.starts_with("error: two: 1 of 1 cell fails:\n"), "{told}");
    are_kept(&bench);
}

#[test]
fn a_full_standard_output_is_told_and_hides_no_verdict() {
    let bench = Bench::new();
    let mut command = two(&bench);
    command.stdout(full());
    let (code, said) = ends(command);
    assert_eq!(code, Some(100), "{said}");
    assert!(said.contains("standard output: No space left"), "{said}");
    are_kept(&bench);
}

#[test]
fn a_standard_error_that_nobody_reads_changes_nothing() {
    for broken in [closed, full] {
        let bench = Bench::new();
        let mut command = two(&bench);
        // Something is told there: the folder is in the way of a result.
        bench.write("out", "");
        let status = command.stdout(Stdio::null()).stderr(broken()).status();
        assert_eq!(status.expect("it ends").code(), Some(108));
        let mut command = bench.command(&["check", "nowhere.toml"]);
        let status = command.stdout(closed()).stderr(broken()).status();
        assert_eq!(status.expect("it ends").code(), Some(104));
    }
}

/// What every verb prints, with the code that it ends with when that is printed.
const PRINTING: [(&[&str], i32); 13] = [
    (&["--help"], 0),
    (&["--version"], 0),
    (&["run", "--help"], 0),
    (&["check", "scenario.toml"], 0),
    (&["plan", "scenario.toml"], 0),
    (&["list"], 0),
    (&["schema"], 0),
    (&["completions", "bash"], 0),
    (&["man"], 0),
    (&["doctor", "--quick"], 0),
    (&["torture", "--list"], 0),
    (&["torture", "line", "--only", "every-cut", "--quick"], 0),
    (&["torture", "raw", "nothing-such", "--quick"], 104),
];

#[track_caller]
fn print(arguments: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let mut all = arguments.to_vec();
    if ["check", "list"].contains(&arguments[0]) {
        all.extend(["--plugin-dir", crate::harness::plugin_folder()]);
    }
    let mut command = bench.command(&all);
    command.stdout(stdout);
    ends(command)
}

#[test]
fn no_verb_minds_a_reader_that_goes_away() {
    for (arguments, code) in PRINTING {
        let (ended, said) = print(arguments, closed());
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("standard output"), "{arguments:?}: {said}");
    }
}

#[test]
fn every_verb_tells_that_it_could_not_print_and_fails() {
    for (arguments, code) in PRINTING {
        let (ended, said) = print(arguments, full());
        let expected = if code == 0 { 108 } else { code };
        assert_eq!(ended, Some(expected), "{arguments:?}: {said}");
        let prints = code == 0;
        assert_eq!(said.contains("standard output: No space left"), prints, "{said}");
    }
}

#[test]
fn a_limit_on_files_ends_the_printing_and_not_the_program() {
    let bench = Bench::new();
    let limited = format!("ulimit -f 0; exec {} list > listing", env!("CARGO_BIN_EXE_wirebench"));
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).current_dir(bench.folder());
    let (code, said) = ends(command);
    assert_eq!(code, Some(108), "{said}");
    assert!(said.contains("standard output: File too large"), "{said}");
}
