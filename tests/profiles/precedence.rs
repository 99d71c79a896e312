//! What wins over what.

use crate::support::{HEAD, part, planned, repository};

/// A profile that says something of all scenarios and something else of one, and one that inherits from it.
const LAYERS: &str = r#"
[profile.ci]
set = { "load.rounds" = 3 }
expect = { done = "> 3" }
[profile.ci.scenario.one]
set = { "load.rounds" = 4 }
expect = { done = "> 4" }
[profile.child]
inherits = "ci"
set = { "load.in-flight" = 7 }
[profile.child.scenario.two]
set = { "load.rounds" = 6 }
"#;

/// How often the scenario's cells are played.
#[track_caller]
fn rounds(plan: &str, scenario: &str) -> String {
    let line = part(plan, scenario).lines().find(|line| line.contains(" × "));
    let (_, rest) = line.and_then(|line| line.split_once(" × ")).expect("a number of rounds");
    rest.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn without_a_profile_a_scenario_is_as_its_file_says() {
    let bench = repository(&format!("{HEAD}{LAYERS}"));
    let plan = planned(&bench, &[]);
    assert_eq!((rounds(&plan, "one"), rounds(&plan, "two")), ("2".into(), "2".into()));
    assert!(!plan.contains("changed:") && !plan.contains("profile"), "{plan}");
}

#[test]
fn a_profile_wins_over_the_file_and_its_part_for_a_scenario_over_both() {
    let bench = repository(&format!("{HEAD}{LAYERS}"));
    let plan = planned(&bench, &["--profile", "ci"]);
    assert_eq!((rounds(&plan, "one"), rounds(&plan, "two")), ("4".into(), "3".into()));
    assert!(plan.starts_with("profile ci of wirebench.toml\n"), "{plan}");
    assert!(part(&plan, "one").contains("changed: load.rounds=4\n"), "{plan}");
    assert!(!part(&plan, "one").contains("load.rounds=3"), "{plan}");
    assert!(part(&plan, "one").contains("done > 4") && part(&plan, "two").contains("done > 3"));
}

#[test]
fn the_command_line_wins_over_every_part_of_a_profile() {
    let bench = repository(&format!("{HEAD}{LAYERS}"));
    for option in [["--rounds", "5"], ["--set", "load.rounds=5"]] {
        let plan = planned(&bench, &[&["--profile", "ci"], &option[..]].concat());
        assert_eq!((rounds(&plan, "one"), rounds(&plan, "two")), ("5".into(), "5".into()));
    }
    let plan = planned(&bench, &["--profile", "ci", "--set", "expect.done=> 9"]);
    assert!(part(&plan, "one").contains("done > 9") && !plan.contains("done > 4"), "{plan}");
}

#[test]
fn what_is_inherited_holds_and_what_is_said_of_one_scenario_wins_over_what_is_said_of_all() {
    let more = "[profile.grandchild]\ninherits = \"child\"\nset = { \"load.rounds\" = 9 }\n";
    let bench = repository(&format!("{HEAD}{LAYERS}{more}"));
    let plan = planned(&bench, &["--profile", "child"]);
    assert_eq!((rounds(&plan, "one"), rounds(&plan, "two")), ("4".into(), "6".into()));
    assert!(plan.contains("7 in flight"), "{plan}");
    let plan = planned(&bench, &["--profile", "grandchild"]);
    assert_eq!((rounds(&plan, "one"), rounds(&plan, "two")), ("4".into(), "6".into()));
    assert!(part(&plan, "one").contains("7 in flight"), "{plan}");
}

#[test]
fn gates_are_merged_into_those_of_the_file_and_an_override_has_the_last_word_on_its_cells() {
    let gates = "[profile.ci]\nexpect = { intact = \">= 99%\", lost = 0 }\n";
    let bench = repository(&format!("{HEAD}{gates}"));
    let plan = planned(&bench, &["--profile", "ci", "scenarios/one.toml"]);
    let expected: Vec<&str> = plan.lines().filter(|line| line.contains("expects")).collect();
    assert_eq!(expected, ["  expects lost 0", "  expects intact >= 99%, lost 0"]);
    let plan =
        planned(&bench, &["--profile", "ci", "scenarios/one.toml", "--set", "expect.intact=> 0"]);
    assert_eq!(plan.matches("intact > 0").count(), 2, "{plan}");
}

#[test]
fn a_profile_may_remove_a_gate_and_one_that_inherits_may_bring_it_back() {
    let gates = "[profile.a]\nexpect = { intact = false }\n\
                 [profile.b]\ninherits = \"a\"\nexpect = { intact = \"> 1\" }\n";
    let bench = repository(&format!("{HEAD}{gates}"));
    let plan = planned(&bench, &["--profile", "a"]);
    assert_eq!(plan.matches("expects none").count(), 4, "{plan}");
    let plan = planned(&bench, &["--profile", "b"]);
    assert_eq!(plan.matches("intact > 1").count(), 2, "{plan}");
}

#[test]
fn a_round_ends_as_the_strongest_says_by_time_or_by_number() {
    let config = format!(
        "{HEAD}[profile.a]\nset = {{ \"load.duration\" = \"30ms\" }}\n\
         [profile.b]\ninherits = \"a\"\nset = {{ load = {{ messages = 70 }} }}\n\
         [profile.b.scenario.two]\nset = {{ \"load.duration\" = \"50ms\" }}\n"
    );
    let bench = repository(&config);
    assert!(planned(&bench, &["--profile", "a"]).contains("then 30 ms"));
    let plan = planned(&bench, &["--profile", "b"]);
    assert!(part(&plan, "one").contains("then 70 messages"), "{plan}");
    assert!(part(&plan, "two").contains("then 50 ms"), "{plan}");
    assert!(part(&plan, "one").contains("changed: load.messages=70\n"), "{plan}");
    assert!(!part(&plan, "one").contains("load.duration"), "{plan}");
    let plan = planned(&bench, &["--profile", "b", "--set", "load.messages=80"]);
    assert_eq!(plan.matches("then 80 messages").count(), 4, "{plan}");
    let plan = planned(&bench, &["--profile", "b", "--duration", "90ms"]);
    assert_eq!(plan.matches("then 90 ms").count(), 4, "{plan}");
}

#[test]
fn an_axis_has_the_values_that_the_strongest_gives_it() {
    let config = format!(
        "{HEAD}[profile.line]\nset.framing = \"line\"\n\
         [profile.more]\ninherits = \"line\"\nset.matrix.framing = [\"len32be\", \"netstring\"]\n\
         [profile.load]\nset.load.payload = \"32 B\"\n"
    );
    let bench = repository(&config);
    let cells = |arguments: &[&str]| {
        let plan = planned(&bench, &[&["scenarios/one.toml"], arguments].concat());
        let ids = plan.lines().filter(|line| line.starts_with("framing="));
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(cells(&["--profile", "line"]), ["framing=line"]);
    assert_eq!(cells(&["--profile", "more"]), ["framing=len32be", "framing=netstring"]);
    assert_eq!(cells(&["--profile", "more", "--set", "framing=line"]), ["framing=line"]);
    let axis = ["--profile", "line", "--set", "matrix.framing=[\"raw\"]"];
    assert_eq!(cells(&axis), ["framing=raw"]);
    // An axis that the command line adds says what the profile has said before.
    let axis =
        ["--profile", "load", "--set", "matrix.load.payload=[\"8 B\"]", "--set", "framing=line"];
    let plan = planned(&bench, &[&["scenarios/one.toml"], &axis[..]].concat());
    assert!(plan.contains("load.payload=8 B") && plan.contains("sends   8 B"), "{plan}");
}

#[test]
fn a_path_changes_one_key_of_a_table_and_a_table_takes_the_place_of_the_whole() {
    let config = format!(
        "{HEAD}[profile.path]\nset.\"transport.read-size\" = \"100 B\"\n\
         [profile.framing]\nset.\"matrix.framing\" = [{{ kind = \"line\", max = \"9 KiB\" }}]\n\
         [profile.within]\ninherits = \"framing\"\nset.\"framing.max\" = \"8 KiB\"\n"
    );
    let bench = repository(&config);
    assert!(planned(&bench, &["--profile", "path"]).contains("reads of up to 100 B"));
    let told = bench.start(&["plan", "--profile", "within"]).wait();
    assert_eq!(told.code, Some(104), "{told}");
    assert!(told.stderr.contains("decided by the matrix"), "{told}");
    assert!(told.stderr.contains("--> wirebench.toml:9:5"), "{told}");
}
