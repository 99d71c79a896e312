//! Secrets come from the environment or a file, and stand in nothing that a run leaves or shows.

use crate::harness::{Bench, Ran, processes, scenario};
use std::path::Path;

/// No part of it stands in anything by chance.
const SECRET: &str = "xyzzy-9c41f7-plugh";

/// Runs a scenario that finds its secret at `source`.
fn run(bench: &Bench, source: &str, more: &str, environment: Option<&str>) -> Ran {
    let handler =
        format!("handler = {{ plugin = \"auth\", config = {{ secret = {source}{more} }} }}\n");
    let load = "messages = 20\nwarmup = \"0s\"\nsession = \"per-exchange\"\n";
    bench.write("scenario.toml", scenario("\"len32be\"", load, &handler));
    let mut command = bench.command(&bench.run_arguments(&["--trace", "5"]));
    if let Some(value) = environment {
        command.env("WIREBENCH_TEST_SECRET", value);
    }
    bench.launch(command).wait()
}

/// Every file below a folder that holds the secret.
fn holders(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holders(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_secret_of_the_environment_lets_in_and_is_kept_nowhere() {
    let bench = Bench::new();
    let more = ", wrong-keys = \"50%\"";
    let ran = run(&bench, "{ env = \"WIREBENCH_TEST_SECRET\" }", more, Some(SECRET));
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = bench.document();
    let cell = cell.cell();
    assert_eq!((cell.done(), cell.count("/exchanges/rejected")), (10, 10), "{}", cell.complaints());
    assert_eq!(holders(bench.folder()), Vec::<String>::new(), "{ran}");
}

#[test]
fn a_secret_of_a_file_beside_the_scenario_is_kept_nowhere_else() {
    let bench = Bench::new();
    bench.write("key.txt", format!("{SECRET}\n"));
    let ran = run(&bench, "{ file = \"key.txt\" }", "", None);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 20);
    let holders = holders(bench.folder());
    assert!(holders.len() == 1 && holders[0].ends_with("key.txt"), "{holders:?}");
}

#[test]
fn no_process_has_the_secret_among_its_arguments() {
    let bench = Bench::new();
    let handler = "handler = { plugin = \"auth\", \
                   config = { secret = { env = \"WIREBENCH_TEST_SECRET\" } } }\n";
    let load = "duration = \"60s\"\nwarmup = \"0s\"\n";
    bench.write("scenario.toml", scenario("\"len32be\"", load, handler));
    let mut command = bench.command(&bench.run_arguments(&[]));
    command.env("WIREBENCH_TEST_SECRET", SECRET);
    let running = bench.launch(command);
    processes::await_verb(&bench, "__side", 2);
    for process in processes::of(&bench) {
        let arguments = process.arguments.join(" ");
        assert!(!arguments.contains(SECRET), "{arguments}");
    }
    drop(running);
}

#[test]
fn a_secret_that_is_missing_is_told_with_its_line_before_anything_runs() {
    for (source, told) in [
        ("{ env = \"WIREBENCH_TEST_SECRET\" }", "`WIREBENCH_TEST_SECRET` is not set"),
        ("{ file = \"none.txt\" }", "none.txt"),
        ("\"literal\"", "a secret does not stand in a scenario"),
    ] {
        let bench = Bench::new();
        let ran = run(&bench, source, "", None);
        assert_ne!(ran.code, Some(0), "{source}: {ran}");
        assert!(format!("{ran}").contains(told), "{source}: {ran}");
    }
}
