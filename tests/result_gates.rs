//! Gates, verdicts of cells, and what they mean for the exit code.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, crash, document, failed, gate, round_with, scenario};
use wirebench::judge::Verdict;
use wirebench::measure::{METRICS, Metric, Unit};
use wirebench::result::document::{CellVerdict, Ending};
use wirebench::result::gates::{GateOutcome, evaluate};
use wirebench::result::{CellData, Disturbed, Document, Round};
use wirebench::scenario::{Gate, Limit, Op};

use CellVerdict as Cell;
use GateOutcome::{Fail, Inconclusive, Pass};

fn outcome(rounds: &[Round], gate: &Gate) -> GateOutcome {
    let data = CellData::pool(&scenario(&["line"], &[64]).cells[0], 0, 1, rounds);
    evaluate(&data, std::slice::from_ref(gate))[0].outcome
}

/// A document with one cell that has these gates.
fn judged(rounds: &[Round], gates: Vec<Gate>) -> Document {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.cells[0].expect = gates;
    document(&scenario, rounds)
}

fn whole() -> Sample {
    Sample::intact(1_000, 64, 4, 10_000)
}

fn all_intact() -> Gate {
    gate("intact", Op::Equal, Limit::Share(1.0), "100%")
}

fn fast() -> Gate {
    gate("p99", Op::Less, Limit::Nanos(50_000_000), "< 50ms")
}

fn too_fast() -> Gate {
    gate("p99", Op::Less, Limit::Nanos(10), "< 10ns")
}

#[test]
fn each_comparison_holds_on_its_own_side_of_the_limit() {
    let rounds = [whole().damage_requests(Verdict::Lost, 10).round(0, 0)];
    for (op, below, at, above) in [
        (Op::Less, Fail, Fail, Pass),
        (Op::AtMost, Fail, Pass, Pass),
        (Op::Equal, Fail, Pass, Fail),
        (Op::AtLeast, Pass, Pass, Fail),
        (Op::More, Pass, Fail, Fail),
    ] {
        for (limit, expected) in [(9, below), (10, at), (11, above)] {
            let by_count = gate("request.lost", op, Limit::Count(limit), "");
            assert_eq!(outcome(&rounds, &by_count), expected, "{op:?} {limit}");
            let by_share = gate("request.lost", op, Limit::Share(limit as f64 / 1000.0), "");
            assert_eq!(outcome(&rounds, &by_share), expected, "{op:?} {limit} of 1000");
        }
    }
}

#[test]
fn every_unit_can_be_limited() {
    let rounds = [whole().round(0, 0)];
    for (metric, limit) in [
        ("damaged", Limit::Count(1)),
        ("damaged", Limit::Share(0.001)),
        ("crashed", Limit::Count(1)),
        ("p50", Limit::Nanos(1_000_000)),
        ("rate", Limit::PerSecond(1e9)),
        ("throughput", Limit::BytesPerSecond(1e12)),
        ("overhead", Limit::Ratio(1.0)),
        ("overhead", Limit::Count(1)),
        ("client-memory", Limit::Bytes(1 << 40)),
        ("unexpected-bytes", Limit::Bytes(1)),
        ("unexpected-bytes", Limit::Count(1)),
        ("unexpected-messages", Limit::Count(1)),
    ] {
        assert_eq!(outcome(&rounds, &gate(metric, Op::Less, limit, "")), Pass, "{metric}");
        assert_eq!(outcome(&rounds, &gate(metric, Op::More, limit, "")), Fail, "{metric}");
    }
}

#[test]
fn a_limit_of_another_unit_decides_nothing() {
    let rounds = [whole().round(0, 0)];
    let odd = gate("p50", Op::Less, Limit::Bytes(1), "< 1 B");
    assert_eq!(outcome(&rounds, &odd), Inconclusive);
    let not_a_number = gate("rate", Op::More, Limit::PerSecond(f64::NAN), "");
    assert_eq!(outcome(&rounds, &not_a_number), Inconclusive);
}

#[test]
fn nearly_all_is_not_all() {
    let rounds =
        [Sample::intact(10_000_000, 64, 4, 10_000).damage_requests(Verdict::Merged, 1).round(0, 0)];
    assert_eq!(outcome(&rounds, &all_intact()), Fail);
}

