//! A page of open loops says what was planned, what became of it, and who is to be taken for it.

use crate::parsed::{page, parsed};
use crate::sample::{Sample, document, histogram, scenario};
use wirebench::load::{ArrivalRate, Arrivals, Stage};
use wirebench::measure::Series;
use wirebench::result::Document;
use wirebench::result::document::{AuditResult, CellResult, CellVerdict, OpenResult, Times};
use wirebench::scenario::OpenLoad;

const ROUNDS: u32 = 5;

/// Open loops of these framings, with this p99 in each round, in microseconds.
fn open_loops(framings: &[(&str, u64)]) -> Document {
    let names: Vec<&str> = framings.iter().map(|(name, _)| *name).collect();
    let mut scenario = scenario(&names, &[64]);
    scenario.rounds = ROUNDS;
    let rounds: Vec<_> = (0..ROUNDS)
        .flat_map(|round| {
            (0..framings.len()).map(move |cell| {
                // The one with the longer p99 has the higher rate, by chance of the arrivals.
                let done = 10_000 + 3_000 * cell as u64 + u64::from(round);
                Sample::intact(done, 64, 4, 12_000).round(cell, round)
            })
        })
        .collect();
    let mut document = document(&scenario, &rounds);
    for (cell, (_, p99)) in document.cells.iter_mut().zip(framings) {
        open(cell, *p99 * 1_000);
    }
    document
}

fn open(cell: &mut CellResult, p99_ns: u64) {
    let planned = cell.exchanges.started;
    cell.relative = None;
    cell.rate.offered = Some(20_000.0);
    cell.setup.load.open = Some(OpenLoad {
        stages: vec![Stage {
            rate: ArrivalRate::from_thousandths(20_000_000),
            duration_ns: u64::MAX,
        }],
        arrivals: Arrivals::Poisson,
        catch_up_ns: 2_000_000_000,
        backlog: 500,
        min_achieved: 0.99,
    });
    cell.open = Some(OpenResult {
        planned,
        answered: planned,
        waited: 321,
        backlog_peak: 17,
        achieved_share: Some(1.0),
        min_achieved: 0.99,
        slip_ns: Times::of(&histogram(100, 20_000)),
        lateness_ns: Times::of(&histogram(100, 3_000)),
        uncorrected_ns: Times::of(&histogram(100, 9_000)),
        generator_limited: Some("no".into()),
        limited_why: Some("the generator was in time".into()),
        ..OpenResult::default()
    });
    cell.audit = ["rate", "slip", "steady"].map(line).into();
    cell.latency_ns.p99 = Some(p99_ns);
    for (number, round) in cell.rounds.iter_mut().enumerate() {
        round.p99_ns = Some(p99_ns + number as u64 * 1_000);
        round.series = Some(series(12));
    }
}

fn line(check: &str) -> AuditResult {
    AuditResult {
        check: check.into(),
        held: ROUNDS,
        failed: 0,
        not_judged: 0,
        round: Some(0),
        expected: format!("the {check} that is expected"),
        found: format!("the {check} that is found"),
        sentence: format!("what a {check} means"),
    }
}

fn series(bins: usize) -> Series {
    Series {
        bin_ns: 100_000_000,
        offered: vec![2_000; bins],
        achieved: vec![1_990; bins],
        anomalies: vec![1; bins],
        p50_ns: vec![Some(100_000); bins],
        p99_ns: vec![Some(400_000); bins],
        max_ns: vec![Some(900_000); bins],
    }
}

/// Drops more of it than may be.
fn saturate(cell: &mut CellResult) {
    let open = cell.open.as_mut().expect("an open loop");
    open.dropped = 4_000;
    open.planned = cell.exchanges.started + open.dropped;
    open.achieved_share = Some(open.answered as f64 / open.planned as f64);
    cell.verdict = CellVerdict::Saturated;
    let known = cell.latency_ns.histogram.clone().expect("samples");
    cell.latency_ns = Times::of_some(&known, open.dropped);
}

