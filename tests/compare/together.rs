//! Where most cells moved together, that may be the machine's doing.

use crate::harness::Bench;
use crate::made::{FRAMINGS, compare, result, result_of, row, run, usual};
use wirebench::compare::Standing;
use wirebench::result::Document;
use wirebench_verdict::Verdict;

fn all(times: f64, seeds: std::ops::Range<u64>) -> Vec<Document> {
    seeds.map(|seed| result(seed, |_| times)).collect()
}

/// All but so many cells are slower.
fn all_but(spared: usize, seeds: std::ops::Range<u64>) -> Vec<Document> {
    let slower = |framing: &str| {
        if FRAMINGS[..spared].contains(&framing) { 1.0 } else { 1.2 }
    };
    seeds.map(|seed| result(seed, slower)).collect()
}

#[test]
fn a_shift_of_most_cells_is_inconclusive_and_told_with_its_size() {
    for (times, told, side) in [(1.2, "about 1.20", "slower"), (0.8, "about 0.80", "faster")] {
        let compared = compare(&usual(0..3), &all(times, 3..6));
        assert_eq!(compared.standing, Standing::Inconclusive);
        let why = compared.unfit.as_ref().expect("a reason");
        assert!(why.contains("most cells moved together") && why.contains(told), "{why}");
        assert!(why.contains(side) && why.contains("paired run"), "{why}");
        assert_eq!(row(&compared, "line", "p50").verdict, Verdict::Inconclusive);
    }
    let ran = run(&Bench::new(), &usual(0..3), &all(1.2, 3..6), &[]);
    assert_eq!(ran.code, Some(106), "{ran}");
    assert!(ran.stderr.contains("most cells moved together by about 1.20"), "{ran}");
}

#[test]
fn less_than_three_quarters_are_not_most() {
    // Four of five are, three of five are not.
    let compared = compare(&usual(0..3), &all_but(1, 3..6));
    assert_eq!(compared.standing, Standing::Inconclusive);
    let compared = compare(&usual(0..3), &all_but(2, 3..6));
    assert_eq!((compared.standing, compared.unfit.is_none()), (Standing::Regressed, true));
}

#[test]
fn cells_that_moved_to_different_sides_did_not_move_together() {
    let slower = |framing: &str| if FRAMINGS[..3].contains(&framing) { 1.3 } else { 0.7 };
    let new: Vec<Document> = (3..6).map(|seed| result(seed, slower)).collect();
    let compared = compare(&usual(0..3), &new);
    assert_eq!(compared.standing, Standing::Regressed);
}

#[test]
fn three_cells_are_too_few_to_tell_most_of_them() {
    let side = |times: f64, seeds: std::ops::Range<u64>| -> Vec<Document> {
        seeds.map(|seed| result_of(&FRAMINGS[..3], seed, |_| times)).collect()
    };
    let compared = compare(&side(1.0, 0..3), &side(1.3, 3..6));
    assert_eq!(compared.standing, Standing::Regressed);
}

#[test]
fn a_count_that_grew_is_no_shift_of_the_machine() {
    let mut new = all(1.2, 3..6);
    new.iter_mut().for_each(|document| document.cells[0].wire.overhead = Some(0.5));
    let compared = compare(&usual(0..3), &new);
    assert_eq!((compared.standing, &compared.unfit), (Standing::Regressed, &None));
    assert!(compared.notes.iter().any(|note| note.contains("most cells moved together")));
}
