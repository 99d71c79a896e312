//! How the comparison is printed, and where.

use crate::harness::document::Document;
use crate::harness::{Bench, Ran, scenario};

fn text() -> String {
    let more = "\n[matrix]\nframing = [\"len32be\", \"line\"]\n";
    scenario("\"raw\"", "", more).replace("framing = \"raw\"\n", "")
}

/// Runs without `--json result.json`, so that only `arguments` decide what is printed.
#[track_caller]
fn print(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.write("scenario.toml", text());
    let mut all = vec!["run", "scenario.toml", "--out", "out"];
    all.extend(["--plugin-dir", crate::harness::plugin_folder()]);
    all.extend(arguments);
    let ran = bench.start(&all).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    ran
}

#[track_caller]
fn format(name: &str) -> String {
    let ran = print(&Bench::new(), &["--format", name]);
    assert!(ran.stderr.is_empty(), "{ran}");
    ran.stdout
}

#[test]
fn the_table_is_the_default() {
    let ran = print(&Bench::new(), &[]);
    for part in ["len32be", "line", "100 %", "p50", "pass"] {
        assert!(ran.stdout.contains(part), "`{part}` is missing: {ran}");
    }
    assert!(format("table").contains("2 of 2 cells pass"));
}

#[test]
fn json_is_the_whole_document_and_nothing_else() {
    let document = Document::parse(&format("json"));
    assert_eq!(document.cells().count(), 2);
    document.cells().for_each(|cell| cell.is_intact());
}

#[test]
fn jsonl_is_one_line_of_json_for_each_cell() {
    let text = format("jsonl");
    let cells: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(cells.len(), 2, "{text}");
    assert!(cells.iter().all(|cell| cell.to_string().contains("framing=")), "{text}");
}

#[test]
fn markdown_is_a_table_of_pipes() {
    let text = format("markdown");
    let rows = text.lines().filter(|line| line.starts_with('|')).count();
    assert!(rows >= 4, "head, rule and two cells: {text}");
    assert!(text.contains("|-") || text.contains("| -") || text.contains("|:"), "{text}");
}

#[test]
fn a_json_file_is_written_beside_the_table() {
    let bench = Bench::new();
    let ran = print(&bench, &["--json", "here.json"]);
    assert!(ran.stdout.contains("2 of 2 cells pass"), "{ran}");
    assert_eq!(Document::read(&bench.folder().join("here.json")).cells().count(), 2);
}

#[test]
fn a_dash_writes_the_document_to_standard_output() {
    let ran = print(&Bench::new(), &["--quiet", "--json", "-"]);
    assert_eq!(Document::parse(&ran.stdout).cells().count(), 2);
}

#[test]
fn quiet_prints_nothing() {
    let ran = print(&Bench::new(), &["--quiet"]);
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{ran}");
}

#[test]
fn no_escape_codes_go_to_what_is_no_terminal() {
    let ran = print(&Bench::new(), &["--trace", "2"]);
    assert!(!ran.stdout.contains('\x1b') && !ran.stderr.contains('\x1b'), "{ran:?}");
}

#[test]
fn color_can_be_asked_for() {
    let ran = print(&Bench::new(), &["--color", "always"]);
    assert!(ran.stdout.contains("\x1b["), "{ran:?}");
}

#[test]
fn mistakes_are_told_without_escape_codes_too() {
    let bench = Bench::new();
    let ran = bench.run("schema = 2\n", &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
}

#[test]
fn what_is_kept_is_the_document_that_is_printed() {
    let bench = Bench::new();
    let ran = print(&bench, &["--format", "json"]);
    let latest = bench.out().join("test/latest");
    assert!(latest.symlink_metadata().expect("it is there").is_symlink());
    let kept = Document::read(&latest.join("result.json"));
    assert_eq!(kept.0, Document::parse(&ran.stdout).0);
    assert!(latest.join("scenario.toml").is_file());
    let rounds = wirebench::result::journal::read(&latest.join("journal.jsonl")).expect("readable");
    assert_eq!(rounds.rounds.len(), 2);
}

#[test]
fn latest_points_to_the_newest_run() {
    let bench = Bench::new();
    let latest = || std::fs::read_link(bench.out().join("test/latest")).expect("a link");
    print(&bench, &[]);
    let first = latest();
    print(&bench, &[]);
    assert_ne!(first, latest());
    let runs = std::fs::read_dir(bench.out().join("test")).expect("a folder").count();
    assert_eq!(runs, 3, "two runs and the link");
}

#[test]
fn a_trace_shows_timelines_of_what_went_wrong() {
    let bench = Bench::new();
    let text = scenario("\"raw\"", "in-flight = 32\nmessages = 2000\n", "");
    let ran = bench.run(&text, &["--trace", "2"]);
    for part in ["handed over", "wrote", "read", "verdict: merged"] {
        assert!(ran.stdout.contains(part), "`{part}` is missing: {ran}");
    }
    // Of each anomaly and direction no more than was asked for.
    let merged = ran.stdout.matches("verdict: merged").count();
    assert!((1..=4).contains(&merged), "{merged}: {ran}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let bench = Bench::new();
    bench.write("scenario.toml", text());
    let mut command = bench.command(&bench.run_arguments(&["--format", "json"]));
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_list_says_what_is_special_about_a_framing() {
    let bench = Bench::new();
    let ran = bench.start(&["list", "framings"]).wait();
    for (name, special) in [
        ("raw", "[depends on reads]"),
        ("eof", "[both directions, one message a connection]"),
        ("hdlc", "[resynchronises, finds corruption]"),
        ("len32be", "big-endian length, payload"),
    ] {
        let mut lines = ran.stdout.lines().map(str::trim);
        let line = lines.find(|line| line.split_whitespace().next() == Some(name));
        assert!(line.is_some_and(|line| line.ends_with(special)), "{name}: {ran}");
    }
}
