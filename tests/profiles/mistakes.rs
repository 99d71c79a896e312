//! Mistakes in `wirebench.toml`: all at once, each with its line and what would be right.

use crate::support::{HEAD, repository};
use wirebench::scenario::Config;

const FORMATS: [&str; 3] = ["json", "junit", "events"];

/// The mistakes of a text that has some.
#[track_caller]
fn mistakes(text: &str) -> String {
    match Config::read("wirebench.toml", text, &FORMATS) {
        Ok(_) => panic!("valid, but should not be:\n{text}"),
        Err(diagnostics) => diagnostics.render(false),
    }
}

/// The only mistake of `text`, which stands behind the first line, is at `line:column` and says all of that.
#[track_caller]
fn one(text: &str, at: &str, says: &[&str]) {
    let told = mistakes(&format!("schema = 1\n{text}\n"));
    let count = told.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(count, 1, "{text}\n{told}");
    assert!(told.contains(&format!("--> wirebench.toml:{at}\n")), "not at {at}:\n{told}");
    for fragment in says {
        assert!(told.contains(fragment), "`{fragment}` is not said:\n{told}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_file_order() {
    let told = mistakes(
        "schema = 2\nscenarois = []\nkeep = 0\n[profile.ci]\nstrict = \"yes\"\nset = { \"load.in-fligth\" = 8 }\n\
         expect = { intakt = \"100%\" }\n[profile.ci.scenario.one]\nskipp = true\n",
    );
    let told: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    assert_eq!(
        told,
        [
            "this version reads schema 1: write `schema = 1`",
            "unknown key `scenarois`",
            "`keep` is out of range: 1 to 1,000,000 is allowed",
            "`strict` takes `true` or `false`, not a string",
            "unknown key `load.in-fligth`",
            "there is no metric `intakt`",
            "unknown key `skipp`",
        ]
    );
}

#[test]
fn unknown_keys_are_answered_by_those_that_are_meant() {
    one("scenario = []", "2:1", &["unknown key `scenario`", "did you mean `scenarios`?"]);
    one("strict = true", "2:1", &["belongs in `[profile.NAME]`"]);
    one("skip = true", "2:1", &["belongs in `[profile.NAME.scenario.SCENARIO]`"]);
    one(
        "nonsense = 1",
        "2:1",
        &["the top level has schema, scenarios, plugins, results, keep, profile"],
    );
    one("[profile.ci]\nkeep = 3", "3:1", &["belongs at the top level"]);
    one(
        "[profile.ci]\nload.rounds = 3",
        "3:1",
        &["unknown key `load`", "keys of scenarios stand in `set`"],
    );
    one("[profile.ci.scenario.one]\nstrict = true", "3:1", &["belongs in `[profile.NAME]`"]);
    one("[profile.ci]\nbaseline = { plugin = \"x\" }", "3:14", &["did you mean `plugins`?"]);
}

#[test]
fn wrong_types_are_told_with_what_would_be_right() {
    one(
        "scenarios = \"scenarios\"",
        "2:13",
        &["takes a list of paths, not a string", "did you mean `[\"scenarios\"]`?"],
    );
    one("scenarios = []", "2:13", &["1 to 256 paths"]);
    one("plugins = [3]", "2:12", &["`plugins` takes the path of a file or folder, not an integer"]);
    one("results = \"\"", "2:11", &["`results` takes the path of a file or folder"]);
    one(
        "keep = \"20\"",
        "2:8",
        &["`keep` takes a whole number", "did you mean `20`, without quotes?"],
    );
    one("profile = 3", "2:11", &["takes tables by names", "write `[profile.NAME]`"]);
    one("[profile]\nci = true", "3:6", &["`ci` is a table, not a boolean"]);
    one("[profile.ci]\nset = [1]", "3:7", &["`set` takes a table such as"]);
    one("[profile.ci]\nexpect = true", "3:10", &["`expect` takes a table"]);
    one("[profile.ci]\noutput = \"a.xml\"", "3:10", &["`output` takes a table such as"]);
    one("[profile.ci]\ntrace = 1001", "3:9", &["0 to 1,000 is allowed"]);
    one("[profile.ci]\nbudget = 60", "3:10", &["`budget`", "\"60 s\""]);
    one(
        "[profile.ci]\nbaseline = \"../main\"",
        "3:12",
        &["`baseline` is a table", "it has program, plugins, server"],
    );
    one("[profile.ci]\nbaseline = { server = \"x\" }", "3:23", &["`server` takes a table such as"]);
    one("[profile.ci]\nbaseline = { limits = { p50 = \"0%\" } }", "3:31", &["a limit is over 0%"]);
    one(
        "[profile.ci]\nbaseline = { floors = { rate = \"1 B\" } }",
        "3:32",
        &["only times and sizes have floors"],
    );
    one("[profile.ci]\ninherits = true", "3:12", &["takes the name of a profile, not a boolean"]);
    one("[profile.\"a b\"]", "2:10", &["the name of a profile consists of"]);
}

#[test]
fn keys_and_gates_of_a_profile_are_read_as_those_of_options() {
    one("[profile.ci]\nset = { \"load.rounds\" = 0 }", "3:25", &["1 to 10,000 is allowed"]);
    one("[profile.ci]\nset.load.duration = \"3 sec\"", "3:21", &["`load.duration`"]);
    one("[profile.ci]\nset.matrix.framing = \"raw\"", "3:22", &["an axis takes a list"]);
    one("[profile.ci]\nset.matrix = [1]", "3:14", &["takes a table of axes"]);
    one("[profile.ci]\nset.name = \"x\"", "3:5", &["not what they are called"]);
    one(
        "[profile.ci]\nset.expect.p99 = \"< 1ms\"",
        "3:5",
        &["gates stand in `expect`, beside `set`"],
    );
    one("[profile.ci]\nset.override = []", "3:5", &["it has no overrides"]);
    one("[profile.ci]\nexpect.p99 = \"50ms\"", "3:14", &["did you mean"]);
    one(
        "[profile.ci]\nbaseline.server.cdw = \"x\"",
        "3:17",
        &["unknown key `server.cdw`", "did you mean `cwd`?"],
    );
}

#[test]
fn what_contradicts_itself_is_told_with_both_places() {
    one(
        "[profile.ci]\nset = { \"load.rounds\" = 1, load = { rounds = 2 } }",
        "3:37",
        &["`load.rounds` is set twice", "it is set here already"],
    );
    one(
        "[profile.ci]\nset.\"baseline.limits\" = { p50 = \"5%\" }\nbaseline.limits = { p50 = \"6%\" }",
        "4:10",
        &["`baseline.limits` is set twice"],
    );
    one(
        "[profile.ci]\nbaseline = { program = \"x\", server = { cwd = \"y\" } }",
        "3:14",
        &["`program` and `server` do not go together", "the other one"],
    );
    one(
        "[profile.ci]\noutput = { json = \"x\", junit = \"x\" }",
        "3:32",
        &["`x` is to be written twice", "it is written here already"],
    );
}

#[test]
fn a_format_that_there_is_not_is_answered_by_one_that_there_is() {
    one(
        "[profile.ci]\noutput.junti = \"x.xml\"",
        "3:8",
        &["there is no format `junti`", "did you mean `junit`?", "there are json, junit, events"],
    );
}

#[test]
fn what_is_inherited_has_to_be_there_and_ends_somewhere() {
    one(
        "[profile.a]\ninherits = \"bb\"\n[profile.bbb]",
        "3:12",
        &["no profile `bb`", "did you mean `bbb`?"],
    );
    one("[profile.a]\ninherits = \"a\"", "3:12", &["`a` inherits from itself"]);
    one(
        "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"c\"\n[profile.c]\ninherits = \"b\"",
        "5:12",
        &["in a circle: b, c"],
    );
}

#[test]
fn the_schema_is_asked_for() {
    let told = mistakes("keep = 3\n");
    assert!(told.contains("`schema` is missing") && told.contains("add `schema = 1`"), "{told}");
}

#[test]
fn any_text_gets_an_answer() {
    for text in [
        "",
        "\0",
        "[profile",
        "[profile.ci]\nset = {",
        "profile = [[[",
        "schema = 1\n\u{1b}[2J = 3",
        "a.b.c = {}",
    ] {
        let told = mistakes(text);
        assert!(!told.contains('\u{1b}'), "{told:?}");
    }
    let long = format!("schema = 1\n# {}", "x".repeat(300 << 10));
    assert!(mistakes(&long).contains("262,144"));
}

#[test]
fn the_program_tells_them_and_exits_with_104_whatever_it_was_asked() {
    let bench = repository(&format!("{HEAD}[profile.ci]\nset.load.rounds = 0\n"));
    for verb in
        [&["run"][..], &["check"], &["plan"], &["runs", "list"], &["check", "scenarios/one.toml"]]
    {
        let ran = bench.start(verb).wait();
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains("--> wirebench.toml:4:19"), "{ran}");
    }
}

#[test]
fn what_does_not_go_together_with_a_scenario_is_shown_at_its_line_in_the_file() {
    let profile = "[profile.ci]\nset = { \"load.messages\" = 10, \"load.duration\" = \"1s\" }\n";
    let bench = repository(&format!("{HEAD}{profile}"));
    let ran = bench.start(&["check", "--profile", "ci"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("--> wirebench.toml:4:"), "{ran}");
    // What a plugin says of a value is shown there, too.
    bench.write(
        "wirebench.toml",
        format!("{HEAD}[profile.ci]\nset.\"handler.config.reply\" = \"sam\"\n"),
    );
    let plugins = crate::harness::plugin_folder();
    let ran = bench.start(&["check", "--profile", "ci", "--plugin-dir", plugins]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("--> wirebench.toml:4:"), "{ran}");
    // And a gate that names a cell which there is not.
    let gate = "[profile.ci]\nexpect.\"p50 / framing=lin\" = \"< 2\"\n";
    bench.write("wirebench.toml", format!("{HEAD}{gate}"));
    let ran = bench.start(&["check", "--profile", "ci"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(
        ran.stderr.contains("--> wirebench.toml:4:8")
            && ran.stderr.contains("did you mean `line`?"),
        "{ran}"
    );
}

#[test]
fn a_scenario_that_there_is_not_is_a_mistake_where_all_of_them_are_known() {
    let bench = repository(&format!("{HEAD}[profile.ci.scenario.onne]\nskip = true\n"));
    let ran = bench.start(&["plan", "--profile", "ci"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    for says in
        ["there is no scenario called `onne`", "did you mean `one`?", "--> wirebench.toml:3:22"]
    {
        assert!(ran.stderr.contains(says), "`{says}`: {ran}");
    }
    let ran = bench.start(&["run"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(!bench.folder().join("wirebench-out").exists());
    let ran = bench.start(&["plan", "--profile", "ci", "scenarios/one.toml"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
}
