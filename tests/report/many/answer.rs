//! What each axis does by itself stands above many cells, as far as the rounds tell.

use crate::grid::{choice, entry, grid, page, round, table};
use crate::sample::Sample;
use wirebench::judge::Verdict;
use wirebench::load::rng::SplitMix64;
use wirebench::report::Choice;

const ABOUT: &str = "Each axis by itself";
const FRAMINGS: &[&str] = &["line", "varint", "json"];
const PAYLOADS: &[&str] = &["16 B", "64 B", "256 B", "1 KiB", "4 KiB", "16 KiB", "64 KiB"];

/// `varint` needs twice the time and `json` three times that of `line`; a payload makes no difference.
fn clear(framing: &str) -> f64 {
    match framing {
        "line" => 1.0,
        "varint" => 2.0,
        _ => 3.0,
    }
}

#[test]
fn who_is_best_and_worst_is_told_with_the_number_of_places() {
    let mut random = SplitMix64::stream(20_261_130, 0);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 3, |point, _| {
        Some(round(clear(point[0]), 0.01, &mut random))
    });
    let table = table(&document, Choice::default());
    let told = entry(&table, "framing");
    let rate = "rate, told apart in 7 of 7 places: best line in 7 (alone in 7); worst json in 7";
    assert!(told.contains(rate), "{table}");
    assert!(told.contains("p99, told apart in 7 of 7 places: best line in 7"), "{table}");
    // What a message costs the processor is the same in all.
    assert!(told.contains("could show in 7 of 7 places: cpu/msg"), "{table}");
}

#[test]
fn an_axis_that_changes_nothing_is_said_to_change_nothing_in_one_line() {
    let mut random = SplitMix64::stream(20_261_130, 1);
    let axes = [
        ("framing", FRAMINGS),
        ("load.payload", PAYLOADS),
        ("transport.write", &["message", "batch"]),
    ];
    let document = grid(&axes, 3, |point, _| Some(round(clear(point[0]), 0.01, &mut random)));
    let told = entry(&table(&document, Choice::default()), "write");
    assert_eq!(
        told,
        "no difference that 3 rounds could show in 21 of 21 places: rate, p99, cpu/msg"
    );
}

#[test]
fn nobody_wins_within_the_noise() {
    let (mut told, mut won) = (0, 0);
    for seed in 0..30 {
        let mut random = SplitMix64::stream(seed, 2);
        let axes = [("framing", FRAMINGS), ("load.payload", PAYLOADS)];
        let document = grid(&axes, 4, |_, _| Some(round(1.0, 0.2, &mut random)));
        let table = table(&document, Choice::default());
        let words = entry(&table, "framing");
        told += words.matches("told apart in").count();
        won += words.matches(": best ").count();
        assert!(words.contains("no difference that 4 rounds could show"), "seed {seed}: {table}");
    }
    // Of 30 documents, by rate and by p99: one in twenty may have a winner by chance.
    assert!(told > 0, "noise never tells a place apart: then this shows nothing");
    assert!(won <= 3, "{won} of 60 have a winner");
}

#[test]
fn places_that_the_rounds_do_not_tell_are_counted_as_such() {
    let mut random = SplitMix64::stream(20_261_130, 13);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 3, |point, _| {
        // Far apart under two payloads, equal under the others.
        let slower = if ["16 B", "64 B"].contains(&point[1]) { clear(point[0]) } else { 1.0 };
        Some(round(slower, 0.05, &mut random))
    });
    let table = table(&document, Choice::default());
    let told = entry(&table, "framing");
    assert!(
        told.contains("rate, told apart in 2 of 7 places: best line in 2 (alone in 2)"),
        "{table}"
    );
}

#[test]
fn those_that_are_not_told_apart_share_the_best() {
    let mut random = SplitMix64::stream(20_261_130, 4);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 4, |point, _| {
        let slower = if point[0] == "json" { 4.0 } else { 1.0 };
        Some(round(slower, 0.05, &mut random))
    });
    let table = table(&document, Choice::default());
    let told = entry(&table, "framing");
    assert!(told.contains("best line in 7, varint in 7; worst json in 7"), "{table}");
    assert!(!told.contains("alone"), "{table}");
}

#[test]
fn who_damages_messages_is_told_first_and_is_the_best_of_nothing() {
    let mut random = SplitMix64::stream(20_261_130, 5);
    let framings: &[&str] = &["raw", "line", "varint"];
    let document = grid(&[("framing", framings), ("load.payload", PAYLOADS)], 3, |point, _| {
        Some(match point[0] {
            // Ten times faster than all others, and broken.
            "raw" => round(0.1, 0.01, &mut random).damage_requests(Verdict::Merged, 7_000),
            framing => round(clear(framing), 0.01, &mut random),
        })
    });
    let table = table(&document, Choice::default());
    let whole = "14 of 21 cells keep every message whole; framing: 2 of 3 values in all their cells (raw in 0 of 7)";
    assert_eq!(entry(&table, "intact"), whole, "{table}");
    let told = entry(&table, "framing");
    assert!(told.contains("best line in 7 (alone in 7); worst varint in 7"), "{table}");
    assert!(!told.contains("raw"), "{table}");
    let page = page(&document, &Choice::default());
    assert!(page.contains(&format!("- intact: {whole}\n")), "{page}");
}

