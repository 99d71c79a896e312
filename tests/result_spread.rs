//! What few rounds can say: spread, winners, and none within the noise.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, document, scenario};
use std::cmp::Ordering;
use wirebench::result::Document;
use wirebench::result::document::CellResult;
use wirebench::result::spread::{Contest, half_width};

/// The seed of everything random here.
const SEED: u64 = 0x5eed_ca11;

/// Normal deviates from a seed (SplitMix64, Box-Muller).
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// How much noise the cell with this number has.
type OfCell = fn(usize) -> f64;

/// Figures of cells that are all the same but for noise; rounds differ from each other too, and now
/// and then the machine is busy for one round of one cell.
fn identical(
    noise: &mut Noise,
    cells: usize,
    rounds: usize,
    of_cell: OfCell,
) -> Vec<Vec<Option<f64>>> {
    let of_rounds: Vec<f64> = (0..rounds).map(|_| 0.3 * noise.normal()).collect();
    let mut figure = |cell: usize, round: usize| {
        let busy = if noise.uniform() < 0.02 { -0.5 } else { 0.0 };
        Some((12.0 + of_rounds[round] + of_cell(cell) * noise.normal() + busy).exp())
    };
    (0..cells).map(|cell| (0..rounds).map(|round| figure(cell, round)).collect()).collect()
}

/// The cell with the highest mean.
fn first(figures: &[Vec<Option<f64>>]) -> usize {
    let mean = |cell: usize| figures[cell].iter().flatten().sum::<f64>();
    (0..figures.len()).max_by(|a, b| mean(*a).total_cmp(&mean(*b))).expect("there are cells")
}

#[test]
fn identical_cells_get_a_winner_in_at_most_one_group_of_twenty() {
    const GROUPS: usize = 1000;
    let kinds: [(&str, OfCell); 3] = [
        ("all alike", |_| 0.05),
        ("every other one noisier", |cell| if cell % 2 == 0 { 0.02 } else { 0.1 }),
        ("one much noisier", |cell| if cell == 0 { 0.2 } else { 0.02 }),
    ];
    for (name, of_cell) in kinds {
        for (cells, rounds) in [(2, 2), (2, 3), (3, 3), (8, 2), (8, 3), (8, 5), (20, 3)] {
            let mut noise = Noise(SEED);
            let apart = (0..GROUPS)
                .filter(|_| {
                    let figures = identical(&mut noise, cells, rounds, of_cell);
                    let contest = Contest::new(&figures, 0.0);
                    let best = first(&figures);
                    (0..cells).any(|cell| contest.compare(cell, best) == Some(Ordering::Less))
                })
                .count();
            // 5 %, and what chance does to a thousand groups.
            assert!(apart <= 70, "{name}, {cells} cells, {rounds} rounds: {apart} of {GROUPS}");
        }
    }
}

#[test]
fn what_differs_by_more_than_the_noise_is_told_apart() {
    for (cells, rounds, factor) in [(2, 3, 1.6), (8, 3, 1.5), (8, 10, 1.3)] {
        let mut noise = Noise(SEED);
        let found = (0..100)
            .filter(|_| {
                let mut figures = identical(&mut noise, cells, rounds, |_| 0.05);
                for figure in figures[0].iter_mut().flatten() {
                    *figure *= factor;
                }
                let contest = Contest::new(&figures, 0.0);
                (1..cells).all(|cell| contest.compare(cell, 0) == Some(Ordering::Less))
            })
            .count();
        assert!(found >= 60, "{factor} times, {cells} cells, {rounds} rounds: {found} of 100");
    }
}

#[test]
fn one_round_tells_nothing_and_a_missing_figure_is_left_out() {
    let one = Contest::new(&[vec![Some(1.0)], vec![Some(1000.0)]], 0.0);
    assert_eq!(one.compare(0, 1), None);
    assert_eq!(half_width([5.0]), None);
    let gaps = [
        vec![Some(10.0), None, Some(10.1), Some(9.9)],
        vec![Some(20.1), Some(20.0), None, Some(20.0)],
        vec![None, None, Some(7.0), None],
        vec![Some(0.0), Some(f64::NAN), Some(f64::INFINITY), Some(-1.0)],
    ];
    let contest = Contest::new(&gaps, 0.0);
    assert_eq!(contest.compare(2, 0), None, "one round has both");
    assert_eq!(contest.compare(3, 0), None, "no round has a figure that has a ratio");
    assert_eq!(contest.compare(7, 0), None, "there is no such cell");
    assert!(contest.compare(1, 0).is_some());
}

