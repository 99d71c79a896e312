//! Two results of one scenario stand side by side.

use crate::documents::{passing, slower};
use crate::parsed::{pages, parsed};

#[test]
fn a_second_result_of_a_scenario_is_held_against_the_first() {
    let (mut first, mut second) = (passing(), passing());
    first.run.as_mut().expect("kept").id = "20261120T010000Z".into();
    second.run.as_mut().expect("kept").id = "20261120T020000Z".into();
    second.cells[0].rounds.iter_mut().for_each(|round| round.began_ns += 1);
    let parsed = parsed(&pages(&[(first, None), (second, None)]));
    assert_eq!(parsed.problems, Vec::<String>::new());
    assert!(parsed.text.contains("Result 2 beside result 1"), "{}", parsed.text);
    // Two single results decide nothing about times.
    assert!(
        parsed.text.contains("times and costs of single results decide nothing"),
        "{}",
        parsed.text
    );
}

#[test]
fn results_of_different_scenarios_are_not() {
    let mut other = passing();
    other.scenario.name = "other".into();
    let text = parsed(&pages(&[(passing(), None), (other, None)])).text;
    assert!(!text.contains("beside result"), "{text}");
    assert!(text.contains("2 results"), "{text}");
}

#[test]
fn what_cannot_be_compared_is_said_with_its_reason() {
    let mut other = passing();
    for cell in &mut other.cells {
        cell.id = format!("framing=other-{}", cell.id);
        cell.axes.insert("framing".into(), cell.id.clone().into());
    }
    let text = parsed(&pages(&[(passing(), None), (other, None)])).text;
    assert!(text.contains("Result 2 beside result 1: cannot be compared"), "{text}");
    assert!(text.contains("they have no cell in common"), "{text}");
}

#[test]
fn a_paired_run_says_first_what_became_slower() {
    let text = parsed(&pages(&[slower()])).text;
    assert!(text.contains("Beside the baseline: regressed"), "{text}");
    assert!(text.contains("line"), "{text}");
}
