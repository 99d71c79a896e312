//! What runs leave behind is decided in one place.

use crate::source::{code, files, has_word, without_tests};

/// Files of core that take something away from the disk, each with its reason.
const REMOVERS: [(&str, &str); 3] = [
    (
        "core/src/result/runs/remove.rs",
        "removes runs that were kept, file by file of those it knows",
    ),
    ("core/src/run/remove.rs", "removes what a run has made, by identity"),
    ("core/src/result/journal/write.rs", "takes back a link that it has just made"),
];

#[test]
fn files_are_removed_in_one_place() {
    let words = ["remove_dir_all", "remove_dir", "remove_file", "unlink", "unlinkat"];
    let mut removers = Vec::new();
    for file in files("core", &[".rs"]) {
        let code = code(without_tests(&file.text));
        if words.iter().any(|word| has_word(&code, word)) {
            removers.push(file.name);
        }
    }
    removers.sort();
    let mut listed = REMOVERS.map(|(name, _)| name);
    listed.sort();
    assert_eq!(removers, listed, "what removes files is listed in this test, with its reason");
}

#[test]
fn programs_are_started_in_one_place() {
    let calls = [".spawn()", ".exec()", "fork()", "posix_spawn"];
    for folder in ["core", "plugins"] {
        let all = files(folder, &[".rs"]).into_iter();
        for file in all.filter(|file| !file.name.starts_with("core/launch/")) {
            let code = code(without_tests(&file.text));
            let tests = file.name.contains("/tests") || file.name.ends_with("_tests.rs");
            let starts = calls.iter().find(|call| code.contains(*call));
            assert!(tests || starts.is_none(), "{} starts a program: see core/launch/", file.name);
        }
    }
}
