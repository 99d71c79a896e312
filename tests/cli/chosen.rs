//! Which rows and columns of a table are shown: `--sort`, `--top`, `--columns` and `--pivot`.

use crate::harness::{Bench, Ran, scenario};

/// Two framings, two payloads and two ways to write.
fn text() -> String {
    let more = "\n[matrix]\nframing = [\"len32be\", \"line\"]\n\"load.payload\" = [\"16 B\", \"64 B\"]\n\
                \"transport.write\" = [\"message\", \"batch\"]\n";
    scenario("\"raw\"", "messages = 200\nrounds = 2\n", more).replace("framing = \"raw\"\n", "")
}

/// A run that was kept.
#[track_caller]
fn kept() -> Bench {
    let bench = Bench::new();
    let ran = bench.run(&text(), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    bench
}

fn report(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["report", "result.json"], arguments].concat()).wait()
}

/// The last field of the first column of each row: `len32be`, `line`.
fn rows(shown: &str) -> Vec<&str> {
    let first = shown.lines().filter_map(|line| line.split_whitespace().next());
    first.filter(|name| ["len32be", "line"].contains(name)).collect()
}

#[test]
fn run_and_report_show_the_rows_columns_and_pivots_that_are_asked_for() {
    let bench = Bench::new();
    let ran = bench.run(&text(), &["--sort", "-rate", "--top", "3", "--columns", "rate,wire"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let rate =
        |line: &str| line.split_whitespace().find(|word| word.ends_with("/s")).map(str::to_owned);
    for shown in [ran, report(&bench, &["--sort=-rate", "--top=3", "--columns=rate,wire"])] {
        assert_eq!(rows(&shown.stdout).len(), 3, "{shown}");
        assert!(
            shown.stdout.contains("3 of 8 rows: `--top 0` shows all; by rate, the highest"),
            "{shown}"
        );
        let figures: Vec<String> = shown.stdout.lines().filter_map(rate).collect();
        let per_second = |text: &String| {
            let digits: f64 = text
                .trim_start_matches('*')
                .trim_end_matches("/s")
                .trim_end_matches('k')
                .parse()
                .ok()?;
            Some(if text.contains('k') { digits * 1e3 } else { digits })
        };
        let figures: Vec<f64> =
            figures[figures.len() - 3..].iter().filter_map(per_second).collect();
        assert!(
            figures.len() == 3 && figures.is_sorted_by(|a, b| a >= b),
            "{figures:?} of {shown}"
        );
        assert!(!shown.stdout.contains("p50"), "{shown}");
    }
    let shown = report(&bench, &["--pivot", "framing,payload:p50"]);
    assert_eq!(shown.code, Some(0), "{shown}");
    assert_eq!(shown.stdout.matches("\n  framing").count(), 2, "two ways to write: {shown}");
    assert!(shown.stdout.contains("write batch"), "{shown}");
}

#[test]
fn files_of_tables_and_of_markdown_have_what_is_chosen_and_others_have_all() {
    let bench = kept();
    let files = ["--output=markdown=a.md", "--output=table=a.txt", "--output=jsonl=a.jsonl"];
    let ran = report(&bench, &[&["--sort", "p50", "--top", "1", "--quiet"], &files[..]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran}");
    let read =
        |name: &str| std::fs::read_to_string(bench.folder().join(name)).expect("it is written");
    for name in ["a.md", "a.txt"] {
        assert!(read(name).contains("1 of 8 rows"), "{}", read(name));
    }
    assert_eq!(read("a.jsonl").lines().count(), 8);
}

#[test]
fn what_is_not_there_is_refused_with_what_is_there_before_anything_is_run() {
    let bench = Bench::new();
    for (arguments, words) in [
        (
            &["--columns", "p50,rat"][..],
            &["`rat`", "did you mean `rate`?", "intact, ", "load.payload"][..],
        ),
        (&["--sort", "-p05"], &["`p05`", "`p50`"]),
        (
            &["--pivot", "framing,paylod:p50"],
            &["no axis `paylod`", "did you mean `payload`?", "transport.write"],
        ),
        (&["--pivot", "framing,payload:p05"], &["no metric `p05`"]),
        (&["--pivot", "framing:p50"], &["ROW,COL:METRIC"]),
        (&["--sort", "wrong"], &["no order"]),
    ] {
        let ran = bench.run(&text(), arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran}");
        assert!(words.iter().all(|word| ran.stderr.contains(word)), "{arguments:?}: {ran}");
        assert!(!bench.out().exists(), "{arguments:?} has run");
    }
    let bench = kept();
    for arguments in
        [&["--pivot", "framing,paylod:p50"][..], &["--columns", "rat"], &["--sort", "p05"]]
    {
        let ran = report(&bench, arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ran}");
        assert!(ran.stderr.contains("did you mean"), "{arguments:?}: {ran}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let bench = kept();
    for arguments in [
        &["--pivot", "framing,payload:p50", "--sort", "p50"][..],
        &["--pivot", "framing,payload:p50", "--top", "3"],
        &["--pivot", "framing,payload:p50", "--columns", "p50"],
        &["--top", "-1"],
        &["--top", "many"],
    ] {
        assert_eq!(report(&bench, arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn formats_that_other_programs_read_are_not_chosen_from_and_that_is_said() {
    let bench = kept();
    for format in ["csv", "json", "jsonl", "junit", "go-bench", "events"] {
        let ran = report(&bench, &["--format", format, "--sort", "p50"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{format}: {ran}");
        assert!(ran.stderr.contains("--sort is for tables"), "{format}: {ran}");
        // A table beside it is chosen from.
        let ran = report(&bench, &["--format", format, "--sort", "p50", "--output", "table=a.txt"]);
        assert_eq!(ran.code, Some(0), "{format}: {ran}");
    }
}

#[test]
fn codes_and_what_is_wrong_are_those_of_all_cells() {
    let bench = Bench::new();
    let gate = "\n[[override]]\nwhen = { framing = \"line\" }\nexpect = { p99 = \"< 1ns\" }\n";
    let ran = bench.run(&(text() + gate), &["--sort", "framing", "--top", "1"]);
    assert_eq!(ran.code, Some(99), "{ran}");
    assert_eq!(rows(&ran.stdout), ["len32be"], "the row that is shown passes: {ran}");
    assert!(ran.stdout.contains("Gates that do not hold"), "{ran}");
}

#[test]
fn parts_that_are_put_together_are_chosen_from_as_well() {
    let bench = Bench::new();
    bench.write("scenario.toml", text());
    for part in ["1/2", "2/2"] {
        let out = format!("part-{}", &part[..1]);
        let arguments = ["run", "scenario.toml", "--partition", part, "--out", &out];
        let folder = ["--plugin-dir", crate::harness::plugin_folder()];
        let ran = bench.start(&[&arguments[..], &folder].concat()).wait();
        assert_eq!(ran.code, Some(0), "{ran}");
    }
    let merge = |out: &str, more: &[&str]| {
        bench.start(&[&["merge", "part-1", "part-2", "-o", out][..], more].concat()).wait()
    };
    let ran = merge("all", &["--sort", "-p99", "--top", "2"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 of 8 rows"), "{ran}");
    let ran = merge("none", &["--pivot", "framing,paylod:p50"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(!bench.folder().join("none").exists(), "nothing is kept: {ran}");
}
