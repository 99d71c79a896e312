//! What a terminal gets: colours, a progress bar, and neither where they are not wanted.

use crate::harness::terminal::{self, Streams};
use crate::harness::{Bench, scenario};

/// Runs a scenario on a terminal of its own; returns what appears there, and the exit status.
#[track_caller]
fn on_a_terminal(no_color: Option<&str>, more: &[&str]) -> (String, Option<i32>) {
    on_a_terminal_of("xterm", no_color, more)
}

/// The same on a terminal of this kind.
#[track_caller]
fn on_a_terminal_of(kind: &str, no_color: Option<&str>, more: &[&str]) -> (String, Option<i32>) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let mut command = bench.command(&bench.run_arguments(more));
    command.env("TERM", kind);
    if let Some(value) = no_color {
        command.env("NO_COLOR", value);
    }
    // A terminal does not have to say how large it is.
    terminal::on_a_terminal(command, (0, 0), Streams::Both)
}

/// A sequence that sets a colour or a weight: `ESC [ … m`.
fn has_colors(screen: &str) -> bool {
    screen.split("\x1b[").skip(1).any(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
    })
}

#[test]
fn a_terminal_gets_colors() {
    let (screen, code) = on_a_terminal(None, &[]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(has_colors(&screen), "{screen:?}");
}

#[test]
fn no_color_is_respected() {
    let (screen, code) = on_a_terminal(Some("1"), &[]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("100 %"), "{screen:?}");
    assert!(!has_colors(&screen), "{screen:?}");
}

#[test]
fn a_dumb_terminal_gets_lines_of_text_and_nothing_else() {
    let (screen, code) = on_a_terminal_of("dumb", None, &[]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("100 %") && !screen.contains('\u{1b}'), "{screen:?}");
    let (screen, code) = on_a_terminal_of("dumb", None, &["--set", "load.in-fligt=2"]);
    assert_eq!(code, Some(104), "{screen}");
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
    assert!(has_colors(&on_a_terminal_of("dumb", None, &["--color", "always"]).0));
}

#[test]
fn an_empty_no_color_means_nothing() {
    assert!(has_colors(&on_a_terminal(Some(""), &[]).0));
}

#[test]
fn quiet_is_quiet_on_a_terminal_too() {
    let (screen, code) = on_a_terminal(None, &["--quiet"]);
    assert_eq!(code, Some(0), "{screen}");
    assert_eq!(screen, "");
}
