//! The recipes of `docs/recipes`: what their engines would run is run, with what the engines set.

use crate::harness::{Bench, Ran, plugin_folder};
use crate::parts::{PARTS, SCENARIO, cells, merge, result};
use std::path::{Path, PathBuf};
use std::process::Command;

fn recipe(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes").join(name)
}

/// A program, as an engine starts it: wirebench is found by its name.
fn engine(bench: &Bench, program: &str, arguments: &[&str], set: &[(&str, &str)]) -> Ran {
    let wirebench = Path::new(env!("CARGO_BIN_EXE_wirebench")).parent().expect("it has a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(wirebench.to_owned()).chain(std::env::split_paths(&path));
    let mut command = bench.command_of(Path::new(program), arguments);
    command
        .env("PATH", std::env::join_paths(folders).expect("folders"))
        .env("WIREBENCH_PLUGIN_PATH", plugin_folder())
        .envs(set.iter().copied());
    bench.launch(command).wait()
}

#[track_caller]
fn whole(bench: &Bench, parts: &[String]) {
    let ran = merge(bench, parts, &[]);
    // The gates of the scenario fail, and the parts were kept all the same.
    assert_eq!(ran.code, Some(99), "{ran}");
    assert_eq!(cells(&result(bench, "all")).len(), 12);
}

#[test]
fn the_job_array_of_slurm_plays_the_whole() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let script = recipe("slurm.sh");
    let mut parts = Vec::new();
    for task in 1..=PARTS {
        let (task, of) = (task.to_string(), PARTS.to_string());
        let set = [("SLURM_ARRAY_TASK_ID", task.as_str()), ("SLURM_ARRAY_TASK_COUNT", &of)];
        let set = [&set[..], &[("SCENARIOS", "scenario.toml")]].concat();
        let ran = engine(&bench, "sh", &[script.to_str().expect("a path")], &set);
        assert_eq!(ran.code, Some(0), "{ran}");
        parts.push(format!("part-{task}"));
    }
    whole(&bench, &parts);
}

#[test]
fn the_indexed_job_of_kubernetes_plays_the_whole() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    std::fs::create_dir(bench.folder().join("results")).expect("a folder");
    let manifest = std::fs::read_to_string(recipe("kubernetes.yaml")).expect("it is there");
    let lines = manifest.lines().skip_while(|line| line.trim() != "- |").skip(1);
    let script: String = lines
        .take_while(|line| !line.trim().starts_with("resources:"))
        .map(|line| line.trim().to_owned() + "\n")
        .collect();
    assert!(script.contains("--partition"), "{script}");
    let script = script.replace("/scenarios", "scenario.toml").replace("/results", "results");
    let mut parts = Vec::new();
    for index in 0..PARTS {
        let index = index.to_string();
        let set = [("JOB_COMPLETION_INDEX", index.as_str())];
        let ran = engine(&bench, "sh", &["-c", &script], &set);
        assert_eq!(ran.code, Some(0), "{ran}");
        parts.push(format!("results/part-{index}"));
    }
    whole(&bench, &parts);
}

/// The commands of a workflow that begin with the program.
fn commands(workflow: &str) -> Vec<String> {
    let text = std::fs::read_to_string(recipe(workflow)).expect("it is there");
    let lines = text.replace("\\\n", " ");
    let starts = lines.lines().filter_map(|line| line.split_once("target/release/wirebench "));
    starts.map(|(_, rest)| rest.split(" || ").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_commands_of_the_workflows_are_ones_that_the_program_knows() {
    for workflow in ["github.yml", "gitlab.yml"] {
        let commands = commands(workflow);
        assert_eq!(commands.len(), 2, "{workflow}: {commands:?}");
        let bench = Bench::new();
        for command in commands {
            let command = command
                .replace("${{ matrix.part }}/3", "1/3")
                .replace("$CI_NODE_INDEX/$CI_NODE_TOTAL", "1/3")
                .replace("part$CI_NODE_INDEX", "part1")
                .replace("\"$GITHUB_STEP_SUMMARY\"", "summary.md");
            let arguments: Vec<&str> = command.split_whitespace().collect();
            let ran = bench.start(&arguments).wait();
            // There is nothing to play and to merge here; a wrong option would be 2.
            assert!(matches!(ran.code, Some(104 | 108)), "{workflow}: {command}: {ran}");
        }
    }
}

#[test]
#[ignore = "needs what tests/recipes/install installs"]
fn the_manifest_is_one_that_kubernetes_takes_and_the_workflows_are_yaml() {
    let folder = std::env::var_os("WIREBENCH_TEST_RECIPES").expect("WIREBENCH_TEST_RECIPES is set");
    let program = |name: &str| Path::new(&folder).join("bin").join(name);
    let validate = |file: &Path| {
        let ran = Command::new(program("kubernetes-validate")).arg("--strict").arg(file).output();
        ran.expect("it starts").status.success()
    };
    let manifest = recipe("kubernetes.yaml");
    assert!(validate(&manifest));
    let folder = tempfile::tempdir().expect("a folder");
    let broken = folder.path().join("broken.yaml");
    let text = std::fs::read_to_string(&manifest).expect("it is there");
    std::fs::write(&broken, text.replace("completions: 3", "completions: three")).expect("a file");
    assert!(!validate(&broken), "what is broken is found");
    for workflow in ["github.yml", "gitlab.yml"] {
        let script = "import sys, yaml; assert len(yaml.safe_load(open(sys.argv[1]))) > 1";
        let ran =
            Command::new(program("python")).args(["-c", script]).arg(recipe(workflow)).output();
        let ran = ran.expect("it starts");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}
