//! Where outputs go: files, folders, standard output, and what is refused before anything runs.

use crate::documents::{failing, passing, single};
use crate::harness::{Bench, Ran, plugin_folder, scenario};
use std::os::unix::fs::PermissionsExt as _;
use wirebench::report::json;

/// A bench with two kept results, `one.json` of a cell and `two.json` of two.
fn bench() -> Bench {
    let bench = Bench::new();
    let mut one = single();
    one.scenario.name = "../out of/here".into();
    bench.write("one.json", json(&one));
    bench.write("two.json", json(&passing()));
    bench.write("failing.json", json(&failing()));
    bench
}

fn report(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["report"], arguments].concat()).wait()
}

fn names(bench: &Bench, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(bench.folder().join(folder)).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn distributions_are_a_file_for_each_cell_in_a_new_folder() {
    let bench = bench();
    let ran = report(&bench, &["two.json", "--output", "hgrm=percentiles"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 of 2 cells pass"), "the table is printed too: {ran}");
    let expected = [
        "0001-sticky.framing=line_load.payload=64_B.hgrm",
        "0002-sticky.framing=len32be_load.payload=64_B.hgrm",
    ];
    assert_eq!(names(&bench, "percentiles"), expected);
}

#[test]
fn what_holds_a_whole_result_is_for_its_owner_alone() {
    let bench = bench();
    let mut arguments = vec!["one.json", "--quiet"];
    for output in ["events=e.jsonl", "json=d.json", "junit=j.xml", "hgrm=h"] {
        arguments.extend(["--output", output]);
    }
    assert_eq!(report(&bench, &arguments).code, Some(0));
    let inner = format!("h/{}", names(&bench, "h")[0]);
    for name in ["e.jsonl", "d.json", "j.xml", &inner] {
        let file = bench.folder().join(name).metadata().expect(name);
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let bench = bench();
    std::fs::create_dir(bench.folder().join("mine")).expect("a folder");
    bench.write("mine/notes.txt", "keep me");
    let ran = report(&bench, &["two.json", "--output", "hgrm=mine"]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(
        ran.stderr.contains("mine is not empty") && ran.stderr.contains("Name a new folder"),
        "{ran}"
    );
    assert_eq!(names(&bench, "mine"), ["notes.txt"]);
    let ran = report(&bench, &["two.json", "--output", "hgrm=two.json"]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("two.json is no folder"), "{ran}");
    let ran = report(&bench, &["two.json", "--output", "hgrm=no/where"]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("cannot write the files of no/where"), "{ran}");
}

#[test]
fn an_empty_folder_is_taken() {
    let bench = bench();
    std::fs::create_dir(bench.folder().join("empty")).expect("a folder");
    let ran = report(&bench, &["two.json", "--output", "hgrm=empty"]);
    assert_eq!((ran.code, names(&bench, "empty").len()), (Some(0), 2), "{ran}");
}

#[test]
fn one_cell_is_printed_and_several_are_sent_to_a_folder() {
    let bench = bench();
    for arguments in [["--format", "hgrm"], ["--output", "hgrm=-"]] {
        let ran = report(&bench, &["one.json", arguments[0], arguments[1]]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.starts_with("       Value     Percentile"), "{ran}");
        let ran = report(&bench, &["two.json", arguments[0], arguments[1]]);
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains("Use --output hgrm=FOLDER"), "{ran}");
        assert!(ran.stdout.is_empty(), "{ran}");
    }
}

#[test]
fn two_outputs_cannot_share_a_folder() {
    let bench = bench();
    let twice = ["two.json", "--output", "hgrm=a", "--output", "hgrm=./a"];
    let ran = report(&bench, &twice);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("is to be written twice"), "{ran}");
}

#[test]
fn the_name_of_a_scenario_leads_to_no_other_folder() {
    let bench = bench();
    let ran = report(&bench, &["one.json", "--output", "junit={scenario}.xml"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let file = bench.folder().join("_._out_of_here.xml");
    assert!(file.is_file(), "{:?}", names(&bench, "."));
}

#[test]
fn all_formats_can_be_written_at_once_and_the_verdict_stays() {
    let bench = bench();
    let mut arguments = vec!["failing.json", "--quiet"];
    let outputs = [
        "junit=a.xml",
        "markdown=a.md",
        "github=a.txt",
        "csv=a.csv",
        "csv-rounds=b.csv",
        "hgrm=percentiles",
        "hdr-log=a.hlog",
        "go-bench=a.bench",
        "openmetrics=a.prom",
        "json=a.json",
        "jsonl=a.jsonl",
        "table=a.table",
        "events=a.events",
    ];
    outputs.iter().for_each(|output| arguments.extend(["--output", output]));
    let ran = report(&bench, &arguments);
    assert_eq!(ran.code, Some(100), "{ran}");
    for output in outputs {
        let (_, file) = output.split_once('=').expect("a format and a file");
        let there = bench.folder().join(file).metadata().expect(file);
        assert!(there.len() > 0, "{file}");
    }
}

#[test]
fn on_standard_output_a_format_stands_alone() {
    let bench = bench();
    for (format, begins) in [
        ("junit", "<?xml"),
        ("markdown", "### sticky"),
        ("github", "::error file=scenarios/sticky.toml,line=31,"),
        ("csv", "scenario,cell,axes,verdict,metric,unit,value\n"),
        ("csv-rounds", "scenario,cell,axes,round,"),
        ("hdr-log", "#[Histogram log"),
        ("go-bench", "Unit "),
        ("openmetrics", "# TYPE wirebench_cell_passes gauge\n"),
    ] {
        let ran = report(&bench, &["failing.json", "--format", format]);
        assert!(ran.stdout.starts_with(begins), "{format}: {ran}");
        assert!(ran.stderr.starts_with("error: sticky: 3 of 6 cells fail"), "{format}: {ran}");
    }
}

#[test]
fn each_scenario_has_its_own_file_and_all_of_them_one() {
    let bench = Bench::new();
    for name in ["first", "second"] {
        let text =
            scenario("\"line\"", "", "").replace("name = \"test\"", &format!("name = \"{name}\""));
        bench.write(&format!("{name}.toml"), text);
    }
    let arguments = ["run", "first.toml", "second.toml", "--out", "out", "--quiet", "--plugin-dir"];
    let outputs = [
        "--output",
        "junit=all.xml",
        "--output",
        "csv={scenario}.csv",
        "--output",
        "hgrm=h-{scenario}",
    ];
    let ran = bench.start(&[&arguments[..], &[plugin_folder()], &outputs].concat()).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let read = |name: &str| std::fs::read_to_string(bench.folder().join(name)).expect(name);
    assert_eq!(read("all.xml").matches("<testsuite ").count(), 2);
    for name in ["first", "second"] {
        let text = read(&format!("{name}.csv"));
        assert!(text.lines().skip(1).all(|line| line.starts_with(name)), "{text}");
        assert_eq!(names(&bench, &format!("h-{name}")).len(), 1);
    }
}
