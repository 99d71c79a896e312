//! What results of whole runs can say: laws, and how often they are wrong.

use proptest::prelude::*;
use wirebench_load::rng::SplitMix64;
use wirebench_verdict::{
    Better, FEWEST_RESULTS, Limit, Samples, Verdict, decisions_of_samples as decide,
};

const SEED: u64 = 41;

fn limit() -> Limit {
    Limit::of_share(0.05).expect("a share")
}

fn figures() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1.0..1e6_f64, FEWEST_RESULTS..8)
}

fn samples(better: Better, baseline: &[f64], new: &[f64]) -> Samples {
    Samples::new(better, limit(), baseline.to_vec(), new.to_vec())
}

fn near(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-9
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Regressed => Verdict::Improved,
        Verdict::Improved => Verdict::Regressed,
        other => other,
    }
}

proptest! {
    #[test]
    fn exchanging_the_sides_mirrors_ratio_and_verdict(
        sides in prop::collection::vec((figures(), figures()), 1..6),
    ) {
        let there: Vec<Samples> =
            sides.iter().map(|(a, b)| samples(Better::Lower, a, b)).collect();
        let back: Vec<Samples> = sides.iter().map(|(a, b)| samples(Better::Lower, b, a)).collect();
        for (there, back) in decide(&there).into_iter().zip(decide(&back)) {
            let (there, back) = (there.expect("enough"), back.expect("enough"));
            prop_assert!(near(there.ratio * back.ratio, 1.0));
            prop_assert!(near(there.interval.0 * back.interval.1, 1.0));
            prop_assert_eq!(mirrored(there.verdict), back.verdict);
        }
    }

    #[test]
    fn a_rate_that_falls_is_a_time_that_grows(baseline in figures(), new in figures()) {
        let turned = |all: &[f64]| all.iter().map(|one| 1.0 / one).collect::<Vec<_>>();
        let time = decide(&[samples(Better::Lower, &baseline, &new)])[0].expect("enough");
        let rates = [samples(Better::Higher, &turned(&baseline), &turned(&new))];
        let rate = decide(&rates)[0].expect("enough");
        prop_assert_eq!(time.verdict, rate.verdict);
        prop_assert!(near(time.ratio * rate.ratio, 1.0));
        prop_assert!(near(time.visible * rate.visible, 1.0));
    }

    #[test]
    fn what_is_held_against_itself_has_not_changed(figures in figures()) {
        let decision = decide(&[samples(Better::Lower, &figures, &figures)])[0].expect("enough");
        prop_assert!(near(decision.ratio, 1.0));
        prop_assert!(matches!(decision.verdict, Verdict::Same | Verdict::Inconclusive));
    }

    #[test]
    fn the_order_of_results_does_not_matter(baseline in figures(), new in figures()) {
        let turned = |all: &[f64]| all.iter().rev().copied().collect::<Vec<_>>();
        let one = decide(&[samples(Better::Lower, &baseline, &new)])[0].expect("enough");
        let other = [samples(Better::Lower, &turned(&baseline), &turned(&new))];
        let other = decide(&other)[0].expect("enough");
        prop_assert!(near(one.ratio, other.ratio));
        prop_assert_eq!(one.verdict, other.verdict);
    }

    #[test]
    fn a_word_of_change_needs_an_interval_beyond_the_limit(baseline in figures(), new in figures()) {
        let one = decide(&[samples(Better::Lower, &baseline, &new)])[0].expect("enough");
        match one.verdict {
            Verdict::Regressed => prop_assert!(one.interval.0 > 1.05),
            Verdict::Improved => prop_assert!(one.interval.1 < 1.0 / 1.05),
            Verdict::Same => prop_assert!(one.interval.0 > 1.0 / 1.05 && one.interval.1 < 1.05),
            Verdict::Inconclusive => {}
        }
    }
}

#[test]
fn two_results_of_a_side_decide_nothing_however_far_they_lie() {
    let far = samples(Better::Lower, &[1.0, 1.001], &[900.0, 901.0, 902.0]);
    assert_eq!(decide(std::slice::from_ref(&far)), [None]);
    assert!(far.ratio().is_some_and(|ratio| ratio > 800.0));
}

#[test]
fn what_is_nothing_has_no_ratio() {
    let nothing = samples(Better::Lower, &[0.0; 3], &[1.0, 2.0, 3.0]);
    assert_eq!((nothing.ratio(), decide(&[nothing])[0]), (None, None));
}

struct Noise(SplitMix64);

impl Noise {
    fn normal(&mut self) -> f64 {
        let mut uniform = || (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
    }

    /// Results of `runs` runs whose logarithms scatter by `scatter`.
    fn results(&mut self, runs: usize, scatter: f64, shift: f64) -> Vec<f64> {
        (0..runs).map(|_| 12_000.0 * (shift + scatter * self.normal()).exp()).collect()
    }
}

/// In how many of `times` anything of so many figures has this verdict.
fn with(verdict: Verdict, (times, figures): (usize, usize), scatter: f64, shift: f64) -> usize {
    let mut noise = Noise(SplitMix64::new(SEED));
    let mut one = || {
        let baseline = noise.results(5, scatter, 0.0);
        samples(Better::Lower, &baseline, &noise.results(5, scatter, shift))
    };
    (0..times)
        .filter(|_| {
            let all: Vec<Samples> = (0..figures).map(|_| one()).collect();
            decide(&all).iter().flatten().any(|decision| decision.verdict == verdict)
        })
        .count()
}

#[test]
fn changes_that_just_keep_the_limit_are_called_regressed_in_one_of_twenty_at_most() {
    for figures in [1, 2, 4, 12, 24] {
        let times = 2000;
        let wrong = with(Verdict::Regressed, (times, figures), 0.05, 0.05_f64.ln_1p());
        // 5 % of 2000 and three standard deviations.
        assert!(wrong <= 100 + 29, "{wrong} of {times} with {figures}, seed {SEED}");
        assert!(wrong > 10, "{wrong} of {times} with {figures}: much would be missed, seed {SEED}");
    }
}

#[test]
fn what_is_half_as_slow_again_is_found_among_a_few() {
    let times = 300;
    let found = with(Verdict::Regressed, (times, 8), 0.03, 0.5_f64.ln_1p());
    assert!(found >= times * 99 / 100, "{found} of {times}, seed {SEED}");
    let better = with(Verdict::Improved, (times, 8), 0.03, -(0.5_f64.ln_1p()));
    assert!(better >= times * 99 / 100, "{better} of {times}, seed {SEED}");
}