#[test]
fn what_rounding_may_do_is_no_difference() {
    let figures = [vec![Some(1000.0); 3], vec![Some(1000.5); 3], vec![Some(1100.0); 3]];
    let exact = Contest::new(&figures, 0.0);
    assert_eq!(exact.compare(0, 1), Some(Ordering::Less));
    let rounded = Contest::new(&figures, 0.001);
    assert_eq!(rounded.compare(0, 1), Some(Ordering::Equal));
    assert_eq!(rounded.compare(2, 1), Some(Ordering::Greater));
    // 65 over 64, computed from other sums.
    let sums = [vec![Some(1.015_625); 3], vec![Some(1.015_625 * (1.0 + 2.0 * f64::EPSILON)); 3]];
    assert_eq!(Contest::new(&sums, 0.0).compare(0, 1), Some(Ordering::Equal));
}

#[test]
fn the_spread_is_the_confidence_of_the_mean_on_logarithms() {
    // ln 90, ln 100, ln 110: standard deviation 0.10039, t 4.3027, of 3.
    let got = half_width([90.0, 100.0, 110.0]).expect("three rounds");
    let expected = (4.302_65_f64 * 0.100_39 / 3f64.sqrt()).exp_m1();
    assert!((got - expected).abs() < 1e-3, "{got}, not {expected}");
    assert_eq!(half_width([7.0, 7.0, 7.0]), Some(0.0));
}

/// Three rounds of each cell with so many exchanges each.
fn run(framings: &[&str], counts: &[[u64; 3]]) -> Vec<CellResult> {
    let mut scenario = scenario(framings, &[64]);
    scenario.rounds = 3;
    let mut rounds = Vec::new();
    for (cell, counts) in counts.iter().enumerate() {
        for (round, count) in (0..).zip(counts) {
            rounds.push(Sample::intact(*count, 64, 1, 10_000).round(cell, round));
        }
    }
    document(&scenario, &rounds).cells
}

#[test]
fn a_cell_says_whether_the_rounds_tell_it_from_the_fastest() {
    let close = run(&["line", "len32be"], &[[1000, 1100, 1050], [1080, 1010, 1090]]);
    let told = |cells: &[CellResult]| {
        cells
            .iter()
            .map(|cell| cell.relative.as_ref().and_then(|beside| beside.told_apart))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&close), [Some(false), Some(false)]);
    assert!(close[0].spread.rate.is_some_and(|spread| (0.1..0.2).contains(&spread)));
    let far = run(
        &["line", "len32be", "varint"],
        &[[1000, 1100, 1050], [100, 120, 110], [990, 1100, 1050]],
    );
    assert_eq!(told(&far), [Some(true), Some(true), Some(false)]);
    let alone = run(&["line"], &[[1000, 1100, 1050]]);
    assert_eq!(told(&alone), [None], "there is nobody to tell it from");
}

#[test]
fn rounds_are_paired_by_their_number_and_not_by_their_place() {
    // Each round is slow for both; what the first lacks must not shift the second against it.
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 4;
    let mut rounds = Vec::new();
    for (round, count) in (0..).zip([1000, 4000, 2000, 8000]) {
        if round != 1 {
            rounds.push(Sample::intact(count, 64, 1, 10_000).round(0, round));
        }
        rounds.push(Sample::intact(count * 11 / 10, 64, 1, 10_000).round(1, round));
    }
    let cells = document(&scenario, &rounds).cells;
    let told = |cell: usize| cells[cell].relative.as_ref().and_then(|beside| beside.told_apart);
    assert_eq!((told(0), told(1)), (Some(true), Some(true)));
}

#[test]
fn a_document_of_a_program_that_did_not_compare_by_rounds_is_compared_when_it_is_read() {
    let (scenario, rounds) = sample::three_rounds();
    let whole = document(&scenario, &rounds);
    let mut old = serde_json::to_value(&whole).expect("it is JSON");
    for cell in old["cells"].as_array_mut().expect("cells") {
        let cell = cell.as_object_mut().expect("a cell");
        cell.remove("spread");
        if let Some(beside) = cell["relative"].as_object_mut() {
            beside.remove("told_apart");
        }
    }
    let read = Document::read(&old.to_string()).expect("it is read");
    for (read, whole) in read.cells.iter().zip(&whole.cells) {
        let told = |cell: &CellResult| cell.relative.as_ref().and_then(|beside| beside.told_apart);
        assert_eq!(told(read), told(whole), "{}", whole.id);
        let rates = read.spread.rate.zip(whole.spread.rate);
        assert!(rates.is_some_and(|(a, b)| (a - b).abs() < 1e-12), "{}", whole.id);
    }
}
