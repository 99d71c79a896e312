//! What `check` accepts runs: every two values of two keys together in some scenario, whatever else
//! it says. Each is run for one short round, which may find anything of the messages, and must neither
//! break a law nor crash, hang or be impossible. What does not go together is told.

#[path = "scenario_pairs/array.rs"]
mod array;
#[path = "scenario_pairs/factors.rs"]
mod factors;
#[path = "harness/mod.rs"]
mod harness;
#[path = "harness/schema.rs"]
mod schema;

use array::Covering;
use factors::{ALIKE, ECHO, ELSEWHERE, FACTORS, scenario};
use harness::{Bench, Document, plugin_folder};
use std::sync::Mutex;
use wirebench::framing::names;
use wirebench::scenario::{FileFacts, KEYS, LINK_KEYS, Overrides, load};

/// The seed of the array that is run each time, and how many of its rows are.
const SEED: u64 = 42;
const QUICK: usize = 40;

/// Scenarios of one process, and processes at the same time.
const TOGETHER: usize = 10;
const SIDE_BY_SIDE: usize = 4;

const BODY: &[u8] = b"the content of a file that is sent as it is";
const LINES: &[u8] = b"one\r\n\ntwo words\nlast";

/// Loads a scenario as `check` does, but for the plugins' own settings. The schema takes what it takes.
fn accepts(row: &[usize]) -> Result<(), String> {
    let find = |path: &str| {
        let bytes = if path == "body.bin" { BODY.len() } else { LINES.len() };
        Ok(FileFacts { absolute: format!("/{path}"), bytes: bytes as u64 })
    };
    let text = scenario("pair", row);
    let loaded = load("pair.toml", &text, &Overrides::default(), &find);
    if loaded.is_ok() {
        schema::takes(&text);
    }
    loaded.map(drop).map_err(|diagnostics| diagnostics.render(false))
}

/// Runs rows of the array; whatever must not happen is told with the seed. Most of a round is waiting,
/// so several are run side by side.
#[track_caller]
fn run(seed: u64, rows: &[Vec<usize>]) {
    let chunks: Vec<(usize, &[Vec<usize>])> =
        rows.chunks(TOGETHER).enumerate().map(|(at, chunk)| (at * TOGETHER, chunk)).collect();
    let waiting = Mutex::new(chunks);
    let next = || waiting.lock().expect("no worker panics with it").pop();
    let work = || {
        let mut wrong = Vec::new();
        while let Some((first, chunk)) = next() {
            run_chunk(first, chunk, &mut wrong);
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("it ends")).collect()
    });
    let (some, all) = (wrong.len(), rows.len());
    assert!(wrong.is_empty(), "seed {seed}, {some} of {all}:\n{}", wrong.join("\n"));
}

/// Runs some rows, the first of which has this number.
fn run_chunk(first: usize, rows: &[Vec<usize>], wrong: &mut Vec<String>) {
    let bench = Bench::new();
    bench.write("body.bin", BODY);
    bench.write("lines.txt", LINES);
    bench.write("echo.py", ECHO);
    let mut names = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let name = format!("pair-{:04}", first + at);
        bench.write(&format!("{name}.toml"), scenario(&name, row));
        names.push(name);
    }
    let mut left = taken(&bench, &names, wrong);
    while !left.is_empty() {
        left = run_together(&bench, left, wrong);
    }
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

/// Whatever goes together with nothing that was tried is refused with a reason and its place.
#[track_caller]
fn are_told(covering: &Covering) {
    let shown = |(factor, value): (usize, usize)| {
        format!("{} = {}", FACTORS[factor].0, FACTORS[factor].1[value])
    };
    for (one, other, why) in &covering.refused {
        let told = why.contains("error: ") && why.contains("--> ");
        assert!(told, "{} and {}: {why}", shown(*one), shown(*other));
    }
    assert!(!covering.refused.is_empty());
}

#[test]
fn every_key_has_values_here() {
    let values = |key: &str| FACTORS.iter().find(|factor| factor.0 == key).map(|factor| &factor.1);
    for key in KEYS.iter().map(|key| key.path).filter(|key| !ELSEWHERE.contains(key)) {
        let spelt_out = match key {
            "link" => values("@link"),
            "load.messages" | "load.duration" => values("@end"),
            "load.model" | "load.rate" | "load.arrivals" | "load.catch-up" | "load.backlog" => {
                values("@open")
            }
            "cpu.placement" | "cpu.server" | "cpu.client" => values("@cpu"),
            key => values(key),
        };
        assert!(spelt_out.is_some_and(|values| values.len() > 1), "{key}");
    }
    let said = |key: &str, word: &str| {
        values(key).is_some_and(|values| values.iter().any(|value| value.contains(word)))
    };
    for key in LINK_KEYS {
        assert!(said("@link", &format!("{} =", key.name())), "{}", key.name());
    }
    for name in names().into_iter().filter(|name| !ALIKE.contains(name)) {
        assert!(said("framing", &format!("'{name}'")), "{name}");
    }
}

#[test]
fn scenarios_that_check_accepts_run() {
    let mut covering = Covering::new(sizes(), SEED);
    let rows = rows(&mut covering, QUICK);
    assert_eq!(rows.len(), QUICK);
    run(SEED, &rows);
    are_told(&covering);
}

#[test]
#[ignore = "some hundred scenarios"]
fn every_two_values_that_check_accepts_together_run() {
    // Another array each time that another seed is asked for.
    let seed = std::env::var("WIREBENCH_PAIRS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(SEED);
    let mut covering = Covering::new(sizes(), seed);
    let rows = rows(&mut covering, usize::MAX);
    println!("seed {seed}: {} scenarios", rows.len());
    run(seed, &rows);
    are_told(&covering);
}

/// The first rows of the array.
fn rows(covering: &mut Covering, most: usize) -> Vec<Vec<usize>> {
    std::iter::from_fn(|| covering.next_row(&mut |row| accepts(row))).take(most).collect()
}
