//! Made-up machines for tests: a folder with the files that one would have.

use super::finding::{Finding, State};
use crate::machine::Root;
use tempfile::TempDir;

/// A machine of these files: path without the first `/`, and content.
pub(super) fn machine(files: &[(&str, &str)]) -> (TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let root = Root::at(folder.path());
    (folder, root)
}

/// What `look` says of a machine of these files: the state, and all of its words.
pub(super) fn seen(look: impl Fn(&Root) -> Finding, files: &[(&str, &str)]) -> (State, String) {
    let (_folder, root) = machine(files);
    let finding = look(&root);
    let words = format!("{} | {}", finding.found, finding.advice.unwrap_or_default());
    (finding.state, words)
}

/// Holds `look` to a state on a machine of these files, and to words that it says there.
#[track_caller]
pub(super) fn says(
    look: impl Fn(&Root) -> Finding,
    files: &[(&str, &str)],
    state: State,
    words: &[&str],
) {
    let (is, said) = seen(look, files);
    assert_eq!(is, state, "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not said: {said}");
    }
}
