//! The workflow files of the example, and how much there is to configure.

use crate::repository::{PROGRAM, Repository, text};

const WORKFLOWS: [&str; 2] = [".github/workflows/wirebench.yml", ".gitlab-ci.yml"];

/// All that a user of the example configures.
const CONFIGURATION: [&str; 3] =
    ["wirebench.toml", "scenarios/server.toml", "scenarios/framings.toml"];

/// The lines of the shell in a workflow that hold this, as they stand behind `- run:` or `-`.
fn commands(workflow: &str, with: &str) -> Vec<String> {
    let text = text(workflow);
    let lines = text.lines().map(str::trim).filter(|line| line.contains(with));
    let command = |line: &str| {
        let line = line.strip_prefix("- ").expect("an item of a list");
        line.strip_prefix("run: ").unwrap_or(line).to_owned()
    };
    lines.map(command).collect()
}

#[test]
fn the_commands_of_the_workflows_are_ones_that_the_program_knows() {
    for workflow in WORKFLOWS {
        let commands = commands(workflow, PROGRAM);
        assert_eq!(commands.len(), 2, "{workflow}: {commands:?}");
        let repository = Repository::new();
        for command in commands {
            // A plan takes the profile, its scenarios and their plugins, and plays nothing.
            let plan = command.replace(" run ", " plan ");
            assert_ne!(plan, command, "{workflow}");
            let ran = repository.shell(&plan, &[]);
            assert_eq!(ran.code, Some(0), "{workflow}: {plan}: {ran}");
            // What `run` does not know is 2.
            let ran = repository.shell(&format!("{command} --filter load.payload=nothing"), &[]);
            assert!(matches!(ran.code, Some(4 | 104)), "{workflow}: {command}: {ran}");
        }
    }
}

#[test]
fn the_workflows_build_the_plugin_as_the_readme_does() {
    let readme = text("README.md");
    let build = readme.lines().find(|line| line.starts_with("cc ")).expect("it says how");
    for workflow in WORKFLOWS {
        assert_eq!(commands(workflow, "tagged.so"), [build], "{workflow}");
    }
}

#[test]
fn the_workflows_keep_what_the_profiles_write() {
    let profiles = text("wirebench.toml");
    let github = text(WORKFLOWS[0]);
    for summary in ["ci.md", "changes.md"] {
        assert!(profiles.contains(&format!("markdown = \"{summary}\"")), "{profiles}");
        assert!(github.contains(summary), "{github}");
    }
    let gitlab = text(WORKFLOWS[1]);
    for report in ["ci.xml", "changes.xml"] {
        assert!(profiles.contains(&format!("junit = \"{report}\"")), "{profiles}");
        assert!(gitlab.contains(report), "{gitlab}");
    }
}

#[test]
fn all_configuration_together_has_fewer_than_60_lines() {
    let files = WORKFLOWS.iter().chain(&CONFIGURATION);
    let lines: usize = files.map(|file| text(file).lines().count()).sum();
    assert!(lines < 60, "{lines} lines");
}

#[test]
fn its_readme_says_what_each_file_is_for() {
    let readme = text("README.md");
    let own = ["server/server.py", "plugin/tagged.c"];
    for file in WORKFLOWS.iter().chain(&CONFIGURATION).chain(&own) {
        assert!(readme.contains(&format!("\n| [{file}]({file}) | ")), "{file} has no row");
    }
}
