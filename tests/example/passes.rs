//! The example as it is.

use crate::repository::{Repository, errors, text};

#[test]
fn its_gates_pass_and_every_cell_is_a_test_that_passes() {
    let repository = Repository::new();
    let ran = repository.wirebench("run --profile ci");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(
        repository.tests("ci.xml"),
        [
            "framings framing={ kind = \"tagged\", plugin = \"tagged\" } success",
            "framings framing=len16be success",
            "framings framing=line success",
            "server load.payload=16 B success",
            "server load.payload=256 B success",
            "server load.payload=4 KiB success",
        ]
    );
    let summary = repository.read("ci.md");
    for scenario in ["framings", "server"] {
        assert!(summary.contains(&format!("### {scenario}: 3 of 3 cells pass")), "{summary}");
    }
    assert!(errors(&ran).is_empty(), "{ran}");
}

#[test]
fn its_framing_survives_what_torture_tries() {
    let repository = Repository::new();
    let readme = text("README.md");
    let torture = readme.lines().find(|line| line.starts_with("wirebench torture ")).expect("it");
    let ran = repository.shell(torture, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_framing_that_takes_more_bytes_than_it_may_fails_with_99() {
    let repository = Repository::new();
    let ran =
        repository.wirebench("run --profile quick scenarios/framings.toml --set load.payload=100B");
    assert_eq!(ran.code, Some(99), "{ran}");
    assert!(ran.stderr.contains("overhead is 0.0300, the limit is < 0.02"), "{ran}");
}

#[test]
fn its_profile_for_the_desk_plays_a_round_of_each_cell() {
    let repository = Repository::new();
    let ran = repository.wirebench("plan --profile quick");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("2 scenarios in all: 6 cells, 6 rounds"), "{ran}");
}
