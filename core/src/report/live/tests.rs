//! What the lines say, and that they have room.

use super::*;
use crate::result::document::RoundOutcome;
use crate::result::document::RoundSummary;

/// A round with this rate and so many damaged messages of a hundred; its median latency is as many
/// microseconds.
pub(super) fn round(rate: f64, damaged: u64) -> RoundSummary {
    let us = rate as u64;
    RoundSummary {
        round: 0,
        seed: 0,
        outcome: RoundOutcome::Finished,
        began_ns: 0,
        took_ns: 0,
        throttled_ns: None,
        stolen_ns: None,
        suspended_ns: None,
        clock_step_ns: None,
        held_up_ns: None,
        server_processors: None,
        client_processors: None,
        share_core: None,
        load_end: None,
        window_ns: None,
        sent: Some(100),
        intact: Some(100 - damaged),
        done: None,
        completed: None,
        busy_ns: None,
        rate: Some(rate),
        p50_ns: Some(us * 1_000),
        p99_ns: Some(us * 2_000),
        offered: None,
        achieved_share: None,
        slip_p99_ns: None,
        generator_limited: None,
        series: None,
        overhead: None,
        cpu_ns_per_message: None,
        server_cpu_ns_per_message: None,
        server_peak_memory_bytes: None,
        server_memory_growth_bytes: None,
        keeps: None,
        error: None,
    }
}

fn crashed() -> RoundSummary {
    RoundSummary {
        outcome: RoundOutcome::Crashed,
        sent: None,
        intact: None,
        rate: None,
        p50_ns: None,
        p99_ns: None,
        ..round(0.0, 0)
    }
}

/// Cells with these names, five rounds each.
fn live(names: &[&str]) -> Live {
    let name = |text: &str| cut(&clean(text), LONGEST_NAME);
    Live::of(names.iter().map(|text| Row::new(name(text), name(text), 5)).collect())
}

fn many(cells: usize) -> Live {
    let names: Vec<String> = (0..cells).map(|at| format!("cell {at}")).collect();
    live(&names.iter().map(|name| &**name).collect::<Vec<_>>())
}

const PLAIN: Paint = Paint { color: false };

fn shown(live: &Live, size: (usize, usize)) -> Vec<String> {
    let lines = live.lines("sticky", "the bar".into(), size, PLAIN);
    lines.iter().map(|line| line.text().to_owned()).collect()
}

#[test]
fn a_line_for_each_cell_says_what_is_known_of_it() {
    let mut live = live(&["framing=line", "framing=raw", "framing=cobs", "framing=eof"]);
    live.ended(0, &round(812_000.0, 0), true);
    live.ended(1, &round(90.0, 7), true);
    live.ended(3, &crashed(), true);
    live.begins(1);
    let expected = "  sticky        rounds      rate      p50      p99  damaged
  framing=line     1/5    812k/s   812 ms   1.62 s        0  waits
> framing=raw      1/5    90.0/s  90.0 us   180 us        7  runs
  framing=cobs     0/5         –        –        –        –  waits
  framing=eof      1/5         –        –        –        –  1 crashed
the bar";
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(shown(&live, (79, 23)), expected);
}

#[test]
fn a_cell_with_all_its_rounds_is_done_and_one_that_is_played_again_begins_anew() {
    let mut live = live(&["all"]);
    (0..5).for_each(|_| live.ended(0, &round(90.0, 7), true));
    let line = &shown(&live, (79, 23))[1];
    assert!(line.contains(" 5/5 ") && line.ends_with("     35  done"), "{line}");
    live.again(&[0], 1);
    let line = &shown(&live, (79, 23))[1];
    assert!(line.contains("0/5") && line.ends_with("–  attempt 2, waits"), "{line}");
    live.begins(0);
    assert!(shown(&live, (79, 23))[1].ends_with("attempt 2, runs"));
}

#[test]
fn rounds_whose_number_nobody_knows_are_counted_alone() {
    let mut live = live(&["all"]);
    (0..5).for_each(|_| live.ended(0, &round(90.0, 0), true));
    live.open_end(&[0]);
    live.ended(0, &round(90.0, 0), false);
    let line = &shown(&live, (79, 23))[1];
    assert!(line.contains("   6  ") && line.ends_with("waits"), "{line}");
    live.is_enough(0);
    let line = &shown(&live, (79, 23))[1];
    assert!(line.contains("  6/6  ") && line.ends_with("done"), "{line}");
}

