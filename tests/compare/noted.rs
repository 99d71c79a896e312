//! What differs between results and does not keep them from being compared is noted.

use crate::made::{compare, options, result, try_compare};
use wirebench::result::Document;
use wirebench::result::document::PluginResult;

/// The notes where the new result has this change.
fn notes(change: impl Fn(&mut Document)) -> Vec<String> {
    let (baseline, mut new) = (result(0, |_| 1.0), result(1, |_| 1.0));
    change(&mut new);
    compare(&[baseline], &[new]).notes
}

#[test]
fn another_machine_seed_version_text_or_change_is_noted_with_both() {
    assert_eq!(notes(|_| {}), [""; 0]);
    type Change = fn(&mut Document);
    let changes: [(Change, &str); 6] = [
        (
            |new| new.host.cpu = Some("Other CPU".into()),
            "another processor: Test CPU in base/0, Other CPU in new/0",
        ),
        (
            |new| new.host.kernel = Some("7.0".into()),
            "another kernel: 6.12.0 in base/0, 7.0 in new/0",
        ),
        (
            |new| new.host.cores = None,
            "another number of processors: 2 in base/0, unknown in new/0",
        ),
        (|new| new.scenario.seed = 7, "another seed: 42 in base/0, 7 in new/0"),
        (
            |new| new.tool.version = "0.2.0".into(),
            "another wirebench version: 0.1.0 in base/0, 0.2.0 in new/0",
        ),
        (
            |new| new.scenario.changes = vec!["load.rounds=1".into()],
            "the command line changed other keys: nothing in base/0, load.rounds=1 in new/0",
        ),
    ];
    for (change, told) in changes {
        assert_eq!(notes(change), [told]);
    }
}

#[test]
fn another_text_of_the_scenario_is_noted_where_both_are_known() {
    let with = |old: Option<&str>, new: Option<&str>| {
        let (mut baseline, mut other) = (result(0, |_| 1.0), result(1, |_| 1.0));
        baseline.scenario.text_sha256 = old.map(Into::into);
        other.scenario.text_sha256 = new.map(Into::into);
        compare(&[baseline], &[other]).notes
    };
    assert_eq!(with(Some("aa"), Some("aa")), [""; 0]);
    assert_eq!(with(Some("aa"), None), [""; 0]);
    let told = "the scenario's text is not the same in base/0 and in new/0";
    assert_eq!(with(Some("aa"), Some("bb")), [told]);
}

#[test]
fn interrupted_results_are_used_and_it_is_said() {
    assert_eq!(notes(Document::interrupt), ["new/0 was interrupted: its rounds so far count"]);
    let stopped = notes(|new| new.stop("a plugin has changed".into()));
    assert_eq!(stopped, ["new/0 ended early (a plugin has changed): its rounds so far count"]);
}

#[test]
fn results_of_one_side_that_are_of_different_builds_are_told() {
    let plugin = |sha256: &str| PluginResult {
        sha256: sha256.into(),
        debug_build: Some(false),
        ..crate::sample::measured().plugins.remove(0)
    };
    let with = |seed, sha256| {
        let mut document = result(seed, |_| 1.0);
        document.plugins = vec![plugin(sha256)];
        document
    };
    let compared = compare(&[with(0, "aa"), with(1, "aa")], &[with(2, "bb"), with(3, "bb")]);
    assert_eq!(compared.notes, [""; 0], "the two sides are to be of different builds");
    let compared = compare(&[with(0, "aa"), with(1, "bb")], &[with(2, "bb")]);
    let told =
        "not all results of the baseline are of one build: base/0 and base/1 are of other files";
    assert_eq!(compared.notes, [told]);
}

#[test]
fn crashed_rounds_are_told_with_the_file() {
    let (scenario, rounds) = crate::sample::everything();
    let document = |shift: u64| {
        let mut rounds = rounds.clone();
        rounds.iter_mut().for_each(|round| round.began_ns += shift);
        crate::sample::document(&scenario, &rounds)
    };
    let compared = try_compare(&[document(0)], &[document(1)], &options(&[], &[]));
    let compared = compared.expect("they are the same");
    let lost = &compared.cells[7].lost;
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(lost[0].starts_with("in base/0, the server was lost in round 0: "), "{lost:?}");
}
