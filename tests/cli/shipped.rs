//! The scenarios that ship are valid, and run to their end.

use crate::harness::{Bench, plugin_folder};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Runs a shipped scenario quickly. What it costs says nothing in such short rounds, nor how
/// often a pause holds; that all its cells are measured does.
#[track_caller]
fn runs(name: &str) {
    let bench = Bench::new();
    let file = folder().join(name);
    let file = file.to_str().expect("a path in UTF-8");
    let mut arguments = vec!["run", file, "--out", "out", "--json", "result.json"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    arguments.extend(["--rounds", "1", "--duration", "50ms", "--set", "load.warmup=10ms"]);
    let ran = bench.start(&arguments).wait();
    let document = bench.document();
    assert!(document.cells().any(|cell| cell.request("intact") > 0), "{ran}");
    for cell in document.cells() {
        assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
        // On a starved machine all of a round's time may pass before the client has its turn. Then
        // nothing can be told, and the cell says so.
        let told = cell.request("sent") > 0 || cell.verdict() == "inconclusive";
        assert!(told, "{}", cell.complaints());
        let gates = cell.list("gates").iter();
        for gate in gates.filter(|gate| gate["family"] == "integrity") {
            let sleeps = cell.id().contains("sleep");
            assert!(sleeps || gate["pass"] != false, "{gate}: {}", cell.complaints());
        }
    }
    assert!(matches!(ran.code, Some(0 | 99 | 100)), "{ran}");
}

macro_rules! shipped {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[test]
            fn $name() {
                runs($file);
            }
        )*

        #[test]
        fn every_shipped_scenario_is_run_here() {
            let mut found: Vec<String> = std::fs::read_dir(folder())
                .expect("the folder is there")
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok())
                .filter(|name| name.ends_with(".toml"))
                .collect();
            found.sort();
            let mut here = vec![$($file),*];
            here.sort_unstable();
            assert_eq!(found, here);
        }
    };
}

shipped! {
    chat_500_runs_to_its_end: "chat-500.toml",
    chat_churn_runs_to_its_end: "chat-churn.toml",
    chat_room_runs_to_its_end: "chat-room.toml",
    nagle_runs_to_its_end: "nagle.toml",
    sizes_runs_to_its_end: "sizes.toml",
    sticky_runs_to_its_end: "sticky.toml",
    talk_runs_to_its_end: "talk.toml",
    unix_vs_tcp_runs_to_its_end: "unix-vs-tcp.toml",
}

#[test]
fn every_shipped_scenario_is_valid() {
    let bench = Bench::new();
    let folder = folder();
    let folder = folder.to_str().expect("a path in UTF-8");
    let ran = bench.start(&["check", folder, "--plugin-dir", plugin_folder()]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
}
