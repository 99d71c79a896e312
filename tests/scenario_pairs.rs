//! What `check` accepts runs: every two values of two keys together in some scenario, whatever else
//! it says. Each is run for one short round, which may find anything of the messages, and must neither
//! break a law nor crash, hang or be impossible. What does not go together is told.

#[path = "scenario_pairs/array.rs"]
mod array;
#[path = "scenario_pairs/factors.rs"]
mod factors;
#[path = "harness/mod.rs"]
mod harness;

use array::Covering;
use factors::{ECHO, FACTORS, scenario};
use harness::{Bench, Document, plugin_folder};
use wirebench::scenario::{FileFacts, Overrides, load};

/// The seed of the array that is run each time, and how many of its rows are.
const SEED: u64 = 42;
const QUICK: usize = 40;

/// Scenarios of one process.
const TOGETHER: usize = 10;

const BODY: &[u8] = b"the content of a file that is sent as it is";
const LINES: &[u8] = b"one\r\n\ntwo words\nlast";

/// Loads a scenario as `check` does, but for the plugins' own settings.
fn accepts(row: &[usize]) -> Result<(), String> {
    let find = |path: &str| {
        let bytes = if path == "body.bin" { BODY.len() } else { LINES.len() };
        Ok(FileFacts { absolute: format!("/{path}"), bytes: bytes as u64 })
    };
    let loaded = load("pair.toml", &scenario("pair", row), &Overrides::default(), &find);
    loaded.map(drop).map_err(|diagnostics| diagnostics.render(false))
}

/// Runs rows of the array, and says how many; whatever must not happen is told with the seed.
#[track_caller]
fn run(seed: u64, rows: &mut dyn Iterator<Item = Vec<usize>>) -> usize {
    let mut count = 0;
    let mut wrong = Vec::new();
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let bench = Bench::new();
        bench.write("body.bin", BODY);
        bench.write("lines.txt", LINES);
        bench.write("echo.py", ECHO);
        let mut files = Vec::new();
        for row in rows.by_ref().take(TOGETHER) {
            let name = format!("pair-{count:04}");
            count += 1;
            bench.write(&format!("{name}.toml"), scenario(&name, &row));
            files.push(name);
        }
        let mut left = taken(&bench, &files, &mut wrong);
        while !left.is_empty() {
            left = run_together(&bench, left, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "seed {seed}, {} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    count
}

/// Those that `check` takes, plugins' settings and all; it says why it does not take the others.
fn taken(bench: &Bench, names: &[String], wrong: &mut Vec<String>) -> Vec<String> {
    let files: Vec<String> = names.iter().map(|name| format!("{name}.toml")).collect();
    let mut arguments = vec!["check", "--plugin-dir", plugin_folder()];
    arguments.extend(files.iter().map(String::as_str));
    let checked = bench.start(&arguments).wait();
    let mut taken = Vec::new();
    for (name, file) in names.iter().zip(&files) {
        if checked.stdout.contains(&format!("{file}: ok")) {
            taken.push(name.clone());
        } else if !checked.stderr.contains(file) || checked.code != Some(104) {
            wrong.push(format!("nothing says what is wrong with {file}: {checked}"));
        }
    }
    taken
}

/// Runs them, and returns those behind one at which the program stopped.
fn run_together(bench: &Bench, names: Vec<String>, wrong: &mut Vec<String>) -> Vec<String> {
    let files: Vec<String> = names.iter().map(|name| format!("{name}.toml")).collect();
    let mut arguments = vec!["run", "--quiet", "--out", "out", "--plugin-dir", plugin_folder()];
    arguments.extend(files.iter().map(String::as_str));
    let ran = bench.start(&arguments).wait();
    for (at, name) in names.iter().enumerate() {
        let text = std::fs::read_to_string(bench.folder().join(format!("{name}.toml")));
        let text = text.expect("it was written");
        let result = bench.out().join(name).join("latest/result.json");
        if !result.exists() {
            wrong.push(format!("{name} has no result: {ran}\n{text}"));
            return names[at + 1..].to_vec();
        }
        // Reading it proves that its books balance.
        let document = Document::read(&result);
        for cell in document.cells().filter(|cell| cell.0["rounds"][0]["outcome"] != "finished") {
            wrong.push(format!("{name}: {}\n{text}", cell.complaints()));
        }
    }
    if !matches!(ran.code, Some(0 | 99 | 100 | 106)) {
        wrong.push(ran.to_string());
    }
    Vec::new()
}

fn sizes() -> Vec<usize> {
    FACTORS.iter().map(|(_, values)| values.len()).collect()
}

#[test]
fn scenarios_that_check_accepts_run() {
    let mut covering = Covering::new(sizes(), SEED);
    let mut rows = std::iter::from_fn(|| covering.next_row(&mut |row| accepts(row))).take(QUICK);
    assert_eq!(run(SEED, &mut rows), QUICK);
}

#[test]
#[ignore = "some hundred scenarios"]
fn every_two_values_that_check_accepts_together_run() {
    // Another array each time that another seed is asked for.
    let seed = std::env::var("WIREBENCH_PAIRS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(SEED);
    let mut covering = Covering::new(sizes(), seed);
    let mut rows = std::iter::from_fn(|| covering.next_row(&mut |row| accepts(row)));
    let told = run(seed, &mut rows);
    println!("seed {seed}: {told} scenarios");
    assert!(told > 100, "{told}");
}

#[test]
fn two_values_that_never_go_together_are_told_why() {
    let mut covering = Covering::new(sizes(), SEED);
    while covering.next_row(&mut |row| accepts(row)).is_some() {}
    let shown = |(factor, value): (usize, usize)| {
        format!("{} = {}", FACTORS[factor].0, FACTORS[factor].1[value])
    };
    for (one, other, why) in &covering.refused {
        let told = why.contains("error: ") && why.contains("--> ");
        assert!(told, "{} and {}: {why}", shown(*one), shown(*other));
    }
    assert!(!covering.refused.is_empty());
}
