//! Every page that teaches is followed as a reader follows it: files are saved, commands are typed, and
//! each ends, and says, what the page shows.

use crate::harness::{Bench, Ran, plugin_folder};
use crate::page::{Page, Step};
use std::path::Path;

/// So often a command is typed that does not do what the page says: a gate that holds on any machine may
/// still fail on one that gives a side no processor for a while.
const TRIES: usize = 4;

#[test]
fn the_first_scenario_fails_and_holds_as_its_page_says() {
    follow("docs/first-scenario.md");
}

#[test]
fn the_guide_to_framings_can_be_followed() {
    follow("docs/choose-a-framing.md");
}

#[test]
fn what_is_said_of_methods_can_be_seen() {
    follow("docs/methods.md");
}

#[test]
fn an_open_loop_can_be_tried_as_its_page_says() {
    follow("docs/open-loop.md");
}

#[test]
fn a_capacity_can_be_searched_for_as_its_page_says() {
    follow("docs/search.md");
}

#[test]
fn many_connections_can_be_opened_as_their_page_says() {
    follow("docs/scale.md");
}

#[test]
fn the_table_can_be_read_as_its_page_says() {
    follow("docs/reading-results.md");
}

#[test]
fn the_answer_of_many_cells_can_be_read_as_its_page_says() {
    follow("docs/many-cells.md");
}

#[test]
fn every_answer_to_what_people_ask_can_be_measured() {
    follow("docs/faq.md");
}

/// In a folder of its own that holds the repository's `scenarios`, with the program in the path.
#[track_caller]
fn follow(page: &str) {
    let bench = Bench::new();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a repository");
    std::os::unix::fs::symlink(repository.join("scenarios"), bench.folder().join("scenarios"))
        .expect("a folder that is ours");
    let steps = Page::read(page).steps();
    let mut typed = 0;
    for step in &steps {
        match step {
            Step::Save { name, text } => drop(bench.write(name, text)),
            Step::Type { command, shown, code } => {
                let ran = type_it(&bench, command, |ran| differs(ran, shown, *code).is_none());
                if let Some(how) = differs(&ran, shown, *code) {
                    panic!("{page}: {command}\n{how}\n{ran}");
                }
                typed += 1;
            }
        }
    }
    assert!(typed > 0, "{page} shows no command that can be run");
    every_file_is_used(page, &steps);
}

/// Types the command until it is as the page says, and a few times at most.
fn type_it(bench: &Bench, command: &str, is_as_said: impl Fn(&Ran) -> bool) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_wirebench"));
    let folder = program.parent().expect("it is in a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let type_once = || {
        let mut shell = bench.command_of(Path::new("bash"), &["-c", command]);
        shell.env("PATH", format!("{folder}:{path}"));
        shell.env("WIREBENCH_PLUGIN_PATH", plugin_folder());
        bench.launch(shell).wait()
    };
    let again = (1..TRIES).map(|_| type_once()).find(&is_as_said);
    again.unwrap_or_else(type_once)
}

/// How what came of a command differs from what the page says.
fn differs(ran: &Ran, shown: &[String], code: i32) -> Option<String> {
    if ran.code != Some(code) {
        return Some(format!("should end with {code}"));
    }
    missing(shown, ran).map(|line| format!("does not show: {line}"))
}

/// The first shown line that the output has not, behind those before it. Only words are compared: whatever
/// holds a digit, a unit or a mark may be another one on each machine.
fn missing<'a>(shown: &'a [String], ran: &Ran) -> Option<&'a str> {
    let both = [ran.stdout.as_str(), ran.stderr.as_str()].map(|text| text.lines().map(words));
    let [mut out, err] = both;
    let err: Vec<Vec<&str>> = err.collect();
    let lines = shown.iter().map(String::as_str).filter(|line| *line != "[…]");
    let mut lines = lines.filter(|line| !words(line).is_empty());
    lines.find(|line| {
        let wanted = words(line);
        !err.contains(&wanted) && !out.by_ref().any(|printed| printed == wanted)
    })
}

/// The words of a line that are the same on every machine.
fn words(line: &str) -> Vec<&str> {
    const VARY: [&str; 12] = ["%", "ns", "us", "ms", "s", "B", "KiB", "MiB", "GiB", "–", "~", "±"];
    let fixed = |word: &&str| {
        !word.contains(|c: char| c.is_ascii_digit())
            && !VARY.contains(word)
            && !word.starts_with('±')
    };
    line.split_whitespace().filter(fixed).collect()
}

/// A scenario that no command reads is one that nobody has checked.
#[track_caller]
fn every_file_is_used(page: &str, steps: &[Step]) {
    for (at, step) in steps.iter().enumerate() {
        let Step::Save { name, .. } = step else { continue };
        let names = |step: &Step| match step {
            Step::Type { command, .. } => command.split_whitespace().any(|word| word == name),
            Step::Save { .. } => false,
        };
        let python = name.ends_with(".py")
            && steps.iter().any(|step| match step {
                Step::Save { text, .. } => text.contains(&format!("\"{name}\"")),
                Step::Type { .. } => false,
            });
        assert!(python || steps[at..].iter().any(names), "{page}: no command reads {name}");
    }
}

#[test]
fn figures_may_differ_and_words_may_not() {
    let ran = Ran {
        code: Some(0),
        stdout: "title\nraw  14.0 %  43.2 us  pass\nall  ±8 %  ~  FAIL\n".to_owned(),
        stderr: "error: first\n".to_owned(),
    };
    let seen = |lines: &[&str]| {
        let shown: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        missing(&shown, &ran).map(str::to_owned)
    };
    assert_eq!(seen(&["[…]", "raw  9.1 %  1.2 ms  pass", "all  1.00x  FAIL"]), None);
    assert_eq!(seen(&["error: first", "title"]), None);
    assert_eq!(
        seen(&["raw  14.0 %  43.2 us  FAIL"]).as_deref(),
        Some("raw  14.0 %  43.2 us  FAIL")
    );
    assert_eq!(seen(&["all FAIL", "title"]).as_deref(), Some("title"), "out of order");
}