#[test]
fn a_value_that_is_missing_in_places_is_counted_in_those_it_has() {
    let mut random = SplitMix64::stream(20_261_130, 6);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 3, |point, _| {
        let not_played = point[0] == "json" && point[1] != "16 B";
        (!not_played).then(|| round(clear(point[0]), 0.01, &mut random))
    });
    let told = entry(&table(&document, Choice::default()), "framing");
    assert!(told.contains("worst varint in 6, json in 1 of its 1"), "{told}");
}

#[test]
fn one_round_shows_no_difference() {
    let mut random = SplitMix64::stream(20_261_130, 7);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 1, |point, _| {
        Some(round(clear(point[0]), 0.01, &mut random))
    });
    let table = table(&document, Choice::default());
    let told = entry(&table, "framing");
    assert_eq!(told, "one round cannot show a difference in 7 of 7 places: rate, p99, cpu/msg");
    assert!(!table.contains("best line"), "{table}");
}

#[test]
fn small_tables_have_no_such_words() {
    let mut random = SplitMix64::stream(20_261_130, 8);
    let mut of = |axes: &[(&str, &[&str])]| {
        let document = grid(axes, 3, |point, _| Some(round(clear(point[0]), 0.01, &mut random)));
        [table(&document, Choice::default()), page(&document, &Choice::default())]
    };
    for text in of(&[("framing", FRAMINGS), ("load.payload", &PAYLOADS[..6])]) {
        assert!(!text.contains(ABOUT), "{text}");
    }
    // One axis more, or one cell more.
    for axes in [
        [
            ("framing", FRAMINGS),
            ("load.payload", &PAYLOADS[..2]),
            ("transport.write", &["message", "batch"]),
        ],
        [("framing", FRAMINGS), ("load.payload", PAYLOADS), ("transport.write", &["message"])],
    ] {
        for text in of(&axes) {
            assert!(text.contains(ABOUT), "{text}");
        }
    }
}

#[test]
fn the_answer_stands_above_the_rows_and_is_short_whatever_the_axes() {
    let mut random = SplitMix64::stream(20_261_130, 9);
    let names: Vec<String> = (0..10).map(|at| format!("handler.config.k{at}")).collect();
    let axes: Vec<(&str, &[&str])> =
        names.iter().map(|name| (name.as_str(), &["a", "b"][..])).collect();
    for count in 1..=axes.len() {
        let axes = &axes[..count];
        let document = grid(axes, 2, |_, _| Some(round(1.0, 0.01, &mut random)));
        let page = page(&document, &Choice::default());
        let lines: Vec<&str> = page.lines().filter(|line| line.starts_with("- ")).collect();
        let wanted = if count > 2 { 1 + count.min(10)..=12 } else { 0..=0 };
        assert!(wanted.contains(&lines.len()), "{count} axes: {lines:?}");
        if count > 9 {
            assert!(lines.concat().contains("result.json has them"), "{lines:?}");
        }
    }
}

#[test]
fn in_markdown_the_answer_stands_before_what_is_wrong_and_before_the_rows() {
    let mut random = SplitMix64::stream(20_261_130, 10);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 3, |point, _| {
        Some(round(clear(point[0]), 0.01, &mut random).error("read", 2, "reset"))
    });
    let page = page(&document, &Choice::default());
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words}: {page}"));
    assert!(
        place("- framing: rate, told apart in 7 of 7 places: best line") < place("#### Errors")
    );
    assert!(place("#### Errors") < place("| framing |"));
}

#[test]
fn of_a_server_that_is_not_ours_what_its_handler_is_told_is_no_place() {
    let axes: [(&str, &[&str]); 2] =
        [("handler.config.text", &["short", "long"]), ("load.payload", PAYLOADS)];
    let mut random = SplitMix64::stream(20_261_130, 11);
    let mut document = grid(&axes, 3, |_, _| Some(round(1.0, 0.01, &mut random)));
    for cell in &mut document.cells {
        cell.integrity.judge = wirebench::result::document::JudgedBy::HandlerOnly;
    }
    document.cells.extend(document.cells.clone().into_iter().map(|mut cell| {
        cell.axes["load.payload"] = format!("{} more", cell.axes["load.payload"]).into();
        cell
    }));
    let told = page(&document, &Choice::default());
    assert!(!told.contains("every message"), "nobody knows of their messages: {told}");
    let table = table(&document, Choice::default());
    let told = entry(&table, "text");
    assert!(told.starts_with("nothing to compare"), "{table}");
    assert!(!entry(&table, "payload").starts_with("nothing to compare"), "{table}");
}

#[test]
fn a_pivot_or_an_order_leaves_the_answer_where_it_is() {
    let mut random = SplitMix64::stream(20_261_130, 12);
    let document = grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 3, |point, _| {
        Some(round(clear(point[0]), 0.01, &mut random))
    });
    let usual = entry(&table(&document, Choice::default()), "framing");
    for chosen in
        [choice(Some("p50"), 2, &[], None), choice(None, 0, &[], Some("framing,payload:p50"))]
    {
        assert_eq!(entry(&table(&document, chosen), "framing"), usual);
    }
}

#[test]
fn nothing_measured_is_nothing_to_compare() {
    let document =
        grid(&[("framing", FRAMINGS), ("load.payload", PAYLOADS)], 1, |_, _| None::<Sample>);
    let table = table(&document, Choice::default());
    assert!(entry(&table, "framing").starts_with("nothing to compare"), "{table}");
    assert_eq!(entry(&table, "intact"), "0 of 21 cells keep every message whole");
}
