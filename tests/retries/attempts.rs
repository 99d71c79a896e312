//! What is made of the attempts at a cell, from rounds that were never played.

use crate::sample::{self, Sample, document, gate, scenario};
use wirebench::judge::Verdict;
use wirebench::measure::Family;
use wirebench::report::table::{Options, render};
use wirebench::report::{earlier, flaky, markdown, reasons};
use wirebench::result::document::{CellVerdict, Ending};
use wirebench::result::{Disturbed, Document, Pool, Round};
use wirebench::scenario::{Gate, Limit, Op, Reference, Scenario};

/// The same round of another attempt.
pub(crate) fn attempt(attempt: u32, round: Round) -> Round {
    Round { attempt, ..round }
}

/// A round in which every message is intact; more of them tell rounds apart.
pub(crate) fn good(cell: usize, messages: u64) -> Round {
    Sample::intact(messages, 64, 1, 20_000).round(cell, 0)
}

/// A round in which some are not.
pub(crate) fn bad(cell: usize) -> Round {
    Sample::intact(1_000, 64, 1, 20_000).damage_requests(Verdict::Merged, 5).round(cell, 0)
}

/// Two cells whose messages have to be intact.
pub(crate) fn two_cells() -> Scenario {
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    let intact = gate("intact", Op::Equal, Limit::Share(1.0), "100%");
    scenario.cells.iter_mut().for_each(|cell| cell.expect = vec![intact.clone()]);
    scenario
}

fn verdicts(document: &Document) -> Vec<CellVerdict> {
    document.cells.iter().map(|cell| cell.verdict).collect()
}

#[test]
fn a_cell_that_failed_and_then_passed_is_flaky() {
    let rounds = [bad(0), good(1, 1_000), attempt(1, good(0, 700))];
    let document = document(&two_cells(), &rounds);
    assert_eq!(verdicts(&document), [CellVerdict::Flaky, CellVerdict::Pass]);
    assert_eq!((document.verdict, document.ending()), (CellVerdict::Flaky, Ending::Clean));
    let [first] = &document.cells[0].attempts[..] else { panic!("one attempt before the last") };
    assert_eq!((first.verdict, first.family), (CellVerdict::Fail, Some(Family::Integrity)));
    assert_eq!(first.gates.iter().map(|gate| &*gate.gate).collect::<Vec<_>>(), ["intact"]);
    assert!(document.cells[1].attempts.is_empty());
    assert_eq!(document.cells[0].exchanges.done, 700, "the figures are those of the last");
    assert_eq!(document.cells[0].rounds.len(), 1);
}

#[test]
fn its_word_is_flaky_for_everybody_and_its_failure_is_told() {
    let document = document(&two_cells(), &[bad(0), good(1, 1_000), attempt(1, good(0, 700))]);
    let why = "framing=line,load.payload=64 B, attempt 1 of 2: intact is";
    let table = render(&document, &Options::default());
    assert!(
        table.lines().any(|line| line.contains("line") && line.ends_with("flaky")),
        "{table:?}"
    );
    assert!(table.contains("1 of 2 cells pass, 1 flaky"), "{table:?}");
    assert!(table.contains(why), "{table:?}");
    let page = markdown(&document);
    assert!(page.contains("| flaky |") && page.contains("attempt 1 of 2"), "{page:?}");
    let lines = flaky(&document, 10);
    assert_eq!(lines[0], "sticky: 1 of 2 cells is flaky:");
    assert!(lines[1].trim_start().starts_with(why), "{lines:?}");
    assert!(reasons(&document.cells[0]).is_empty(), "it does not fail");
}

#[test]
fn a_cell_that_never_passes_fails_with_the_worst_of_its_attempts_and_tells_all() {
    let rounds = [
        bad(0),
        good(1, 9),
        attempt(1, sample::round_with(0, 0, sample::crash())),
        attempt(2, bad(0)),
    ];
    let document = document(&two_cells(), &rounds);
    assert_eq!(verdicts(&document), [CellVerdict::Fail, CellVerdict::Pass]);
    assert_eq!(document.ending(), Ending::Integrity);
    let told: Vec<String> =
        reasons(&document.cells[0]).into_iter().map(|reason| reason.words).collect();
    let parts =
        ["64 B: intact", "attempt 1 of 3: intact", "attempt 2 of 3, round 0: server killed"];
    assert_eq!(told.len(), parts.len(), "{told:?}");
    for (words, part) in told.iter().zip(parts) {
        assert!(words.contains(part), "`{part}`: {told:?}");
    }
}

