//! Files that are replaced or rewritten while they are measured: all rounds are of the same program
//! and of the same plugin, or the run ends and says why.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, ENDS_AT_ALL, Ran, Running, plugin_folder, scenario};
use crate::supervisor::journal_of;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wirebench");
const SHORT: &str = "duration = \"60ms\"\nrounds = 12\n";
const ENDLESS: &str = "duration = \"60ms\"\nrounds = 1000\n";

/// Waits until so many rounds are over.
fn await_rounds(bench: &Bench, rounds: usize) {
    let begun = Instant::now();
    let over = || {
        let text = journal_of(bench).and_then(|path| fs::read_to_string(path).ok());
        text.map_or(0, |text| text.matches('\n').count().saturating_sub(1))
    };
    while over() < rounds {
        assert!(begun.elapsed() < ENDS_AT_ALL, "no rounds were journaled");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Runs a copy of the program, to whose file something is done once a round is over.
#[track_caller]
fn outlives_its_file(done: impl FnOnce(&Path)) {
    let bench = Bench::new();
    let program = bench.folder().join("a program");
    fs::copy(PROGRAM, &program).expect("it can be copied");
    bench.write("scenario.toml", scenario("\"len32be\"", SHORT, ""));
    let running = bench.launch(bench.command_of(&program, &bench.run_arguments(&[])));
    await_rounds(&bench, 1);
    done(&program);
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let rounds = document.cell().list("rounds");
    assert!(rounds.iter().all(|round| round["outcome"] == "finished"), "{rounds:?}");
    assert_eq!(rounds.len(), 12);
    let tool = &document.0["tool"];
    assert_eq!(tool["path"], program.display().to_string());
    assert_eq!(tool["size_bytes"], fs::metadata(PROGRAM).expect("it is there").len());
    nothing_is_left(&bench);
}

#[test]
fn a_program_that_is_replaced_plays_all_rounds_as_it_was() {
    outlives_its_file(|program| {
        let other = program.with_extension("new");
        fs::copy("/bin/false", &other).expect("there is another program");
        fs::rename(&other, program).expect("it can be replaced");
    });
}

#[test]
fn a_program_that_is_deleted_plays_all_rounds_as_it_was() {
    outlives_its_file(|program| fs::remove_file(program).expect("it is there"));
}

#[test]
fn processes_keep_the_name_of_the_program() {
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", ENDLESS, ""), &[]);
    // Once it has started sides, the guard is called what it is going to be called.
    await_verb(&bench, "__side", 1);
    let guard = await_verb(&bench, "__guard", 1).remove(0);
    let read = |what: &str| fs::read_to_string(format!("/proc/{}/{what}", guard.pid));
    assert_eq!(read("comm").expect("it lasts as long as the run"), "wirebench\n");
    assert_eq!(read("cmdline").expect("it lasts as long as the run"), "wirebench\0__guard\0");
    drop(running);
}

/// A run of a copy of the echo plugin, at whose file `done` is pointed once a round is over.
#[track_caller]
fn changed(load: &str, done: impl FnOnce(&Bench, &Path)) -> (Bench, PathBuf, Ran) {
    let bench = Bench::new();
    let (plugin, running) = start_copy(&bench, load);
    await_rounds(&bench, 1);
    done(&bench, &plugin);
    let ran = running.wait();
    nothing_is_left(&bench);
    (bench, plugin, ran)
}

fn start_copy(bench: &Bench, load: &str) -> (PathBuf, Running) {
    let plugin = copy_of("echo", bench);
    bench.write("scenario.toml", scenario("\"len32be\"", load, ""));
    let arguments = ["run", "scenario.toml", "--out", "out", "--json", "result.json"];
    let running = bench.start(&[&arguments[..], &["--plugin-dir", "plugins"]].concat());
    (plugin, running)
}

fn copy_of(plugin: &str, bench: &Bench) -> PathBuf {
    let name = format!("libwirebench_{plugin}.so");
    let copy = bench.folder().join("plugins").join(&name);
    fs::create_dir(bench.folder().join("plugins")).expect("the folder is writable");
    fs::copy(Path::new(plugin_folder()).join(&name), &copy).expect("it can be copied");
    copy
}

/// Puts a file that works as well, but is another, in the place of this one.
fn replace(path: &Path) {
    let other = path.with_extension("new");
    let mut bytes = fs::read(path).expect("it is readable");
    bytes.extend(b"another");
    fs::write(&other, bytes).and_then(|()| fs::rename(&other, path)).expect("it can be replaced");
}

/// The run ended because of this file, said so, and kept what was over.
#[track_caller]
fn ended_because_of(bench: &Bench, file: &Path, ran: &Ran) {
    assert_eq!(ran.code, Some(105), "{ran}");
    let told = format!("{} has changed: it had ", file.display());
    assert!(ran.stderr.contains(&told), "{ran}");
    assert!(ran.stderr.contains("are in the result"), "{ran}");
    assert!(ran.stdout.contains("stopped early"), "{ran}");
    let document = bench.document();
    assert!(document.0["stopped"].as_str().is_some_and(|why| why.contains(&told)));
    assert_ne!(document.0["verdict"], "pass");
    let rounds = document.cell().list("rounds");
    assert!(!rounds.is_empty() && rounds.iter().all(|round| round["outcome"] == "finished"));
}

#[test]
fn a_plugin_that_is_replaced_ends_the_run_with_both_states() {
    let (bench, plugin, ran) = changed(ENDLESS, |_, plugin| replace(plugin));
    ended_because_of(&bench, &plugin, &ran);
    let now = fs::metadata(&plugin).expect("it is there").len();
    for bytes in [now - 7, now] {
        assert!(ran.stderr.contains(&format!("{bytes} bytes (sha256 ")), "{ran}");
    }
}

#[test]
fn a_plugin_that_is_deleted_ends_the_run() {
    let (bench, plugin, ran) = changed(ENDLESS, |_, plugin| fs::remove_file(plugin).expect("gone"));
    ended_because_of(&bench, &plugin, &ran);
    assert!(ran.stderr.contains("No such file"), "{ran}");
}

#[test]
fn a_side_that_dies_of_its_rewritten_plugin_is_told_with_the_change() {
    let load = "duration = \"2s\"\nrounds = 4\n";
    let (bench, plugin, ran) = changed(load, |bench, plugin| {
        await_verb(bench, "__side", 2);
        // Both sides call it all the time by now, and their pages of it go away.
        std::thread::sleep(Duration::from_millis(500));
        fs::File::options().write(true).open(plugin).and_then(|file| file.set_len(0)).expect("cut");
    });
    ended_because_of(&bench, &plugin, &ran);
    assert!(ran.stderr.contains("now 0 bytes"), "{ran}");
    assert!(ran.stderr.contains("was lost, which may come of that: killed by SIG"), "{ran}");
}

#[test]
fn a_plugin_that_is_written_again_as_it_was_changes_nothing() {
    let (bench, _, ran) = changed(SHORT, |_, plugin| {
        let copy = plugin.with_extension("copy");
        fs::copy(plugin, &copy).and_then(|_| fs::rename(&copy, plugin)).expect("it is replaced");
    });
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().list("rounds").len(), 12);
}

#[test]
fn a_payload_file_that_changes_ends_the_run() {
    let bench = Bench::new();
    let payload = bench.write("body.bin", [7; 300]);
    let load = format!("{ENDLESS}payload = {{ file = \"body.bin\" }}\n");
    let running = bench.start_scenario(&scenario("\"len32be\"", &load, ""), &[]);
    await_rounds(&bench, 1);
    replace(&payload);
    let ran = running.wait();
    ended_because_of(&bench, &payload.canonicalize().expect("it is there"), &ran);
    let files = bench.document().0["files"].clone();
    assert_eq!((&files[0]["role"], &files[0]["size_bytes"]), (&"payload".into(), &300.into()));
}

#[test]
fn a_server_alone_that_dies_of_its_rewritten_plugin_names_the_file() {
    let bench = Bench::new();
    let plugin = copy_of("echo", &bench);
    let options = ["--handler", "echo", "--framing", "line", "--plugin-dir", "plugins"];
    let running = bench.start(&[&["serve"], &options[..]].concat());
    let begun = Instant::now();
    let address = loop {
        let text = fs::read_to_string(bench.folder().join("stdout.txt")).unwrap_or_default();
        if let Some((address, _)) = text.split_once('\n') {
            break address.to_owned();
        }
        assert!(begun.elapsed() < ENDS_AT_ALL, "it does not listen");
        std::thread::sleep(Duration::from_millis(3));
    };
    fs::File::options().write(true).open(&plugin).and_then(|file| file.set_len(0)).expect("cut");
    let mut peer = TcpStream::connect(address).expect("it listens");
    // It may be gone already.
    let _ = peer.write_all(b"hello\n");
    let ran = running.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains(&format!("{} has changed", plugin.display())), "{ran}");
}