#[test]
fn without_samples_no_gate_passes() {
    for rounds in
        [vec![], vec![round_with(0, 0, failed())], vec![Sample::intact(0, 64, 4, 1).round(0, 0)]]
    {
        let none_damaged = gate("damaged", Op::Equal, Limit::Count(0), "0");
        for gate in [all_intact(), none_damaged, fast()] {
            assert_eq!(outcome(&rounds, &gate), Inconclusive, "{}", gate.metric);
        }
    }
}

#[test]
fn what_sides_count_themselves_is_decided_whatever_could_not_be_judged() {
    let rounds = [whole().damage_requests(Verdict::Unjudged, 1).round(0, 0)];
    for metric in ["faults", "request.faults", "unconfirmed", "kernel-drops", "unsendable"] {
        let none = gate(metric, Op::Equal, Limit::Count(0), "0");
        assert_eq!(outcome(&rounds, &none), Pass, "{metric}");
    }
    for metric in ["untraced", "explained", "unexplained", "undetected"] {
        let none = gate(metric, Op::Equal, Limit::Count(0), "0");
        assert_eq!(outcome(&rounds, &none), Inconclusive, "{metric}");
    }
}

#[test]
fn an_unjudged_message_makes_integrity_gates_of_its_direction_inconclusive() {
    let rounds = [whole().damage_requests(Verdict::Unjudged, 1).round(0, 0)];
    let of = |metric: &str| gate(metric, Op::AtLeast, Limit::Count(0), ">= 0");
    assert_eq!(outcome(&rounds, &of("intact")), Inconclusive);
    assert_eq!(outcome(&rounds, &of("request.lost")), Inconclusive);
    assert_eq!(outcome(&rounds, &of("reply.lost")), Pass);
    assert_eq!(outcome(&rounds, &of("unjudged")), Pass, "how many there are is known");
    assert_eq!(outcome(&rounds, &of("done")), Pass, "the handler could tell");
    assert_eq!(outcome(&rounds, &fast()), Pass);
}

#[test]
fn a_stalled_ledger_makes_costs_inconclusive_but_not_integrity() {
    let mut stalled = whole();
    stalled.client.side.sent.stalls = 3;
    stalled.client.side.sent.stalled_ns = 300_001;
    let mut nearly = whole();
    nearly.client.side.sent.stalled_ns = 300_000;
    let rounds = [stalled.round(0, 0)];
    assert_eq!(outcome(&rounds, &fast()), Inconclusive);
    assert_eq!(outcome(&rounds, &all_intact()), Pass);
    assert_eq!(outcome(&[nearly.round(0, 0)], &fast()), Pass, "0.1 % is allowed");
    let document = judged(&rounds, vec![all_intact()]);
    assert_eq!(document.cells[0].verdict, Cell::Inconclusive);
    assert!(document.cells[0].notes[0].contains("ledger"), "{:?}", document.cells[0].notes);
}

/// A whole round of 380 ms from which the machine took something.
fn disturbed(throttled_ns: u64, stolen_ns: u64) -> Round {
    let mut round = whole().round(0, 0);
    let (throttled_ns, stolen_ns) = (Some(throttled_ns), Some(stolen_ns));
    round.disturbed = Disturbed { throttled_ns, stolen_ns, ..Disturbed::default() };
    round
}

#[test]
fn a_quota_that_took_effect_makes_costs_inconclusive_but_not_integrity() {
    let rounds = [whole().round(0, 1), disturbed(1, 0)];
    assert_eq!(outcome(&rounds, &fast()), Inconclusive);
    assert_eq!(outcome(&rounds, &all_intact()), Pass);
    let document = judged(&rounds, vec![all_intact()]);
    let cell = &document.cells[0];
    assert_eq!(cell.verdict, Cell::Pass, "nothing that is asked depends on it");
    assert!(
        cell.notes[0].contains("quota") && cell.notes[0].contains("round 0"),
        "{:?}",
        cell.notes
    );
    assert_eq!(cell.rounds[1].throttled_ns, Some(1));
}

#[test]
fn stolen_time_makes_costs_inconclusive_where_it_is_more_than_usual() {
    for (stolen_ms, expected) in [(0, Pass), (10, Pass), (20, Inconclusive)] {
        let rounds = [disturbed(0, stolen_ms * 1_000_000)];
        assert_eq!(outcome(&rounds, &fast()), expected, "{stolen_ms} ms of 380 ms");
        assert_eq!(outcome(&rounds, &all_intact()), Pass);
    }
    let mut long = disturbed(0, 20_000_000);
    long.took_ns = 2_000_000_000;
    assert_eq!(outcome(&[long], &fast()), Pass, "1 % of a longer round");
}

