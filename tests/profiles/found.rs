//! Where `wirebench.toml` is found, and which profile is meant.

use crate::harness::Bench;
use crate::support::{HEAD, SCENARIO, part, planned, ran_in, repository};
use std::fs;

const PROFILES: &str =
    "[profile.default]\nset.load.rounds = 3\n[profile.ci]\nset.load.rounds = 4\n";

#[test]
fn it_is_found_from_any_folder_of_the_repository_and_its_paths_are_relative_to_it() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    for (folder, source) in
        [("", "scenarios"), ("deep", "../scenarios"), ("deep/down", "../../scenarios")]
    {
        let ran = ran_in(&bench, folder, &["plan"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.contains(&format!("one ({source}/one.toml)")), "{ran}");
        assert!(ran.stdout.contains("× 3 rounds"), "{ran}");
    }
}

#[test]
fn the_nearest_one_wins_and_nobody_looks_beyond_the_repository() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    bench.write("deep/wirebench.toml", "schema = 1\nscenarios = [\"../scenarios/two.toml\"]\n");
    let ran = ran_in(&bench, "deep/down", &["plan"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("two (") && !ran.stdout.contains("one ("), "{ran}");
    // A repository in it, as a folder or as a file.
    fs::remove_file(bench.folder().join("deep/wirebench.toml")).expect("it is ours");
    bench.write("deep/down/.git", "gitdir: elsewhere");
    let ran = ran_in(&bench, "deep/down", &["plan"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("there is no wirebench.toml here or above"), "{ran}");
}

#[test]
fn another_file_may_be_named_or_none() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    bench.write("deep/other.toml", "schema = 1\nscenarios = [\"../scenarios/two.toml\"]\n");
    let plan = planned(&bench, &["--config", "deep/other.toml"]);
    assert!(plan.contains("two (deep/../scenarios/two.toml)") && !plan.contains("one ("), "{plan}");
    let plan = planned(&bench, &["--no-config", "scenarios/one.toml"]);
    assert!(part(&plan, "one").contains("× 2 rounds"), "{plan}");
    let mut command = bench.command(&["plan", "scenarios/one.toml"]);
    command.env("WIREBENCH_NO_CONFIG", "1").env("WIREBENCH_PROFILE", "ci");
    let ran = bench.launch(command).wait();
    assert!(ran.stdout.contains("× 2 rounds"), "{ran}");
    for (arguments, code) in [
        (["--config", "none.toml"], 104),
        (["--no-config", "--profile=ci"], 2),
        (["--no-config", "--config=wirebench.toml"], 2),
    ] {
        let ran = bench.start(&[&["plan"], &arguments[..]].concat()).wait();
        assert_eq!(ran.code, Some(code), "{ran}");
    }
}

#[test]
fn scenarios_that_are_named_take_the_place_of_those_of_the_file() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    let plan = planned(&bench, &["scenarios/two.toml"]);
    assert!(plan.contains("two (") && !plan.contains("one ("), "{plan}");
    bench.write("wirebench.toml", "schema = 1\n");
    let ran = bench.start(&["run"]).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("wirebench.toml has no `scenarios`"), "{ran}");
}

#[test]
fn the_default_is_used_unless_another_is_named() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    let rounds = |arguments: &[&str], variable: &str| {
        let mut command = bench.command(&[&["plan"], arguments].concat());
        command.env("WIREBENCH_PROFILE", variable);
        let ran = bench.launch(command).wait();
        let rounds = ran.stdout.split(" × ").nth(1).and_then(|rest| rest.split(' ').next());
        (ran.code, rounds.unwrap_or_default().to_owned())
    };
    assert_eq!(rounds(&[], ""), (Some(0), "3".into()));
    assert_eq!(rounds(&[], "ci"), (Some(0), "4".into()));
    assert_eq!(rounds(&["--profile", "default"], "ci"), (Some(0), "3".into()));
    assert_eq!(rounds(&["--profile", "ci"], "nonsense"), (Some(0), "4".into()));
    assert_eq!(rounds(&[], "nonsense"), (Some(2), String::new()));
}

#[test]
fn a_profile_that_there_is_not_is_wrong_usage_and_answered_by_one_that_there_is() {
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    for verb in ["run", "check", "plan"] {
        let ran = bench.start(&[verb, "--profile", "defalt"]).wait();
        assert_eq!(ran.code, Some(2), "{ran}");
        for says in ["no profile `defalt`", "did you mean `default`?", "there are default, ci"] {
            assert!(ran.stderr.contains(says), "{ran}");
        }
    }
    let mut command = bench.command(&["plan"]);
    command.env("WIREBENCH_PROFILE", "nightly");
    let ran = bench.launch(command).wait();
    assert!(ran.stderr.contains("which WIREBENCH_PROFILE names"), "{ran}");
    let alone = Bench::new();
    alone.write("one.toml", SCENARIO);
    fs::create_dir(alone.folder().join(".git")).expect("the folder is writable");
    let ran = alone.start(&["check", "one.toml", "--profile", "ci"]).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("there is no wirebench.toml here or above"), "{ran}");
}

#[test]
fn a_file_of_another_user_is_not_read_unless_it_is_named() {
    if !nix::unistd::Uid::effective().is_root() {
        // Nobody else can give files away.
        return;
    }
    let bench = repository(&format!("{HEAD}{PROFILES}"));
    let file = bench.folder().join("wirebench.toml");
    std::os::unix::fs::chown(&file, Some(54_321), None).expect("root may");
    for folder in ["", "deep"] {
        let ran = ran_in(&bench, folder, &["plan"]);
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains("belongs to another user"), "{ran}");
    }
    assert!(planned(&bench, &["--config", "wirebench.toml"]).contains("× 3 rounds"));
    // Whoever owns the working folder decides there.
    std::os::unix::fs::chown(bench.folder(), Some(54_321), None).expect("root may");
    assert!(planned(&bench, &[]).contains("× 3 rounds"));
}

#[test]
fn neither_the_file_nor_kept_runs_are_taken_for_scenarios() {
    let bench = repository("schema = 1\nscenarios = [\".\"]\nresults = \"kept\"\n");
    let run = bench.folder().join("kept/one/20261120T214500Z");
    fs::create_dir_all(&run).expect("the folder is writable");
    fs::write(run.join("scenario.toml"), "not = 'valid'").expect("the folder is writable");
    let ran = bench.start(&["check", "--plugin-dir", crate::harness::plugin_folder()]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.stdout.matches("ok, 2 cells").count(), 2, "{ran}");
}
