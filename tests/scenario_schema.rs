//! The JSON Schema of scenarios, which editors read: it takes every scenario that is valid, and refuses
//! what a schema can. (That it takes what `check` takes is asked of it in `scenario_errors` and
//! `scenario_pairs` as well.)

#[path = "harness/schema.rs"]
mod schema;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wirebench::scenario::{KEYS, LINK_KEYS};

const HEAD: &str = "schema = 1\nname = 't'\nhandler.plugin = 'echo'\nframing = 'len32be'\n";

/// What is refused: below the head of a scenario, at this place of it.
const BROKEN: [(&str, &str); 52] = [
    ("[load]\nin-fligth = 32", "/load"),
    ("[load]\nin-flight = 0", "/load/in-flight"),
    ("[load]\nin-flight = '32'", "/load/in-flight"),
    ("[load]\nconnections = 10001", "/load/connections"),
    ("[load]\nmodel = 'opened'", "/load/model"),
    ("[load]\nrate = 20", "/load/rate"),
    ("[load]\nrate = '20 KiB/s'", "/load/rate"),
    ("[load]\narrivals = { bursts = 3 }", "/load/arrivals"),
    ("[load]\nstage = [{ rate = '1k/s' }]", "/load/stage/0"),
    ("[load]\nwarmup = 50", "/load/warmup"),
    ("[load]\nwarmup = '50'", "/load/warmup"),
    ("[load]\nduration = '3 sec'", "/load/duration"),
    ("[load]\npayload = '64 Kib'", "/load/payload"),
    ("[load]\npayload = '1472'", "/load/payload"),
    ("[load]\npayload = []", "/load/payload"),
    ("[load]\npayload = { from = '2 B', to = '8 B' }", "/load/payload"),
    ("[load]\npayload = { from = '2 B', to = '8 B', times = 1 }", "/load/payload"),
    ("[load]\npayload = { unifrom = ['1 B', '2 B'] }", "/load/payload"),
    ("[load]\nledger = 65535", "/load/ledger"),
    ("[transport]\nkind = 'sctp'", "/transport/kind"),
    ("[transport]\nnodelay = 'true'", "/transport/nodelay"),
    ("[transport]\npayload = '1 B'", "/transport"),
    ("transprot = { kind = 'tcp' }", ""),
    ("in-flight = 8", ""),
    ("cpu = 'same'", "/cpu"),
    ("[server]\ncommand = []", "/server/command"),
    ("[server.env]\nPORT = 3", "/server/env/PORT"),
    ("link = 'slow'", "/link"),
    ("[link]\nflip = '5'", "/link/flip"),
    ("[link]\ncoalesce = 1", "/link/coalesce"),
    ("[link]\nbandwidth = '1 MiB'", "/link/bandwidth"),
    ("[link.reply]\nrequest = {}", "/link/reply"),
    ("[link]\nfin-after = { within = 2 }", "/link/fin-after"),
    ("[link]\npieces = { file = 'x' }", "/link/pieces"),
    ("[expect]\nintakt = '100%'", "/expect"),
    ("[expect]\np99 = '50ms'", "/expect/p99"),
    ("[expect]\np99 = 50", "/expect/p99"),
    ("[expect]\nintact = false", "/expect/intact"),
    ("[expect]\nintact = 100", "/expect/intact"),
    ("[expect]\nintact = '99.9%'", "/expect/intact"),
    ("[expect]\ndone = 100", "/expect/done"),
    ("[expect]\nreply.rate = '> 1/s'", "/expect/reply"),
    ("[expect]\n'p50 / framing=raw' = '1.1'", "/expect/p50 ~1 framing=raw"),
    ("[expect]\n'p50 / framing=raw' = '< 1ms'", "/expect/p50 ~1 framing=raw"),
    ("[expect]\n'intact / framing=raw' = '< 2'", "/expect"),
    ("[expect]\n'reply.rate / framing=raw' = '< 2'", "/expect"),
    ("[matrix]\nload.paylaod = ['1 B']", "/matrix/load"),
    ("[matrix]\n'load.payload' = '1 B'", "/matrix/load.payload"),
    ("[matrix]\n'load.rounds' = [1, 2]", "/matrix"),
    ("[matrix]\n'cpu.wait' = ['spin', 'spin']", "/matrix/cpu.wait"),
    ("[[override]]\nload = { in-flight = 4 }", "/override/0"),
    ("[[override]]\nwhen = { a = 1 }\nload = { seed = 4 }", "/override/0/load"),
];

