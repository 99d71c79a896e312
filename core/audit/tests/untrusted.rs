//! Reports may come from a file that somebody has changed: no judgement panics or says a number that is none.

use proptest::prelude::*;
use wirebench_audit::{
    Arrivals, BatchesReport, Change, Evidence, InFlightReport, Lateness, Line, Plan, Spread,
    StartsReport, Third, achieved, dependence, dispersion, exponential, generator_limited,
    littles_law, mean_gap, rate, slip, spacing, steady,
};

fn any_float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1.0),
        Just(0.0),
        Just(f64::MAX),
        0.0..1e9_f64,
    ]
}

fn any_count() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0_u64..2_000, Just(u64::MAX), Just(0)]
}

fn any_spread() -> impl Strategy<Value = Spread> {
    let float = || prop::option::of(any_float());
    (any_count(), float(), float()).prop_map(|(count, mean, variance)| Spread {
        count,
        mean,
        variance,
    })
}

fn any_starts() -> impl Strategy<Value = StartsReport> {
    let kept = prop::collection::vec(any_count(), 0..3_000);
    let counts = [(); 6].map(|()| any_count());
    (counts, any_spread(), any_spread(), kept).prop_map(|(counts, gaps, windows, kept_gaps)| {
        let [from_ns, until_ns, count, short_gaps, long_gaps, kept_of] = counts;
        StartsReport {
            from_ns,
            until_ns,
            count,
            gaps,
            short_gaps,
            long_gaps,
            kept_gaps,
            kept_of,
            windows,
            ..StartsReport::default()
        }
    })
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let arrivals = prop_oneof![
        Just(Arrivals::Constant),
        Just(Arrivals::Poisson),
        any_count().prop_map(|size| Arrivals::Bursts { size }),
    ];
    (arrivals, 1e-6..1e9_f64, prop::option::of(any_count())).prop_map(|(arrivals, per_s, due)| {
        let plan = Plan::new(arrivals, per_s).expect("a rate");
        due.map_or(plan, |due| plan.with_due(due))
    })
}

fn assert_sound(line: &Line) {
    let figures = [line.expected(), line.found(), line.tolerance()];
    for figure in figures.into_iter().flatten() {
        assert!(figure.value().is_finite(), "{line:?}");
    }
    let said = format!("{} {} {}", line.sentence(), line.expected_text(), line.found_text());
    assert!(!said.contains("NaN") && !said.contains("inf"), "{said}");
    assert!(!line.sentence().is_empty());
    assert!(said.len() < 600, "{said}");
    // What is written is read as the same.
    let written = serde_json::to_string(line).expect("numbers and text");
    assert_eq!(&serde_json::from_str::<Line>(&written).expect("a line"), line);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn lines_about_starts_are_sound(starts in any_starts(), plan in any_plan(), tick in any_count()) {
        for line in [rate, mean_gap, spacing, dispersion] {
            assert_sound(&line(&starts, &plan));
        }
        assert_sound(&exponential(&starts, &plan, tick));
    }

    #[test]
    fn lines_about_what_is_under_way_are_sound(counts in prop::array::uniform14(any_count())) {
        let [from_ns, until_ns, step_ns, samples, sum, highest, at_begin, at_end, started, ended, residence_ns,
            before_ns, ended_after, after_ns] = counts;
        assert_sound(&littles_law(&InFlightReport {
            from_ns, until_ns, step_ns, samples, sum, highest, at_begin, at_end, started, ended, residence_ns,
            before_ns, ended_after, after_ns,
        }));
    }

    #[test]
    fn lines_about_latencies_are_sound(
        latencies in any_spread(),
        batch_size in any_count(),
        batch_sums in prop::collection::vec(any_count(), 0..300),
        thirds in prop::array::uniform6(any_count()),
        percentile in any_float(),
        smallest in any_float(),
    ) {
        let [a, b, c, d, e, f] = thirds;
        let third = |count, sum_ns| Third { count, sum_ns };
        let thirds = Some([third(a, b), third(c, d), third(e, f)]);
        let report = BatchesReport { latencies, batch_size, batch_sums, thirds };
        assert_sound(&dependence(&report, percentile));
        let changes: Vec<Change> = Change::of(&report).into_iter().cycle().take(4).collect();
        assert_sound(&steady(&changes, smallest));
    }

    #[test]
    fn lines_about_limits_are_sound(
        gap_ns in any_float(),
        counts in prop::array::uniform6(any_count()),
        times in prop::array::uniform3(prop::option::of(any_count())),
        least in any_float(),
        plan in any_plan(),
    ) {
        let [window_ns, due, started, no_room, count, p99_ns] = counts;
        let [cpu_ns, stolen_ns, throttled_ns] = times;
        let lateness = Lateness { count, p99_ns };
        let evidence = Evidence {
            gap_ns, window_ns, due, started, no_room, lateness, cpu_ns, stolen_ns, throttled_ns,
        };
        let sentence = generator_limited(&evidence).sentence().to_owned();
        assert!(!sentence.contains("NaN") && !sentence.contains("inf"), "{sentence}");
        assert_sound(achieved(&evidence, least).line());
        assert_sound(&slip(&lateness, &plan));
    }
}

#[test]
fn reports_are_read_as_they_were_written() {
    let report = StartsReport {
        count: u64::MAX,
        kept_gaps: vec![1, u64::MAX],
        gaps: Spread { count: 2, mean: Some(0.1), variance: Some(1e-300) },
        ..StartsReport::default()
    };
    let written = serde_json::to_string(&report).expect("numbers");
    assert_eq!(serde_json::from_str::<StartsReport>(&written).expect("a report"), report);
}

#[test]
fn a_plan_that_is_none_is_refused() {
    for per_s in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12, 2e9] {
        assert_eq!(Plan::new(Arrivals::Constant, per_s), None, "{per_s}");
    }
}
