//! What holds for any rounds.

use proptest::prelude::*;
use wirebench_verdict::{
    Better, Counts, Decision, Estimate, LEVEL, Limit, Pair, Prior, Trial, Verdict, decisions, holm,
    of_pairs,
};

fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    let figure = 1.0..1e6_f64;
    let pair = (figure.clone(), figure, any::<bool>())
        .prop_map(|(baseline, new, baseline_first)| Pair { baseline, new, baseline_first });
    prop::collection::vec(pair, 2..20)
}

fn exchanged(pairs: &[Pair]) -> Vec<Pair> {
    let other = |pair: &Pair| Pair {
        baseline: pair.new,
        new: pair.baseline,
        baseline_first: !pair.baseline_first,
    };
    pairs.iter().map(other).collect()
}

fn decided(screen: &[Pair], fresh: &[Pair], better: Better) -> Decision {
    let mut trial = Trial::new(0, better, Limit::of_share(0.05).expect("a share"), 0.0);
    screen.iter().for_each(|pair| trial.screened(*pair));
    fresh.iter().for_each(|pair| trial.confirmed(*pair));
    decisions(&[trial], &[])[0].expect("two rounds")
}

fn near(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-9
}

proptest! {
    #[test]
    fn exchanging_both_builds_turns_the_ratio_over(pairs in pairs()) {
        let there = of_pairs(&pairs, Better::Lower).expect("two rounds");
        let back = of_pairs(&exchanged(&pairs), Better::Lower).expect("two rounds");
        prop_assert!(near(there.ratio() * back.ratio(), 1.0));
        prop_assert!(near(there.error() + 1.0, back.error() + 1.0));
    }

    #[test]
    fn a_rate_that_falls_is_a_time_that_grows(screen in pairs(), fresh in pairs()) {
        let turned = |pairs: &[Pair]| -> Vec<Pair> {
            let inverse = |pair: &Pair| Pair {
                baseline: 1.0 / pair.baseline, new: 1.0 / pair.new, ..*pair
            };
            pairs.iter().map(inverse).collect()
        };
        let time = decided(&screen, &fresh, Better::Lower);
        let rate = decided(&turned(&screen), &turned(&fresh), Better::Higher);
        prop_assert_eq!(time.verdict, rate.verdict);
        prop_assert!(near(time.ratio * rate.ratio, 1.0));
        prop_assert!(near(time.interval.0 * rate.interval.1, 1.0));
        prop_assert!(near(time.visible * rate.visible, 1.0));
    }

    #[test]
    fn the_ratio_is_inside_its_interval_and_what_can_be_seen_is_beyond_the_limit(pairs in pairs()) {
        let all = decided(&pairs, &pairs, Better::Lower);
        prop_assert!(all.interval.0 <= all.ratio && all.ratio <= all.interval.1);
        prop_assert!(all.visible >= 1.05);
    }

    #[test]
    fn a_word_of_change_needs_an_interval_beyond_the_limit(screen in pairs(), fresh in pairs()) {
        let all = decided(&screen, &fresh, Better::Lower);
        match all.verdict {
            Verdict::Regressed => prop_assert!(all.interval.0 > 1.05),
            Verdict::Improved => prop_assert!(all.interval.1 < 1.0 / 1.05),
            Verdict::Same => prop_assert!(all.interval.0 > 1.0 / 1.05 && all.interval.1 < 1.05),
            Verdict::Inconclusive => {}
        }
    }

    #[test]
    fn without_fresh_rounds_nothing_has_changed_for_certain(screen in pairs()) {
        let verdict = decided(&screen, &[], Better::Lower).verdict;
        prop_assert!(matches!(verdict, Verdict::Same | Verdict::Inconclusive));
    }

    #[test]
    fn what_being_second_costs_is_in_no_ratio(cost in -1.0..1.0_f64, rounds in 2..10_usize) {
        let pair = |at: usize| {
            let first = at.is_multiple_of(2);
            let log = if first { cost } else { -cost };
            Pair { baseline: 100.0, new: 100.0 * log.exp(), baseline_first: first }
        };
        let pairs: Vec<Pair> = (0..2 * rounds).map(pair).collect();
        let estimate = of_pairs(&pairs, Better::Lower).expect("four rounds");
        prop_assert!(near(estimate.ratio(), 1.0) && estimate.error() < 1e-9);
    }

    #[test]
    fn moderation_moves_each_variance_towards_the_others(cells in prop::collection::vec(pairs(), 3..10)) {
        let cells: Vec<Estimate> =
            cells.iter().filter_map(|pairs| of_pairs(pairs, Better::Lower)).collect();
        let errors = |cells: &[Estimate]| {
            cells.iter().map(|cell| cell.reach(LEVEL)).filter(|reach| *reach > 0.0).count()
        };
        if let Some(prior) = Prior::of(&cells) {
            let moderated: Vec<Estimate> = cells.iter().map(|cell| prior.moderate(*cell)).collect();
            prop_assert_eq!(errors(&moderated), cells.len());
            for (own, moderated) in cells.iter().zip(&moderated) {
                prop_assert!(near(own.ratio(), moderated.ratio()));
            }
        }
    }

    #[test]
    fn holm_holds_no_more_than_each_alone_and_no_less_than_all_together(
        chances in prop::collection::vec(0.0..0.2_f64, 0..20)
    ) {
        let holds = holm(&chances, LEVEL);
        for (chance, holds) in chances.iter().zip(&holds) {
            prop_assert!(!holds || *chance <= LEVEL);
            prop_assert!(*holds || *chance > LEVEL / chances.len() as f64);
        }
    }

    #[test]
    fn counts_that_overlap_have_not_changed(
        counts in prop::collection::vec(1.0..100.0_f64, 1..10), shared in 1.0..100.0_f64
    ) {
        let with = |more: &[f64]| -> Vec<f64> { more.iter().copied().chain([shared]).collect() };
        let verdict = Counts::new(with(&counts), with(&[])).verdict().expect("rounds of both");
        prop_assert!(matches!(verdict, Verdict::Same | Verdict::Inconclusive));
    }
}

