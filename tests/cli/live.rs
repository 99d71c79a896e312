//! The cells of a run, drawn on a terminal as they fill, and nothing of them anywhere else.

use crate::harness::terminal::{Drawn, Streams, on_a_terminal};
use crate::harness::{Bench, plugin_folder, scenario};
use std::path::Path;

const SIZE: (u16, u16) = (80, 24);

/// A round takes longer than it takes until something may be drawn again.
const LONG: &str = "duration = \"520ms\"\n";

/// Two cells.
const TWO: &str = "[matrix]\n\"load.payload\" = [\"64 B\", \"128 B\"]\n";

/// Runs a scenario with standard error on a terminal of its own; returns what it was told there.
#[track_caller]
fn told(toml: &str, size: (u16, u16), variables: &[(&str, &str)], options: &[&str]) -> String {
    let bench = Bench::new();
    bench.write("scenario.toml", toml);
    let mut command = bench.command(&bench.run_arguments(options));
    command.env("TERM", "xterm-256color").envs(variables.iter().copied());
    let (screen, code) = on_a_terminal(command, size, Streams::Error);
    assert_eq!(code, Some(0), "{screen:?}");
    screen
}

#[track_caller]
fn drawn(toml: &str, (columns, rows): (u16, u16), options: &[&str]) -> Drawn {
    let screen = told(toml, (columns, rows), &[], options);
    Drawn::read(&screen, (columns.into(), rows.into()))
}

#[test]
fn every_cell_has_a_line_that_fills_and_all_is_taken_away_at_the_end() {
    let drawn = drawn(&scenario("\"len32be\"", LONG, TWO), SIZE, &[]);
    assert_eq!(drawn.printed, "");
    let shown: Vec<&Vec<String>> = drawn.shown().collect();
    let [first, .., last] = &shown[..] else { panic!("it is drawn for each round: {drawn:?}") };
    for lines in [first, last] {
        assert_eq!(lines.len(), 4, "{drawn:?}");
        assert!(lines[0].starts_with("  test ") && lines[0].ends_with("damaged"), "{drawn:?}");
        assert!(lines[1].contains("64 B") && lines[2].contains("128 B"), "{drawn:?}");
    }
    let cells = |lines: &[String], state: &str| {
        lines[1..3].iter().filter(|line| line.ends_with(state)).cloned().collect::<Vec<_>>()
    };
    let waits = cells(first, "  waits");
    let words: Vec<&str> = waits[0].split_whitespace().rev().take(6).collect();
    assert_eq!(words, ["waits", "–", "–", "–", "–", "0/1"], "{drawn:?}");
    assert!(cells(first, "  runs")[0].starts_with("> "), "{drawn:?}");
    let done = cells(last, "  done");
    assert!(
        done[0].contains(" 1/1 ") && done[0].contains("/s ") && done[0].contains("s        0  ")
    );
    assert!(last[3].contains(" 1/2  ") && last[3].ends_with(", round 1"), "{drawn:?}");
    assert!(last[3].contains(" s left  load.payload="), "{drawn:?}");
}

#[test]
fn where_there_is_no_room_for_all_cells_the_others_are_counted() {
    let cells: Vec<String> = (1..=40).map(|bytes| format!("\"{bytes} B\"")).collect();
    let matrix = format!("[matrix]\n\"load.payload\" = [{}]\n", cells.join(", "));
    let toml = scenario("\"len32be\"", "messages = 3\nwarmup = \"0s\"\n", &matrix);
    for size in [SIZE, (60, 10), (33, 5), (20, 4), (9, 3), (4, 2), (1, 1)] {
        // That nothing is wider or higher is one of the laws.
        let drawn = drawn(&toml, size, &[]);
        let rows = usize::from(size.1);
        // Below four rows there is only a bar.
        let lines = if rows < 4 { 1 } else { rows - 1 };
        assert!(drawn.shown().all(|shown| shown.len() == lines), "{size:?}: {drawn:?}");
        assert_eq!(drawn.shown().count() == 0, rows == 1, "{size:?}: {drawn:?}");
        let more = format!("… {} more cells", 40 - (rows.max(4) - 4));
        let counts = drawn.shown().all(|lines| lines.iter().any(|line| line.starts_with(&more)));
        assert!(counts || rows < 10, "{size:?}: {drawn:?}");
    }
}

#[test]
fn a_bar_is_one_line() {
    let drawn = drawn(&scenario("\"len32be\"", LONG, TWO), SIZE, &["--progress", "bar"]);
    let bars: Vec<&str> = drawn.shown().map(|lines| &*lines[0]).collect();
    assert!(drawn.shown().all(|lines| lines.len() == 1) && !drawn.colors, "{drawn:?}");
    assert!(bars.iter().any(|bar| bar.starts_with("██████████░░░░░░░░░░ 1/2 ")), "{drawn:?}");
}