#[test]
fn counts_of_bytes_and_calls_are_decided_whatever_the_machine_took() {
    let gate_on = |name: &str| gate(name, Op::AtLeast, Limit::Ratio(0.0), ">= 0");
    let lacking = || whole().error("port", 3, "no port is free").round(0, 0);
    for round in [disturbed(1, 0), disturbed(0, 20_000_000), lacking()] {
        for name in ["overhead", "writes", "reads", "context-switches"] {
            assert_eq!(outcome(std::slice::from_ref(&round), &gate_on(name)), Pass, "{name}");
        }
        for metric in METRICS.iter().filter(|metric| metric.is_of_time()) {
            let of_time = gate(&metric.name(), Op::AtLeast, Limit::Count(0), ">= 0");
            let outcome = outcome(std::slice::from_ref(&round), &of_time);
            assert_eq!(outcome, Inconclusive, "{}", metric.name());
        }
    }
}

#[test]
fn a_lack_of_ports_makes_costs_inconclusive_but_not_integrity() {
    let rounds = [whole().error("port", 3, "no port is free").round(0, 0)];
    assert_eq!(outcome(&rounds, &fast()), Inconclusive);
    assert_eq!(outcome(&rounds, &all_intact()), Pass);
    assert!(judged(&rounds, vec![]).cells[0].notes.contains(&"no port is free".into()));
}

#[test]
fn the_worst_of_a_cell_decides_its_verdict_and_the_ending() {
    let whole = || whole().round(0, 0);
    let lossy =
        || Sample::intact(1_000, 64, 4, 10_000).damage_requests(Verdict::Lost, 1).round(0, 0);
    let few = || Sample::intact(50, 64, 4, 10_000).round(0, 0);
    let none = || Sample::intact(0, 64, 4, 10_000).round(0, 0);
    let of_one = || gate("no-such-metric", Op::Equal, Limit::Count(0), "0");
    for (name, rounds, gates, verdict, ending) in [
        ("all holds", vec![whole()], vec![all_intact(), fast()], Cell::Pass, Ending::Clean),
        ("no gates", vec![whole()], vec![], Cell::Pass, Ending::Clean),
        ("lossy", vec![lossy()], vec![all_intact(), fast()], Cell::Fail, Ending::Integrity),
        ("slow", vec![whole()], vec![all_intact(), too_fast()], Cell::Fail, Ending::Cost),
        ("both", vec![lossy()], vec![too_fast(), all_intact()], Cell::Fail, Ending::Integrity),
        ("too few", vec![few()], vec![fast()], Cell::Inconclusive, Ending::Inconclusive),
        ("nothing at all", vec![none()], vec![fast()], Cell::Inconclusive, Ending::Unsampled),
        ("slow, and nothing", vec![whole()], vec![too_fast(), of_one()], Cell::Fail, Ending::Cost),
        ("not run", vec![], vec![], Cell::Inconclusive, Ending::Inconclusive),
        (
            "crash",
            vec![whole(), round_with(0, 1, crash())],
            vec![all_intact()],
            Cell::Crashed,
            Ending::Integrity,
        ),
        (
            "could not run",
            vec![whole(), round_with(0, 1, failed())],
            vec![all_intact()],
            Cell::Inconclusive,
            Ending::Integrity,
        ),
    ] {
        let document = judged(&rounds, gates);
        assert_eq!(document.cells[0].verdict, verdict, "{name}");
        assert_eq!(document.verdict, verdict, "{name}");
        assert_eq!(document.ending(), ending, "{name}");
    }
}

#[test]
fn a_gate_tells_its_value_in_the_unit_of_its_limit() {
    let rounds = [whole().damage_requests(Verdict::Lost, 10).round(0, 0)];
    let document = judged(
        &rounds,
        vec![
            gate("request.lost", Op::Equal, Limit::Count(0), "0"),
            gate("request.lost", Op::Equal, Limit::Share(0.0), "0%"),
            gate("p99.99", Op::Less, Limit::Nanos(1), "< 1ns"),
        ],
    );
    let told: Vec<_> = document.cells[0]
        .gates
        .iter()
        .map(|gate| (gate.value, gate.unit.as_deref(), gate.pass, gate.why.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(10.0), Some("count"), Some(false), false),
            (Some(0.01), Some("share"), Some(false), false),
            (None, None, None, true),
        ]
    );
}