/// Framings that are refused.
const FRAMINGS: [&str; 10] = [
    "'len32bee'",
    "32",
    "{ knd = 'len32le' }",
    "{ kind = 'len32le', maxx = '1 MiB' }",
    "{ kind = 'len32le', max = 0 }",
    "{ kind = 'len32le', max = '4 parsecs' }",
    "{ kind = 'line', ending = 'cr' }",
    "{ kind = 'hdlc', fcs = 24 }",
    "{ kind = 'len-ack', resends = 101 }",
    "{ request = 'raw' }",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All that ship, by their paths.
fn shipped() -> Vec<PathBuf> {
    let folders = ["scenarios", "scenarios/claims", "scenarios/hostile"];
    let entries = folders.into_iter().flat_map(|folder| root().join(folder).read_dir());
    let paths = entries.flatten().map(|entry| entry.expect("an entry").path());
    let found: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    assert!(found.len() > 45, "{} scenarios", found.len());
    found
}

#[test]
fn it_is_a_schema_of_its_draft() {
    let schema = wirebench::scenario::schema();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
}

#[test]
fn the_verb_prints_it() {
    let ran = Command::new(env!("CARGO_BIN_EXE_wirebench")).arg("schema").output();
    let Output { status, stdout, .. } = ran.expect("the program starts");
    assert!(status.success());
    let printed: serde_json::Value = serde_json::from_slice(&stdout).expect("JSON");
    assert_eq!(printed, wirebench::scenario::schema());
}

#[test]
fn it_takes_every_scenario_that_ships() {
    for path in shipped() {
        schema::takes(&std::fs::read_to_string(path).expect("it can be read"));
    }
}

#[test]
fn it_takes_the_default_of_every_key() {
    for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
        schema::takes(&format!("{} = {}\n{HEAD}", key.path, key.default));
    }
    for key in LINK_KEYS.iter().filter(|key| !key.default.is_empty()) {
        let (name, default) = (key.name(), key.default);
        schema::takes(&format!("{HEAD}[link]\n{name} = {default}\nreply.{name} = {default}\n"));
    }
}

#[test]
fn it_refuses_a_list_of_lists_for_every_key() {
    for key in KEYS {
        let others = HEAD.lines().filter(|line| !line.starts_with(key.path));
        let others: String = others.map(|line| format!("{line}\n")).collect();
        let told = schema::refusals(&format!("{} = [[]]\n{others}", key.path));
        let place = format!("/{}", key.path.replace('.', "/"));
        assert!(told.iter().any(|line| line.starts_with(&place)), "{}: {told:?}", key.path);
    }
}

#[test]
fn it_refuses_what_is_broken_at_its_place() {
    for (broken, place) in BROKEN {
        let told = schema::refusals(&format!("{HEAD}{broken}\n"));
        let there = told.iter().any(|line| line.starts_with(&format!("{place}: ")));
        assert!(there, "{broken}\nis refused at {place} by none of {told:?}");
    }
    for framing in FRAMINGS {
        let told = schema::refusals(&HEAD.replace("'len32be'", framing));
        assert!(told.iter().any(|line| line.starts_with("/framing: ")), "{framing}: {told:?}");
    }
}

