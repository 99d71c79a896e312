//! Who sees only the page can say which framing to take, and why.

use crate::documents::{broken, failing, interrupted, single};
use crate::parsed::{page, parsed};
use crate::sample::{Sample, document, gate, scenario};
use wirebench::judge::Verdict;
use wirebench::scenario::{Limit, Op};

/// Rounds of three framings: one damages messages, one is slow, one is neither.
fn compared() -> wirebench::result::Document {
    let mut scenario = scenario(&["raw", "len32be", "sleep"], &[64]);
    scenario.rounds = 5;
    let rounds: Vec<_> = (0..5)
        .flat_map(|round| {
            let few = u64::from(round);
            [
                Sample::intact(20_000, 64, 0, 9_000)
                    .damage_requests(Verdict::Merged, 900)
                    .round(0, round),
                Sample::intact(40_000 + few, 64, 4, 12_000).round(1, round),
                Sample::intact(900 + few, 64, 0, 900_000).round(2, round),
            ]
        })
        .collect();
    document(&scenario, &rounds)
}

#[test]
fn the_one_that_keeps_messages_whole_and_is_fastest_is_to_be_taken() {
    let text = parsed(&page(compared())).text;
    assert!(
        text.contains(
            "Take len32be: every message arrived whole, and nowhere did the rounds show it slower than the fastest."
        ),
        "{text}"
    );
    assert!(text.contains("raw ("), "{text}");
    assert!(text.contains("sleep") && text.contains("slower)"), "{text}");
}

/// Two framings whose rates differ less than their rounds.
fn equals() -> wirebench::result::Document {
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 3;
    let done = [[40_000, 44_000, 37_000], [41_000, 38_000, 43_000]];
    let rounds: Vec<_> = (0..3)
        .flat_map(|round| {
            [1, 4].into_iter().enumerate().map(move |(cell, header)| {
                Sample::intact(done[cell][round], 64, header, 12_000).round(cell, round as u32)
            })
        })
        .collect();
    document(&scenario, &rounds)
}

#[test]
fn where_the_rounds_tell_no_difference_nobody_wins() {
    let text = parsed(&page(equals())).text;
    assert!(text.contains("Take line or len32be: every message arrived whole"), "{text}");
    assert!(text.contains("the rounds tell no difference in speed"), "{text}");
}

#[test]
fn of_equals_the_one_with_the_fewest_bytes_is_named_because_they_are_counted() {
    let text = parsed(&page(equals())).text;
    assert!(text.contains("Of these, line adds the fewest bytes on the wire"), "{text}");
}

#[test]
fn what_only_damages_messages_is_not_to_be_taken() {
    let mut scenario = scenario(&["raw", "rawer"], &[64]);
    scenario.rounds = 1;
    let rounds = [0, 1].map(|cell| {
        Sample::intact(10_000, 64, 0, 9_000).damage_requests(Verdict::Merged, 900).round(cell, 0)
    });
    let text = parsed(&page(document(&scenario, &rounds))).text;
    assert!(text.contains("None: nothing that was measured kept every message whole"), "{text}");
    assert!(!text.contains("Take "), "{text}");
}

#[test]
fn one_cell_alone_is_no_choice() {
    let text = parsed(&page(single())).text;
    assert!(!text.contains("Take "), "{text}");
    assert!(text.contains("1 of 1 cell"), "{text}");
}

#[test]
fn how_sure_it_is_is_said_by_rounds_and_their_spread() {
    let text = parsed(&page(compared())).text;
    assert!(text.contains("How sure:"), "{text}");
    assert!(text.contains("5 rounds, in which the cells took turns"), "{text}");
    assert!(text.contains("With 95 % confidence rates are known to ±"), "{text}");
    let text = parsed(&page(single())).text;
    assert!(text.contains("One round a cell: nothing says how much the figures scatter"), "{text}");
}

#[test]
fn what_failed_crashed_or_was_cut_off_is_said_first() {
    let text = parsed(&page(failing())).text;
    assert!(text.contains("Gates that do not hold"), "{text}");
    let text = parsed(&page(broken())).text;
    assert!(text.contains("crashed") && text.contains("SIGSEGV"), "{text}");
    let text = parsed(&page(interrupted())).text;
    assert!(text.contains("The run was interrupted before its end"), "{text}");
}

#[test]
fn what_no_rounds_hold_against_each_other_is_not_said_to_be_equal() {
    // One round of each.
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 1;
    let rounds = [(0, 1), (1, 4)].map(|(cell, header)| {
        Sample::intact(9_000 * (cell as u64 + 1), 64, header, 12_000).round(cell, 0)
    });
    let text = parsed(&page(document(&scenario, &rounds))).text;
    assert!(text.contains("how fast they are beside each other cannot be told"), "{text}");
    assert!(!text.contains("no difference in speed"), "{text}");
}

#[test]
fn nothing_is_to_be_taken_before_all_of_it_was_played() {
    let mut scenario = scenario(&["line", "len32be"], &[64, 1024]);
    scenario.rounds = 2;
    let rounds = [0, 1, 2].map(|cell| Sample::intact(9_000, 64, 4, 12_000).round(cell, 0));
    let text = parsed(&page(document(&scenario, &rounds))).text;
    assert!(
        text.contains(
            "It cannot be told yet which to take: of len32be there is no result everywhere."
        ),
        "{text}"
    );
}

#[test]
fn what_fails_its_gates_is_not_to_be_taken() {
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 3;
    for cell in &mut scenario.cells {
        let limit = if cell.id.contains("line") { 1_000 } else { 1_000_000_000 };
        cell.expect = vec![gate("p50", Op::Less, Limit::Nanos(limit), "< limit")];
    }
    let rounds: Vec<_> = (0..3)
        .flat_map(|round| {
            [0, 1].map(|cell| Sample::intact(9_000, 64, 4, 12_000).round(cell, round))
        })
        .collect();
    let text = parsed(&page(document(&scenario, &rounds))).text;
    assert!(
        text.contains("Take len32be: the only one of which every message arrived whole"),
        "{text}"
    );
    assert!(text.contains("Not every gate of line holds."), "{text}");
}

#[test]
fn a_load_is_nothing_that_one_takes() {
    let mut document = compared();
    for (number, cell) in document.cells.iter_mut().enumerate() {
        cell.axes = serde_json::Map::from_iter([("load.in-flight".to_owned(), number.into())]);
    }
    document.scenario.axes = vec!["load.in-flight".into()];
    let text = parsed(&page(document)).text;
    assert!(!text.contains("Take "), "{text}");
}
