//! What the README shows is true: its scenarios run, and its commands are those of the checks.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

#[path = "readme/own_server.rs"]
mod own_server;
#[path = "harness/page.rs"]
mod page;

use page::Page;

static README: LazyLock<Page> = LazyLock::new(|| Page::read("README.md"));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("core lies in the repository").to_owned()
}

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    README.blocks(language)
}

/// The program in a folder, with the plugins that cargo has left for these tests.
fn wirebench_in(folder: &Path, arguments: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_wirebench"));
    let mut command = Command::new(program);
    command.args(arguments).arg("--plugin-dir").arg(program.with_file_name("deps"));
    command.current_dir(folder).output().expect("the program starts")
}

fn wirebench(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wirebench"));
    program.args(arguments).output().expect("the program starts")
}

/// The scenario of the README, in a file.
fn scenario(folder: &Path) -> String {
    let path = folder.join("mine.toml");
    std::fs::write(&path, blocks("toml")[0]).expect("a file in it");
    path.to_str().expect("a UTF-8 path").to_owned()
}

#[test]
fn its_scenario_is_valid_and_has_the_cells_it_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = scenario(folder.path());
    // Cargo leaves a fresh plugin here; one folder up a stale one may stand.
    let plugins = Path::new(env!("CARGO_BIN_EXE_wirebench")).with_file_name("deps");
    let plugins = plugins.to_str().expect("a UTF-8 path");
    let checked = wirebench(&["check", &path, "--plugin-dir", plugins]);
    let (out, err) = (text(&checked.stdout), text(&checked.stderr));
    assert_eq!(checked.status.code(), Some(0), "{err}");
    assert!(out.contains("6 cells × 3 rounds"), "{out}");
}

#[test]
fn it_is_short_enough_for_a_newcomer() {
    let lines = README.text().lines().count();
    assert!(lines < 250, "{lines} lines: what more there is to say belongs on the pages");
}

#[test]
fn its_commands_are_those_that_the_checks_run() {
    let checks = std::fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
    let commands: Vec<&str> = blocks("sh")[0]
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .collect();
    assert_eq!(
        commands,
        ["cargo run --release -- run scenarios/sticky.toml", "cargo test --workspace"]
    );
    for command in ["cargo run --release", "cargo test"] {
        assert!(checks.contains(&format!("readme '{command}'")), "{command} is not checked");
        // The checks take the first line of the README that begins so.
        let first = README.text().lines().find(|line| line.starts_with(command));
        assert!(commands.iter().any(|one| first.is_some_and(|line| line.starts_with(one))));
    }
    assert!(
        README.text().contains(&format!("\n$ {}\n", commands[0])),
        "the session shows its command"
    );
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program writes UTF-8")
}
