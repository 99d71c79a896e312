//! The manual has a page for every verb for people, and its readers find nothing wrong with one.

use super::support::Installation;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Seconds of the second of January 2026.
const A_DATE: &str = "1767312000";

/// All pages, in a folder of the installation.
fn pages(here: &Installation) -> Vec<(String, String)> {
    let mut command = here.bench.command_of(&here.program(), &["man", "--out", "made/man1"]);
    let ran = here.bench.launch({
        command.env("SOURCE_DATE_EPOCH", A_DATE);
        command
    });
    let ran = ran.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let folder = fs::read_dir(here.bench.folder().join("made/man1")).expect("it was made");
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("UTF-8");
        (name, fs::read_to_string(entry.path()).expect("a page"))
    };
    folder.flatten().map(read).collect()
}

#[test]
fn there_is_a_page_for_each_verb_and_none_for_the_hidden_ones() {
    let here = Installation::bare();
    let pages = pages(&here);
    let names: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["wirebench.1", "wirebench-run.1", "wirebench-runs-prune.1", "wirebench-man.1"] {
        assert!(names.contains(name), "{name} is missing: {names:?}");
    }
    for (name, page) in &pages {
        assert!(!page.contains("__"), "{name} names a hidden verb");
        let title = name.trim_end_matches(".1").to_uppercase();
        let first = page.lines().next().unwrap_or_default();
        assert!(first.starts_with(&format!(".TH \"{title}\" \"1\" \"2026-01-02\"")), "{first}");
        assert!(page.contains(".SH EXAMPLES") || name == "wirebench-runs-show.1", "{name}");
    }
}

#[test]
fn a_page_is_printed_by_the_words_of_its_verb() {
    let here = Installation::bare();
    for (words, title) in [
        (&["man"][..], "\"WIREBENCH\""),
        (&["man", "run"], "\"WIREBENCH-RUN\""),
        (&["man", "runs", "prune"], "\"WIREBENCH-RUNS-PRUNE\""),
    ] {
        let ran = here.call(words);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.starts_with(&format!(".TH {title}")), "{ran}");
    }
    let ran = here.call(&["man", "rum"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("did you mean `run`"), "{ran}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let here = Installation::bare();
    here.bench.write("in-the-way", "");
    let ran = here.call(&["man", "--out", "in-the-way/man1"]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("in-the-way/man1"), "{ran}");
}

#[test]
#[ignore = "needs man, groff and mandoc"]
fn readers_of_manuals_find_nothing_wrong() {
    let here = Installation::bare();
    let pages = pages(&here);
    for (name, _) in &pages {
        let file = here.bench.folder().join("made/man1").join(name);
        for (reader, arguments) in [
            ("groff", &["-k", "-man", "-Tutf8", "-ww", "-z"][..]),
            ("mandoc", &["-Tlint", "-Wwarning"]),
            ("man", &["--warnings", "-l", "-Tutf8", "-Z"]),
        ] {
            let mut command = Command::new(reader);
            command.args(arguments).arg(&file).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80");
            let output = command.output().unwrap_or_else(|error| panic!("{reader}: {error}"));
            let printed = if reader == "mandoc" { &output.stdout[..] } else { &[] };
            let told = [printed, &output.stderr].concat();
            assert!(told.is_empty(), "{reader}: {}", String::from_utf8_lossy(&told));
        }
    }
}
