//! Merged parts say what the whole run says.

use crate::harness::Bench;
use crate::parts::{cells, ids, merge, play, play_all, result};
use serde_json::Value;

/// What does not depend on time: ids, verdicts and gates, a line each.
fn judged(result: &Value) -> Vec<String> {
    let gate = |gate: &Value| format!("{} {}", gate["gate"], gate["pass"]);
    let of_cell = |cell: &Value| {
        let gates: Vec<String> =
            cell["gates"].as_array().expect("gates").iter().map(gate).collect();
        format!("{} {} {}", cell["id"], cell["verdict"], gates.join(", "))
    };
    cells(result).iter().map(of_cell).collect()
}

#[test]
fn the_parts_of_a_run_come_to_the_verdicts_and_the_code_of_the_whole() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let merged = merge(&bench, &parts, &[]);
    let whole = play(&bench, "1/1", "whole", &[]);
    let [all, whole_result] = ["all", "whole"].map(|out| result(&bench, out));
    assert_eq!(judged(&all), judged(&whole_result));
    assert_eq!(all["verdict"], whole_result["verdict"]);
    assert_eq!(all["verdict"], "fail", "short messages spend too much");
    assert_eq!((merged.code, whole.code), (Some(99), Some(99)), "{merged}\n{whole}");
    assert!(merged.stderr.contains("payload=64 B"), "{merged}");
}

#[test]
fn every_figure_of_a_cell_is_that_of_its_part_histograms_and_all() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    merge(&bench, &parts, &[]);
    let all = result(&bench, "all");
    let mut found = 0;
    for (part, number) in parts.iter().zip(1..) {
        for cell in cells(&result(&bench, part)) {
            let merged = cells(&all).iter().find(|one| one["id"] == cell["id"]);
            let mut merged = merged.expect("it is in the whole").clone();
            assert_eq!(merged["part"], number);
            merged["part"] = Value::Null;
            assert_eq!(&merged, cell);
            found += 1;
        }
    }
    assert_eq!(found, 12);
}

#[test]
fn the_whole_is_in_the_order_of_the_scenario_and_names_its_parts() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    let planned = result(&bench, &parts[0])["scenario"]["partition"]["cells"].clone();
    parts.reverse();
    merge(&bench, &parts, &[]);
    let all = result(&bench, "all");
    let planned: Vec<&str> = planned
        .as_array()
        .expect("the plan")
        .iter()
        .map(|cell| cell["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids(&all), planned);
    let numbers: Vec<&Value> =
        all["parts"].as_array().expect("parts").iter().map(|part| &part["part"]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(all["scenario"]["partition"], Value::Null);
}

#[test]
fn a_merged_result_is_printed_again_as_it_was() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let merged = merge(&bench, &parts, &["--format", "markdown"]);
    let again = bench.start(&["report", "all/divided", "--format", "markdown"]).wait();
    assert_eq!((again.code, &again.stdout), (merged.code, &merged.stdout), "{again}");
}

#[test]
fn parts_that_have_only_their_journals_are_merged_as_well() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    std::fs::remove_file(crate::parts::file(&bench, &parts[1])).expect("it is ours");
    let merged = merge(&bench, &parts, &[]);
    assert_eq!(merged.code, Some(99), "{merged}");
    assert_eq!(cells(&result(&bench, "all")).len(), 12);
}

#[test]
fn several_scenarios_are_divided_together_and_merged_each_by_itself() {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join("scenarios")).expect("a folder");
    for name in ["one", "two"] {
        let text = crate::parts::SCENARIO.replace("\"divided\"", &format!("\"{name}\""));
        bench.write(&format!("scenarios/{name}.toml"), text);
    }
    let plugins = crate::harness::plugin_folder();
    let mut parts = Vec::new();
    for part in ["1/2", "2/2"] {
        let out = format!("out{}", &part[..1]);
        let arguments = ["run", "scenarios", "--plugin-dir", plugins, "--partition", part];
        let ran = bench.start(&[&arguments[..], &["--quiet", "--out", &out]].concat()).wait();
        assert!(matches!(ran.code, Some(0 | 99)), "{ran}");
        parts.push(out);
    }
    let merged = merge(&bench, &parts, &["--output", "json={scenario}.json"]);
    assert_eq!(merged.code, Some(99), "{merged}");
    for name in ["one", "two"] {
        let text = std::fs::read(bench.folder().join(format!("{name}.json"))).expect("a file");
        let document: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(cells(&document).len(), 12);
        assert_eq!(document["scenario"]["name"], *name);
    }
}
