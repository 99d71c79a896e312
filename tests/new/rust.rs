//! New crates: they build, pass their tests and run, and their tests fail when what they do is broken.

use crate::harness::Bench;
use crate::made::{change, new, passes, repository, sdk};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Among the files of this build: what all of them depend on is made there once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new")
}

/// Makes a crate; the versions that it is built with are those of this workspace, so that nothing is fetched.
fn make(bench: &Bench, kind: &str, name: &str) -> PathBuf {
    new(bench, &format!("{kind} {name} --sdk {}", sdk().display()));
    let folder = bench.folder().join(name);
    let lock = folder.join("Cargo.lock");
    std::fs::copy(repository().join("Cargo.lock"), lock).expect("it can be copied");
    folder
}

/// Runs cargo in a crate; what it says, and whether it went well.
fn cargo(folder: &Path, words: &[&str]) -> (bool, String) {
    let made = Command::new(env!("CARGO"))
        .args(words)
        .args(["--offline", "--target-dir"])
        .arg(target())
        .current_dir(folder)
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    let told = [made.stdout, made.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (made.status.success(), told.concat())
}

/// It is laid out as `cargo fmt` does it.
fn is_formatted(folder: &Path) {
    let words = ["fmt", "--check", "--manifest-path", "Cargo.toml"];
    let checked = Command::new(env!("CARGO")).args(words).current_dir(folder).output();
    let checked = checked.expect("cargo runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Its scenarios pass with what was built.
fn runs(bench: &Bench, folder: &Path, scenarios: &[&str]) {
    is_formatted(folder);
    let (built, told) = cargo(folder, &["build"]);
    assert!(built && !told.contains("warning"), "{told}");
    let plugins = target().join("debug").display().to_string();
    for scenario in scenarios {
        let scenario = folder.join(scenario).display().to_string();
        passes(bench, &scenario, &plugins);
    }
}

/// The crate passes its tests, and this one fails once `from` says `to`.
fn notices(folder: &Path, test: &str, from: &str, to: &str) {
    let (passed, told) = cargo(folder, &["test"]);
    assert!(passed && !told.contains("warning"), "{told}");
    change(&folder.join("src/lib.rs"), from, to);
    let (passed, told) = cargo(folder, &["test", "--no-fail-fast"]);
    assert!(!passed && told.contains(&format!("test {test} ... FAILED")), "{told}");
}

#[test]
fn a_handler_passes_and_one_that_drops_what_found_no_room_fails_its_tests() {
    let bench = Bench::new();
    let folder = make(&bench, "plugin", "new-handler");
    runs(&bench, &folder, &["new-handler.toml"]);
    notices(
        &folder,
        "it_holds_what_every_handler_has_to",
        "out.send(cx, message.token, &reversed(message.bytes))",
        "{ let _ = out; let _ = cx.send(message.token, &reversed(message.bytes)); Ok(()) }",
    );
}

#[test]
#[ignore = "builds what torture needs: tens of seconds"]
fn a_framing_passes_and_one_that_takes_a_flipped_bit_for_a_message_fails_its_tests() {
    let bench = Bench::new();
    let folder = make(&bench, "framing", "new-framing");
    runs(&bench, &folder, &["new-framing.toml", "new-framing-flips.toml"]);
    notices(
        &folder,
        "no_flipped_bit_is_taken_for_a_message",
        "message) != check {",
        "message) != check && len > 999 {",
    );
}

#[test]
#[ignore = "builds what torture needs: tens of seconds"]
fn a_framing_that_depends_on_cuts_fails_its_torture() {
    let bench = Bench::new();
    let folder = make(&bench, "framing", "cut-framing");
    notices(
        &folder,
        "it_survives_torture",
        "split_first_chunk::<HEADER>() else {",
        "split_first_chunk::<HEADER>() else {\n                out.consumed = input.len();",
    );
}
