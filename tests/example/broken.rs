//! A server that changes a byte.

use crate::repository::{Repository, WRONG, errors};

#[test]
fn a_server_that_answers_wrong_fails_with_100_and_every_output_says_why() {
    let repository = Repository::new();
    repository.change_answer(WRONG);
    let ran = repository.wirebench("run --profile ci");
    assert_eq!(ran.code, Some(100), "{ran}");
    let why = "load.payload=16 B: done is 0 %, the limit is 100%";

    assert!(ran.stderr.contains("error: server: 3 of 3 cells fail"), "{ran}");
    assert!(ran.stderr.contains(why), "{ran}");
    // It was played twice more, and failed each time.
    assert!(ran.stderr.contains("load.payload=16 B, attempt 2 of 3: done is 0 %"), "{ran}");

    let tests = repository.tests("ci.xml");
    let (framings, server) = tests.split_at(3);
    assert!(framings.iter().all(|test| test.ends_with(" success")), "{tests:?}");
    assert!(server.iter().all(|test| test.ends_with(" failure")), "{tests:?}");
    let junit = repository.read("ci.xml");
    assert!(junit.contains(&format!("{why} (scenarios/server.toml:8)")), "{junit}");

    let summary = repository.read("ci.md");
    assert!(summary.contains("### server: 0 of 3 cells pass"), "{summary}");
    assert!(summary.contains(&format!("\n- {why}\n")), "{summary}");
    assert!(summary.contains("### framings: 3 of 3 cells pass"), "{summary}");

    let [error] = errors(&ran)[..] else { panic!("one line of the scenario is wrong: {ran}") };
    assert!(error.starts_with("::error file=scenarios/server.toml,line=8,title=server"), "{error}");
    assert!(error.contains(&why.replace('%', "%25")), "{error}");
}
