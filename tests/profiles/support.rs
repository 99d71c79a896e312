//! A repository with a `wirebench.toml` and two scenarios.

use crate::harness::{Bench, Ran};

/// Two cells, of which one is a negative control. `NAME` stands for its name.
pub(crate) const SCENARIO: &str = r#"
schema = 1
name = "NAME"
handler = { plugin = "echo" }
cpu = { placement = "free" }
[load]
rounds = 2
messages = 40
warmup = "2ms"
in-flight = 1
[matrix]
framing = ["raw", "line"]
[[override]]
when = { framing = "raw" }
expect = { intact = false }
[expect]
intact = "100%"
"#;

/// What `wirebench.toml` begins with.
pub(crate) const HEAD: &str = "schema = 1\nscenarios = [\"scenarios\"]\n";

/// A repository: the scenarios `one` and `two`, and a `wirebench.toml` of this text.
pub(crate) fn repository(config: &str) -> Bench {
    let bench = Bench::new();
    for folder in [".git", "scenarios", "deep", "deep/down"] {
        std::fs::create_dir(bench.folder().join(folder)).expect("the folder is writable");
    }
    for name in ["one", "two"] {
        bench.write(&format!("scenarios/{name}.toml"), SCENARIO.replace("NAME", name));
    }
    bench.write("wirebench.toml", config);
    bench
}

/// The program in this folder of the repository.
pub(crate) fn ran_in(bench: &Bench, folder: &str, arguments: &[&str]) -> Ran {
    let mut command = bench.command(arguments);
    command.current_dir(bench.folder().join(folder));
    bench.launch(command).wait()
}

/// What `plan` says with these arguments, which are right.
#[track_caller]
pub(crate) fn planned(bench: &Bench, arguments: &[&str]) -> String {
    let ran = bench.start(&[&["plan"], arguments].concat()).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    ran.stdout
}

/// The part of a plan that is of this scenario.
#[track_caller]
pub(crate) fn part<'a>(plan: &'a str, scenario: &str) -> &'a str {
    let begin = format!("{scenario} (");
    let start = plan.find(&begin).unwrap_or_else(|| panic!("{scenario} is not in:\n{plan}"));
    let rest = &plan[start..];
    let header = rest.find('\n').unwrap_or_default();
    let end = rest[header..].find(" (scenarios/").map_or(rest.len(), |at| header + at);
    &rest[..end]
}
