//! Plugin files under any name, and files that no machine of this kind can load, wherever one is named.

use crate::harness::{Bench, plugin_folder};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

const SCENARIO: &str = "schema = 1\nname = \"t\"\nhandler = { plugin = \"mine\" }\n\
                        framing = { kind = \"len8-faulty\", plugin = \"mine\" }\n\
                        load = { messages = 20, rounds = 1, warmup = \"0ms\" }\n";

/// The faulty plugin, which brings a handler and framings.
fn plugin() -> PathBuf {
    Path::new(plugin_folder()).join("libwirebench_faulty.so")
}

/// Runs the program with these arguments and the folder of plugins at the end; its code and all that
/// it says.
fn said(bench: &Bench, arguments: &[&OsStr], plugins: &Path) -> (Option<i32>, String) {
    let mut command = bench.command(&[]);
    command.args(arguments).arg("--plugin-dir").arg(plugins);
    let ran = bench.launch(command).wait();
    (ran.code, format!("{}{}", ran.stdout, ran.stderr))
}

#[test]
fn a_plugin_and_a_scenario_in_folders_that_are_not_utf_8_are_used_as_any() {
    let bench = Bench::new();
    let folder = bench.folder().join(OsStr::from_bytes(b"not utf-8 \xff"));
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(plugin(), folder.join("libmine.so")).expect("a copy");
    let scenario = folder.join("t.toml");
    std::fs::write(&scenario, SCENARIO).expect("the folder is writable");
    let out = bench.out();
    let run = [OsStr::new("run"), scenario.as_os_str(), OsStr::new("--out"), out.as_os_str()];
    let (code, text) = said(&bench, &run, &folder);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 of 1 cells pass"), "{text}");
    let torture = ["torture", "mine:varint-faulty", "--only", "round-trip"].map(OsStr::new);
    let (code, text) = said(&bench, &torture, &folder);
    assert_eq!(code, Some(0), "{text}");
    // What the scenario names is looked for beside it.
    let beside = SCENARIO.replace("\"mine\" }", "\"mine\", path = \"libmine.so\" }");
    std::fs::write(&scenario, beside).expect("the folder is writable");
    let (code, text) = said(&bench, &run, Path::new("nowhere"));
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_temporary_folder_that_is_not_utf_8_is_used_as_any() {
    let bench = Bench::new();
    let folder = bench.folder().join(OsStr::from_bytes(b"\xfe"));
    std::fs::create_dir(&folder).expect("a folder");
    bench.write(
        "t.toml",
        SCENARIO.replace("\"mine\"", "\"faulty\"") + "transport.kind = \"unix\"\n",
    );
    let mut command = bench.command(&["run", "t.toml", "--plugin-dir", plugin_folder()]);
    let ran = bench.launch({
        command.env("TMPDIR", &folder);
        command
    });
    let ran = ran.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let left = std::fs::read_dir(&folder).expect("it is there").count();
    assert_eq!(left, 0, "the run's own folder is gone");
}

/// Every verb that loads a plugin, and the code with which it ends when it cannot.
fn verbs() -> Vec<(Vec<OsString>, i32)> {
    let verbs: [(&[&str], i32); 8] = [
        (&["check", "t.toml"], 104),
        (&["run", "t.toml"], 104),
        (&["list", "plugins"], 0),
        (&["serve", "--handler", "mine", "--framing", "raw"], 104),
        (&["drive", "127.0.0.1:9", "--handler", "mine", "--framing", "raw"], 104),
        (&["torture", "mine:len8-faulty"], 104),
        (&["torture", "plugins/libwirebench_mine.so"], 104),
        (&["torture", "{ kind = \"len8-faulty\", plugin = \"mine\" }"], 104),
    ];
    verbs.map(|(words, code)| (words.iter().map(OsString::from).collect(), code)).to_vec()
}

#[track_caller]
fn refused_everywhere(file: &[u8], cause: &str) {
    let bench = Bench::new();
    let folder = bench.folder().join("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("libwirebench_mine.so"), file).expect("the folder is writable");
    bench.write("t.toml", SCENARIO);
    for (words, code) in verbs() {
        let words: Vec<&OsStr> = words.iter().map(OsString::as_os_str).collect();
        let (ended, text) = said(&bench, &words, &folder);
        assert_eq!(ended, Some(code), "{words:?}: {text}");
        assert_eq!(text.matches(cause).count(), 1, "{words:?}: `{cause}` once, not:\n{text}");
        assert!(!text.contains("SIG") && !text.contains("may not call exit"), "{words:?}: {text}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused_by_every_verb_that_loads_it() {
    let whole = std::fs::read(plugin()).expect("the plugin is built");
    refused_everywhere(&whole[..whole.len() / 2], "the file is cut off: its ");
    refused_everywhere(&whole[..100], "the file is cut off: its ");
    refused_everywhere(b"", "the file is empty");
}

#[test]
fn a_file_for_another_machine_is_refused_by_every_verb_that_loads_it() {
    let mut foreign = std::fs::read(plugin()).expect("the plugin is built");
    // `e_machine`: that of RISC-V.
    foreign[18..20].copy_from_slice(&243u16.to_le_bytes());
    refused_everywhere(&foreign, "it is built for another machine (64-bit little-endian RISC-V)");
}