#[test]
fn a_count_that_is_the_same_in_every_round_is_compared_exactly() {
    let of = |baseline: &[f64], new: &[f64]| Counts::new(baseline.to_vec(), new.to_vec()).verdict();
    assert_eq!(of(&[1.0, 1.0], &[1.0, 1.0]), Some(Verdict::Same));
    assert_eq!(of(&[1.0, 1.0], &[1.0002, 1.0]), Some(Verdict::Same));
    assert_eq!(of(&[1.0, 1.0], &[1.01, 1.01]), Some(Verdict::Regressed));
    assert_eq!(of(&[1.0, 1.0], &[1.01, 1.2]), Some(Verdict::Regressed));
    assert_eq!(of(&[2.0, 2.1], &[1.0, 1.0]), Some(Verdict::Improved));
    assert_eq!(of(&[2.0, 2.1], &[1.0, 1.1]), Some(Verdict::Inconclusive));
    assert_eq!(of(&[2.0, 2.4], &[2.2, 2.6]), Some(Verdict::Inconclusive));
    assert_eq!(of(&[], &[2.2, 2.6]), None);
}

#[test]
fn a_change_below_the_floor_does_not_matter() {
    let pair = |first| Pair { baseline: 100.0, new: 120.0, baseline_first: first };
    let with_floor = |floor: f64| {
        let limit = Limit::of_share(0.05).expect("a share");
        let mut trial = Trial::new(0, Better::Lower, limit, floor);
        for round in 0..6_u32 {
            trial.screened(pair(round.is_multiple_of(2)));
            trial.confirmed(pair(round.is_multiple_of(2)));
        }
        decisions(&[trial], &[])[0].expect("six rounds").verdict
    };
    assert_eq!(with_floor(0.0), Verdict::Regressed);
    assert_eq!(with_floor(19.0), Verdict::Regressed);
    assert_eq!(with_floor(21.0), Verdict::Same);
}

#[test]
fn the_interval_of_a_printed_example_is_that_of_its_book() {
    // Student's own data, the gain of sleep by one drug over another (Biometrika 6, 1908): mean 1.58 h,
    // and a 95 % interval from 0.70 to 2.46.
    let gain = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
    let estimate = Estimate::of(&gain).expect("ten of them");
    let (low, high) = estimate.interval(0.05);
    assert!((estimate.mean() - 1.58).abs() < 1e-9);
    assert!((low.ln() - 0.700).abs() < 1e-3 && (high.ln() - 2.460).abs() < 1e-3, "{low} {high}");
    // t = 4.0621 with 9 degrees of freedom: 0.002833 on both sides.
    assert!((estimate.chance_above(0.0) - 0.002_833 / 2.0).abs() < 1e-6);
}
