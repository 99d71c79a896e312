//! The cells of a run while it lasts: what a thousand of them cost.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, scenario};
use wirebench::report::{Block, Live, Paint};
use wirebench::result::document::RoundSummary;
use wirebench::scenario::Scenario;

/// A terminal of 120 columns and 30 rows.
const SIZE: (usize, usize) = (120, 30);

/// A scenario of so many cells, and these before its first round.
fn under_way(cells: u64) -> (Scenario, Live) {
    let payloads: Vec<u64> = (1_001..=1_000 + cells).collect();
    let mut scenario = scenario(&["line"], &payloads);
    scenario.rounds = 1_000;
    let live = Live::new(&scenario, scenario.rounds);
    (scenario, live)
}

fn play(scenario: &Scenario, live: &mut Live, cell: usize, rounds: u32) {
    for number in 0..rounds {
        let round = Sample::intact(1_000, 64, 1, 10_000).round(cell, number);
        live.begins(cell);
        live.ended(cell, &RoundSummary::of(&scenario.cells[cell], &round), true);
    }
}

fn lines(live: &Live) -> Vec<wirebench::report::Line> {
    live.lines("sticky", "the bar".into(), SIZE, Paint { color: true })
}

#[test]
fn a_thousand_cells_are_drawn_with_the_work_of_fifty() {
    let [fifty, thousand] = [50, 1_000].map(|cells| {
        let (scenario, mut live) = under_way(cells);
        // The last one stands in the midst of others that were played, whatever else there is.
        (0..50).chain([25]).for_each(|cell| play(&scenario, &mut live, cell, 3));
        let mut block = Block::new(true);
        block.replace(&lines(&live), SIZE.0);
        allocation_counter::measure(|| drop(block.replace(&lines(&live), SIZE.0)))
    });
    // The number of cells that are not shown has one digit more, or two.
    assert!(fifty.count_total > 100, "{fifty:?}");
    assert_eq!(thousand.count_total, fifty.count_total, "{thousand:?} for {fifty:?}");
    let more = thousand.bytes_total.abs_diff(fifty.bytes_total);
    assert!(more < 200, "{more} bytes more: {thousand:?} for {fifty:?}");
}

#[test]
fn what_is_kept_of_a_cell_is_bounded_however_many_rounds_it_has() {
    let (scenario, mut live) = under_way(2);
    play(&scenario, &mut live, 0, 100);
    let more = allocation_counter::measure(|| play(&scenario, &mut live, 0, 1_000));
    assert_eq!(more.bytes_current, 0, "a thousand rounds more leave nothing: {more:?}");
}
