//! Events of a run, kept and read again: everything can be made of them that the run itself has made.

use crate::builds::{SCENARIO, arguments, build};
use crate::harness::{Bench, Ran, plugin_folder, scenario};
use serde_json::Value;

/// Every format but the events themselves, each with the ending of its file.
const FORMATS: [&str; 12] = [
    "table",
    "json",
    "jsonl",
    "markdown",
    "csv",
    "csv-rounds",
    "junit",
    "github",
    "hgrm",
    "hdr-log",
    "go-bench",
    "openmetrics",
];

/// The options that write all of them, each to a name that begins so.
fn outputs(begin: &str) -> Vec<String> {
    let output = |format: &str| ["--output".to_owned(), format!("{format}={begin}.{format}")];
    FORMATS.iter().flat_map(|format| output(format)).collect()
}

/// What stands in a file, or in all files of a folder.
fn content(bench: &Bench, name: &str) -> Vec<(String, String)> {
    let path = bench.folder().join(name);
    let read = |path: &std::path::Path| std::fs::read_to_string(path).expect(name);
    if !path.is_dir() {
        return vec![(String::new(), read(&path))];
    }
    let entries =
        std::fs::read_dir(&path).expect(name).map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.map(|file| (file.display().to_string(), read(&file))).collect();
    files.iter_mut().for_each(|(file, _)| *file = file.rsplit('/').next().unwrap_or("").to_owned());
    files.sort();
    files
}

#[track_caller]
fn all_are_equal(bench: &Bench, one: &str, other: &str) {
    for format in FORMATS {
        let [ours, theirs] = [one, other].map(|name| content(bench, &format!("{name}.{format}")));
        assert!(!ours.is_empty(), "{format}");
        assert_eq!(ours, theirs, "{format}");
    }
}

fn report(bench: &Bench, file: &str, more: &[String]) -> Ran {
    let mut arguments = vec!["report", file];
    arguments.extend(more.iter().map(String::as_str));
    bench.start(&arguments).wait()
}

/// Runs a scenario of two cells, of which one fails, and writes `events.jsonl`.
fn run(bench: &Bench) -> Ran {
    let more = "\n[matrix]\nframing = [\"raw\", \"line\"]\n[expect]\nintact = \"100%\"\n";
    let text = scenario("\"raw\"", "in-flight = 16\nrounds = 2\n", more)
        .replace("framing = \"raw\"\n", "");
    bench.write("scenario.toml", text);
    let mut arguments: Vec<String> =
        ["run", "scenario.toml", "--out", "out", "--quiet", "--plugin-dir", plugin_folder()]
            .map(String::from)
            .to_vec();
    arguments.extend(["--output".to_owned(), "events=events.jsonl".to_owned()]);
    arguments.extend(outputs("run"));
    bench.start(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).wait()
}

fn lines(bench: &Bench, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(bench.folder().join(file)).expect(file);
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn events(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["event"].as_str().expect("an event")).collect()
}

#[test]
fn every_format_is_the_same_again() {
    let bench = Bench::new();
    let ran = run(&bench);
    assert_eq!(ran.code, Some(100), "{ran}");
    let mut more = outputs("again");
    more.extend(["--output".to_owned(), "events=again.events".to_owned()]);
    let again = report(&bench, "events.jsonl", &more);
    assert_eq!(again.code, Some(100), "{again}");
    all_are_equal(&bench, "run", "again");
    // Events that were made of events lack the rounds as they happened, and nothing else.
    let third = report(&bench, "again.events", &outputs("third"));
    assert_eq!(third.code, Some(100), "{third}");
    all_are_equal(&bench, "run", "third");
    let last = lines(&bench, "again.events");
    assert!(!events(&last).contains(&"round-ended"), "{:?}", events(&last));
}

#[test]
fn what_a_comparison_says_is_the_same_again_and_that_of_another_run_is_refused() {
    let bench = Bench::new();
    let [new, old] = ["new", "old"].map(|name| build(&bench, name, 0));
    bench.write("scenario.toml", SCENARIO);
    let mut more =
        vec!["--quiet".to_owned(), "--output".to_owned(), "events=events.jsonl".to_owned()];
    more.extend(outputs("run"));
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let ran = bench.start(&arguments(&new, &old, &more)).wait();
    assert!(bench.folder().join("run.junit").is_file(), "{ran}");
    let again = report(&bench, "events.jsonl", &outputs("again"));
    assert_eq!(again.code, ran.code, "{again}");
    all_are_equal(&bench, "run", "again");
    assert!(content(&bench, "run.junit")[0].1.contains("paired vs baseline"));
    let text = std::fs::read_to_string(bench.folder().join("events.jsonl")).expect("events");
    let (before, comparison) = text.split_once("{\"event\":\"comparison\"").expect("there is one");
    let comparison = comparison.replacen("\"run\":{\"id\":\"2", "\"run\":{\"id\":\"1", 1);
    bench.write("mixed.jsonl", format!("{before}{{\"event\":\"comparison\"{comparison}"));
    let mixed = report(&bench, "mixed.jsonl", &[]);
    assert_eq!(mixed.code, Some(108), "{mixed}");
    assert!(mixed.stderr.contains("of another run"), "{mixed}");
}

