//! Gates that hold a cell against another of the same run: how rounds decide them, what makes them
//! inconclusive, and what the document tells of them.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, crash, document, gate, round_with, scenario};
use wirebench::judge::Verdict;
use wirebench::load::rng::SplitMix64;
use wirebench::report::table::{Options, render};
use wirebench::report::{json, markdown};
use wirebench::result::document::{CellVerdict, Ending, GateResult};
use wirebench::result::gates::GateOutcome::{Fail, Inconclusive, Pass};
use wirebench::result::ratio::{exact, of_rounds};
use wirebench::result::{Disturbed, Document, Round};
use wirebench::scenario::{Gate, Limit, Op, Reference, Scenario};

/// The seed of everything random here.
const SEED: u64 = 0x5eed_0f1e;

/// The cell that the others are held against.
const REFERENCE: &str = "framing=raw,load.payload=64 B";

/// Even numbers from 0 to 1.
struct Noise(SplitMix64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Rounds of two cells whose ratio is this but for some noise; rounds differ far more.
    fn pairs(&mut self, rounds: usize, ratio: f64, noise: f64) -> Vec<(f64, f64)> {
        let mut pair = || {
            let other = 1_000.0 * (1.0 + 9.0 * self.uniform());
            (other * ratio * (1.0 + noise * (self.uniform() - 0.5)), other)
        };
        (0..rounds).map(|_| pair()).collect()
    }
}

#[test]
fn a_gate_and_its_opposite_never_both_pass_or_fail() {
    let mut noise = Noise(SplitMix64::new(SEED));
    let (mut decided, mut open) = (0, 0);
    for _ in 0..2_000 {
        let rounds = 2 + (6.0 * noise.uniform()) as usize;
        let ratio = 0.5 + noise.uniform();
        let pairs = noise.pairs(rounds, ratio, 0.5);
        let limit = ratio * (0.8 + 0.4 * noise.uniform());
        for (op, opposite) in [(Op::Less, Op::AtLeast), (Op::AtMost, Op::More)] {
            let outcome = |op| of_rounds(&pairs, op, limit).expect("a ratio").outcome;
            match (outcome(op), outcome(opposite)) {
                (Pass, Fail) | (Fail, Pass) => decided += 1,
                (Inconclusive, Inconclusive) => open += 1,
                both => panic!("{pairs:?} {op:?} {limit}: {both:?}"),
            }
        }
    }
    assert!(decided > 500 && open > 500, "{decided} decided, {open} open");
}

