//! What `wirebench new` makes in a folder of a test.

use crate::harness::{Bench, Ran, plugin_folder};
use std::path::{Path, PathBuf};

/// Makes something that has to be made; `words` are those behind `new`.
#[track_caller]
pub(crate) fn new(bench: &Bench, words: &str) -> Ran {
    let ran = tried(bench, words);
    assert_eq!(ran.code, Some(0), "{words}: {ran}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines.len() == 4 && lines[0].ends_with("is made. Next:"), "{ran}");
    ran
}

/// The same, however it ends.
pub(crate) fn tried(bench: &Bench, words: &str) -> Ran {
    let arguments: Vec<&str> = ["new"].into_iter().chain(words.split_whitespace()).collect();
    bench.start(&arguments).wait()
}

/// Checks a scenario and runs it, with the plugins that ship and those of a folder; it has to pass.
#[track_caller]
pub(crate) fn passes(bench: &Bench, scenario: &str, plugins: &str) {
    for verb in ["check", "run"] {
        let ran = bench.start(&arguments(verb, scenario, plugins)).wait();
        assert_eq!(ran.code, Some(0), "{verb} {scenario}: {ran}");
    }
}

fn arguments<'a>(verb: &'a str, scenario: &'a str, plugins: &'a str) -> Vec<&'a str> {
    vec![verb, scenario, "--plugin-dir", plugins, "--plugin-dir", plugin_folder()]
}

/// Changes a file that was made; what is replaced has to stand there.
#[track_caller]
pub(crate) fn change(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("it was made");
    assert!(text.contains(from), "{} does not say {from}", file.display());
    std::fs::write(file, text.replace(from, to)).expect("it can be written");
}

/// The sources of the SDK.
pub(crate) fn sdk() -> PathBuf {
    repository().join("plugins/sdk")
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}
