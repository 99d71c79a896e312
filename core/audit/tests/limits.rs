//! What limited the load: the generator only where it was late and the evidence says why.

mod common;

use common::*;
use wirebench_audit::{Answer, Evidence, Lateness, Limit, Outcome, achieved, generator_limited};

/// A second at 10,000 a second, all in time.
fn quiet() -> Evidence {
    Evidence {
        gap_ns: GAP_NS,
        window_ns: 1_000_000_000,
        due: 10_000,
        started: 10_000,
        no_room: 0,
        lateness: Lateness { count: 10_000, p99_ns: 4_000 },
        cpu_ns: Some(300_000_000),
        stolen_ns: Some(0),
        throttled_ns: Some(0),
    }
}

fn late() -> Lateness {
    Lateness { count: 9_000, p99_ns: 60_000 }
}

#[track_caller]
fn assert_answer(evidence: &Evidence, answer: Answer, says: &str) {
    let limited = generator_limited(evidence);
    assert_eq!(limited.answer(), answer, "{}", limited.sentence());
    assert!(limited.sentence().contains(says), "{}", limited.sentence());
}

#[test]
fn a_generator_in_time_is_not_the_limit_however_busy_it_is() {
    assert_answer(&quiet(), Answer::No, "in time: p99 of its own lateness is 4 µs");
    let spinning = Evidence { cpu_ns: Some(999_000_000), ..quiet() };
    assert_answer(&spinning, Answer::No, "in time");
}

#[test]
fn a_generator_that_is_late_and_busy_is_the_limit() {
    let evidence = Evidence { lateness: late(), cpu_ns: Some(970_000_000), ..quiet() };
    assert_answer(&evidence, Answer::Yes, "it used 97 % of one core");
}

#[test]
fn a_generator_that_is_late_as_its_time_was_taken_is_the_limit() {
    let evidence = Evidence { lateness: late(), stolen_ns: Some(40_000_000), ..quiet() };
    assert_answer(&evidence, Answer::Yes, "its processor was stolen for 4.0 % of the time");
    let evidence = Evidence { lateness: late(), throttled_ns: Some(200_000_000), ..quiet() };
    assert_answer(&evidence, Answer::Yes, "throttled for 20.0 %");
}

#[test]
fn late_without_a_reason_cannot_be_told() {
    assert_answer(&Evidence { lateness: late(), ..quiet() }, Answer::CannotTell, "not busy");
    let unknown = Evidence { lateness: late(), cpu_ns: None, ..quiet() };
    assert_answer(&unknown, Answer::CannotTell, "not known");
    let few = Evidence { lateness: Lateness { count: 12, p99_ns: 0 }, ..quiet() };
    assert_answer(&few, Answer::CannotTell, "too few");
}

#[test]
fn arrivals_that_it_leaves_over_speak_against_it_and_those_without_room_do_not() {
    let busy = Evidence { started: 9_000, cpu_ns: Some(990_000_000), ..quiet() };
    assert_answer(&busy, Answer::Yes, "left 1,000 of 10,000 arrivals over");
    assert_answer(&Evidence { no_room: 1_000, ..busy }, Answer::No, "1,000 arrivals found no room");
}

#[test]
fn a_load_that_came_about_is_no_limit() {
    let result = achieved(&Evidence { started: 9_950, ..quiet() }, 0.99);
    assert_eq!(result.line().outcome(), Outcome::Held);
    assert!(!result.is_saturated());
}

#[test]
fn a_load_that_did_not_is_saturated_and_the_evidence_says_by_whom() {
    let lost = Evidence { started: 9_000, ..quiet() };
    let generator = Evidence { lateness: late(), cpu_ns: Some(990_000_000), ..lost };
    let server = Evidence { no_room: 990, ..lost };
    let nobody = Evidence { lateness: late(), ..lost };
    for (evidence, limit) in [
        (generator, Limit::Generator),
        (server, Limit::Server),
        (nobody, Limit::CannotTell),
        (lost, Limit::CannotTell),
    ] {
        let result = achieved(&evidence, 0.99);
        assert_failed(result.line(), 0);
        assert_eq!(result.limit(), Some(limit), "{}", shown(result.line()));
        assert!(result.line().sentence().starts_with("saturated"), "{}", shown(result.line()));
    }
    assert_eq!(achieved(&server, 0.99).line().found_text(), "90 %");
}

#[test]
fn nothing_due_and_no_share_are_not_judged() {
    assert_not_judged(achieved(&Evidence { due: 0, ..quiet() }, 0.99).line(), "nothing was due");
    for share in [f64::NAN, 1.5, -0.1] {
        assert_not_judged(achieved(&quiet(), share).line(), "least share");
    }
}
