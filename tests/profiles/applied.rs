//! What a profile changes in a run besides its scenarios, and what results say of that.

use crate::harness::document::Document;
use crate::harness::{Bench, Ran, plugin_folder};
use crate::support::{HEAD, ran_in, repository};
use std::fs;

/// Runs with the plugins of these tests.
fn ran(bench: &Bench, more: &[&str]) -> Ran {
    bench.start(&[&["run", "--plugin-dir", plugin_folder()], more].concat()).wait()
}

fn plugins() -> String {
    format!("plugins = [{:?}]\n", plugin_folder())
}

#[test]
fn results_say_which_profile_it_was_and_what_it_changed() {
    let config = "[profile.ci]\nset = { \"load.rounds\" = 1, \"load.in-flight\" = 2 }\n\
                  expect = { lost = \"< 1000000\" }\n\
                  [profile.ci.scenario.one]\nset.\"handler.config.reply\" = \"same\"\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let ran = ran(
        &bench,
        &["scenarios/one.toml", "--profile", "ci", "--rounds", "2", "--json", "one.json"],
    );
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = Document::read(&bench.folder().join("one.json"));
    let scenario = &document.0["scenario"];
    assert_eq!(scenario["profile"], "ci");
    assert_eq!(scenario["rounds"], 2);
    let changes = serde_json::json!([
        "load.rounds=1",
        "load.in-flight=2",
        "handler.config.reply=…",
        "expect.lost=< 1000000",
        "load.rounds=2"
    ]);
    assert_eq!(scenario["changes"], changes);
    let kept = bench.folder().join("wirebench-out/one/latest/journal.jsonl");
    let journal = fs::read_to_string(kept).expect("it is kept");
    assert!(journal.lines().next().is_some_and(|header| header.contains("\"profile\":\"ci\"")));
}