/// A scenario of one cell with a limit on p99 that 20 us keep and 90 us do not.
fn limited() -> Scenario {
    let mut scenario = scenario(&["line"], &[64]);
    let p99 = gate("p99", Op::Less, Limit::Nanos(50_000), "< 50us");
    scenario.cells[0].expect = vec![p99];
    scenario
}

fn slow() -> Round {
    Sample::intact(1_000, 64, 1, 90_000).round(0, 0)
}

#[test]
fn what_cannot_be_told_mends_no_failure() {
    let throttled = Disturbed { throttled_ns: Some(80_000_000), ..Disturbed::default() };
    let untold = Round { disturbed: throttled, ..good(0, 1_000) };
    let scenario = limited();
    let document = document(&scenario, &[slow(), attempt(1, untold.clone())]);
    assert_eq!(verdicts(&document), [CellVerdict::Inconclusive]);
    assert_eq!(document.ending(), Ending::Cost, "nothing has passed since");
    assert_eq!(earlier(&document.cells[0]).len(), 1);
    // So it is played a third time, and that may mend it.
    let mut pool = Pool::new(&scenario);
    [slow(), attempt(1, untold.clone())].iter().for_each(|round| pool.add(round));
    assert_eq!(pool.failing().expect("they are in memory"), [0]);
    pool.add(&attempt(2, good(0, 1_000)));
    assert_eq!(pool.failing().expect("they are in memory"), [0; 0]);
    let rounds = [slow(), attempt(1, untold), attempt(2, good(0, 1_000))];
    let document = self::document(&scenario, &rounds);
    assert_eq!(verdicts(&document), [CellVerdict::Flaky]);
    let families: Vec<_> =
        document.cells[0].attempts.iter().map(|attempt| attempt.family).collect();
    assert_eq!(families, [Some(Family::Cost), None]);
}

/// Two cells, of which `len32be` may take twice as long as `line`.
pub(crate) fn held_against() -> Scenario {
    let mut scenario = two_cells();
    scenario.rounds = 3;
    let cell = scenario.cells[0].id.clone();
    let reference = Some(Reference { metric: "p50".into(), cell });
    let ratio = gate("p50 / framing=line", Op::Less, Limit::Ratio(2.0), "< 2");
    scenario.cells[1].expect.push(Gate { reference, ..ratio });
    scenario
}

/// Three rounds whose exchanges take about so long.
pub(crate) fn three(number: u32, cell: usize, ns: u64, damaged: bool) -> Vec<Round> {
    let round = |round: u32| {
        let ns = ns + ns / 100 * u64::from(round);
        let sample = Sample::intact(1_000, 64, 1, ns);
        let sample = if damaged { sample.damage_requests(Verdict::Merged, 5) } else { sample };
        attempt(number, sample.round(cell, round))
    };
    (0..3).map(round).collect()
}

#[test]
fn a_gate_between_cells_is_judged_by_the_latest_attempts_at_both() {
    let scenario = held_against();
    let mut pool = Pool::new(&scenario);
    let mut rounds = Vec::new();
    let mut play = |pool: &mut Pool<'_>, more: Vec<Round>| {
        more.iter().for_each(|round| pool.add(round));
        rounds.extend(more);
        pool.failing().expect("they are in memory")
    };
    let first = [three(0, 0, 20_000, true), three(0, 1, 60_000, false)].concat();
    assert_eq!(play(&mut pool, first), [0], "nothing is held against a cell that is damaged");
    assert_eq!(play(&mut pool, three(1, 0, 20_000, false)), [1], "now it is");
    assert_eq!(play(&mut pool, three(2, 1, 25_000, false)), [0; 0]);
    let document = document(&scenario, &rounds);
    assert_eq!(verdicts(&document), [CellVerdict::Flaky; 2]);
    let [first] = &document.cells[1].attempts[..] else { panic!("it was played twice") };
    assert_eq!(first.family, Some(Family::Cost));
    assert_eq!(first.gates[0].gate, "p50 / framing=line");
}