/// Variables and options.
type Surroundings = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn nothing_is_drawn_where_it_is_not_wanted() {
    let toml = scenario("\"len32be\"", "", TWO);
    let nothing: [Surroundings; 6] = [
        (&[("TERM", "dumb")], &[]),
        (&[("TERM", "dumb")], &["--progress", "live"]),
        (&[], &["--quiet"]),
        (&[], &["--quiet", "--progress", "live"]),
        (&[], &["--progress", "none"]),
        (&[], &["--log-level", "debug", "--progress", "live"]),
    ];
    for (variables, options) in nothing {
        let screen = told(&toml, SIZE, variables, options);
        let drawn = screen.contains(['\u{1b}', '█', '░']) || screen.contains("round 1");
        assert!(!drawn, "{variables:?} {options:?}: {screen:?}");
    }
    for (variables, options) in
        [(&[][..], &["--progress", "lines"][..]), (&[("CI", "true")], &[]), (&[("CI", "1")], &[])]
    {
        let screen = told(&toml, SIZE, variables, options);
        assert!(screen.starts_with("progress: test: 0 of 2 rounds"), "{screen:?}");
        assert!(!screen.contains('\u{1b}'), "{variables:?} {options:?}: {screen:?}");
    }
    let bench = Bench::new();
    let ran = bench.run(&toml, &["--progress", "live"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran}");
}

#[test]
fn colours_are_chosen_as_everywhere() {
    let toml = scenario("\"len32be\"", "", TWO);
    let colors = |variables: &[(&str, &str)], options: &[&str]| {
        let drawn = Drawn::read(&told(&toml, SIZE, variables, options), (80, 24));
        assert!(drawn.shown().count() > 0, "{drawn:?}");
        drawn.colors
    };
    assert!(colors(&[], &[]));
    assert!(!colors(&[("NO_COLOR", "1")], &[]));
    assert!(!colors(&[], &["--color", "never"]));
}

#[test]
fn names_hold_nothing_that_a_terminal_obeys_and_no_more_columns_than_there_are() {
    let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\r\n\u{9b}1m\u{202e}\u{200b}\u{feff}";
    for text in [hostile.to_owned(), "漢字".repeat(40), "👍🏽e\u{301}".repeat(20)] {
        let quoted = toml::Value::String(text.clone());
        let config = format!("{{ hook = \"none\", fault = \"panic\", says = {quoted} }}");
        let more = format!(
            "handler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{{}}, {config}]\n"
        );
        let toml = scenario("\"len32be\"", "", &more);
        for columns in [200, 80, 61, 40, 23] {
            // That nothing else is obeyed, and nothing is too wide, is one of the laws.
            let drawn = drawn(&toml, (columns, 24), &[]);
            let lines = drawn.shown().next().expect("it is drawn");
            assert_eq!(lines.len(), 4, "{columns}: {lines:?}");
        }
    }
}

#[test]
fn every_scenario_is_drawn_and_taken_away_before_its_table() {
    let bench = Bench::new();
    bench.write("first.toml", scenario("\"len32be\"", "", TWO));
    let second = scenario("\"line\"", "", TWO).replace("name = \"test\"", "name = \"second\"");
    bench.write("second.toml", second);
    let arguments = ["run", "first.toml", "second.toml", "--plugin-dir", plugin_folder()];
    let mut command = bench.command(&arguments);
    command.env("TERM", "xterm");
    let (screen, code) = on_a_terminal(command, SIZE, Streams::Both);
    assert_eq!(code, Some(0), "{screen}");
    let drawn = Drawn::read(&screen, (80, 24));
    let titles: Vec<&str> =
        drawn.shown().filter_map(|lines| lines[0].split_whitespace().next()).collect();
    assert_eq!((titles[0], titles[titles.len() - 1]), ("test", "second"), "{drawn:?}");
    assert_eq!(drawn.printed.matches("seed 42").count(), 2, "{drawn:?}");
    assert!(!drawn.printed.contains(['░', '█']), "{drawn:?}");
}

#[test]
fn nothing_is_drawn_in_the_background() {
    let toml = scenario("\"len32be\"", "", TWO);
    let bench = Bench::new();
    bench.write("scenario.toml", toml);
    let drawn = |line: &str| {
        let shell = ["--ctty", "--wait", "sh", "-mc", line, env!("CARGO_BIN_EXE_wirebench")];
        let arguments = [&shell[..], &bench.run_arguments(&[])].concat();
        let mut command = bench.command_of(Path::new("setsid"), &arguments);
        command.env("TERM", "xterm");
        let (screen, code) = on_a_terminal(command, SIZE, Streams::All);
        assert_eq!(code, Some(0), "{screen}");
        assert!(screen.contains("100 %"), "{screen}");
        screen.contains('░')
    };
    assert!(!drawn("\"$0\" \"$@\" & wait $!"));
    assert!(drawn("\"$0\" \"$@\"; exit $?"));
}

#[test]
fn where_somebody_reads_a_pipe_nothing_is_drawn_over_what_that_may_print_of_the_first_scenario() {
    let bench = Bench::new();
    let first = scenario("\"len32be\"", LONG, TWO);
    bench.write("first.toml", &first);
    bench.write("second.toml", first.replace("name = \"test\"", "name = \"second\""));
    for (streams, second) in [(Streams::Error, true), (Streams::Piped, false)] {
        let run =
            ["run", "first.toml", "second.toml", "--out", "out", "--plugin-dir", plugin_folder()];
        let mut command = bench.command(&run);
        command.env("TERM", "xterm-256color");
        let (screen, code) = on_a_terminal(command, SIZE, streams);
        assert_eq!(code, Some(0), "{screen:?}");
        assert!(screen.contains("  test "), "{screen:?}");
        assert_eq!(screen.contains("  second "), second, "{streams:?}: {screen:?}");
    }
}