#[test]
fn a_document_says_which_plugin_was_measured() {
    let bench = Bench::new();
    let (plugin, running) = start_copy(&bench, SHORT);
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let measured = &document.0["plugins"][0];
    assert_eq!(measured["id"], "wirebench.echo");
    assert_eq!(measured["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(measured["debug_build"], cfg!(debug_assertions));
    assert_eq!(measured["path"], plugin.display().to_string());
    for (what, path) in [
        (measured["sha256"].clone(), plugin),
        (document.0["tool"]["sha256"].clone(), PathBuf::from(PROGRAM)),
        (
            document.0["scenario"]["text_sha256"].clone(),
            bench.out().join("test/latest/scenario.toml"),
        ),
    ] {
        let printed = std::process::Command::new("sha256sum").arg(&path).output().expect("it runs");
        let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
        assert_eq!(Some(what.as_str().unwrap_or_default()), printed.split(' ').next(), "{path:?}");
    }
}

#[test]
fn torture_of_a_plugin_that_is_replaced_meanwhile_judges_neither() {
    let bench = Bench::new();
    let plugin = copy_of("faulty", &bench);
    // The child that never comes back is killed after a second; others follow.
    let fault = ["--set", "fault=never-ends", "--only", "headers", "--limit", "1s"];
    let framing = format!("{}:varint-faulty", plugin.display());
    let running = bench.start(&[&["torture", &framing], &fault[..]].concat());
    await_verb(&bench, "__torture", 1);
    replace(&plugin);
    let ran = running.wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains(&format!("{} has changed", plugin.display())), "{ran}");
    assert_eq!(ran.stdout, "");
}
