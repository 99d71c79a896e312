//! The example in three parts.

use crate::harness::Ran;
use crate::repository::{Repository, WRONG, errors, text};

/// Plays what the README says of several runners; returns how the merge ended.
#[track_caller]
fn merged(repository: &Repository, parts_end_with: &[i32]) -> Ran {
    let readme = text("README.md");
    let lines: Vec<&str> = readme.lines().filter(|line| line.contains(" part1")).collect();
    let parts = readme.lines().filter(|line| line.contains("--partition "));
    for part in parts {
        let ran = repository.wirebench(part.strip_prefix("wirebench ").expect("a command"));
        assert!(parts_end_with.iter().any(|code| ran.code == Some(*code)), "{ran}");
    }
    let [_, merge] = lines[..] else { panic!("one part, and the merge: {lines:?}") };
    assert!(merge.starts_with("wirebench merge part1 part2 part3 "), "{merge}");
    repository.shell(merge, &[])
}

#[test]
fn three_parts_and_their_merge_pass_as_the_whole_does() {
    let repository = Repository::new();
    let whole = repository.wirebench("run --profile ci");
    let tests = repository.tests("ci.xml");
    std::fs::remove_file(repository.path("ci.xml")).expect("it is ours");
    let ran = merged(&repository, &[0]);
    assert_eq!((ran.code, whole.code), (Some(0), Some(0)), "{whole}\n{ran}");
    assert_eq!(repository.tests("ci.xml"), tests);
    assert!(errors(&ran).is_empty(), "{ran}");
}

#[test]
fn three_parts_and_their_merge_fail_as_the_whole_does() {
    let repository = Repository::new();
    repository.change_answer(WRONG);
    let whole = repository.wirebench("run --profile ci");
    let tests = repository.tests("ci.xml");
    std::fs::remove_file(repository.path("ci.xml")).expect("it is ours");
    // A part that has cells of the other scenario alone passes.
    let ran = merged(&repository, &[0, 100]);
    assert_eq!((ran.code, whole.code), (Some(100), Some(100)), "{whole}\n{ran}");
    assert_eq!(repository.tests("ci.xml"), tests);
    assert!(tests.iter().any(|test| test.ends_with(" failure")), "{tests:?}");
    assert_eq!(errors(&ran), errors(&whole));
}
