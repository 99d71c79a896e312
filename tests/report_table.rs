//! Whole reports against the files in `tests/report/`. `WIREBENCH_BLESS=1` rewrites them.

#[path = "report/markdown.rs"]
mod markdown_text;
#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, document, everything, gate, scenario, three_rounds};
use std::path::{Path, PathBuf};
use wirebench::judge::Verdict;
use wirebench::report::table::{Options, render};
use wirebench::report::{json, jsonl, markdown, trace};
use wirebench::scenario::{Limit, Op};

/// Compares with a file, or writes it.
fn assert_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/report").join(name);
    if std::env::var_os("WIREBENCH_BLESS").is_some() {
        std::fs::write(&path, text).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} differs; expected:\n{expected}\ngot:\n{text}");
}

fn everything_document() -> wirebench::result::Document {
    let (scenario, rounds) = everything();
    document(&scenario, &rounds)
}

fn plain() -> Options {
    Options {
        kept_in: Some(PathBuf::from("wirebench-out/sticky/20261120T214500Z")),
        ..Options::default()
    }
}

#[test]
fn a_run_in_which_everything_happened_is_told_whole() {
    assert_snapshot("everything.txt", &render(&everything_document(), &plain()));
}

#[test]
fn colours_come_only_when_asked_for() {
    let document = everything_document();
    let options = Options { color: true, ..plain() };
    assert_snapshot("everything-color.txt", &render(&document, &options));
    assert!(!render(&document, &plain()).contains('\u{1b}'));
}

#[test]
fn several_rounds_say_how_far_figures_may_be_off_and_which_cells_differ() {
    let (scenario, rounds) = three_rounds();
    assert_snapshot("rounds.txt", &render(&document(&scenario, &rounds), &plain()));
    assert_snapshot("rounds.md", &markdown(&document(&scenario, &rounds)));
}

#[test]
fn a_clean_run_is_a_short_table() {
    let scenario = scenario(&["line", "len32be"], &[64]);
    let rounds = [
        Sample::intact(410_000, 64, 1, 12_300).round(0, 0),
        Sample::intact(426_000, 64, 4, 11_800).round(1, 0),
    ];
    assert_snapshot("clean.txt", &render(&document(&scenario, &rounds), &Options::default()));
}

