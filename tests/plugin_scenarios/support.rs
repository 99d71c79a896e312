//! A scenario to check, and what is said of it.

use crate::harness::{Bench, plugin_folder};

/// Three lines that every scenario here begins with; what a test adds begins in line 4.
pub(crate) const HEAD: &str = "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\n";

/// What `check` says of `t.toml`, which must be wrong.
#[track_caller]
pub(crate) fn errors(bench: &Bench, text: &str) -> String {
    bench.write("t.toml", text);
    let ran = bench.start(&["check", "t.toml", "--plugin-dir", plugin_folder()]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    ran.stderr
}

/// The only error of `text` begins with the first line and stands at the second, and all of `fragments`
/// are said.
#[track_caller]
pub(crate) fn one_error(text: &str, lines: &[&str; 2], fragments: &[&str]) {
    is_one(&errors(&Bench::new(), text), lines, fragments);
}

/// The same of what was said.
#[track_caller]
pub(crate) fn is_one(said: &str, lines: &[&str; 2], fragments: &[&str]) {
    let count = said.lines().filter(|line| line.starts_with("error")).count();
    assert_eq!(count, 1, "one error is expected:\n{said}");
    assert!(said.starts_with(lines[0]), "{said}");
    assert_eq!(said.lines().nth(1), Some(lines[1]), "{said}");
    for fragment in fragments {
        assert!(said.contains(fragment), "`{fragment}` is not said:\n{said}");
    }
}

/// `check` finds nothing wrong.
#[track_caller]
pub(crate) fn valid(bench: &Bench, text: &str) {
    bench.write("t.toml", text);
    let ran = bench.start(&["check", "t.toml", "--plugin-dir", plugin_folder()]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
}
