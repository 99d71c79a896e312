//! Runs of two builds are divided and merged as well: both builds of a cell stand in the same part.

use crate::harness::{Bench, plugin_folder};
use crate::parts::{PARTS, cells, merge, play, result};
use serde_json::Value;

fn comparison(bench: &Bench, out: &str) -> Value {
    let file = bench.folder().join(out).join("divided/latest/comparison.json");
    serde_json::from_slice(&std::fs::read(file).expect("it is kept")).expect("it is JSON")
}

fn play_parts(bench: &Bench, limits: &str) -> Vec<String> {
    bench.write("scenario.toml", crate::parts::SCENARIO);
    let more = ["--baseline-plugins", plugin_folder(), "--set", limits];
    let play_one = |part| {
        let out = format!("part{part}");
        let ran = play(bench, &format!("{part}/{PARTS}"), &out, &more);
        assert!(bench.folder().join(&out).exists(), "{ran}");
        out
    };
    (1..=PARTS).map(play_one).collect()
}

#[test]
fn the_pairs_of_all_parts_are_decided_on_together() {
    let bench = Bench::new();
    let limits = "baseline.limits={ cpu = \"100%\", p50 = \"100%\" }";
    let parts = play_parts(&bench, limits);
    let merged = merge(&bench, &parts, &[]);
    let all = comparison(&bench, "all");
    let compared = all["cells"].as_array().expect("cells");
    let ids: Vec<&Value> = compared.iter().map(|cell| &cell["id"]).collect();
    let whole = result(&bench, "all");
    assert_eq!(ids, cells(&whole).iter().map(|cell| &cell["id"]).collect::<Vec<_>>());
    assert_eq!(all["run"], whole["run"]);
    for part in &parts {
        for cell in comparison(&bench, part)["cells"].as_array().expect("cells") {
            let same = compared.iter().find(|one| one["id"] == cell["id"]).expect("it is there");
            for (row, before) in same["rows"]
                .as_array()
                .into_iter()
                .flatten()
                .zip(cell["rows"].as_array().into_iter().flatten())
            {
                assert_eq!(row["pairs"], before["pairs"]);
                assert_eq!(row["metric"], before["metric"]);
            }
        }
    }
    assert_ne!(all["standing"], "regressed", "{merged}");
    // Whoever reads it again decides on all pairs again, and would refuse what does not follow.
    let again = bench.start(&["report", "all/divided", "--quiet"]).wait();
    assert_eq!(again.code, merged.code, "{again}\n{merged}");
}

#[test]
fn a_cell_that_no_comparison_holds_is_missed() {
    let bench = Bench::new();
    let parts = play_parts(&bench, "baseline.limits={ p50 = \"100%\" }");
    let file = bench.folder().join("part2/divided/latest/comparison.json");
    let mut part = comparison(&bench, "part2");
    part["cells"].as_array_mut().expect("cells").pop();
    std::fs::write(file, part.to_string()).expect("it is ours");
    let ran = merge(&bench, &parts, &[]);
    assert!(matches!(ran.code, Some(107 | 108)), "{ran}");
    assert!(!bench.folder().join("all").exists(), "nothing is written");
}

#[test]
fn a_part_that_was_held_against_nothing_does_not_go_with_those_that_were() {
    let bench = Bench::new();
    let parts = play_parts(&bench, "baseline.limits={ p50 = \"100%\" }");
    std::fs::remove_file(bench.folder().join("part2/divided/latest/comparison.json"))
        .expect("it is ours");
    let ran = merge(&bench, &parts, &[]);
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stderr.contains("held against nothing"), "{ran}");
}
