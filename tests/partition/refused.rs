//! What is no whole is not merged, and nothing is written then.

use crate::harness::{Bench, Ran};
use crate::parts::{change, file, merge, play, play_all};

#[track_caller]
fn refused(bench: &Bench, ran: &Ran, code: i32, why: &str) {
    assert_eq!(ran.code, Some(code), "{ran}");
    assert!(ran.stderr.contains(why), "{ran}");
    assert!(!bench.folder().join("all").exists(), "nothing is written");
}

#[test]
fn a_part_that_is_missing_is_named_with_its_cells() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let ran = merge(&bench, &parts[..2], &[]);
    refused(&bench, &ran, 108, "of 12 cells are missing");
    assert!(ran.stderr.contains("part 3 of 3"), "{ran}");
}

#[test]
fn a_scenario_of_which_no_part_is_there_is_missed() {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join("scenarios")).expect("a folder");
    for name in ["one", "two"] {
        let text = crate::parts::SCENARIO.replace("\"divided\"", &format!("\"{name}\""));
        bench.write(&format!("scenarios/{name}.toml"), text);
    }
    let plugins = crate::harness::plugin_folder();
    let single =
        ["--set", "matrix.framing=[\"len32be\"]", "--set", "matrix.load.payload=[\"300 B\"]"];
    for part in ["1", "2"] {
        let (partition, out) = (format!("{part}/2"), format!("part{part}"));
        let arguments = ["run", "scenarios", "--plugin-dir", plugins, "--quiet", "--out", &out];
        let more = ["--partition", &partition];
        let ran = bench.start(&[&arguments[..], &more, &single].concat()).wait();
        assert_eq!(ran.code, Some(0), "{ran}");
    }
    let ran = merge(&bench, &["part1".into()], &[]);
    refused(&bench, &ran, 108, "no part of scenario two is among them");
    assert_eq!(merge(&bench, &["part1".into(), "part2".into()], &[]).code, Some(0));
}

#[test]
fn the_same_part_twice_is_refused() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    parts.push(parts[0].clone());
    refused(&bench, &merge(&bench, &parts, &[]), 108, "are both part 1 of 3");
}

#[test]
fn parts_of_different_plans_are_refused() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    let ran = play(&bench, "3/3", "other", &["--set", "load.drain=300ms"]);
    assert!(matches!(ran.code, Some(0 | 99)), "{ran}");
    parts[2] = "other".into();
    refused(&bench, &merge(&bench, &parts, &[]), 107, "parts of different runs: changed by");
}

#[test]
fn parts_of_other_divisions_are_refused() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    let ran = play(&bench, "3/4", "other", &[]);
    assert!(matches!(ran.code, Some(0 | 99)), "{ran}");
    parts[2] = "other".into();
    refused(&bench, &merge(&bench, &parts, &[]), 107, "of 3 parts and of 4");
}

#[test]
fn a_part_of_another_version_is_refused() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    change(&bench, &parts[1], |document| document["tool"]["version"] = "0.0.1".into());
    refused(&bench, &merge(&bench, &parts, &[]), 107, "0.0.1");
}

#[test]
fn parts_that_were_measured_with_other_plugins_are_refused() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    change(&bench, &parts[1], |document| {
        document["plugins"][0]["sha256"] = "0".repeat(64).into();
    });
    refused(&bench, &merge(&bench, &parts, &[]), 107, "is not the same file");
}

#[test]
fn a_run_that_was_not_divided_is_no_part() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    let plugins = crate::harness::plugin_folder();
    let arguments = ["run", "scenario.toml", "--plugin-dir", plugins, "--quiet", "--out", "plain"];
    let ran = bench.start(&arguments).wait();
    assert!(matches!(ran.code, Some(0 | 99)), "{ran}");
    parts.push("plain".into());
    refused(&bench, &merge(&bench, &parts, &[]), 107, "without --partition");
}

#[test]
fn a_whole_is_no_part_of_another() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    assert_eq!(merge(&bench, &parts, &[]).code, Some(99));
    std::fs::rename(bench.folder().join("all"), bench.folder().join("before")).expect("a name");
    refused(&bench, &merge(&bench, &["before".into()], &[]), 107, "put together of parts already");
}

#[test]
fn a_part_that_is_damaged_or_not_there_is_told_with_its_file() {
    let bench = Bench::new();
    let mut parts = play_all(&bench, &[]);
    let text = std::fs::read(file(&bench, &parts[1])).expect("a result");
    std::fs::write(file(&bench, &parts[1]), &text[..text.len() / 2]).expect("it is ours");
    refused(&bench, &merge(&bench, &parts, &[]), 108, "part2");
    parts[1] = "nowhere".into();
    refused(&bench, &merge(&bench, &parts, &[]), 108, "nowhere");
}

#[test]
fn a_cell_that_two_parts_have_played_is_refused() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let mut cell = crate::parts::result(&bench, &parts[0])["cells"][0].clone();
    cell["relative"] = serde_json::Value::Null;
    cell["gates"] = serde_json::json!([]);
    change(&bench, &parts[1], |document| {
        document["cells"].as_array_mut().expect("cells").push(cell);
    });
    refused(&bench, &merge(&bench, &parts, &[]), 108, "stands in two parts");
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_anything_is_kept() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let ran = merge(&bench, &parts, &["--output", "json=nowhere/result.json"]);
    refused(&bench, &ran, 108, "nowhere/result.json");
}