#[test]
fn a_narrow_terminal_loses_columns_and_says_which() {
    let options = Options { width: Some(70), ..plain() };
    assert_snapshot("narrow.txt", &render(&everything_document(), &options));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [90, 100, 120, 200] {
        let options = Options { width: Some(width), ..plain() };
        for line in render(&everything_document(), &options).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn damage_that_a_gate_asks_for_is_told_as_expected() {
    let mut scenario = scenario(&["raw", "line"], &[64]);
    scenario.cells[0].expect = vec![gate("damaged", Op::More, Limit::Count(0), "> 0")];
    let rounds = [
        Sample::intact(10_000, 64, 0, 20_000).damage_requests(Verdict::Merged, 7_100).round(0, 0),
        Sample::intact(410_000, 64, 1, 12_300).round(1, 0),
    ];
    let table = render(&document(&scenario, &rounds), &Options::default());
    assert!(table.contains("\nwhole      line\n"), "{table}");
    assert!(table.contains("raw (45.0 % intact, as expected)\n"), "{table}");
    assert!(table.contains("└ expected: requests merged 71.0 %; the client moved"), "{table}");
    scenario.cells[0].expect.clear();
    let table = render(&document(&scenario, &rounds), &Options::default());
    assert!(!table.contains("expected"), "{table}");
}

#[test]
fn cells_that_cannot_be_compared_stand_in_sections_of_their_own() {
    let mut scenario = scenario(&["line", "len32be"], &[64, 1024]);
    scenario.rounds = 3;
    let rounds: Vec<_> = (0..3)
        .flat_map(|round| {
            [
                Sample::intact(4_000, 64, 1, 12_000).round(0, round),
                Sample::intact(3_000, 1024, 1, 14_000).round(1, round),
                Sample::intact(2_000, 64, 4, 12_000).round(2, round),
                Sample::intact(1_000, 1024, 4, 15_000).round(3, round),
            ]
        })
        .collect();
    let table = render(&document(&scenario, &rounds), &Options::default());
    let names: Vec<&str> = table
        .lines()
        .skip_while(|line| !line.starts_with("framing"))
        .skip(2)
        .take_while(|line| !line.starts_with('*'))
        .filter_map(|line| line.split("   ").next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, ["payload 64 B", "line", "len32be", "payload 1024 B", "line", "len32be"]);
    assert!(table.contains("every message of all 4 cells arrived whole"), "{table}");
    assert!(
        table.contains("len32be at payload 64 B (2.00x slower), payload 1024 B (3.00x slower)")
    );
}

#[test]
fn a_column_without_a_single_figure_is_left_out_in_silence() {
    let scenario = scenario(&["line", "len32be"], &[64]);
    let unix = |cell| {
        let mut sample = Sample::intact(400_000, 64, 1, 12_000);
        sample.client.side.sent.segments = None;
        sample.server.sent.segments = None;
        sample.round(cell, 0)
    };
    let table = render(&document(&scenario, &[unix(0), unix(1)]), &Options::default());
    assert!(!table.contains("segs"), "{table}");
    assert!(!table.contains("no room"), "{table}");
    let one_of_two = [unix(0), Sample::intact(400_000, 64, 1, 12_000).round(1, 0)];
    assert!(render(&document(&scenario, &one_of_two), &Options::default()).contains("segs"));
}

#[test]
fn a_note_about_many_cells_is_told_once() {
    let scenario = scenario(&["line", "varint", "len32be"], &[64]);
    let rounds: Vec<_> =
        (0..3).map(|cell| Sample::intact(50, 64, 1, 12_300).round(cell, 0)).collect();
    let table = render(&document(&scenario, &rounds), &Options::default());
    assert_eq!(table.matches("too few for p99").count(), 1, "{table}");
    assert!(table.contains("framing=varint,load.payload=64 B and 1 more)"), "{table}");
}

#[test]
fn a_run_without_a_single_round_still_has_a_table() {
    let scenario = scenario(&["line"], &[64]);
    let table = render(&document(&scenario, &[]), &Options::default());
    assert_snapshot("nothing.txt", &table);
}

#[test]
fn a_matrix_without_axes_names_its_only_cell() {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.axes.clear();
    scenario.cells[0].axes.clear();
    scenario.cells[0].id = "all".into();
    let rounds = [Sample::intact(410_000, 64, 1, 12_300).round(0, 0)];
    let table = render(&document(&scenario, &rounds), &Options::default());
    assert!(table.contains("\nall    100 %"), "{table}");
}

#[test]
fn nothing_that_a_plugin_wrote_reaches_the_terminal_unescaped() {
    let (mut scenario, rounds) = everything();
    scenario.about = "two\u{1b}[2Jlines\nof text".into();
    scenario.cells[4].id = "\u{1b}]0;title\u{7}".into();
    let document = document(&scenario, &rounds);
    let table = render(&document, &plain());
    for text in [table, markdown(&document), trace::render(&document, 3)] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
    }
}

#[test]
fn an_empty_message_that_was_lost_stands_nowhere() {
    let mut sample = Sample::intact(1_000, 64, 0, 20_000).damage_requests(Verdict::Lost, 1);
    let mut example = sample::example(Verdict::Lost, 3);
    example.anomaly.head.len = 0;
    example.anomaly.expected.clear();
    sample.server.received.examples.push(example);
    let rounds = [sample.round(0, 0)];
    let table = render(&document(&scenario(&["raw"], &[64]), &rounds), &Options::default());
    assert!(table.contains("nothing was received"), "{table}");
    assert!(!table.contains("all of it stands"), "{table}");
}

#[test]
fn a_trace_is_a_timeline_of_each_anomaly() {
    let document = everything_document();
    assert_snapshot("trace.txt", &trace::render(&document, 1));
    assert_eq!(trace::render(&document, 0), "");
}

#[test]
fn markdown_is_a_table_for_github() {
    assert_snapshot("everything.md", &markdown(&everything_document()));
}

#[test]
fn a_json_line_is_one_cell_of_the_document() {
    let document = everything_document();
    let whole: serde_json::Value = serde_json::from_str(&json(&document)).expect("it is JSON");
    let lines: Vec<serde_json::Value> = jsonl(&document)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert_eq!(lines.len(), document.cells.len());
    for (line, cell) in lines.iter().zip(whole["cells"].as_array().expect("cells")) {
        assert_eq!(line["scenario"], "sticky");
        for (key, value) in cell.as_object().expect("a cell") {
            assert_eq!(&line[key], value, "{key}");
        }
    }
}

#[test]
fn debug_builds_are_marked_wherever_figures_are_printed() {
    let mut document = everything_document();
    for text in [render(&document, &plain()), markdown(&document)] {
        assert!(!text.contains("debug build"), "{text}");
    }
    document.measured(sample::measured());
    for text in [render(&document, &plain()), markdown(&document)] {
        assert!(text.contains("plugin wirebench.echo is a debug build: its times"), "{text}");
    }
    document.tool.debug_build = true;
    for text in [render(&document, &plain()), markdown(&document)] {
        let both = "wirebench, plugin wirebench.echo are debug builds: their times";
        assert!(text.contains(both), "{text}");
    }
}
