//! Scenarios that ship are called by name, from any folder.

use super::support::{Installation, SCENARIOS};
use crate::harness::{Ran, scenario};

/// What makes a run short.
const SHORT: [&str; 6] = ["--rounds", "1", "--duration", "20ms", "--set", "load.warmup=2ms"];

#[track_caller]
fn run(here: &Installation, name: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["run", name, "--out", "out", "--json", "result.json"];
    arguments.extend(more);
    here.call(&arguments)
}

#[test]
fn a_scenario_that_ships_runs_by_its_name_with_the_plugins_that_ship() {
    let here = Installation::whole();
    let ran = run(&here, "sticky", &[&["--filter", "framing=len32be"], &SHORT[..]].concat());
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    let document = here.bench.document();
    let prefix = here.prefix().canonicalize().expect("it is there");
    for (file, folder) in [
        (&document.0["scenario"]["source"], SCENARIOS),
        (&document.0["plugins"][0]["path"], super::support::PLUGINS),
    ] {
        let file = file.as_str().unwrap_or_else(|| panic!("a file of {folder}: {file}"));
        assert!(std::path::Path::new(file).starts_with(prefix.join(folder)), "{file}");
    }
}

#[test]
fn a_name_in_a_folder_and_the_name_of_a_folder_are_understood() {
    let here = Installation::whole();
    let ran = here.call(&["plan", "hostile/one-byte", "claims"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    for name in ["one-byte (", "the-mtu-splits (", "sticking-is-nagle ("] {
        assert!(ran.stdout.contains(name), "{name}: {ran}");
    }
}

#[test]
fn check_serve_and_drive_take_names_too() {
    let here = Installation::whole();
    let checked = here.call(&["check", "sticky"]);
    assert_eq!(checked.code, Some(0), "{checked}");
    // It has been read: what is missing is a cell of it.
    for verb in [&["serve"][..], &["drive", "127.0.0.1:9"]] {
        let told = here.call(&[verb, &["sticky", "--cell", "of-no-cell"]].concat());
        assert_eq!(told.code, Some(4), "{told}");
    }
}

#[test]
fn what_is_there_under_a_name_is_meant_before_what_ships() {
    let here = Installation::whole();
    here.bench.write("sticky", scenario("\"len32be\"", "messages = 10\n", ""));
    let ran = here.call(&["check", "sticky"]);
    assert_eq!((ran.code, ran.stdout.starts_with("sticky: ok, 1 cell")), (Some(0), true), "{ran}");
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let here = Installation::whole();
    for (wrong, near) in [
        ("stiky", "`sticky`"),
        ("one-byte", "`hostile/one-byte`"),
        ("claims/nagle-has-timer", "`claims/nagle-has-a-timer`"),
        ("scenarios/sticky.toml", "`sticky`"),
    ] {
        for verb in ["run", "check", "plan", "serve"] {
            let told = here.call(&[verb, wrong]);
            assert_eq!(told.code, Some(104), "{told}");
            assert!(told.stderr.contains("did you mean"), "{told}");
            assert!(told.stderr.contains(near), "{told}");
        }
    }
}

#[test]
fn a_program_without_scenarios_says_where_they_belong() {
    let here = Installation::bare();
    for told in [here.call(&["run", "sticky"]), here.call(&["list", "scenarios"])] {
        let told = told.stdout + &told.stderr;
        let folder = here.prefix().canonicalize().expect("it is there").join(SCENARIOS);
        assert!(told.contains(folder.to_str().expect("UTF-8")), "{told}");
        assert!(told.contains("docs/install.md"), "{told}");
    }
}

#[test]
fn every_name_of_the_list_can_be_typed() {
    let here = Installation::whole();
    std::fs::create_dir(here.bench.folder().join("scenarios")).expect("a folder");
    here.bench.write("scenarios/mine.toml", scenario("\"raw\"", "messages = 10\n", ""));
    let listed = here.call(&["list", "scenarios"]);
    let names: Vec<&str> = listed
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split("  ").next())
        .collect();
    for name in ["scenarios/mine.toml", "sticky", "hostile/one-byte", "claims/nagle-has-a-timer"] {
        assert!(names.contains(&name), "{name}: {listed}");
    }
    let planned = here.call(&[&["plan"], &names[..]].concat());
    assert_eq!(planned.code, Some(0), "{planned}");
}

#[test]
fn a_scenario_with_a_program_of_its_own_runs_where_nobody_may_write() {
    let here = Installation::whole();
    let ran = run(&here, "claims/tcp-serves-one-client", &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(here.bench.out().join("tcp-serves-one-client").is_dir(), "results are kept where told");
}

#[test]
fn wirebench_toml_names_scenarios_that_ship() {
    let here = Installation::whole();
    here.bench
        .write("wirebench.toml", "schema = 1\nscenarios = [\"sticky\", \"hostile/one-byte\"]\n");
    let below = here.bench.folder().join("tmp");
    let mut command = here.bench.command_of(&here.program(), &["plan"]);
    command.current_dir(below);
    let ran = here.bench.launch(command).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 scenarios in all"), "{ran}");
}
