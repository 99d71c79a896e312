//! Secrets of a scenario: nothing that is printed or kept has them, and their values can be told apart
//! all the same.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// No part of them stands in anything by chance.
const SECRETS: [&str; 2] = ["xyzzy-9c41f7-plugh", "plover \"7a\\b\" é"];

/// The first digits of `printf %s xyzzy-9c41f7-plugh | sha256sum`.
const MARK: &str = "sha256:697b";

/// A server that says what it was told and ends.
const TELLTALE: &str = "\
import os, sys
print('told', [os.environ[name] for name in os.environ if name.startswith('SET')], sys.stdin.read())
print('argument', sys.argv, file=sys.stderr)
sys.exit(3)
";

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn both() -> String {
    SECRETS.map(quoted).join(", ")
}

/// Every file below a folder, but for scenarios, which are what the user has written.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|extension| extension != "toml") {
            found.push(path);
        }
    }
    found
}

/// What was printed and what was kept has no secret, as it is or as texts are quoted.
#[track_caller]
fn nothing_is_told(bench: &Bench, ran: &Ran) {
    let quotes = SECRETS.map(|secret| quoted(secret).trim_matches('"').to_owned());
    let is_told = |text: &str| {
        SECRETS.iter().any(|secret| text.contains(secret))
            || quotes.iter().any(|secret| text.contains(secret))
    };
    assert!(!is_told(&ran.stdout) && !is_told(&ran.stderr), "{ran}");
    for file in files(bench.folder()) {
        let text = String::from_utf8_lossy(&fs::read(&file).expect("it is there")).into_owned();
        assert!(!is_told(&text), "{}: {text}", file.display());
        // In JSON quotes are escaped once more.
        let unescaped = text.replace("\\\\", "\\").replace("\\\"", "\"");
        assert!(!is_told(&unescaped), "{}: {text}", file.display());
    }
}

/// Plans, checks, runs and reports a scenario in every form.
#[track_caller]
fn in_every_form(bench: &Bench, text: &str, code: i32, filter: &[&str]) -> Vec<Ran> {
    bench.write("scenario.toml", text);
    let folder = ["--plugin-dir", plugin_folder()];
    let mut all = vec![];
    for verb in ["check", "plan"] {
        all.push(bench.start(&[&[verb, "scenario.toml"], &folder[..]].concat()).wait());
        assert_eq!(all[all.len() - 1].code, Some(0), "{}", all[all.len() - 1]);
        nothing_is_told(bench, &all[all.len() - 1]);
    }
    let run = ["run", "scenario.toml", "--out", "out", "--json", "result.json"];
    for format in ["table", "markdown", "jsonl"] {
        let more = ["--format", format, "--trace", "3"];
        let ran = bench.start(&[&run[..], &more, &folder, filter].concat()).wait();
        assert_eq!(ran.code, Some(code), "{ran}");
        nothing_is_told(bench, &ran);
        all.push(ran);
        let reported = bench.start(&["report", "out/test", "--format", format]).wait();
        nothing_is_told(bench, &reported);
        fs::remove_file(bench.out().join("test/latest/result.json")).expect("it is there");
        // Again, from the journal.
        let reported = bench.start(&["report", "out/test", "--format", format]).wait();
        nothing_is_told(bench, &reported);
        all.push(reported);
    }
    all
}

#[test]
fn secrets_of_a_handler_on_an_axis_stand_in_nothing() {
    let handler =
        "handler = { plugin = \"auth\", config = { secret = { insecure = \"other\" } } }\n";
    let load = "messages = 8\nwarmup = \"0s\"\nsession = \"per-exchange\"\n";
    for axis in ["handler.config.secret.insecure", "handler.config.secret"] {
        let bench = Bench::new();
        let values = if axis.ends_with("insecure") {
            both()
        } else {
            SECRETS.map(|secret| format!("{{ insecure = {secret:?} }}")).join(", ")
        };
        let matrix = format!("{handler}\n[matrix]\n{axis:?} = [{values}]\n");
        let all = in_every_form(&bench, &scenario("\"len32be\"", load, &matrix), 0, &[]);
        for ran in &all[1..] {
            assert!(ran.stdout.contains(MARK), "{ran}");
        }
    }
}

#[test]
fn what_a_program_is_given_and_prints_stands_in_nothing() {
    let bench = Bench::new();
    bench.write("server.py", TELLTALE);
    let server = format!(
        "\n[server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\", {first}]\nstart-timeout = \"20s\"\n\
         env = {{ SET1 = {first} }}\n\n[matrix]\n\"server.env.SET2\" = [{all}]\n\
         \"server.stdin\" = [{all}]\n",
        first = quoted(SECRETS[0]),
        all = both()
    );
    let all = in_every_form(&bench, &scenario("\"line\"", "", &server), 100, &[]);
    let table = &all[2].stdout;
    assert!(table.contains("told [") && table.contains(MARK), "{table}");
}

