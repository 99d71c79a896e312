//! Which code it ends with, and what it prints for people.

use crate::document::examined;
use crate::harness::Bench;

#[test]
fn it_succeeds_whatever_it_sees_unless_strict_is_asked_for() {
    let ran = Bench::new().start(&["doctor", "--quick"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let strict = Bench::new().start(&["doctor", "--quick", "--strict"]).wait();
    let wanted = strict.stdout.contains("To be changed");
    assert_eq!(strict.code, Some(if wanted { 106 } else { 0 }), "{strict}");
}

#[test]
fn lines_for_people_have_a_state_a_name_and_words_and_end_with_what_to_change() {
    let ran = Bench::new().start(&["doctor", "--quick"]).wait();
    for section in ["clock", "timers", "budgets", "processors", "now", "noise", "proofs"] {
        assert!(ran.stdout.lines().any(|line| line == section), "{section}: {ran}");
    }
    for finding in examined(&["--quick"])["findings"].as_array().expect("a list") {
        let (_, name) = finding["key"].as_str().and_then(|key| key.split_once('.')).expect("a key");
        let states = ["fine", "not known", "worth knowing", "change this"];
        let begins = |line: &str| {
            states.iter().any(|state| line.starts_with(&format!("  {state:15}{name}")))
        };
        assert!(ran.stdout.lines().any(begins), "{name}: {ran}");
    }
    let ends = ran.stdout.lines().rev().take(30).any(|line| {
        line.starts_with("To be changed") || line.starts_with("Nothing has to be changed")
    });
    assert!(ends && ran.stdout.contains("leave out --quick"), "{ran}");
    // Nothing is kept, and standard error is for what does not hold.
    assert!(ran.stderr.is_empty(), "{ran}");
}