#[test]
fn lines_come_in_the_order_in_which_things_happen() {
    let bench = Bench::new();
    run(&bench);
    let lines = lines(&bench, "events.jsonl");
    assert_eq!(lines[0]["schema"], "wirebench.events/1");
    assert_eq!(lines[0]["scenarios"][0]["cells"], 2);
    let mut expected = vec!["run-started", "scenario-started"];
    expected.extend(["round-started", "round-ended"].repeat(4));
    expected.extend(["result", "cell", "cell", "scenario-ended", "run-ended"]);
    assert_eq!(events(&lines), expected);
    assert_eq!(lines[2]["scenario"], "test");
    assert!(lines[3]["cell"].as_str().is_some_and(|cell| cell.starts_with("framing=")));
    assert_eq!(lines[3]["outcome"], "finished");
    assert_eq!(lines[10]["result"]["cells"], serde_json::json!([]));
    assert_eq!(lines.last().map(|line| &line["exit_code"]), Some(&100.into()));
}

/// Writes `cut.jsonl`: what is left of the events when their end is missing.
fn cut(bench: &Bench, bytes: usize) {
    let mut text = std::fs::read(bench.folder().join("events.jsonl")).expect("events");
    text.truncate(text.len() - bytes);
    bench.write("cut.jsonl", text);
}

#[test]
fn events_without_their_end_are_told_and_end_with_108() {
    let bench = Bench::new();
    run(&bench);
    let junit = ["--quiet", "--output", "junit=cut.xml"].map(String::from);
    // Of the last line, one byte; all but one byte.
    for bytes in [1, 20] {
        cut(&bench, bytes);
        let ran = report(&bench, "cut.jsonl", &junit);
        // What is there fails by itself.
        assert_eq!(ran.code, Some(100), "{ran}");
        assert!(ran.stderr.contains("the run had not ended when these events did"), "{ran}");
        assert_eq!(content(&bench, "cut.xml"), content(&bench, "run.junit"));
    }
    let passing = scenario("\"line\"", "", "");
    bench.write("scenario.toml", passing);
    let ran = bench
        .start(&[
            "run",
            "scenario.toml",
            "--plugin-dir",
            plugin_folder(),
            "--output",
            "events=events.jsonl",
        ])
        .wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    cut(&bench, 1);
    let ran = report(&bench, "cut.jsonl", &junit);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("results may be missing"), "{ran}");
}

#[test]
fn events_that_end_before_any_result_are_no_result() {
    let bench = Bench::new();
    run(&bench);
    let text = std::fs::read_to_string(bench.folder().join("events.jsonl")).expect("events");
    let rounds: String = text.split_inclusive('\n').take(6).collect();
    let cells: String = text.split_inclusive('\n').take(12).collect();
    for part in [rounds, cells] {
        bench.write("part.jsonl", part);
        let ran = report(&bench, "part.jsonl", &["--output", "junit=part.xml"].map(String::from));
        assert_eq!(ran.code, Some(108), "{ran}");
        assert!(ran.stderr.contains("no scenario had ended when these events did"), "{ran}");
        assert!(!bench.folder().join("part.xml").exists());
    }
}

#[test]
fn newer_and_foreign_events_are_refused() {
    let bench = Bench::new();
    run(&bench);
    let text = std::fs::read_to_string(bench.folder().join("events.jsonl")).expect("events");
    for (from, to, cause) in [
        ("wirebench.events/1", "wirebench.events/2", "its schema is wirebench.events/2"),
        ("\"schema\":\"wirebench.events/1\"", "\"schema\":\"other.events/1\"", ""),
        ("\"event\":\"scenario-ended\"", "\"event\":\"cell\"", "it has no `cell`"),
        ("\"event\":\"result\"", "\"event\":\"later\"", "no `result` stands before this `cell`"),
        ("\"cells\":[]", "\"cells\":[1]", "its `result` has no empty `cells`"),
    ] {
        bench.write("other.jsonl", text.replacen(from, to, 1));
        let ran = report(&bench, "other.jsonl", &[]);
        assert_eq!(ran.code, Some(108), "{to}: {ran}");
        assert!(ran.stderr.contains(cause) && ran.stderr.contains("other.jsonl"), "{to}: {ran}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_as_in_a_document() {
    let bench = Bench::new();
    run(&bench);
    let text = std::fs::read_to_string(bench.folder().join("events.jsonl")).expect("events");
    let changed: Vec<String> = text
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            if line["event"] == "cell" {
                line["cell"]["exchanges"]["done"] = 7.into();
            }
            format!("{line}\n")
        })
        .collect();
    bench.write("changed.jsonl", changed.concat());
    let ran = report(&bench, "changed.jsonl", &[]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("changed.jsonl"), "{ran}");
}
