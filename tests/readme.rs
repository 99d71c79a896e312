//! What the README shows is true: its scenario runs, its plugins compile and work, its commands
//! are those of the checks, and its tables are those of the code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use wirebench::cli::ExitCode;
use wirebench::judge::Verdict;

// The plugins of the README, as it shows them: not in the shape of rustfmt, but short.
#[allow(unreachable_pub)] // They are crates of their own there.
#[path = "readme/digits.rs"]
#[rustfmt::skip]
mod digits;
#[allow(unreachable_pub)]
#[path = "readme/reverse.rs"]
#[rustfmt::skip]
mod reverse;

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
fn its_scenario_accepts_its_own_framing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = scenario(folder.path());
    let (_, line) = blocks("toml")[1].split_once('=').expect("a key and a value");
    let framings = line.split('#').next().unwrap_or_default().trim();
    let planned = wirebench(&["plan", &path, "--set", &format!("matrix.framing={framings}")]);
    let (out, err) = (text(&planned.stdout), text(&planned.stderr));
    assert_eq!(planned.status.code(), Some(0), "{err}");
    assert!(out.contains("digits"), "{out}");
}

#[test]
fn its_plugins_are_the_files_that_this_test_compiles() {
    for (block, name) in blocks("rust").into_iter().zip(["reverse", "digits"]) {
        let path = root().join(format!("tests/readme/{name}.rs"));
        let file = std::fs::read_to_string(&path).expect("the file is there");
        assert_eq!(block, file.trim_end(), "{} differs from the README", path.display());
    }
    assert_eq!(blocks("rust").len(), 2);
}

#[test]
fn its_framing_reads_whole_messages_and_awaits_the_rest() {
    use digits::{Digits, Settings};
    use wirebench_sdk::{Decoded, Framing as _, PluginFraming as _, Role};
    let decode = |input: &[u8]| {
        let mut out = Decoded::default();
        let mut framing = Digits::new(Settings {}, Role::Client).expect("it is made");
        framing.feed(0, input, &mut out).map(|()| out.consumed)
    };
    assert_eq!(decode(b"05hello00").map_err(|error| error.at), Ok(9));
    assert_eq!(decode(b"05hello02h").map_err(|error| error.at), Ok(7));
    assert_eq!(decode(b"05hellox9").map_err(|error| error.at), Err(7));
}

#[test]
fn its_handler_is_the_one_that_the_command_names() {
    use wirebench_sdk::{Handler, PluginFraming};
    let name = <reverse::Reverse as Handler>::NAME;
    assert!(README.text().contains(&format!("--set handler.plugin={name}")));
    assert!(
        README
            .text()
            .contains(&format!("plugin = \"{}\"", <digits::Digits as PluginFraming>::NAME))
    );
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

#[test]
fn its_handlers_show_lines_of_the_scenarios_that_they_name() {
    let mut shown = 0;
    for block in blocks("toml") {
        let Some(rest) = block.strip_prefix("# of scenarios/") else { continue };
        let (name, lines) = rest.split_once('\n').expect("a name, then lines");
        let path = root().join("scenarios").join(name);
        let file = std::fs::read_to_string(&path).expect("the scenario ships");
        for line in lines.lines() {
            assert!(file.lines().any(|known| known == line), "{name} has no line `{line}`");
        }
        shown += 1;
    }
    assert_eq!(shown, 5, "one for each handler that ships");
}

#[test]
fn its_table_of_exit_codes_is_that_of_the_program() {
    let expected: Vec<Vec<String>> = ExitCode::ALL
        .iter()
        .map(|(code, meaning)| vec![code.number().to_string(), (*meaning).to_owned()])
        .collect();
    assert_eq!(README.table("\n| code | meaning |\n|---|---|"), expected);
}

#[test]
fn its_table_of_verdicts_is_that_of_the_judge() {
    let words: Vec<String> =
        Verdict::ALL.iter().map(|verdict| format!("`{}`", verdict.word())).collect();
    let rows = README.table("\n| verdict | the message |\n|---|---|");
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), words);
}

#[test]
fn its_profile_for_a_runner_is_that_of_the_example() {
    let head = "# of docs/example/wirebench.toml\n";
    let shown = blocks("toml").into_iter().find_map(|block| block.strip_prefix(head));
    let file = std::fs::read_to_string(root().join("docs/example/wirebench.toml")).expect("a file");
    let shown = shown.expect("the README shows it");
    assert!(shown.starts_with("[profile.ci]") && file.contains(shown), "{shown}");
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program writes UTF-8")
}
