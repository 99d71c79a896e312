//! The JSON Schema of `wirebench.toml`: it takes what the reader takes, and refuses what a schema can.

use std::path::PathBuf;
use std::process::Command;
use wirebench::cli::formats;
use wirebench::scenario::{Config, KEYS, LINK_KEYS, config_schema};

/// What is right: the reader takes it, and so does the schema.
const RIGHT: [&str; 12] = [
    "",
    "scenarios = ['a', 'b.toml']\nplugins = ['x']\nresults = 'out'\nkeep = 1",
    "[profile]",
    "[profile.ci]",
    "[profile.ci]\ninherits = 'x'\nstrict = false\ntrace = 0\nbudget = '1 min'\n[profile.x]",
    "[profile.ci]\nset = { 'load.rounds' = 3, load = { seed = 4 } }",
    "[profile.ci]\nset.matrix = { framing = ['raw'], load = { payload = ['1 B'] } }\nset.'matrix.cpu.wait' = ['spin']",
    "[profile.ci]\nset = { 'framing.max' = 9, 'handler.config.a.b' = [1], link.delay = '1ms', 'link.reply.delay' = '1ms' }",
    "[profile.ci]\nexpect = { p99.9 = '< 1ms', done = false, 'p50 / framing=raw' = '< 2' }",
    "[profile.ci]\noutput = { json = '{scenario}.json', events = false }",
    "[profile.ci]\nbaseline = { plugins = 'x', server = { cwd = 'x', env = { A = 'b' } }, limits = { p50 = 0.1 }, floors = {} }",
    "[profile.ci.scenario.one]\nset.load.in-flight = 3\nexpect.intact = '100%'\nskip = true",
];

/// What is refused, at this place.
const BROKEN: [(&str, &str); 16] = [
    ("scenarios = 'a'", "/scenarios"),
    ("scenarios = []", "/scenarios"),
    ("plugins = ['']", "/plugins/0"),
    ("keep = 0", "/keep"),
    ("nonsense = 1", ""),
    ("profile = 3", "/profile"),
    ("[profile.ci]\nkeep = 3", "/profile/ci"),
    ("[profile.ci]\nstrict = 'yes'", "/profile/ci/strict"),
    ("[profile.ci]\nbudget = 60", "/profile/ci/budget"),
    ("[profile.ci]\nset.'load.rounds' = 0", "/profile/ci/set/load.rounds"),
    ("[profile.ci]\nset.name = 'x'", "/profile/ci/set"),
    ("[profile.ci]\nset.load.in-fligth = 3", "/profile/ci/set/load"),
    ("[profile.ci]\nexpect.intakt = 0", "/profile/ci/expect"),
    ("[profile.ci]\noutput.nonsense = 'x'", "/profile/ci/output"),
    ("[profile.ci]\noutput.json = true", "/profile/ci/output/json"),
    ("[profile.ci.scenario.one]\nstrict = true", "/profile/ci/scenario/one"),
];

fn schema() -> serde_json::Value {
    let formats = formats();
    config_schema(&formats.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Where the schema refuses a text, and why.
fn refusals(text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let value = serde_json::to_value(table).expect("TOML without dates is JSON");
    let validator = jsonschema::draft7::new(&schema()).expect("a schema");
    let told = validator.iter_errors(&value);
    told.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The reader and the schema take it both.
#[track_caller]
fn is_right(text: &str) {
    let formats = formats();
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    if let Err(diagnostics) = Config::read("wirebench.toml", text, &formats) {
        panic!("{}\n{text}", diagnostics.render(false));
    }
    let told = refusals(text);
    assert!(told.is_empty(), "the schema refuses\n{text}\nfor\n{}", told.join("\n"));
}

#[test]
fn it_is_a_schema_of_its_draft_and_the_verb_prints_it() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
    let printed = |of: &[&str]| -> serde_json::Value {
        let ran = Command::new(env!("CARGO_BIN_EXE_wirebench")).arg("schema").args(of).output();
        let ran = ran.expect("the program starts");
        assert!(ran.status.success());
        serde_json::from_slice(&ran.stdout).expect("JSON")
    };
    assert_eq!(printed(&["config"]), schema());
    assert_eq!(printed(&["scenario"]), wirebench::scenario::schema());
    assert_eq!(printed(&[]), wirebench::scenario::schema());
}

#[test]
fn it_takes_what_the_reader_takes() {
    RIGHT.iter().for_each(|text| is_right(&format!("schema = 1\n{text}\n")));
}

#[test]
fn it_takes_the_default_of_every_key_of_scenarios_in_a_profile() {
    let head = "schema = 1\n[profile.ci]\n";
    let set = |key: &&wirebench::scenario::Key| !["schema", "name"].contains(&key.path);
    for key in KEYS.iter().filter(set).filter(|key| !key.default.is_empty()) {
        is_right(&format!("{head}set.'{}' = {}\n", key.path, key.default));
        is_right(&format!("{head}set.{} = {}\n", key.path, key.default));
    }
    for key in LINK_KEYS.iter().filter(|key| !key.default.is_empty()) {
        is_right(&format!("{head}set.'{}' = {}\n", key.path, key.default));
    }
}

#[test]
fn it_refuses_what_is_broken_at_its_place() {
    for (broken, place) in BROKEN {
        let told = refusals(&format!("schema = 1\n{broken}\n"));
        let there = told.iter().any(|line| line.starts_with(&format!("{place}: ")));
        assert!(there, "{broken}\nis refused at {place} by none of {told:?}");
    }
    assert!(refusals("keep = 3").iter().any(|line| line.contains("schema")));
}

#[test]
#[ignore = "needs taplo, which tests/editors/install installs"]
fn taplo_takes_what_is_right_and_refuses_what_is_broken() {
    let installed = std::env::var_os("WIREBENCH_TEST_EDITORS")
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_EDITORS names the folder that tests/editors/install was given");
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file in it");
    };
    write("config.schema.json", &schema().to_string());
    let check = |text: &str| {
        write("wirebench.toml", &format!("#:schema ./config.schema.json\nschema = 1\n{text}\n"));
        let mut taplo = Command::new(installed.join("node_modules/.bin/taplo"));
        taplo.args(["check", "wirebench.toml"]).current_dir(folder.path());
        let ran = taplo.output().expect("it is installed");
        (ran.status.success(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    for text in RIGHT {
        let (taken, said) = check(text);
        assert!(taken, "{text}\n{said}");
    }
    for (broken, _) in [BROKEN[3], BROKEN[4], BROKEN[7], BROKEN[9]] {
        assert!(!check(broken).0, "{broken}");
    }
}