#[test]
fn cells_without_room_are_counted_and_what_went_wrong_in_them_too() {
    let mut live = many(1_000);
    live.begins(500);
    let lines = shown(&live, (79, 23));
    assert_eq!(lines.len(), 23);
    assert_eq!(lines[21], "… 980 more cells");
    assert!(lines.iter().any(|line| line.starts_with("> cell 500 ")), "{lines:?}");
    for cell in 0..100 {
        live.ended(cell, &round(1.0, 1), true);
    }
    live.ended(999, &crashed(), true);
    let lines = shown(&live, (79, 23));
    assert_eq!(lines[21], "… 980 more cells, 84 of them damaged or crashed");
    assert!(lines.iter().any(|line| line.starts_with("  cell 999 ")), "{lines:?}");
}

#[test]
fn there_are_never_more_lines_than_the_terminal_has_nor_wider_ones() {
    let names =
        ["framing=line,load.payload=64 B", "漢字漢字漢字漢字漢字漢字", "\u{1b}[2J\u{202e}x", "👍🏽"];
    for mut live in [live(&names), live(&[]), live(&["漢".repeat(500).as_str()]), many(100)] {
        live.begins(1);
        live.ended(2, &round(1e12, 3), true);
        live.ended(3, &crashed(), true);
        for wide in 0..140 {
            for height in 0..12 {
                let lines = shown(&live, (wide, height));
                assert!(lines.len() <= height, "{wide}x{height}");
                for line in &lines {
                    assert!(columns(line) <= wide, "{wide}x{height}: {line}");
                    assert_eq!(&clean(line), line, "{wide}x{height}");
                }
                assert!(height == 0 || !lines.is_empty());
            }
        }
    }
}

#[test]
fn columns_go_one_by_one_until_the_name_has_room() {
    let mut live = live(&["framing=line,load.payload=64 B"]);
    live.ended(0, &round(90.0, 7), true);
    let titles =
        |wide| shown(&live, (wide, 23))[0].split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    assert_eq!(titles(79), "rounds rate p50 p99 damaged");
    assert_eq!(titles(60), "rounds rate p99 damaged");
    assert_eq!(titles(50), "rounds p99 damaged");
    assert_eq!(titles(40), "rounds p99");
    assert_eq!(titles(30), "rounds");
    assert_eq!(titles(22), "");
}

#[test]
fn short_names_stand_where_long_ones_have_no_room() {
    let row = Row::new("framing=line,load.payload=64 B".into(), "line, 64 B".into(), 5);
    let live = Live::of(vec![row]);
    assert!(shown(&live, (90, 23))[1].starts_with("  framing=line,load.payload=64 B  "));
    assert!(shown(&live, (70, 23))[1].starts_with("  line, 64 B  "));
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut live = many(40);
    live.begins(1);
    live.ended(2, &round(1.0, 3), true);
    live.ended(3, &crashed(), true);
    let bare = live.lines("sticky", "the bar".into(), (79, 23), PLAIN);
    let painted = live.lines("sticky", "the bar".into(), (79, 23), Paint { color: true });
    assert!(bare.iter().all(|line| line.styled() == line.text()));
    for (bare, painted) in bare.iter().zip(&painted) {
        assert_eq!(bare.text(), painted.text());
        let stripped: String = painted
            .styled()
            .split('\u{1b}')
            .enumerate()
            .map(
                |(at, part)| if at == 0 { part } else { part.split_once('m').expect("a colour").1 },
            )
            .collect();
        assert_eq!(stripped, bare.text());
    }
    let text = |cell: &str| painted.iter().find(|line| line.text().contains(cell)).expect(cell);
    assert!(text("cell 2 ").styled().contains("\u{1b}[33m3\u{1b}[0m"));
    assert!(text("cell 3 ").styled().contains("\u{1b}[1m\u{1b}[31m1 crashed\u{1b}[0m"));
}
