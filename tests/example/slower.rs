//! The server against that of the main branch.

use crate::harness::Ran;
use crate::repository::{LATE, Repository, errors};

/// Enough pairs for a change that is many times as long as an exchange.
const FEW: &str = "--rounds 6 --set load.messages=40";

/// So often it is played again where the machine could not tell a build from itself.
const MAX_REPEATS: usize = 3;

/// Plays until the machine tells builds apart.
fn played(repository: &Repository, more: &str) -> Ran {
    let play = || repository.wirebench(&format!("run --profile changes {FEW} {more}"));
    let mut ran = play();
    for _ in 1..MAX_REPEATS {
        if !ran.stderr.contains("machine unfit") {
            break;
        }
        ran = play();
    }
    ran
}

/// The status of each cell against the baseline.
fn compared(repository: &Repository) -> Vec<String> {
    let tests = repository.tests("changes.xml");
    tests.into_iter().filter(|test| test.starts_with("server vs baseline ")).collect()
}

#[test]
fn a_server_that_is_slower_than_that_of_the_main_branch_fails_with_103_and_every_output_says_why() {
    let repository = Repository::new();
    repository.change_answer(LATE);
    let ran = played(&repository, "");
    assert_eq!(ran.code, Some(103), "{ran}");
    let beyond = "times the baseline's, and may be 1.100 at most";

    assert!(ran.stderr.contains("error: regressed against server.cwd="), "{ran}");
    assert!(ran.stderr.contains(beyond), "{ran}");
    assert!(ran.stderr.contains("framings is left out by profile changes"), "{ran}");

    let compared = compared(&repository);
    assert_eq!(compared.len(), 3, "{compared:?}");
    assert!(compared.iter().any(|test| test.ends_with(" failure")), "{compared:?}");
    let junit = repository.read("changes.xml");
    assert!(junit.contains("type=\"regressed\""), "{junit}");
    assert!(junit.contains("and may be 1.100 at most"), "{junit}");
    // Its answers are right, so its own gates hold.
    let own = repository.tests("changes.xml");
    let own = own.iter().filter(|test| test.starts_with("server load"));
    assert!(own.clone().count() == 3 && own.clone().all(|test| test.ends_with(" success")));

    let summary = repository.read("changes.md");
    assert!(summary.contains("\n| regressed | load.payload="), "{summary}");
    assert!(summary.contains("server: this run against server.cwd="), "{summary}");

    let [error] = errors(&ran)[..] else { panic!("one scenario is slower: {ran}") };
    let place = "::error file=scenarios/server.toml,title=server%3A slower than the baseline::";
    assert!(error.starts_with(place), "{error}");
    assert!(error.contains(beyond), "{error}");
}

#[test]
fn the_server_of_the_main_branch_is_not_called_slower_than_itself() {
    let repository = Repository::new();
    // Twice as late, for certain: that is no scatter of a server against itself.
    let ran = played(&repository, "--set 'baseline.limits={ p50 = \"100%\" }'");
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    let compared = compared(&repository);
    assert_eq!(compared.len(), 3, "{compared:?}");
    assert!(!compared.iter().any(|test| test.ends_with(" failure")), "{compared:?}");
    let summary = repository.read("changes.md");
    assert!(summary.contains("server: this run against server.cwd="), "{summary}");
    assert!(!summary.contains("\n| regressed |"), "{summary}");
    assert!(errors(&ran).is_empty(), "{ran}");
}
