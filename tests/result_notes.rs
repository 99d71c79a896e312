//! Every note is there when what it says is so, and is not there when it is not.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, crash, document, failed, round_with, scenario};
use wirebench::measure::{Exchanges, LoadEnd};
use wirebench::result::Round;
use wirebench::scenario::Scenario;

/// The notes of the only cell of a scenario with two rounds.
fn notes(rounds: &[Round]) -> Vec<String> {
    notes_of(&two_rounds(), rounds)
}

fn notes_of(scenario: &Scenario, rounds: &[Round]) -> Vec<String> {
    document(scenario, rounds).cells.remove(0).notes
}

fn two_rounds() -> Scenario {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.rounds = 2;
    scenario
}

fn good() -> Sample {
    Sample::intact(1_000, 64, 1, 10_000)
}

/// Two rounds of one kind.
fn twice(sample: &Sample) -> Vec<Round> {
    vec![sample.clone().round(0, 0), sample.clone().round(0, 1)]
}

/// So many exchanges that ended like this, and the latencies of the done ones.
fn ended(exchanges: Exchanges, latencies: u64) -> Sample {
    let mut sample = good();
    sample.client.latency = sample::histogram(latencies, 10_000);
    sample.client.exchanges = exchanges;
    sample
}

fn done(count: u64, latencies: u64) -> Sample {
    ended(Exchanges { started: count, done: count, ..Exchanges::default() }, latencies)
}

/// Whether a note with these words is there.
fn has(notes: &[String], words: &str) -> bool {
    notes.iter().any(|note| note.contains(words))
}

#[test]
fn a_round_like_it_should_be_needs_no_note() {
    assert_eq!(notes(&twice(&good())), [""; 0]);
}

#[test]
fn what_lacks_of_the_latency_is_said_as_it_is() {
    const NOT_MEASURED: &str = "no exchange was measured";
    const NOT_DONE: &str = "no exchange was done";
    const NOT_AWAITED: &str = "waited for no answer";
    const NOT_TAKEN: &str = "no latency was taken of";
    const FEW_DONE: &str = "fewer than 100 exchanges were done";
    const FEW_TAKEN: &str = "fewer than 100 of the exchanges that were done have a latency";
    let refused = Exchanges { started: 200, rejected: 200, ..Exchanges::default() };
    let mut ambiguous = done(200, 0);
    ambiguous.server.received.ambiguous = 400;
    for (sample, said) in [
        (done(0, 0), Some(NOT_MEASURED)),
        (ended(refused, 0), Some(NOT_DONE)),
        // A sink: everything is done, and nothing is awaited.
        (done(40_000, 0), Some(NOT_AWAITED)),
        (done(10, 0), Some(NOT_AWAITED)),
        (ambiguous, Some(NOT_TAKEN)),
        (done(49, 49), Some(FEW_DONE)),
        (done(200, 30), Some(FEW_TAKEN)),
        (done(50, 50), None),
        (done(200, 200), None),
    ] {
        let notes = notes(&twice(&sample));
        for words in [NOT_MEASURED, NOT_DONE, NOT_AWAITED, NOT_TAKEN, FEW_DONE, FEW_TAKEN] {
            assert_eq!(has(&notes, words), said == Some(words), "{words}: {notes:?}");
        }
    }
    let none = notes(&[round_with(0, 0, failed()), round_with(0, 1, crash())]);
    assert!(!has(&none, "no exchange was"), "nobody knows of exchanges: {none:?}");
}

#[test]
fn rounds_that_were_not_run_or_could_not_be_are_counted() {
    for (rounds, said) in [
        (vec![], Some("2 of 2 rounds were not run")),
        (vec![good().round(0, 0)], Some("1 of 2 rounds were not run")),
        (vec![good().round(0, 0), round_with(0, 1, crash())], None),
        (vec![good().round(0, 0), round_with(0, 1, failed())], None),
        (twice(&good()), None),
    ] {
        let notes = notes(&rounds);
        assert_eq!(notes.iter().find(|note| note.contains("not run")).map(String::as_str), said);
    }
    let words = "round 1 could not be run: port 7";
    assert!(has(&notes(&[good().round(0, 0), round_with(0, 1, failed())]), words));
    assert!(!has(&notes(&twice(&good())), "could not be run"));
}

#[test]
fn a_ledger_that_was_full_is_told_with_its_rounds() {
    for (stalled_ns, said) in [(300_000, false), (300_001, true)] {
        let mut sample = good();
        sample.server.sent.stalled_ns = stalled_ns;
        let notes = notes(&[good().round(0, 0), sample.round(0, 1)]);
        assert_eq!(has(&notes, "the ledger was full"), said, "{notes:?}");
        assert_eq!(has(&notes, "(round 1)"), said, "{notes:?}");
    }
}

#[test]
fn what_the_kernel_dropped_or_nobody_could_time_is_told_by_direction() {
    for (drops, ambiguous, negative) in [(0, 0, 0), (3, 0, 0), (0, 4, 0), (0, 0, 5)] {
        let mut sample = good();
        sample.server.received.kernel_drops = drops;
        sample.client.side.received.ambiguous = ambiguous;
        sample.client.negative_samples = negative;
        let notes = notes(&[good().round(0, 0), sample.round(0, 1)]);
        assert_eq!(has(&notes, "the kernel dropped 3 requests"), drops > 0, "{notes:?}");
        assert_eq!(has(&notes, "4 replies were under way"), ambiguous > 0, "{notes:?}");
        assert_eq!(has(&notes, "5 one-way times would have been negative"), negative > 0);
        assert_eq!(notes.len() as u64, u64::from(drops + ambiguous + negative > 0), "{notes:?}");
    }
}

#[test]
fn only_a_foreign_servers_cell_is_said_to_be_handler_only() {
    let mut foreign = two_rounds();
    sample::against_a_foreign_server(&mut foreign);
    assert!(has(&notes_of(&foreign, &twice(&good().foreign())), "integrity is handler-only"));
    assert!(!has(&notes(&twice(&good())), "handler-only"));
}

#[test]
fn a_round_that_ended_before_its_time_says_why() {
    for (end, said) in [
        (LoadEnd::Planned, None),
        (LoadEnd::RoundLimit, Some("round 1 reached `load.round-limit`")),
        (LoadEnd::GaveUp, Some("round 1 was given up")),
        (LoadEnd::Interrupted, Some("round 1 was interrupted")),
    ] {
        let mut sample = good();
        sample.client.load_end = end;
        let notes = notes(&[good().round(0, 0), sample.round(0, 1)]);
        assert_eq!(notes.len(), usize::from(said.is_some()), "{notes:?}");
        assert!(said.is_none_or(|words| has(&notes, words)), "{end:?}: {notes:?}");
    }
}

#[test]
fn sides_on_threads_of_one_core_are_told_in_a_note_and_above_the_table() {
    const NOTE: &str = "threads of one core";
    let render = |rounds: &[Round]| {
        let document = document(&two_rounds(), rounds);
        wirebench::report::table::render(&document, &Default::default()).to_string()
    };
    let mut rounds = twice(&good());
    for share_core in [None, Some(false)] {
        rounds[1].placed.share_core = share_core;
        assert!(!has(&notes(&rounds), NOTE) && !render(&rounds).contains(NOTE), "{share_core:?}");
    }
    rounds[1].placed.share_core = Some(true);
    assert!(has(&notes(&rounds), NOTE));
    assert!(
        render(&rounds).contains("placement split (threads of one core)"),
        "{}",
        render(&rounds)
    );
}
