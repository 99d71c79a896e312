//! Baselines that a profile names, and what a plan says of their time.

use crate::harness::{Bench, Ran, plugin_folder};
use crate::support::{HEAD, planned, repository};
use serde_json::Value;

fn ran(bench: &Bench, more: &[&str]) -> Ran {
    let arguments = ["run", "scenarios/one.toml", "--plugin-dir", plugin_folder()];
    bench.start(&[&arguments[..], more].concat()).wait()
}

/// The comparison of the latest run.
#[track_caller]
fn comparison(bench: &Bench) -> Value {
    let file = bench.folder().join("wirebench-out/one/latest/comparison.json");
    let text = std::fs::read_to_string(file).expect("the comparison is kept");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn a_profile_holds_a_scenario_against_other_plugins() {
    let config = format!(
        "[profile.ci]\nbudget = \"0s\"\nbaseline = {{ plugins = {:?}, limits = {{ p50 = \"90%\" }} }}\n",
        plugin_folder()
    );
    let bench = repository(&format!("{HEAD}{config}"));
    let ran = ran(&bench, &["--profile", "ci", "--set", "framing=line"]);
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    let compared = comparison(&bench);
    assert_eq!(compared["how"], "paired");
    assert_eq!(compared["scenario"]["profile"], "ci");
    let rows = compared["cells"][0]["rows"].as_array().expect("rows");
    let limits: Vec<&Value> =
        rows.iter().filter(|row| row["metric"] == "p50").map(|row| &row["limit"]).collect();
    assert_eq!(limits, [&serde_json::json!(0.9)]);
}

#[test]
fn a_baseline_on_the_command_line_takes_the_place_of_that_of_the_profile() {
    let bench = repository(&format!("{HEAD}[profile.ci]\nbaseline.plugins = \"nowhere\"\n"));
    let refused = ran(&bench, &["--profile", "ci"]);
    assert_eq!(refused.code, Some(107), "{refused}");
    let baseline = ["--profile", "ci", "--baseline-plugins", plugin_folder(), "--budget", "0s"];
    let ran = ran(&bench, &[&baseline[..], &["--set", "framing=line"]].concat());
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    assert_eq!(comparison(&bench)["how"], "paired");
}

#[test]
fn another_wirebench_is_told_what_the_profile_sets_and_reads_no_file_itself() {
    let program = env!("CARGO_BIN_EXE_wirebench");
    let config = format!(
        "plugins = [{:?}]\n[profile.default]\nset = {{ \"load.messages\" = 33 }}\nbudget = \"0s\"\n\
         baseline = {{ program = {program:?}, plugins = {:?} }}\n",
        plugin_folder(),
        plugin_folder()
    );
    let bench = repository(&format!("{HEAD}{config}"));
    let ran = ran(&bench, &["--set", "framing=line"]);
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    let compared = comparison(&bench);
    assert_eq!(compared["baseline"]["tool"]["name"], "wirebench");
    let folder = bench.folder().join("wirebench-out/one/latest/baseline/one/latest/result.json");
    let of_baseline: Value =
        serde_json::from_slice(&std::fs::read(folder).expect("it is kept")).expect("JSON");
    // Each of its rounds had as many messages as the profile says.
    let rounds = of_baseline["cells"][0]["rounds"].as_array().expect("rounds");
    assert!(rounds.iter().all(|round| round["done"] == 33), "{rounds:?}");
}

#[test]
fn another_server_works_in_a_folder_that_is_relative_to_the_file() {
    let config = "[profile.ci]\nbaseline.server = { cwd = \"../main\" }\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let plan = planned(&bench, &["--profile", "ci", "scenarios/one.toml"]);
    let main = format!("server.cwd={}/../main", bench.folder().display());
    assert!(plan.contains(&main), "{main} is not in:\n{plan}");
    // The scenario has no server of its own.
    let ran = ran(&bench, &["--profile", "ci"]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("the baseline cannot be read"), "{ran}");
}

#[test]
fn a_plan_says_what_all_scenarios_take_together_and_how_many_pairs_a_baseline_makes() {
    let config = "[profile.ci]\nset = { \"load.duration\" = \"978ms\", \"load.rounds\" = 5 }\n\
                  [profile.paired]\ninherits = \"ci\"\nbaseline.plugins = \"main\"\n\
                  [profile.quick]\ninherits = \"paired\"\nbudget = \"30s\"\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let plan = planned(&bench, &["--profile", "ci"]);
    assert!(
        plan.contains("2 scenarios in all: 4 cells, 20 rounds\n  takes about 20.0 s;"),
        "{plan}"
    );
    assert!(!plan.contains("held against"), "{plan}");
    let plan = planned(&bench, &["--profile", "paired"]);
    // Of ten pairs of a scenario there are ten controls, as few as there are of them.
    assert!(
        plan.contains("held against plugins in main: 20 pairs of rounds, 60 rounds with"),
        "{plan}"
    );
    assert!(plan.contains("takes about 1 min 0 s; then cells that look different are measured again for about 30.0 s"), "{plan}");
    let plan = planned(&bench, &["--profile", "quick"]);
    assert!(plan.contains("measured again for 30.0 s a scenario at most"), "{plan}");
    let plan = planned(&bench, &["--profile", "ci", "scenarios/one.toml"]);
    assert!(!plan.contains("in all"), "{plan}");
}