/// A document with one cell of so many rounds, all of them over.
fn of_rounds(samples: Vec<Sample>, gates: Vec<Gate>) -> Document {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.rounds = samples.len() as u32;
    scenario.cells[0].expect = gates;
    let rounds: Vec<Round> =
        (0..).zip(samples).map(|(round, sample)| sample.round(0, round)).collect();
    document(&scenario, &rounds)
}

#[test]
fn no_cell_passes_with_a_gate_that_had_no_sample() {
    let ways = [
        vec![],
        vec![round_with(0, 0, failed())],
        vec![Sample::intact(0, 64, 4, 1).round(0, 0)],
        vec![Sample::intact(0, 64, 4, 1).unanswered(7).round(0, 0)],
        vec![whole().damage_requests(Verdict::Merged, 1_000).round(0, 0)],
    ];
    let limit = |unit| match unit {
        Unit::CountOrShare | Unit::Count => Limit::Count(0),
        Unit::Nanos => Limit::Nanos(0),
        Unit::PerSecond => Limit::PerSecond(0.0),
        Unit::Bytes => Limit::Bytes(0),
        Unit::BytesPerSecond => Limit::BytesPerSecond(0.0),
        Unit::Ratio => Limit::Ratio(-1.0),
    };
    // What holds of every value there is.
    let gate =
        |metric: &Metric| gate(&metric.name(), Op::AtLeast, limit(metric.definition().unit), "");
    for rounds in ways {
        let document = judged(&rounds, METRICS.iter().map(gate).collect());
        let gates = &document.cells[0].gates;
        let unsampled: Vec<_> = gates.iter().filter(|gate| gate.unsampled).collect();
        assert!(unsampled.len() > 4, "{unsampled:?}");
        assert!(unsampled.iter().all(|gate| gate.pass.is_none()), "{unsampled:?}");
        assert_eq!(document.verdict, Cell::Inconclusive);
        assert!(document.ending() >= Ending::Unsampled);
    }
}

#[test]
fn too_few_samples_are_not_none() {
    let document = judged(&[Sample::intact(50, 64, 4, 1).round(0, 0)], vec![fast()]);
    assert!(!document.cells[0].gates[0].unsampled);
    assert_eq!(document.ending(), Ending::Inconclusive);
}

#[test]
fn a_round_without_any_answer_makes_its_cell_inconclusive_and_is_named() {
    let mute = || Sample::intact(0, 64, 4, 1).unanswered(32);
    let most_done = || gate("done", Op::AtLeast, Limit::Share(0.9), ">= 90%");
    for gates in [vec![], vec![all_intact(), fast()], vec![most_done()]] {
        let document = of_rounds(vec![whole(), mute(), whole()], gates);
        let cell = &document.cells[0];
        assert_eq!(cell.verdict, Cell::Inconclusive);
        let told = cell
            .notes
            .iter()
            .any(|note| note.contains("nothing was measured in round 1: no exchange was ans"));
        assert!(told, "{:?}", cell.notes);
        assert_eq!(document.ending(), Ending::Inconclusive);
    }
}

#[test]
fn a_cell_in_which_nobody_ever_answered_had_nothing_to_judge_with_or_without_a_gate() {
    let mute = || Sample::intact(0, 64, 4, 1).unanswered(32);
    for gates in [vec![], vec![all_intact()]] {
        let document = of_rounds(vec![mute(), mute()], gates);
        assert_eq!(document.cells[0].verdict, Cell::Inconclusive);
        assert_eq!(document.ending(), Ending::Unsampled);
    }
    let some = of_rounds(vec![whole(), mute()], vec![]);
    assert_eq!(some.ending(), Ending::Inconclusive);
    let none = gate("unanswered", Op::Equal, Limit::Share(1.0), "100%");
    assert_eq!(of_rounds(vec![mute(), mute()], vec![none]).ending(), Ending::Clean);
}

