//! What is counted is compared exactly, where it does not depend on time.

use crate::made::{compare, result, row, usual};
use wirebench::compare::{Comparison, Standing};
use wirebench::result::Document;
use wirebench::scenario::WritePolicy;
use wirebench_verdict::Verdict;

/// One result each, of which the new one has these changes in its first cell.
fn one_each(prepare: fn(&mut Document), change: fn(&mut Document)) -> Comparison {
    let (mut baseline, mut new) = (result(0, |_| 1.0), result(1, |_| 1.0));
    [&mut baseline, &mut new].into_iter().for_each(prepare);
    change(&mut new);
    compare(&[baseline], &[new])
}

fn more_segments(document: &mut Document) {
    document.cells[0].wire.segments_per_message = Some(2.0);
    document.cells[0].wire.writes_per_message = Some(2.0);
}

fn alone(document: &mut Document) {
    for cell in &mut document.cells {
        (cell.setup.load.in_flight, cell.setup.load.connections) = (1, 1);
        cell.setup.transport.write = WritePolicy::Message;
    }
}

#[test]
fn an_overhead_that_grew_decides_with_one_result_each() {
    let compared = one_each(|_| {}, |new| new.cells[0].wire.overhead = Some(0.5));
    let row = row(&compared, "line", "bytes");
    assert!(row.decides && row.exact);
    assert_eq!((row.verdict, compared.standing), (Verdict::Regressed, Standing::Regressed));
}

#[test]
fn an_overhead_within_the_tolerance_is_the_same_and_decides_nothing_of_times() {
    let compared = one_each(
        |_| {},
        |new| new.cells[0].wire.overhead = new.cells[0].wire.overhead.map(|share| share + 0.0005),
    );
    assert_eq!(row(&compared, "line", "bytes").verdict, Verdict::Same);
    assert_eq!(compared.standing, Standing::Inconclusive);
}

#[test]
fn segments_of_one_result_decide_where_messages_stand_alone_and_nowhere_else() {
    for metric in ["segments", "writes"] {
        let compared = one_each(|_| {}, more_segments);
        let pipelined = row(&compared, "line", metric);
        assert_eq!((pipelined.decides, pipelined.verdict), (false, Verdict::Inconclusive));
        assert!(pipelined.why.as_ref().is_some_and(|why| why.contains("depends on time")));
        assert_eq!(compared.standing, Standing::Inconclusive);
        let compared = one_each(alone, more_segments);
        let single = row(&compared, "line", metric);
        assert_eq!((single.decides, single.verdict), (true, Verdict::Regressed));
        assert_eq!(compared.standing, Standing::Regressed);
    }
    for spoil in [
        (|document| document.cells[0].setup.load.in_flight = 2) as fn(&mut Document),
        |document| document.cells[0].setup.load.connections = 2,
        |document| document.cells[0].setup.transport.write = WritePolicy::Batch,
    ] {
        let (mut baseline, mut new) = (result(0, |_| 1.0), result(1, |_| 1.0));
        [&mut baseline, &mut new].into_iter().for_each(alone);
        spoil(&mut baseline);
        more_segments(&mut new);
        let compared = compare(&[baseline], &[new]);
        assert!(!row(&compared, "line", "segments").decides);
    }
}

#[test]
fn segments_that_several_results_agree_on_decide() {
    let mut new = usual(2..4);
    new.iter_mut().for_each(more_segments);
    let compared = compare(&usual(0..2), &new);
    assert_eq!(row(&compared, "line", "segments").verdict, Verdict::Regressed);
    let mut scattered = usual(0..2);
    scattered[0].cells[0].wire.segments_per_message = Some(1.5);
    new[0].cells[0].wire.segments_per_message = Some(1.7);
    let compared = compare(&scattered, &new);
    let row = row(&compared, "line", "segments");
    assert_eq!((row.decides, row.verdict), (false, Verdict::Inconclusive));
}