#[test]
fn an_error_shows_its_line_without_the_secrets_in_it() {
    let [first, second] = SECRETS.map(quoted);
    let auth =
        |config: &str| format!("handler = {{ plugin = \"auth\", config = {{ {config} }} }}\n");
    for (more, told) in [
        (auth(&format!("secret = {first}")), "a secret does not stand in a scenario"),
        (auth(&format!("secret = {{ insecure = {first} }}, nonsense = 1")), "nonsense"),
        (auth(&format!("secret = {{ insecure = {first}, insecure-too = {second} }}")), "insecure"),
        (
            format!("handler = {{ plugin = \"echo\", config = {{ password = {first} }} }}\n"),
            "password",
        ),
        (format!("password = {first}\n"), "unknown key"),
        (
            format!(
                "[server]\ncommand = [\"x\", \"{{port}}\"]\nenv = {{ A = \"{{{}}}\" }}\n",
                SECRETS[0]
            ),
            "brace",
        ),
        (format!("[server]\nstdin = {first}\n"), "server.stdin"),
        (
            format!("[server]\ncommand = 1\nenv = {{ A = {first}, \"B=\" = {second} }}\n"),
            "server.command",
        ),
        // Not TOML: where values end is anybody's guess.
        (format!("[handler.config]\npassword = \"{}\n", SECRETS[0]), "error"),
        (format!("[server.env]\nA = {}\n", SECRETS[0]), "error"),
        (format!("[server]\nstdin = \"\"\"\n{}\n", SECRETS[0]), "error"),
        (format!("[matrix]\n\"handler.config.token\" = [{first}, {first}]\n"), "stands twice"),
        (
            format!(
                "[matrix]\n\"handler.config.token\" = [{first}]\n[[override]]\n\
                 when = {{ handler.config.token = {second} }}\n"
            ),
            "has no such value",
        ),
    ] {
        let bench = Bench::new();
        bench.write("scenario.toml", scenario("\"line\"", "", &format!("\n{more}")));
        let ran = bench.start(&["check", "scenario.toml", "--plugin-dir", plugin_folder()]).wait();
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains(told), "`{told}`: {ran}");
        nothing_is_told(&bench, &ran);
    }
}

#[test]
fn an_option_that_is_wrong_is_shown_without_the_secret_in_it() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"line\"", "", ""));
    let secret = SECRETS[0];
    for set in [
        format!("handler.config.password={secret}"),
        format!("handler.config.password=\"{secret}"),
        format!("handler.config.\"a.password\"={secret}"),
        format!("handler.config={{ password = \"{secret}\" }}"),
        format!("server.env.A={secret}"),
        format!("matrix.handler.config.password=[\"{secret}\", \"{secret}\"]"),
    ] {
        for verb in [&["run", "scenario.toml", "--out", "out"][..], &["serve", "scenario.toml"]] {
            let folder = plugin_folder();
            let ran =
                bench.start(&[verb, &["--set", &set, "--plugin-dir", folder]].concat()).wait();
            assert_eq!(ran.code, Some(104), "{set}: {ran}");
            nothing_is_told(&bench, &ran);
        }
    }
}

#[test]
fn a_filter_takes_the_hash_of_a_secret_or_the_secret() {
    let bench = Bench::new();
    let matrix =
        format!("[matrix]\nframing = [\"raw\", \"line\"]\n\"server.env.A\" = [{}]\n", both());
    let server = "\n[server]\ncommand = [\"x\", \"{port}\"]\n";
    bench.write(
        "scenario.toml",
        scenario("\"line\"", "", &format!("{server}{matrix}")).replace("framing = \"line\"\n", ""),
    );
    for (filter, cells) in [
        (MARK.to_owned(), 2),
        (format!("server.env.A={MARK}"), 2),
        (format!("server.env.A=‹{MARK}›"), 2),
        (format!("server.env.A={}", SECRETS[1]), 2),
        (format!("framing=raw,server.env.A=‹{MARK}›"), 1),
        ("server.env.A=sha256:0000".to_owned(), 0),
    ] {
        let ran = bench.start(&["plan", "scenario.toml", "--filter", &filter]).wait();
        let shown = ran.stdout.lines().filter(|line| line.starts_with("framing=")).count();
        assert_eq!(shown, cells, "{filter}: {ran}");
        nothing_is_told(&bench, &ran);
    }
}

#[test]
fn what_is_kept_is_for_its_owner_only() {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"line\"", "", ""), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let run = bench.out().join("test/latest");
    for name in ["scenario.toml", "journal.jsonl", "result.json", "../../../result.json"] {
        let mode = fs::metadata(run.join(name)).expect("it is kept").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
