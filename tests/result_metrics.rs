//! Every metric of the catalogue has a value, and none is made up.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, crash, failed, histogram, round_with, scenario};
use wirebench::judge::Verdict;
use wirebench::measure::{Direction, METRICS, Metric, Unit, find};
use wirebench::result::metrics::{Value, value};
use wirebench::result::{CellData, Round};
use wirebench::scenario::Wait;

/// Pools rounds of the only cell.
fn pool(rounds: &[Round]) -> CellData {
    CellData::pool(&scenario(&["line"], &[64]).cells[0], 0, 3, rounds)
}

/// The value of a metric, direction prefix included.
fn of(data: &CellData, name: &str) -> Value {
    let (metric, direction) = find(name).unwrap_or_else(|| panic!("there is no metric {name}"));
    value(data, &metric, direction)
}

#[test]
fn every_metric_has_a_value_in_its_own_unit() {
    let data = pool(&[Sample::intact(20_000, 64, 4, 12_000).round(0, 0)]);
    for metric in METRICS {
        let directions: &[Option<Direction>] = if metric.definition().directional {
            &[None, Some(Direction::Request), Some(Direction::Reply)]
        } else {
            &[None]
        };
        for direction in directions {
            let got = value(&data, metric, *direction);
            let right = match metric.definition().unit {
                _ if metric.needs_foreign_server() || metric.needs_open_loop() => {
                    matches!(got, Value::Missing(_))
                }
                Unit::CountOrShare => matches!(got, Value::Share { .. }),
                Unit::Count => matches!(got, Value::Count(_)),
                Unit::Nanos => matches!(got, Value::Nanos(_)),
                Unit::PerSecond => matches!(got, Value::PerSecond(_)),
                Unit::Bytes => matches!(got, Value::Bytes(_)),
                Unit::BytesPerSecond => matches!(got, Value::BytesPerSecond(_)),
                Unit::Ratio => matches!(got, Value::Ratio(_)),
            };
            // One connect is not enough for its p99.
            let too_few = metric.name() == "connect-p99" && matches!(got, Value::Unclear(_))
                // No round here begins with connections.
                || metric.name() == "connect-rate" && matches!(got, Value::Missing(_));
            assert!(right || too_few, "{} {direction:?}: {got:?}", metric.name());
        }
    }
}

#[test]
fn without_a_finished_round_only_the_crashes_are_known() {
    for rounds in [vec![], vec![round_with(0, 0, crash())], vec![round_with(0, 0, failed())]] {
        let data = pool(&rounds);
        for metric in METRICS {
            let got = value(&data, metric, None);
            let known = !matches!(got, Value::Missing(_));
            assert_eq!(known, *metric == Metric::Crashed, "{}: {got:?}", metric.name());
        }
    }
    assert_eq!(of(&pool(&[round_with(0, 0, crash())]), "crashed"), Value::Count(1));
}

#[test]
fn every_percentile_is_a_metric() {
    let data = pool(&[Sample::intact(1_000, 64, 4, 10_000).round(0, 0)]);
    for (name, like) in [
        ("p95", "p90"),
        ("p99.5", "p99"),
        ("request.p75", "request.p50"),
        ("service-p95", "service-p99"),
        ("connect-p50", "connect-p99"),
    ] {
        let (one, other) = (of(&data, name), of(&data, like));
        assert_eq!(
            std::mem::discriminant(&one),
            std::mem::discriminant(&other),
            "{name}: {one:?}, {like}: {other:?}"
        );
    }
    let at = |name| of(&data, name).number().unwrap_or_else(|| panic!("{name} has no value"));
    let rising = ["min", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "p99.5", "max"].map(at);
    assert!(rising.is_sorted(), "{rising:?}");
    let few = pool(&[Sample::intact(19, 64, 4, 10_000).round(0, 0)]);
    assert_eq!(of(&few, "p95"), Value::Unclear("19 samples are too few: it needs 20".into()));
    for name in ["p0", "p100", "p95.0", "p095", "p", "pN", "request.service-p95", "done-p95"] {
        assert!(find(name).is_none(), "{name}");
    }
}

#[test]
fn values_are_what_the_rounds_add_up_to() {
    let data = pool(&[
        Sample::intact(600, 64, 4, 10_000).damage_requests(Verdict::Merged, 60).round(0, 0),
        Sample::intact(400, 64, 4, 20_000).round(0, 1),
    ]);
    for (name, expected) in [
        ("request.intact", Value::Share { count: 940, of: 1000 }),
        ("reply.intact", Value::Share { count: 940, of: 940 }),
        ("intact", Value::Share { count: 1880, of: 1940 }),
        ("damaged", Value::Share { count: 60, of: 1940 }),
        ("request.merged", Value::Share { count: 60, of: 1000 }),
        ("reply.merged", Value::Share { count: 0, of: 940 }),
        ("done", Value::Share { count: 940, of: 1000 }),
        ("min", Value::Nanos(10_000)),
        ("rate", Value::PerSecond(940.0 / 0.6)),
        ("throughput", Value::BytesPerSecond(940.0 / 0.6 * 128.0)),
        ("overhead", Value::Ratio(0.0625)),
        ("segments", Value::Ratio(2000.0 / 1940.0)),
        ("writes", Value::Ratio(2000.0 / 1940.0)),
        ("reads", Value::Ratio(1000.0 / 1940.0)),
        ("context-switches", Value::Ratio(0.25)),
        ("client-cpu", Value::Nanos(812)),
        ("server-memory", Value::Bytes(6 << 20)),
        ("unexpected-bytes", Value::Bytes(0)),
    ] {
        match (of(&data, name).number(), expected.number()) {
            (Some(got), Some(expected)) if (got - expected).abs() <= expected.abs() * 1e-3 => {}
            (got, expected) => panic!("{name} is {got:?}, not {expected:?}"),
        }
    }
    assert_eq!(of(&data, "intact"), Value::Share { count: 1880, of: 1940 });
}