#[test]
fn a_server_that_replied_to_nothing_answered_nothing_though_a_request_of_it_was_lost() {
    let mute = || {
        let mut mute = Sample::intact(1, 64, 4, 1).damage_requests(Verdict::Lost, 1).unanswered(4);
        mute.client.side.received.messages = 0;
        mute
    };
    let document = of_rounds(vec![mute(), mute()], vec![]);
    assert_eq!(document.cells[0].verdict, Cell::Inconclusive);
    assert_eq!(document.ending(), Ending::Unsampled);
    let mut some = mute();
    some.server.sent.messages = 1;
    some.client.side.received.tally.by_verdict[Verdict::Merged as usize] = 1;
    assert_eq!(of_rounds(vec![some], vec![]).ending(), Ending::Clean);
}

#[test]
fn silence_in_every_round_passes_only_where_a_gate_asks_for_it() {
    let mute = || Sample::intact(0, 64, 4, 1).unanswered(32);
    let verdict = |gates| of_rounds(vec![mute(), mute()], gates).verdict;
    assert_eq!(verdict(vec![]), Cell::Inconclusive);
    assert_eq!(verdict(vec![all_intact()]), Cell::Inconclusive);
    let all = gate("unanswered", Op::Equal, Limit::Share(1.0), "100%");
    assert_eq!(verdict(vec![all]), Cell::Pass);
    let some = gate("done", Op::More, Limit::Count(0), "> 0");
    assert_eq!(verdict(vec![some]), Cell::Fail);
}

#[test]
fn a_cell_whose_rounds_are_not_all_there_does_not_pass() {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.rounds = 3;
    let rounds = [whole().round(0, 0), whole().round(0, 1)];
    assert_eq!(document(&scenario, &rounds).verdict, Cell::Inconclusive);
}

#[test]
fn unanswered_exchanges_count_as_longer_than_any_latency() {
    // 1,000 done within 12.5 us.
    let at_most = |metric: &str| gate(metric, Op::AtMost, Limit::Nanos(1_000_000), "");
    for (unanswered, metric, expected) in [
        (0, "max", Pass),
        (1, "max", Inconclusive),
        (1, "mean", Inconclusive),
        (1, "min", Pass),
        (1, "p50", Pass),
        (10, "p99", Pass),
        (11, "p99", Inconclusive),
        (11, "p90", Pass),
        (1_000, "p50", Pass),
        (1_001, "p50", Inconclusive),
        (4_200, "p50", Inconclusive),
        (4_200, "request.p50", Inconclusive),
        (4_200, "service-p99", Inconclusive),
        (4_200, "min", Pass),
    ] {
        let rounds = [whole().unanswered(unanswered).round(0, 0)];
        let got = outcome(&rounds, &at_most(metric));
        assert_eq!(got, expected, "{metric} with {unanswered} unanswered");
    }
}

#[test]
fn a_latency_that_the_unanswered_hide_says_so_and_what_to_do() {
    let p50 = || gate("p50", Op::Less, Limit::Nanos(1_000_000), "< 1ms");
    let rounds = [whole().unanswered(4_200).round(0, 0)];
    let document = judged(&rounds, vec![p50()]);
    let told = &document.cells[0].gates[0];
    let why = told.why.as_deref().expect("a reason");
    assert!(why.contains("4200 of 5200 exchanges had no answer"), "{why}");
    assert!(why.contains("gate `done` or `unanswered`"), "{why}");
    assert!(!told.unsampled && told.value.is_none());
    assert_eq!(document.ending(), Ending::Inconclusive);
}

#[test]
fn a_gate_on_the_answers_leaves_latency_to_the_done_exchanges() {
    let p99 = || fast();
    for answers in [
        gate("done", Op::AtLeast, Limit::Share(0.1), ">= 10%"),
        gate("unanswered", Op::AtMost, Limit::Count(5_000), "<= 5000"),
    ] {
        let rounds = [whole().unanswered(4_200).round(0, 0)];
        assert_eq!(judged(&rounds, vec![p99(), answers]).verdict, Cell::Pass);
    }
}

#[test]
fn damaged_exchanges_hide_no_latency() {
    let rounds = [whole().damage_requests(Verdict::Merged, 900).round(0, 0)];
    assert_eq!(outcome(&rounds, &fast()), Pass);
}

#[test]
fn an_interrupted_run_does_not_pass_and_hides_no_failure() {
    for (gates, verdict) in
        [(vec![all_intact()], Cell::Inconclusive), (vec![too_fast()], Cell::Fail)]
    {
        let mut document = judged(&[whole().round(0, 0)], gates);
        assert!(!document.interrupted);
        document.interrupt();
        assert!(document.interrupted);
        assert_eq!(document.verdict, verdict);
    }
}
