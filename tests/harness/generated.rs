//! Text of documents and scenarios that follows from the code: it stands between two marks, and a test
//! holds it to the code.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Set to `1`, it has the text written instead of compared.
const WRITE: &str = "WIREBENCH_WRITE_DOCS";

/// Tests of one file rewrite parts of it side by side.
static WRITING: Mutex<()> = Mutex::new(());

/// A table in Markdown: its header, then its rows.
#[allow(dead_code, reason = "what stands in a scenario is no table")]
pub(crate) fn table(header: &str, rows: impl IntoIterator<Item = String>) -> String {
    let columns = header.matches(" | ").count() + 1;
    let mut text = format!("{header}\n|{}\n", "---|".repeat(columns));
    rows.into_iter().for_each(|row| text.push_str(&(row + "\n")));
    text
}

/// In `file` of the repository stands `expected` between `<!-- begin NAME: … -->` and
/// `<!-- end NAME -->`, each a line of its own; in TOML between `# begin NAME: …` and `# end NAME`.
#[track_caller]
pub(crate) fn holds(file: &str, name: &str, expected: &str) {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (opens, closes) = if file.ends_with(".toml") { ("# ", "") } else { ("<!-- ", " -->") };
    let (begin, end) = (format!("\n{opens}begin {name}: "), format!("{opens}end {name}{closes}\n"));
    let place = text.find(&begin).and_then(|at| {
        let from = at + 1 + text[at + 1..].find('\n')? + 1;
        Some(from..from + text[from..].find(&end)?)
    });
    let Some(place) = place else {
        panic!("{file} has no place for {name}:{begin}written by a test{closes}\n{expected}{end}")
    };
    if text[place.clone()] == *expected {
        return;
    }
    if std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        let written = [&text[..place.start], expected, &text[place.end..]].concat();
        std::fs::write(&path, written).unwrap_or_else(|error| panic!("{file}: {error}"));
        return;
    }
    panic!(
        "{name} in {file} should be (run the test with {WRITE}=1, and it is):\n{expected}\n\
         and not:\n{}",
        &text[place]
    );
}