#[test]
fn unsendable_messages_come_from_their_sender() {
    let data = pool(&[Sample::intact(100, 64, 1, 10_000)
        .damage_requests(Verdict::Unsendable, 30)
        .round(0, 0)]);
    assert_eq!(of(&data, "request.unsendable"), Value::Share { count: 30, of: 100 });
    assert_eq!(of(&data, "request.damaged"), Value::Share { count: 30, of: 100 });
    assert_eq!(of(&data, "reply.unsendable"), Value::Share { count: 0, of: 70 });
}

#[test]
fn a_message_without_a_record_is_unjudged_and_was_not_carried() {
    let mut sample = Sample::intact(100, 64, 1, 10_000);
    sample.client.side.sent.messages += 5;
    sample.client.side.sent.unjudged = 5;
    let data = pool(&[sample.round(0, 0)]);
    assert_eq!(of(&data, "request.unjudged"), Value::Share { count: 5, of: 105 });
    assert_eq!(of(&data, "request.intact"), Value::Share { count: 100, of: 105 });
    assert_eq!(of(&data, "writes"), Value::Ratio(1.0));
}

#[test]
fn what_nobody_sent_is_counted_in_the_direction_it_came_in() {
    let mut sample = Sample::intact(100, 64, 1, 10_000);
    sample.client.side.received.tally.unexpected_messages = 3;
    sample.client.side.received.tally.unexpected_bytes = 40;
    let rounds = [sample.clone().round(0, 0), sample.round(0, 1)];
    let data = pool(&rounds);
    assert_eq!(of(&data, "reply.unexpected-messages"), Value::Count(6));
    assert_eq!(of(&data, "request.unexpected-messages"), Value::Count(0));
    assert_eq!(of(&data, "unexpected-bytes"), Value::Bytes(80));
    let cell = &sample::document(&scenario(&["line"], &[64]), &rounds).cells[0];
    let replies = cell.integrity.reply.as_ref().expect("the server is ours");
    assert_eq!(replies.unexpected_messages, Some(6));
    assert!(!cell.is_intact(), "a handler got what nobody sent");
}

#[test]
fn a_percentile_needs_a_sample_beyond_it() {
    for (name, needs) in
        [("p50", 2), ("p90", 10), ("p99", 100), ("p99.9", 1_000), ("p99.99", 10_000)]
    {
        for (samples, known) in [(needs - 1, false), (needs, true)] {
            let mut sample = Sample::intact(10_000, 64, 4, 10_000);
            sample.client.latency = histogram(samples, 10_000);
            let got = of(&pool(&[sample.round(0, 0)]), name);
            assert_eq!(matches!(got, Value::Nanos(_)), known, "{name} of {samples}: {got:?}");
        }
    }
}

#[test]
fn spinning_sides_have_no_cpu_time_per_message() {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.cells[0].settings.cpu.wait = Wait::Spin;
    let rounds = [Sample::intact(100, 64, 4, 10_000).round(0, 0)];
    let data = CellData::pool(&scenario.cells[0], 0, 1, &rounds);
    assert!(matches!(of(&data, "client-cpu"), Value::Missing(_)));
    assert!(matches!(of(&data, "server-cpu"), Value::Missing(_)));
}

#[test]
fn segments_that_one_round_lacks_are_not_counted_at_all() {
    let counted = Sample::intact(100, 64, 4, 10_000);
    let mut uncounted = counted.clone();
    uncounted.server.sent.segments = None;
    for pair in [[&counted, &uncounted], [&uncounted, &counted]] {
        let rounds = [pair[0].clone().round(0, 0), pair[1].clone().round(0, 1)];
        let got = of(&pool(&rounds), "segments");
        assert!(matches!(got, Value::Missing(_)), "{got:?}");
    }
}

#[test]
fn sums_of_absurd_counts_do_not_overflow() {
    let mut sample = Sample::intact(100, 64, 4, 10_000);
    sample.client.side.sent.messages = u64::MAX;
    sample.client.side.sent.unsendable = u64::MAX;
    sample.client.side.sent.payload_bytes = u64::MAX;
    sample.client.exchanges.done = u64::MAX;
    sample.server.received.tally.by_verdict = [u64::MAX; wirebench::judge::VERDICTS];
    sample.server.usage.cpu_ns = u64::MAX;
    let data = pool(&[sample.clone().round(0, 0), sample.round(0, 1)]);
    for metric in METRICS {
        value(&data, metric, None);
    }
}
