//! Results that were to be kept: they are, or the run fails, at best before it has begun.

use crate::harness::document::Document;
use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, plugin_folder, scenario};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

/// A gate that fails. (None on cost: those decide nothing where a hypervisor took the processor.)
const FAILING: &str = "[expect]\nintact = \"> 1000000\"\n";

#[track_caller]
fn run(bench: &Bench, gates: &str, more: &[&str]) -> Ran {
    bench.write("scenario.toml", scenario("\"len32be\"", "", gates));
    let mut all = vec!["run", "scenario.toml", "--plugin-dir", plugin_folder()];
    all.extend(more);
    bench.start(&all).wait()
}

/// Ends with 108 before a round has begun.
#[track_caller]
fn is_refused(bench: &Bench, more: &[&str], why: &str) {
    let ran = run(bench, FAILING, more);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains(why), "`{why}`: {ran}");
    assert!(ran.stdout.is_empty(), "{ran}");
    nothing_is_left(bench);
}

#[test]
fn a_document_that_has_no_place_is_refused_before_anything_runs() {
    let bench = Bench::new();
    fs::create_dir(bench.folder().join("folder")).expect("the folder is writable");
    bench.write("file", "");
    for (path, why) in [
        ("nowhere/x.json", "No such file"),
        ("folder", "is a directory"),
        ("file/x.json", "Not a directory"),
        ("/proc/x.json", "cannot write /proc/x.json"),
    ] {
        is_refused(&bench, &["--out", "out", "--json", path], why);
    }
    assert!(!bench.out().exists());
}

#[test]
fn a_named_folder_that_takes_nothing_is_refused_before_anything_runs() {
    let bench = Bench::new();
    bench.write("file", "");
    for out in ["file", "file/below", "/proc/nowhere", "/dev/full"] {
        is_refused(&bench, &["--out", out, "--json", "x.json"], "cannot keep results in");
    }
    assert!(!bench.folder().join("x.json").exists());
}

#[test]
fn the_usual_folder_is_used_as_far_as_it_can_be() {
    let bench = Bench::new();
    bench.write("wirebench-out", "in the way");
    let ran = run(&bench, "", &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains("warning: the results are not kept"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "{ran}");
}

#[test]
fn a_document_that_a_full_disk_does_not_take_fails_the_run_and_hides_no_gate() {
    for (gates, code) in [("", 108), (FAILING, 100)] {
        let ran = run(&Bench::new(), gates, &["--out", "out", "--json", "/dev/full"]);
        assert_eq!(ran.code, Some(code), "{ran}");
        assert!(ran.stderr.contains("cannot write /dev/full: No space left"), "{ran}");
        assert!(ran.stdout.contains("1 cells pass"), "{ran}");
    }
}

#[test]
fn a_file_that_grows_too_long_leaves_the_old_document_whole() {
    let bench = Bench::new();
    let flights: Vec<String> = (1..=80).map(|count| count.to_string()).collect();
    let matrix = format!("\n{FAILING}[matrix]\n\"load.in-flight\" = [{}]\n", flights.join(", "));
    // The limit, in blocks of 512 bytes, holds for shared memory too: it is larger than the ledger.
    let load = "messages = 10\nledger = \"64 KiB\"\n";
    bench.write("scenario.toml", scenario("\"len32be\"", load, &matrix));
    bench.write("x.json", "a good old document");
    let limited = format!(
        "ulimit -f 1000; exec {} run scenario.toml --out out --json x.json --quiet --plugin-dir {}",
        env!("CARGO_BIN_EXE_wirebench"),
        plugin_folder()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).current_dir(bench.folder());
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("error: the results are not kept whole"), "{ran}");
    assert!(ran.stderr.contains("cannot write x.json: File too large (os error 27); "), "{ran}");
    let old = fs::read_to_string(bench.folder().join("x.json")).expect("it is there");
    assert_eq!(old, "a good old document");
    let left = fs::read_dir(bench.folder()).expect("a folder").flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".tmp")), "{left:?}");
}

#[test]
fn a_document_replaces_what_a_link_points_to_and_keeps_its_permissions() {
    let bench = Bench::new();
    fs::create_dir(bench.folder().join("elsewhere")).expect("the folder is writable");
    let there = bench.write("elsewhere/x.json", "old");
    fs::set_permissions(&there, fs::Permissions::from_mode(0o600)).expect("it is ours");
    for (link, target) in [("x.json", "elsewhere/x.json"), ("new.json", "elsewhere/new.json")] {
        symlink(target, bench.folder().join(link)).expect("the folder is writable");
        let ran = run(&bench, "", &["--out", "out", "--json", link]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(bench.folder().join(link).is_symlink());
        assert_eq!(Document::read(&bench.folder().join(target)).cells().count(), 1);
    }
    let mode = fs::metadata(&there).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let bench = Bench::new();
    let old = bench.write("x.json", "old");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o444)).expect("it is ours");
    if fs::OpenOptions::new().append(true).open(&old).is_ok() {
        // A superuser may write everything.
        return;
    }
    is_refused(&bench, &["--out", "out", "--json", "x.json"], "Permission denied");
    assert_eq!(fs::read_to_string(&old).expect("it is there"), "old");
}

#[test]
fn pipes_and_standard_streams_take_a_document_as_they_are() {
    let bench = Bench::new();
    let pipe = bench.folder().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("the folder is writable");
    let reading = std::thread::spawn(move || fs::read_to_string(pipe).expect("it is text"));
    let ran = run(&bench, "", &["--out", "out", "--json", "pipe"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(Document::parse(&reading.join().expect("the thread ends")).cells().count(), 1);
    let ran = run(&bench, "", &["--out", "out", "--json", "/dev/stdout"]);
    assert_eq!(Document::parse(&ran.stdout).cells().count(), 1);
    let ran = run(&bench, "", &["--out", "out", "--json", "/dev/stderr"]);
    assert_eq!(Document::parse(&ran.stderr).cells().count(), 1);
    assert!(ran.stdout.contains("1 of 1 cells pass"), "{ran}");
    // The file that standard output is has no other place.
    let ran = run(&bench, "", &["--out", "out", "--json", "stdout.txt"]);
    assert_eq!(Document::parse(&ran.stdout).cells().count(), 1);
}

#[test]
fn torture_keeps_what_it_found_or_fails_before_it_begins() {
    let bench = Bench::new();
    let torture = |path| {
        let only = ["torture", "line", "--only", "every-cut", "--quick", "--json", path];
        bench.start(&only).wait()
    };
    let ran = torture("nowhere/x.json");
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stdout.is_empty() && ran.stderr.contains("cannot write nowhere/x.json"), "{ran}");
    let ran = torture("/dev/full");
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("No space left"), "{ran}");
    let ran = torture("x.json");
    assert_eq!(ran.code, Some(0), "{ran}");
    let text = fs::read_to_string(bench.folder().join("x.json")).expect("it is there");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(document["schema"], "wirebench.torture/1");
}
