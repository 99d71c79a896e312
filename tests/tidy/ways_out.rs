//! The ways by which text gets to a person: one, and those that are listed here.

use crate::source::{code, files, without_tests};

/// What reaches a person past `cli/screen.rs`, or says of itself that it is clean: the file, the words
/// and why they may stand there.
const LISTED: [(&str, &str, &str); 31] = [
    ("core/src/cli/screen.rs", "io::stdout(", "it is the way"),
    ("core/src/cli/screen.rs", "io::stderr(", "it is the way"),
    (
        "core/src/cli/mod.rs",
        "io::stdout(",
        "is it a terminal; and clap's help, whose last words wait",
    ),
    ("core/src/cli/mod.rs", "io::stderr(", "is it a terminal"),
    ("core/src/cli/mod.rs", ".print()", "clap's own words, about arguments that are cleaned"),
    ("core/src/cli/progress.rs", "io::stdout(", "is it a pipe"),
    ("core/src/cli/progress.rs", "io::stderr(", "is it a terminal"),
    ("core/src/cli/show.rs", "io::stdout(", "how wide is it"),
    ("core/src/cli/target.rs", "io::stdout(", "is it the file that is named"),
    ("core/src/cli/target.rs", "io::stderr(", "is it the file that is named"),
    (
        "core/src/cli/drive.rs",
        "io::stdout(",
        "for `engine/client/script.rs`, which cleans what was received",
    ),
    (
        "core/src/cli/serve.rs",
        "io::stdout(",
        "for `engine/receive/display.rs`, which escapes what arrives",
    ),
    (
        "core/src/cli/terminal.rs",
        "io::stderr(",
        "how large is it, who has it, does it take anything",
    ),
    ("core/src/cli/torture/mod.rs", "io::stderr(", "is it a terminal"),
    ("core/src/cli/torture/child.rs", "io::stdout(", "a pipe to the verb"),
    ("core/src/cli/torture/child.rs", "io::stderr(", "a pipe to the verb"),
    ("core/src/host/probe/child.rs", "io::stdout(", "a pipe to who asked"),
    ("core/src/host/probe/child.rs", "io::stderr(", "a pipe to who asked"),
    ("core/src/run/guard.rs", "io::stderr(", "there is no one else to tell; it is cleaned"),
    ("core/src/cli/panics.rs", "set_hook(", "panics are printed on the screen"),
    ("core/src/cli/torture/child.rs", "set_hook(", "prints nothing"),
    ("core/src/side/log.rs", "io::stderr(", "a pipe to the supervisor"),
    ("core/src/side/debugger.rs", "io::stderr(", "a pipe to the supervisor"),
    ("core/src/run/foreign.rs", "io::stderr(", "a pipe to the guard"),
    ("core/src/run/foreign.rs", "to_string_lossy()", "what a program is given, not what is shown"),
    (
        "core/src/report/live/block.rs",
        "Page::of_clean(",
        "of names that are cleaned when they come into it",
    ),
    ("core/src/report/table/mod.rs", "Page::of_clean(", "of a document that is cleaned first"),
    ("core/src/report/comparison.rs", "Page::of_clean(", "of a comparison that is cleaned first"),
    ("core/src/report/markdown.rs", "Page::of_clean(", "of a document that is cleaned first"),
    ("core/src/report/trace.rs", "Page::of_clean(", "of a cell that is cleaned first"),
    ("core/src/report/standalone.rs", "Page::of_clean(", "of a report that is cleaned first"),
];

/// Also listed: the one page that is made outside of `report`.
const DIAGNOSTICS: (&str, &str) = ("core/scenario/src/diagnostics.rs", "Page::of_clean(");

/// Words that stand where text gets to a person, or lose bytes of a file's name.
const WAYS: [&str; 10] = [
    "io::stdout(",
    "io::stderr(",
    "Page::of_clean(",
    ".print()",
    "/dev/tty",
    "STDOUT_FILENO",
    "STDERR_FILENO",
    "set_hook(",
    ".display()",
    "to_string_lossy()",
];

#[test]
fn every_way_out_for_text_is_listed_with_its_reason() {
    let mut wrong = Vec::new();
    let mut unused: Vec<(&str, &str)> = LISTED.iter().map(|(file, way, _)| (*file, *way)).collect();
    unused.push(DIAGNOSTICS);
    let listed = unused.clone();
    for file in files("core", &[".rs"]) {
        if file.name.ends_with("tests.rs") || file.name == "core/text/src/page.rs" {
            continue;
        }
        let code = code(without_tests(&file.text));
        for way in WAYS.iter().filter(|way| code.contains(*way)) {
            let here = (file.name.as_str(), *way);
            unused.retain(|one| *one != here);
            if !listed.contains(&here) {
                wrong.push(format!(
                    "{} says `{way}`: print through `cli/screen.rs`, name files with `text::path`, \
                     and make pages of lines",
                    file.name
                ));
            }
        }
    }
    wrong.extend(unused.iter().map(|(file, way)| format!("{file} says `{way}` no more")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