#[test]
fn what_slows_both_cells_down_alike_leaves_the_verdict() {
    let mut noise = Noise(SplitMix64::new(SEED + 1));
    for _ in 0..500 {
        let ratio = 1.0 + 0.2 * noise.uniform();
        let pairs = noise.pairs(5, ratio, 0.2);
        let slower: Vec<(f64, f64)> = pairs
            .iter()
            .map(|(mine, other)| {
                // Each round by another factor: powers of two, so that nothing is rounded.
                let factor = f64::from(1 << (8.0 * noise.uniform()) as u32);
                (mine * factor, other * factor)
            })
            .collect();
        let held = |pairs: &[(f64, f64)]| of_rounds(pairs, Op::Less, 1.1).expect("a ratio");
        let (before, after) = (held(&pairs), held(&slower));
        assert_eq!(before.outcome, after.outcome, "{pairs:?} {slower:?}");
        assert!((before.ratio / after.ratio - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_ratio_that_is_clearly_over_fails_and_one_that_is_clearly_under_passes() {
    let mut noise = Noise(SplitMix64::new(SEED + 2));
    for _ in 0..500 {
        let over = of_rounds(&noise.pairs(5, 2.0, 0.1), Op::Less, 1.5).expect("a ratio");
        let under = of_rounds(&noise.pairs(5, 1.2, 0.1), Op::Less, 1.5).expect("a ratio");
        assert_eq!((over.outcome, under.outcome), (Fail, Pass), "{over:?} {under:?}");
        let [low, high] = over.interval.expect("an interval");
        assert!(low < over.ratio && over.ratio < high, "{over:?}");
        assert_eq!((over.rounds, over.why), (Some(5), None));
    }
}

#[test]
fn of_equal_cells_noise_alone_fails_or_passes_a_limit_at_their_ratio_in_one_run_of_twenty() {
    let mut noise = Noise(SplitMix64::new(SEED + 3));
    const RUNS: usize = 4_000;
    let mut decided = [0, 0];
    for _ in 0..RUNS {
        let mut pairs = noise.pairs(5, 1.0, 0.0);
        // Without noise of its own the mean of the logarithms is 0: so it is that of the gate.
        pairs.iter_mut().for_each(|(mine, _)| *mine *= (noise.uniform() - 0.5).exp());
        match of_rounds(&pairs, Op::Less, 1.0).expect("a ratio").outcome {
            Pass => decided[0] += 1,
            Fail => decided[1] += 1,
            Inconclusive => {}
        }
    }
    // Of so many, 5 % are 200, and 14 the standard deviation; the noise is not quite normal.
    assert!(decided.iter().all(|runs| (130..270).contains(runs)), "{decided:?}");
}

#[test]
fn a_count_is_compared_as_it_is() {
    for (limit, expected) in [(1.9, Fail), (2.0, Fail), (2.1, Pass)] {
        assert_eq!(exact(3.0, 1.5, Op::Less, limit).expect("a ratio").outcome, expected);
    }
    assert_eq!(exact(3.0, 1.5, Op::Equal, 2.0).expect("a ratio").outcome, Pass);
}

fn against(metric: &str, op: Op, limit: f64, text: &str) -> Gate {
    let reference = Some(Reference { metric: metric.into(), cell: REFERENCE.into() });
    let name = format!("{metric} / framing=raw");
    Gate { reference, ..gate(&name, op, Limit::Ratio(limit), text) }
}

fn no_slower() -> Gate {
    against("p50", Op::Less, 1.05, "< 1.05")
}

/// Two cells, of which the second is held against the first.
fn two(gates: Vec<Gate>, rounds: u32) -> Scenario {
    let mut scenario = scenario(&["raw", "line"], &[64]);
    scenario.cells[1].expect = gates;
    scenario.rounds = rounds;
    scenario
}

fn whole(latency_ns: u64) -> Sample {
    Sample::intact(1_000, 64, 4, latency_ns)
}

/// Rounds of both cells: the latency of the first, and of the second.
fn rounds(latencies: &[(u64, u64)]) -> Vec<Round> {
    let both = |(round, (other, mine)): (u32, &(u64, u64))| {
        [whole(*other).round(0, round), whole(*mine).round(1, round)]
    };
    (0..).zip(latencies).flat_map(both).collect()
}

/// The gate of the second cell.
fn held(document: &Document) -> &GateResult {
    document.cells[1].gates.last().expect("a gate")
}

#[track_caller]
fn is_untold(document: &Document, because: &[&str]) {
    let gate = held(document);
    let why = gate.why.as_deref().expect("a reason");
    assert_eq!(gate.pass, None, "{gate:?}");
    for part in because {
        assert!(why.contains(part), "`{part}` is not said: {why}");
    }
    assert!(document.cells[1].verdict >= CellVerdict::Inconclusive);
}

/// Three rounds in which both cells have the same.
const ALIKE: [(u64, u64); 3] = [(10_000, 10_000), (20_000, 20_000), (12_000, 12_000)];

/// Three in which the second is slower by half.
const SLOWER: [(u64, u64); 3] = [(10_000, 15_000), (20_000, 30_300), (12_000, 17_900)];

#[test]
fn a_cell_with_the_same_rounds_as_another_passes() {
    let document = document(&two(vec![no_slower()], 3), &rounds(&ALIKE));
    let gate = held(&document);
    assert_eq!((gate.pass, gate.value, gate.interval), (Some(true), Some(1.0), Some([1.0, 1.0])));
    assert_eq!((gate.unit.as_deref(), gate.rounds), (Some("ratio"), Some(3)));
    assert_eq!(gate.against.as_deref(), Some(REFERENCE));
    assert_eq!((document.verdict, document.ending()), (CellVerdict::Pass, Ending::Clean));
}

#[test]
fn a_cell_that_is_slower_than_another_fails_as_a_cost_and_is_told_with_its_interval() {
    let document = document(&two(vec![no_slower()], 3), &rounds(&SLOWER));
    assert_eq!(held(&document).pass, Some(false), "{:?}", held(&document));
    assert_eq!(document.cells[1].verdict, CellVerdict::Fail);
    assert_eq!(document.ending(), Ending::Cost);
    let told = "framing=line,load.payload=64 B: p50 / framing=raw: 1.50 [1.48–1.52], not < 1.05";
    let table = render(&document, &Options::default());
    assert!(table.contains(told), "{}", &*table);
    let page = markdown(&document).replace('\\', "");
    assert!(page.contains(&format!("\n- {told}\n")), "{page}");
}

#[test]
fn rounds_that_do_not_agree_tell_nothing_and_how_many_would_is_said() {
    let document =
        document(&two(vec![no_slower()], 2), &rounds(&[(10_000, 9_000), (10_000, 12_000)]));
    is_untold(&document, &["1.0", " over 2 rounds: neither under 1.05 nor over it", "load.rounds"]);
    assert!(held(&document).value.is_some() && held(&document).interval.is_some());
    assert_eq!(document.ending(), Ending::Inconclusive);
}

#[test]
fn one_round_tells_nothing_of_times_and_everything_of_counts() {
    let gates = vec![against("overhead", Op::AtMost, 1.0, "<= 1"), no_slower()];
    let document = document(&two(gates, 1), &rounds(&SLOWER[..1]));
    is_untold(&document, &["1.5", "in the one round", "load.rounds"]);
    let overhead = &document.cells[1].gates[0];
    assert_eq!((overhead.pass, overhead.value), (Some(true), Some(1.0)));
    assert_eq!((overhead.interval, overhead.rounds), (None, None));
}

#[test]
fn only_rounds_that_both_cells_have_are_compared() {
    let mut rounds = rounds(&ALIKE);
    // The second cell lacks round 0, and the first round 2.
    rounds
        .retain(|round| (round.cell, round.round) != (1, 0) && (round.cell, round.round) != (0, 2));
    let document = document(&two(vec![no_slower()], 3), &rounds);
    is_untold(&document, &["in the one round"]);
}

#[test]
fn a_cell_that_was_not_run_is_named() {
    let mut scenario = two(vec![no_slower()], 3);
    scenario.cells.remove(0);
    let rounds: Vec<Round> = (0..3).map(|round| whole(10_000).round(0, round)).collect();
    let document = document(&scenario, &rounds);
    let gate = &document.cells[0].gates[0];
    let why = gate.why.as_deref().expect("a reason");
    assert!(why.contains(REFERENCE) && why.contains("not among the cells of this run"), "{why}");
    assert_eq!((gate.value, gate.unsampled), (None, false));
    assert_eq!(document.ending(), Ending::Inconclusive);
}

#[test]
fn nothing_is_held_against_a_cell_that_crashed_or_is_damaged() {
    for (round, why) in [
        (round_with(0, 2, crash()), "it crashed in round 2"),
        (whole(12_000).damage_requests(Verdict::Lost, 1).round(0, 2), "not all of its messages"),
    ] {
        let mut rounds = rounds(&ALIKE);
        rounds[4] = round;
        is_untold(&document(&two(vec![no_slower()], 3), &rounds), &[REFERENCE, why]);
    }
}

#[test]
fn doubts_of_either_cell_are_told_as_other_gates_tell_them() {
    let stalled = |cell: usize| {
        let mut sample = whole(12_000);
        sample.client.side.sent.stalled_ns = 300_001;
        sample.round(cell, 2)
    };
    let disturbed = |cell: usize| {
        let disturbed = Disturbed { throttled_ns: Some(1), ..Disturbed::default() };
        Round { disturbed, ..whole(12_000).round(cell, 2) }
    };
    for cell in [0, 1] {
        for (round, why) in [(stalled(cell), "the ledger stalled"), (disturbed(cell), "a quota of")]
        {
            let mut rounds = rounds(&ALIKE);
            rounds[4 + cell] = round;
            let document = document(&two(vec![no_slower()], 3), &rounds);
            is_untold(&document, &[why]);
            let named = held(&document).why.as_deref().is_some_and(|why| why.contains(REFERENCE));
            assert_eq!(named, cell == 0, "{:?}", held(&document).why);
        }
    }
}

#[test]
fn a_percentile_of_too_few_samples_in_a_round_is_untold_though_all_rounds_have_enough() {
    let p99 = against("p99", Op::Less, 1.05, "< 1.05");
    for cell in [0, 1] {
        let mut rounds = rounds(&ALIKE);
        rounds[2 + cell] = Sample::intact(60, 64, 4, 20_000).round(cell, 1);
        let document = document(&two(vec![p99.clone()], 3), &rounds);
        is_untold(&document, &["in round 1, 60 samples are too few: it needs 100"]);
    }
}

#[test]
fn without_any_sample_on_either_side_the_gate_has_nothing_to_judge() {
    for cell in [0, 1] {
        let mut rounds = rounds(&ALIKE);
        for round in 0..3 {
            rounds[2 * round + cell] = Sample::intact(0, 64, 4, 1).round(cell, round as u32);
        }
        let document = document(&two(vec![no_slower()], 3), &rounds);
        is_untold(&document, &["there are no samples"]);
        assert!(held(&document).unsampled);
        assert_eq!(document.ending(), Ending::Unsampled);
    }
}

#[test]
fn unanswered_exchanges_count_as_longer_here_too() {
    let mut rounds = rounds(&ALIKE);
    rounds[3] = whole(20_000).unanswered(1_200).round(1, 1);
    is_untold(&document(&two(vec![no_slower()], 3), &rounds), &["had no answer in time"]);
    let answers = gate("done", Op::More, Limit::Count(0), "> 0");
    let document = document(&two(vec![answers, no_slower()], 3), &rounds);
    assert_eq!(held(&document).pass, Some(true), "{:?}", held(&document));
}

#[test]
fn gates_keep_the_order_of_the_scenario() {
    let fast = |text: &str| gate("p99", Op::Less, Limit::Nanos(50_000_000), text);
    let gates = vec![no_slower(), fast("1"), against("rate", Op::More, 0.5, "> 0.5"), fast("2")];
    let document = document(&two(gates, 3), &rounds(&ALIKE));
    let told: Vec<&str> = document.cells[1].gates.iter().map(|gate| gate.limit.as_str()).collect();
    assert_eq!(told, ["< 1.05", "1", "> 0.5", "2"]);
}

#[test]
fn every_measured_quantity_of_two_equal_cells_has_the_ratio_1() {
    let names = [
        "min",
        "mean",
        "p50",
        "p90",
        "p99",
        "max",
        "request.p50",
        "reply.mean",
        "service-p99",
        "connect-p50",
        "rate",
        "throughput",
        "overhead",
        "segments",
        "writes",
        "reads",
        "context-switches",
        "client-cpu",
        "server-cpu",
        "client-memory",
        "server-memory",
    ];
    let gates = |names: &[&str]| {
        names.iter().map(|name| against(name, Op::AtMost, 1.0, "<= 1")).collect::<Vec<_>>()
    };
    let mut rounds = rounds(&ALIKE);
    for round in &mut rounds {
        let wirebench::result::Outcome::Finished { client, .. } = &mut round.outcome else {
            panic!()
        };
        client.connect = sample::histogram(100, 60_000);
    }
    let document = document(&two(gates(&names), 3), &rounds);
    for gate in &document.cells[1].gates {
        assert_eq!((gate.pass, gate.value), (Some(true), Some(1.0)), "{gate:?}");
    }
}

#[test]
fn a_document_that_its_own_ratio_contradicts_is_refused() {
    let text = json(&document(&two(vec![no_slower()], 3), &rounds(&SLOWER)));
    let verdict = |text: &str| text.replace("\"verdict\": \"fail\"", "\"verdict\": \"pass\"");
    let whole: Document = Document::read(&text).expect("it is as it was written");
    assert_eq!(json(&whole), text);
    let value = held(&whole).value.expect("a ratio");
    for (from, to, why) in [
        ("\"pass\": false", "\"pass\": true".to_owned(), "does not say what its ratio says"),
        (&*format!("\"value\": {value}"), "\"value\": 1.01".to_owned(), "its ratio says"),
        ("\"limit\": \"< 1.05\"", "\"limit\": \"< 2.05\"".to_owned(), "its ratio says"),
        ("\"limit\": \"< 1.05\"", "\"limit\": \"fast\"".to_owned(), "its ratio says"),
        (
            &*format!("\"against\": \"{REFERENCE}\","),
            "\"against\": \"framing=none\",".to_owned(),
            "a cell is set beside `framing=none`, which there is not",
        ),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        // What `relative` is set beside stays: only the gate is edited.
        let at = text.rfind(from).expect("it is there");
        let edited = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
        let edited = if to.contains("true") { verdict(&edited) } else { edited };
        let refused = Document::read(&edited).expect_err(&to);
        assert!(refused.contains(why), "{to}: {refused}");
    }
}

#[test]
fn thousands_of_gates_between_thousands_of_cells_are_judged_in_linear_time() {
    let framings: Vec<String> = (0..4_000).map(|number| format!("f{number}")).collect();
    let mut scenario = scenario(&framings.iter().map(String::as_str).collect::<Vec<_>>(), &[64]);
    let reference = scenario.cells[0].id.clone();
    for cell in &mut scenario.cells[1..] {
        for number in 0..20 {
            let mut gate = against("rate", Op::More, 0.5, "> 0.5");
            gate.reference = Some(Reference { metric: "rate".into(), cell: reference.clone() });
            gate.metric = format!("rate / {number}");
            cell.expect.push(gate);
        }
    }
    // Without any round: what takes long is not what a round is made of.
    let document = document(&scenario, &[]);
    assert_eq!(document.cells[3_999].gates.len(), 20);
}
