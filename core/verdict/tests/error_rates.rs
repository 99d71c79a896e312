//! How often the procedure is wrong, and how often it finds what is there, over many simulated runs.

use wirebench_load::rng::SplitMix64;
use wirebench_verdict::{
    Better, FEWEST_FRESH, Limit, Pair, Trial, Verdict, decisions, flagged, of_pairs,
};

const SEED: u64 = 14;
const CELLS: usize = 12;
const ROUNDS: usize = 10;

/// The scatter of the logarithm of one round's ratio, by metric: p50 and CPU time.
const NOISE: [f64; 2] = [0.08, 0.065];

struct Noise(SplitMix64);

impl Noise {
    fn normal(&mut self) -> f64 {
        let mut uniform = || (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
    }

    /// A round whose new figure is `shift` worse; being second costs 3 %.
    fn pair(&mut self, round: usize, noise: f64, shift: f64) -> Pair {
        let second = 0.03 * if round.is_multiple_of(2) { 1.0 } else { -1.0 };
        let log = shift + second + noise * self.normal();
        let baseline = 12_000.0 * (0.2 * self.normal()).exp();
        Pair { baseline, new: baseline * log.exp(), baseline_first: round.is_multiple_of(2) }
    }
}

/// A whole run; `shift`: the logarithm that each cell is worse by. Returns the verdicts.
fn run(noise: &mut Noise, shift: impl Fn(usize) -> f64) -> Vec<Verdict> {
    let limit = Limit::of_share(0.05).expect("a share");
    let mut trials: Vec<Trial> = (0..CELLS * NOISE.len())
        .map(|at| Trial::new(at % NOISE.len(), Better::Lower, limit, 0.0))
        .collect();
    for (at, trial) in trials.iter_mut().enumerate() {
        for round in 0..ROUNDS {
            trial.screened(noise.pair(round, NOISE[at % NOISE.len()], shift(at / NOISE.len())));
        }
    }
    let flags = flagged(&trials);
    for (at, trial) in trials.iter_mut().enumerate().filter(|(at, _)| flags[*at]) {
        for round in 0..4 * FEWEST_FRESH {
            if round.is_multiple_of(2) && trial.is_narrow() {
                break;
            }
            trial.confirmed(noise.pair(round, NOISE[at % NOISE.len()], shift(at / NOISE.len())));
        }
    }
    decisions(&trials, &[])
        .into_iter()
        .map(|decision| decision.expect("ten rounds").verdict)
        .collect()
}

/// In how many of `runs` anything has this verdict.
fn runs_with(verdict: Verdict, runs: usize, shift: impl Fn(usize) -> f64) -> usize {
    let mut noise = Noise(SplitMix64::new(SEED));
    (0..runs).filter(|_| run(&mut noise, &shift).contains(&verdict)).count()
}

#[test]
fn equal_builds_are_hardly_ever_called_different() {
    let runs = 2000;
    let regressed = runs_with(Verdict::Regressed, runs, |_| 0.0);
    let improved = runs_with(Verdict::Improved, runs, |_| 0.0);
    assert!(
        regressed + improved <= runs / 200,
        "{regressed} and {improved} of {runs}, seed {SEED}"
    );
}

#[test]
fn changes_that_just_keep_the_limit_are_called_regressed_in_one_of_twenty_runs_at_most() {
    let runs = 2000;
    let wrong = runs_with(Verdict::Regressed, runs, |_| 0.05_f64.ln_1p());
    // 5 % of 2000 and three standard deviations.
    assert!(wrong <= 100 + 29, "{wrong} of {runs}, seed {SEED}");
    assert!(wrong > 10, "{wrong} of {runs}: so rarely that much would be missed, seed {SEED}");
}

#[test]
fn a_cell_that_is_a_fifth_slower_among_equal_ones_is_found() {
    let (mut found, mut others, runs) = (0, 0, 500);
    let mut noise = Noise(SplitMix64::new(SEED));
    for _ in 0..runs {
        let verdicts = run(&mut noise, |cell| if cell == 3 { 0.2_f64.ln_1p() } else { 0.0 });
        let of_cell = |cell: usize| &verdicts[cell * NOISE.len()..][..NOISE.len()];
        found += usize::from(of_cell(3).contains(&Verdict::Regressed));
        others += (0..CELLS)
            .filter(|cell| *cell != 3 && of_cell(*cell).contains(&Verdict::Regressed))
            .count();
    }
    assert!(found >= runs * 99 / 100, "{found} of {runs}, seed {SEED}");
    assert!(others <= runs / 50, "{others} cells that were not slower, seed {SEED}");
}

#[test]
fn what_is_as_much_better_is_called_improved() {
    let runs = 200;
    let found = runs_with(Verdict::Improved, runs, |_| -(0.25_f64.ln_1p()));
    assert!(found >= runs * 99 / 100, "{found} of {runs}, seed {SEED}");
}

/// A machine that others use too: now and then something takes a round two or three times as long, and its
/// neighbours with it.
fn disturbed(noise: &mut Noise, left: &mut u64) -> f64 {
    if *left == 0 && noise.0.below(20) == 0 {
        *left = 1 + noise.0.below(6);
    }
    *left = left.saturating_sub(1);
    let burden = if *left > 0 { noise.0.below(1000) as f64 / 1000.0 } else { 0.0 };
    (0.1 * noise.normal() + burden).exp()
}

#[test]
fn few_rounds_on_a_machine_that_others_use_make_a_false_alarm_in_one_of_twenty_runs_at_most() {
    let (mut alarms, runs) = (0, 2000);
    let mut noise = Noise(SplitMix64::new(SEED));
    let limit = Limit::of_share(0.05).expect("a share");
    for _ in 0..runs {
        let mut left = 0;
        let mut pair = |round: usize| {
            let [first, second] = [0, 1].map(|_| 10_000.0 * disturbed(&mut noise, &mut left));
            let baseline_first = round.is_multiple_of(2);
            let (baseline, new) = if baseline_first { (first, second) } else { (second, first) };
            Pair { baseline, new, baseline_first }
        };
        let controls: Vec<Pair> = (0..8).map(&mut pair).collect();
        let control = of_pairs(&controls, Better::Lower).expect("eight of them");
        let mut trials = [0, 1].map(|_| Trial::new(0, Better::Lower, limit, 0.0));
        for trial in &mut trials {
            (0..4).for_each(|round| trial.screened(pair(round)));
        }
        let flags = flagged(&trials);
        let flagged = trials.iter_mut().zip(flags).filter(|(_, flag)| *flag);
        for (trial, _) in flagged {
            (0..4).for_each(|round| trial.confirmed(pair(round)));
        }
        let decided = decisions(&trials, &[(0, control)]);
        let verdicts = decided.iter().flatten().map(|decision| decision.verdict);
        alarms += usize::from(verdicts.into_iter().any(|verdict| verdict == Verdict::Regressed));
    }
    assert!(alarms <= runs / 20, "{alarms} of {runs}, seed {SEED}");
}