#[test]
fn it_asks_for_what_a_scenario_has_to_have() {
    for key in ["schema", "name", "handler", "framing"] {
        let without: String = HEAD
            .lines()
            .filter(|line| !line.starts_with(key))
            .map(|line| format!("{line}\n"))
            .collect();
        let told = schema::refusals(&without);
        assert!(told.iter().any(|line| line.contains(key)), "{key}: {told:?}");
    }
    let datagrams = HEAD.replace("framing = 'len32be'", "transport.kind = 'udp'");
    schema::takes(&datagrams);
    schema::takes("schema = 1\nname = 't'\n[matrix]\nhandler.plugin = ['a']\nframing = ['raw']\n");
}

/// What `tests/editors/install FOLDER` has installed checks files as editors do.
fn taplo(folder: &Path, arguments: &[&str]) -> Output {
    let installed = std::env::var_os("WIREBENCH_TEST_EDITORS")
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_EDITORS names the folder that tests/editors/install was given");
    let mut taplo = Command::new(installed.join("node_modules/.bin/taplo"));
    taplo.arg("check").args(arguments).current_dir(folder).output().expect("it is installed")
}

#[test]
#[ignore = "needs taplo, which tests/editors/install installs"]
fn taplo_takes_what_ships_and_refuses_what_is_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = wirebench::scenario::schema().to_string();
    std::fs::write(folder.path().join("wirebench.schema.json"), text).expect("a file in it");
    let mut names = Vec::new();
    for (number, path) in shipped().into_iter().enumerate() {
        let scenario = std::fs::read_to_string(path).expect("it can be read");
        let name = format!("{number}.toml");
        let text = format!("#:schema ./wirebench.schema.json\n{scenario}");
        std::fs::write(folder.path().join(&name), text).expect("a file in it");
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ran = taplo(folder.path(), &names);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    for (broken, _) in [BROKEN[0], BROKEN[5]] {
        let text = format!("#:schema ./wirebench.schema.json\n{HEAD}{broken}\n");
        std::fs::write(folder.path().join("broken.toml"), text).expect("a file in it");
        let ran = taplo(folder.path(), &["broken.toml"]);
        let said = String::from_utf8_lossy(&ran.stderr);
        let word = broken.split(['\n', ' ']).nth(1).expect("a key");
        assert!(!ran.status.success() && said.contains(word), "{broken}: {said}");
    }
}

/// The same with another editor's checker.
fn tombi(folder: &Path, arguments: &[&str]) -> Output {
    let installed = std::env::var_os("WIREBENCH_TEST_EDITORS")
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_EDITORS names the folder that tests/editors/install was given");
    let mut tombi = Command::new(installed.join("tombi/bin/tombi"));
    tombi.args(["lint", "--offline", "--error-on-warnings"]).args(arguments);
    tombi.env("NO_COLOR", "1").current_dir(folder).output().expect("it is installed")
}

#[test]
#[ignore = "needs tombi, which tests/editors/install installs"]
fn tombi_takes_what_ships_without_a_warning_and_refuses_what_is_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = wirebench::scenario::schema().to_string();
    std::fs::write(folder.path().join("wirebench.schema.json"), text).expect("a file in it");
    for (number, path) in shipped().into_iter().enumerate() {
        let scenario = std::fs::read_to_string(path).expect("it can be read");
        let text = format!("#:schema ./wirebench.schema.json\n{scenario}");
        std::fs::write(folder.path().join(format!("{number}.toml")), text).expect("a file in it");
    }
    let ran = tombi(folder.path(), &["."]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    for (broken, _) in [BROKEN[0], BROKEN[5]] {
        let text = format!("#:schema ./wirebench.schema.json\n{HEAD}{broken}\n");
        std::fs::write(folder.path().join("broken.toml"), text).expect("a file in it");
        let ran = tombi(folder.path(), &["broken.toml"]);
        let said = String::from_utf8_lossy(&ran.stderr);
        // The line below the schema's, the head and the table.
        let place = format!("broken.toml:{}:", HEAD.lines().count() + 3);
        assert!(!ran.status.success() && said.contains(&place), "{broken}: {said}");
    }
}