#[test]
fn without_a_profile_results_name_none() {
    let bench = repository(HEAD);
    let ran = ran(&bench, &["scenarios/one.toml", "--json", "one.json"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = Document::read(&bench.folder().join("one.json"));
    assert!(document.0["scenario"]["profile"].is_null());
}

#[test]
fn files_and_folders_are_relative_to_the_file_wherever_wirebench_is_called() {
    let config = format!(
        "{HEAD}{}results = \"kept\"\n[profile.ci]\noutput = {{ json = \"{{scenario}}.json\", events = \"deep/events.jsonl\" }}\n",
        plugins()
    );
    let bench = repository(&config);
    let ran = ran_in(&bench, "deep/down", &["run", "--profile", "ci", "--set", "load.rounds=1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    for file in ["one.json", "two.json", "deep/events.jsonl", "kept/one/latest/result.json"] {
        assert!(bench.folder().join(file).is_file(), "{file}: {ran}");
    }
    assert!(!bench.folder().join("deep/down/wirebench-out").exists());
}

#[test]
fn the_command_line_says_where_what_it_writes_goes() {
    let config = "[profile.ci]\noutput = { json = \"profile.json\", events = \"events.jsonl\" }\nset.load.rounds = 1\n";
    let bench = repository(&format!("{HEAD}results = \"kept\"\n{config}"));
    let more = [
        "scenarios/one.toml",
        "--profile",
        "ci",
        "--output",
        "json=mine.json",
        "--out",
        "elsewhere",
    ];
    let ran = ran(&bench, &more);
    assert_eq!(ran.code, Some(0), "{ran}");
    for (file, there) in [
        ("mine.json", true),
        ("profile.json", false),
        ("events.jsonl", true),
        ("elsewhere/one/latest", true),
        ("kept", false),
    ] {
        assert_eq!(bench.folder().join(file).exists(), there, "{file}");
    }
}

#[test]
fn an_output_that_is_inherited_may_be_left_out() {
    let config = "[profile.a]\noutput = { json = \"a.json\", jsonl = \"a.jsonl\" }\nset.load.rounds = 1\n\
                  [profile.b]\ninherits = \"a\"\noutput = { json = false }\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let ran = ran(&bench, &["scenarios/one.toml", "--profile", "b"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(!bench.folder().join("a.json").exists() && bench.folder().join("a.jsonl").is_file());
}

#[test]
fn a_folder_that_the_file_names_for_results_has_to_take_them() {
    let bench = repository(&format!("{HEAD}results = \"wirebench.toml/below\"\n"));
    let ran = ran(&bench, &["scenarios/one.toml"]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("cannot keep results in"), "{ran}");
}

#[test]
fn strict_and_trace_of_a_profile_hold() {
    let config = "[profile.ci]\nstrict = true\ntrace = 1\nset.load.rounds = 1\n\
                  expect = { p99 = \"< 1s\" }\n";
    let bench = repository(&format!("{HEAD}{config}"));
    // Too few messages for a p99, which is no failure by itself.
    let relaxed = ran(
        &bench,
        &["scenarios/one.toml", "--set", "expect.p99=< 1s", "--set", "framing=line", "--rounds=1"],
    );
    assert_eq!(relaxed.code, Some(0), "{relaxed}");
    let strict = ran(&bench, &["scenarios/one.toml", "--profile", "ci", "--set", "framing=line"]);
    assert_eq!(strict.code, Some(106), "{strict}");
}

#[test]
fn what_becomes_of_cells_that_fail_is_said_by_a_profile_and_the_command_line_wins() {
    let config = "[profile.ci]\nretries = 1\nset.load.rounds = 1\nexpect = { done = 0 }\n\
                  [profile.short]\ninherits = \"ci\"\nretries = 0\nabort-on-fail = true\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let attempts = |profile: &str, more: &[&str]| {
        let json = ["scenarios/one.toml", "--profile", profile, "--json", "one.json"];
        let ran = ran(&bench, &[&json[..], more].concat());
        assert_eq!(ran.code, Some(100), "{ran}");
        let text = std::fs::read(bench.folder().join("one.json")).expect("it is written");
        let document: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
        let attempts = document["cells"][0]["attempts"].as_array().map(Vec::len);
        (attempts, document["aborted"].as_bool())
    };
    assert_eq!(attempts("ci", &[]), (Some(1), Some(false)));
    assert_eq!(attempts("ci", &["--retries", "2"]), (Some(2), Some(false)));
    assert_eq!(attempts("short", &["--rounds", "2"]), (Some(0), Some(true)));
}

#[test]
fn a_scenario_that_is_left_out_is_not_played_and_told() {
    let config = "[profile.ci]\nset.load.rounds = 1\n[profile.ci.scenario.two]\nskip = true\n\
                  [profile.all]\ninherits = \"ci\"\n[profile.all.scenario.two]\nskip = false\n";
    let bench = repository(&format!("{HEAD}{config}"));
    let one = ran(&bench, &["--profile", "ci"]);
    assert_eq!(one.code, Some(0), "{one}");
    assert!(one.stderr.contains("note: two is left out by profile ci"), "{one}");
    assert!(bench.folder().join("wirebench-out/one").exists());
    assert!(!bench.folder().join("wirebench-out/two").exists());
    let checked =
        bench.start(&["check", "--profile", "ci", "--plugin-dir", plugin_folder()]).wait();
    assert!(checked.stdout.contains("two.toml: ok, and left out by the profile"), "{checked}");
    assert!(checked.stdout.contains("wirebench.toml: ok, profiles ci, all"), "{checked}");
    let none = ran(&bench, &["scenarios/two.toml", "--profile", "ci"]);
    assert_eq!(none.code, Some(4), "{none}");
    let all = ran(&bench, &["--profile", "all"]);
    assert_eq!(all.code, Some(0), "{all}");
    assert!(bench.folder().join("wirebench-out/two").exists());
}

#[test]
fn no_secret_of_a_profile_is_printed_or_kept() {
    let config = "[profile.ci]\nset.\"handler.config.password\" = \"hunter2222\"\nset.load.rounds = 1\n\
                  [profile.bad]\nset.handler.config = { token = \"hunter2222\", reply = \"sam\" }\n";
    let bench = repository(&format!("{HEAD}{config}"));
    // The handler takes no such thing, and says so.
    for profile in ["ci", "bad"] {
        let told = ran(&bench, &["scenarios/one.toml", "--profile", profile]);
        assert_eq!(told.code, Some(104), "{told}");
        assert!(told.stderr.contains("wirebench.toml:"), "{told}");
        assert!(told.stderr.contains("‹sha256:"), "{told}");
        assert!(!told.stderr.contains("hunter"), "{told}");
    }
    bench.write(
        "wirebench.toml",
        format!("{HEAD}{config}set.\"server.env\" = {{ A = \"hunter2222\"\n"),
    );
    let told = ran(&bench, &["--profile", "ci"]);
    assert_eq!(told.code, Some(104), "{told}");
    assert!(!told.stderr.contains("hunter"), "{told}");
}
