//! What holds for any results.

use crate::made::{FRAMINGS, compare, result, usual};
use proptest::prelude::*;
use wirebench::compare::{Comparison, Row, Standing, read};
use wirebench::result::Document;
use wirebench_verdict::Verdict;

/// Results of one side, each cell of each slower by its own number.
fn side() -> impl Strategy<Value = Vec<Document>> {
    let of_cells = prop::collection::vec(0.7..1.6_f64, FRAMINGS.len());
    prop::collection::vec((any::<u64>(), of_cells), 1..5).prop_map(|results| {
        let result = |(seed, slower): (u64, Vec<f64>)| {
            let times = |framing: &str| {
                let at = FRAMINGS.iter().position(|one| *one == framing);
                at.map_or(1.0, |at| slower[at])
            };
            result(seed % (1 << 40), times)
        };
        results.into_iter().map(result).collect()
    })
}

fn rows(comparison: &Comparison) -> impl Iterator<Item = &Row> {
    comparison.cells.iter().flat_map(|cell| &cell.rows)
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Regressed => Verdict::Improved,
        Verdict::Improved => Verdict::Regressed,
        other => other,
    }
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a / b - 1.0).abs() < 1e-9,
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn exchanging_the_sides_mirrors_every_row((a, b) in (side(), side())) {
        let (there, back) = (compare(&a, &b), compare(&b, &a));
        for (there, back) in rows(&there).zip(rows(&back)) {
            prop_assert!(near(there.ratio, back.ratio.map(|ratio| 1.0 / ratio)));
            prop_assert!(near(there.low, back.high.map(|high| 1.0 / high)));
            prop_assert_eq!(mirrored(there.verdict), back.verdict);
            prop_assert_eq!((there.baseline, there.new), (back.new, back.baseline));
        }
    }

    #[test]
    fn the_order_of_files_changes_nothing((a, b) in (side(), side())) {
        let turned = |results: &[Document]| results.iter().rev().cloned().collect::<Vec<_>>();
        let (one, other) = (compare(&a, &b), compare(&turned(&a), &turned(&b)));
        prop_assert_eq!(one.standing, other.standing);
        for (one, other) in rows(&one).zip(rows(&other)) {
            prop_assert!(near(one.ratio, other.ratio) && near(one.low, other.low));
            prop_assert_eq!(one.verdict, other.verdict);
        }
    }

    #[test]
    fn results_against_themselves_are_never_different(results in side()) {
        let compared = compare(&results, &results);
        prop_assert!(compared.standing != Standing::Regressed);
        prop_assert!(compared.standing != Standing::Improved);
        for row in rows(&compared) {
            prop_assert!(matches!(row.verdict, Verdict::Same | Verdict::Inconclusive), "{row:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back((a, b) in (side(), side())) {
        let compared = compare(&a, &b);
        let mut text = Vec::new();
        compared.write(&mut text).expect("memory can be written to");
        let again = read(text.as_slice()).map_err(TestCaseError::fail)?;
        prop_assert_eq!(again.standing, compared.standing);
    }
}

#[test]
fn a_copy_of_a_result_is_not_another_sample() {
    let one = usual(0..1).remove(0);
    let other = result(7, |framing| if framing == "line" { 1.5 } else { 1.0 });
    let compared =
        compare(&[one.clone(), one.clone(), one], &[other.clone(), other.clone(), other]);
    assert_eq!(compared.standing, Standing::Inconclusive);
    assert_eq!(compared.notes.iter().filter(|note| note.contains("is the same run as")).count(), 4);
    assert_eq!((compared.baseline.results.len(), compared.new.results.len()), (1, 1));
}
