//! Every cell is played in one part, with all that it is held against.

use crate::harness::Bench;
use crate::parts::{PARTS, SCENARIO, cells, ids, play, play_all, result};
use std::collections::BTreeMap;
use wirebench::scenario::{Overrides, Partition, Scenario, divide, load};

#[test]
fn every_cell_is_in_exactly_one_part_and_knows_the_whole() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let mut all: Vec<String> = parts.iter().flat_map(|part| ids(&result(&bench, part))).collect();
    all.sort();
    let whole = result(&bench, &parts[0]);
    let plan = whole["scenario"]["partition"]["cells"].as_array().expect("the plan of the whole");
    let mut planned: Vec<&str> =
        plan.iter().map(|cell| cell["id"].as_str().expect("an id")).collect();
    planned.sort_unstable();
    assert_eq!(all, planned);
    assert_eq!(planned.len(), 12);
    for (part, number) in parts.iter().zip(1..=PARTS) {
        let partition = &result(&bench, part)["scenario"]["partition"];
        assert_eq!(partition["part"], number);
        assert_eq!(partition["of"], PARTS);
        assert_eq!(partition["cells"].as_array(), Some(plan));
    }
}

#[test]
fn cells_are_in_the_part_of_those_that_they_are_held_against() {
    let bench = Bench::new();
    for part in play_all(&bench, &[]) {
        let result = result(&bench, &part);
        let ids = ids(&result);
        for cell in cells(&result) {
            for gate in cell["gates"].as_array().expect("gates") {
                if let Some(against) = gate["against"].as_str() {
                    assert!(ids.iter().any(|id| id == against), "{part}: {against}");
                }
            }
        }
    }
}

#[test]
fn a_plan_shows_the_cells_of_the_part_that_would_be_played() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let planned = |part: &str| {
        let ran = bench.start(&["plan", "scenario.toml", "--partition", part]).wait();
        assert_eq!(ran.code, Some(0), "{ran}");
        let lines = ran.stdout.lines().filter(|line| line.starts_with("framing="));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let ran = play(&bench, "2/3", "out", &[]);
    assert!(matches!(ran.code, Some(0 | 99)), "{ran}");
    assert_eq!(planned("2/3"), ids(&result(&bench, "out")));
    assert_eq!(["1/3", "2/3", "3/3"].map(planned).concat().len(), 12);
}

#[test]
fn the_environment_names_the_part_where_the_command_line_does_not() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let mut command = bench.command(&["plan", "scenario.toml"]);
    command.env("WIREBENCH_PARTITION", "1/12");
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let cells = ran.stdout.lines().filter(|line| line.starts_with("framing="));
    assert_eq!(cells.count(), 3, "those that are held against each other: {ran}");
}

#[test]
fn a_part_that_has_no_cells_says_so() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let ran = play(&bench, "12/12", "out", &[]);
    assert_eq!(ran.code, Some(4), "{ran}");
    assert!(ran.stderr.contains("part 12 of 12 has no cells"), "{ran}");
}

#[test]
fn what_is_no_part_is_wrong_usage() {
    for (part, why) in [
        ("2", "PART/PARTS"),
        ("0/3", "counted from 1"),
        ("4/3", "counted from 1 to 3"),
        ("1/0", "between 1 and"),
        ("a/b", "PART/PARTS"),
        ("1/99999999", "between 1 and"),
    ] {
        let why_not = Partition::read(part).expect_err(part);
        assert!(why_not.contains(why), "{part}: {why_not}");
    }
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    assert_eq!(play(&bench, "4/3", "out", &[]).code, Some(2));
}

/// A scenario of so many cells.
fn of_cells(cells: usize) -> Scenario {
    let sizes: Vec<String> = (1..=cells).map(|size| format!("\"{size} B\"")).collect();
    let text = format!(
        "schema = 1\nname = \"t\"\nframing = \"raw\"\nhandler = {{ plugin = \"echo\" }}\n[matrix]\n\"load.payload\" = [{}]\n",
        sizes.join(", ")
    );
    match load("t.toml", &text, &Overrides::default(), &|_| Err(String::new())) {
        Ok(loaded) => loaded.scenario,
        Err(diagnostics) => panic!("{}", diagnostics.render(false)),
    }
}

#[test]
fn parts_take_about_as_long_as_each_other() {
    let scenarios = [of_cells(40), of_cells(7)];
    let takes = |scenario: &Scenario, cell: usize| match scenario.cells.len() {
        7 => 100,
        _ => 1 + cell as u128,
    };
    for parts in [1, 2, 5, 13] {
        let divided = divide(&scenarios.each_ref(), takes, parts);
        let mut busy: BTreeMap<u32, u128> = BTreeMap::new();
        for (scenario, numbers) in scenarios.iter().zip(&divided) {
            assert_eq!(numbers.len(), scenario.cells.len());
            for (cell, part) in numbers.iter().enumerate() {
                assert!((1..=parts).contains(part));
                *busy.entry(*part).or_default() += takes(scenario, cell);
            }
        }
        let (most, least) = (busy.values().max(), busy.values().min());
        // The longest cell takes 100, and each part got its last cell when it had least to do.
        assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 100), "{busy:?}");
        assert_eq!(divided, divide(&scenarios.each_ref(), takes, parts));
    }
}