#[test]
fn the_plan_and_what_became_of_it_stand_in_words() {
    let text = parsed(&page(open_loops(&[("line", 400), ("len32be", 400)]))).text;
    for words in [
        "Planned: 20.0k/s over all connections, at random (Poisson); 500 may wait for room, and none starts more than 2.00 s late.",
        "Offered in the measured part: 20.0k/s.",
        "none was dropped.",
        "321 found no room when they were due and waited; the backlog held 17 at most (warm-up included).",
        "100 % achieved, of at least 99.0 % asked for (min-achieved); not saturated.",
        "The generator was not the limit: the generator was in time",
    ] {
        let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&words), "{words}\nin\n{text}");
    }
    for name in ["slip: start after it was due", "lateness of the generator", "uncorrected latency"]
    {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn a_saturated_cell_is_called_so_and_never_to_be_taken() {
    let mut document = open_loops(&[("line", 100), ("len32be", 400), ("varint", 400)]);
    saturate(&mut document.cells[0]);
    let text = parsed(&page(document)).text;
    assert!(text.contains("saturated: its latencies are those of a queue"), "{text}");
    assert!(text.contains("4,000 dropped, never started"), "{text}");
    assert!(text.contains("Take len32be or varint:"), "{text}");
    assert!(text.contains("Not kept up everywhere with what was asked for: line."), "{text}");
    // Where all of them are, nothing is taken.
    let mut document = open_loops(&[("line", 100), ("len32be", 400)]);
    document.cells.iter_mut().for_each(saturate);
    let text = parsed(&page(document)).text;
    assert!(text.contains("None as it stands"), "{text}");
    assert!(!text.contains("Take "), "{text}");
}

#[test]
fn what_failed_besides_being_saturated_is_not_to_be_taken_either() {
    let mut document = open_loops(&[("line", 100), ("len32be", 400)]);
    saturate(&mut document.cells[0]);
    document.cells[0].verdict = CellVerdict::Fail;
    let text = parsed(&page(document)).text;
    assert!(text.contains("Take len32be:"), "{text}");
}

#[test]
fn open_loops_are_taken_by_p99_and_not_by_the_rate_that_was_asked_for() {
    let text = parsed(&page(open_loops(&[("line", 100), ("len32be", 400)]))).text;
    assert!(text.contains("Take line:"), "{text}");
    assert!(
        text.contains("nowhere did the rounds show a longer p99 of it than the shortest"),
        "{text}"
    );
    let text = parsed(&page(open_loops(&[("line", 400), ("len32be", 400)]))).text;
    assert!(text.contains("Take line or len32be:"), "{text}");
    assert!(text.contains("the rounds tell no difference in p99"), "{text}");
}

#[test]
fn where_p99_is_not_known_nobody_is_taken_for_it() {
    let mut document = open_loops(&[("line", 100), ("len32be", 400)]);
    for cell in &mut document.cells {
        cell.latency_ns.p99 = None;
        cell.rounds.iter_mut().for_each(|round| round.p99_ns = None);
    }
    let text = parsed(&page(document)).text;
    assert!(text.contains("whose p99 is shorter cannot be told"), "{text}");
}

#[test]
fn no_open_loop_is_the_fastest_or_has_a_star_for_its_rate() {
    let page = page(open_loops(&[("line", 400), ("len32be", 400)]));
    let text = parsed(&page).text;
    for word in
        ["fastest", "slowest", "difference in speed", "more is better", "rates are known to"]
    {
        assert!(!text.contains(word), "{word} in {text}");
    }
    // Rates differ far more than their rounds, so that closed loops would have a star.
    let best = page.matches("class=\"best\"").count();
    assert_eq!(best, 0, "a figure is marked as the best");
}

#[test]
fn that_the_generator_was_the_limit_is_said_with_its_evidence() {
    let mut document = open_loops(&[("line", 400)]);
    let open = document.cells[0].open.as_mut().expect("an open loop");
    open.generator_limited = Some("yes".into());
    open.limited_why = Some("it used 99 % of one core".into());
    let text = parsed(&page(document.clone())).text;
    assert!(
        text.contains(
            "The generator was the limit, and not what is measured: it used 99 % of one core"
        ),
        "{text}"
    );
    let open = document.cells[0].open.as_mut().expect("an open loop");
    open.generator_limited = Some("something that nobody says".into());
    let text = parsed(&page(document)).text;
    assert!(text.contains("Whether the generator was the limit cannot be told"), "{text}");
}

#[test]
fn what_failed_in_the_audit_stands_first_and_says_so_in_words() {
    let mut document = open_loops(&[("line", 400)]);
    let audit = &mut document.cells[0].audit;
    (audit[2].held, audit[2].failed) = (3, 2);
    (audit[1].held, audit[1].not_judged) = (0, ROUNDS);
    let text = parsed(&page(document)).text;
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    let order = [
        at("failed in 2 of 5 rounds, held in 3"),
        at("not judged in all 5 rounds"),
        at("held in all 5 rounds"),
    ];
    assert!(order.is_sorted(), "{order:?} in {text}");
    for words in ["the steady that is expected", "the steady that is found", "what a steady means"]
    {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn hostile_sentences_of_the_audit_stay_sentences() {
    const ATTACK: &str = "<script>alert(1)</script>\" onmouseover='x'</table></pre><img src=x>{{ 7*7 }}\u{1b}[2J\u{202e}\nnext";
    let saying = |words: &str| {
        let mut document = open_loops(&[("line", 400), ("len32be", 400)]);
        for cell in &mut document.cells {
            for line in &mut cell.audit {
                line.check = words.into();
                line.expected = words.into();
                line.found = words.into();
                line.sentence = words.into();
            }
            let open = cell.open.as_mut().expect("an open loop");
            (open.generator_limited, open.limited_why) = (Some(words.into()), Some(words.into()));
        }
        document
    };
    let harmless = parsed(&page(saying("harmless")));
    let page = page(saying(ATTACK));
    let found = parsed(&page);
    assert_eq!(found.problems, Vec::<String>::new());
    assert_eq!(found.tags, harmless.tags);
    assert!(found.text.contains("<script>alert(1)</script>"), "{}", found.text);
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
}

#[test]
fn an_audit_without_end_is_cut_and_that_is_said() {
    let mut document = open_loops(&[("line", 400)]);
    document.cells[0].audit = (0..5_000).map(|_| line("rate")).collect();
    let text = parsed(&page(document)).text;
    assert_eq!(text.matches("what a rate means").count(), 30);
    assert!(text.contains("4970 more lines are left out"), "{text}");
}

#[test]
fn rounds_over_time_are_drawn_in_the_part_of_their_cell_of_closed_loops_too() {
    let mut document = open_loops(&[("line", 400), ("len32be", 400)]);
    let closed = &mut document.cells[1];
    (closed.open, closed.setup.load.open) = (None, None);
    let parsed = parsed(&page(document));
    assert_eq!(parsed.problems, Vec::<String>::new());
    for id in ["over-time-1-of-1", "over-time-2-of-1"] {
        assert!(parsed.ids.iter().any(|known| known == id), "{id}");
    }
    assert!(parsed.text.contains("what was to start then (offered)"));
    assert!(parsed.text.contains("a closed loop starts one when another ends"));
}

#[test]
fn a_thousand_open_loops_stay_under_fifteen_mebibytes() {
    let mut document = crate::bounds::thousand();
    for cell in &mut document.cells {
        open(cell, 400_000);
        cell.audit = (0..10).map(|_| line("dispersion")).collect();
        cell.rounds.iter_mut().for_each(|round| round.series = Some(series(3_000)));
    }
    let page = page(document);
    assert!(page.len() < 15 << 20, "{} bytes", page.len());
    let parsed = parsed(&page);
    assert_eq!(parsed.problems, Vec::<String>::new());
    let drawn = parsed
        .ids
        .iter()
        .filter(|id| id.starts_with("over-time-") && !id.contains("title") && !id.contains("desc"));
    assert_eq!(drawn.count(), 40);
    assert!(parsed.text.contains("Its rounds are not drawn over time: 1000 cells; 40 are drawn"));
}
