//! Rows in another order, some of them, and some of the columns.

use crate::grid::{choice, grid, page, round, table};
use crate::sample::{Sample, everything, three_rounds};
use wirebench::judge::Verdict;
use wirebench::load::rng::SplitMix64;
use wirebench::report::Choice;
use wirebench::report::table::{Options, render};
use wirebench::result::Document;

/// Five framings under three payloads; `c` is fastest, `raw` faster still and broken, and `e` was never played.
fn some() -> Document {
    let framings: &[&str] = &["a", "b", "c", "raw", "e"];
    let mut random = SplitMix64::stream(20_261_130, 20);
    let axes = [("framing", framings), ("load.payload", &["1", "2", "3"])];
    grid(&axes, 2, |point, _| {
        let payload: f64 = point[1].parse().expect("a number");
        let slower = match point[0] {
            "a" => 3.0,
            "b" => 2.0,
            "c" => 1.0,
            "raw" => 0.1,
            _ => return None,
        };
        let sample: Sample = round(slower * payload, 0.01, &mut random);
        Some(if point[0] == "raw" { sample.damage_requests(Verdict::Merged, 10) } else { sample })
    })
}

/// The names of the rows of a table, or of one in Markdown, in their order.
fn rows(text: &str) -> Vec<String> {
    let of_table = text.lines().skip_while(|line| !line.starts_with("framing  payload")).skip(1);
    let of_page = text.lines().skip_while(|line| !line.starts_with("| framing")).skip(2);
    let of_page = of_page.take_while(|line| line.starts_with("| "));
    let words = |line: &str| {
        line.replace('|', " ").split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    let is_row = |name: &String| {
        let mut parts = name.split(' ');
        ["a", "b", "c", "raw", "e"].contains(&parts.next().unwrap_or_default())
    };
    let lines: Vec<&str> =
        if text.contains("| framing") { of_page.collect() } else { of_table.collect() };
    lines.into_iter().take_while(|line| !line.contains("rows:")).map(words).filter(is_row).collect()
}

#[test]
fn rows_are_sorted_by_a_figure_over_all_places_and_damaged_cells_stand_behind() {
    let document = some();
    let rising = ["c 1", "b 1", "c 2", "a 1", "c 3", "b 2", "a 2", "b 3", "a 3"];
    let damaged = ["raw 1", "raw 2", "raw 3"];
    let missing = ["e 1", "e 2", "e 3"];
    let by = |sort| choice(Some(sort), 0, &[], None);
    // 2 of b and 1 of a are close: which of the equals is first follows from the noise.
    let place = |rows: &[String], name: &str| rows.iter().position(|row| row == name);
    for text in [table(&document, by("p50")), page(&document, &by("p50"))] {
        let rows = rows(&text);
        assert_eq!(rows.len(), 15, "{text}");
        assert_eq!(rows[0], rising[0], "{text}");
        for pair in [("c 1", "b 1"), ("b 1", "a 1"), ("c 3", "b 2"), ("b 2", "a 2"), ("b 3", "a 3")]
        {
            assert!(place(&rows, pair.0) < place(&rows, pair.1), "{pair:?}: {text}");
        }
        assert_eq!(rows[9..12], damaged, "{text}");
        assert_eq!(rows[12..], missing, "what has no figure stands last: {text}");
        assert!(text.contains("damaged, crashed or not done"), "{text}");
    }
    let falling = rows(&table(&document, by("-p50")));
    assert_eq!(falling[0], "a 3");
    assert_eq!(falling[8], "c 1");
    assert_eq!(falling[9..12], ["raw 3", "raw 2", "raw 1"]);
    assert_eq!(falling[12..], missing, "what has no figure stands last, whatever the order");
}

#[test]
fn by_what_became_of_messages_damaged_cells_are_in_order_themselves() {
    let rows = rows(&table(&some(), choice(Some("intact"), 0, &[], None)));
    assert!(rows[..3].iter().all(|row| row.starts_with("raw")), "{rows:?}");
    assert!(rows[12..].iter().all(|row| row.starts_with("e ")), "{rows:?}");
}

#[test]
fn rows_are_sorted_by_an_axis_in_the_order_of_the_matrix() {
    let rows = rows(&table(&some(), choice(Some("-payload"), 0, &[], None)));
    let wanted = ["a 3", "b 3", "c 3", "raw 3", "e 3", "a 2"];
    assert_eq!(rows[..6], wanted);
}

#[test]
fn the_first_rows_are_shown_and_how_many_are_not() {
    let document = some();
    let top = |sort: Option<&str>, count| choice(sort, count, &[], None);
    for text in [table(&document, top(Some("-rate"), 2)), page(&document, &top(Some("-rate"), 2))] {
        assert_eq!(rows(&text).len(), 2, "{text}");
        assert_eq!(rows(&text)[0], "c 1", "{text}");
        let words = text.replace(['`', '\\'], "");
        assert!(
            words.contains("2 of 15 rows: --top 0 shows all; by rate, the highest first"),
            "{text}"
        );
    }
    let text = page(&document, &top(None, 4));
    assert_eq!(rows(&text), ["a 1", "a 2", "a 3", "b 1"], "{text}");
    assert!(text.contains("the first of the scenario"), "{text}");
    for count in [0, 15, usize::MAX] {
        let text = table(&document, top(Some("p50"), count));
        assert_eq!(rows(&text).len(), 15, "{text}");
        assert!(!text.contains("shows all"), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_of_rows_that_are_not_shown() {
    let (scenario, rounds) = everything();
    let document = crate::sample::document(&scenario, &rounds);
    let text = table(&document, choice(Some("p50"), 1, &[], None));
    assert!(text.contains("Gates that do not hold\n  framing=raw,load.payload=64 B"), "{text}");
    assert!(text.contains("Crashes\n  framing=len32be"), "{text}");
    assert!(text.contains("3 of 8 cells pass"), "{text}");
}

/// The words of the line above the rows.
fn head(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let line = lines.find(|line| line.starts_with("framing  ") || line.starts_with("| framing"));
    let line = line.unwrap_or_else(|| panic!("no head: {text}"));
    if let Some(fields) = line.strip_prefix("| ") {
        return fields.trim_end_matches(" |").split(" | ").map(str::to_owned).collect();
    }
    line.split("  ").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn columns_are_those_that_were_asked_for_in_that_order() {
    let (scenario, rounds) = three_rounds();
    let document = crate::sample::document(&scenario, &rounds);
    let asked =
        choice(None, 0, &["cpu/msg", "max", "rate", "framing", "rate", "client ns/msg"], None);
    let shown = table(&document, asked.clone());
    assert_eq!(
        head(&shown),
        ["framing", "payload", "cpu", "max", "rate", "client ns/msg"],
        "{shown}"
    );
    let line = shown.lines().find(|line| line.starts_with("varint")).expect("a row");
    assert!(line.ends_with("812  pass"), "{line}");
    let shown = page(&document, &asked);
    let titles = ["framing", "payload", "cpu/msg", "max", "rate", "client ns/msg", "verdict"];
    assert_eq!(head(&shown), titles, "{shown}");
}

#[test]
fn columns_that_were_asked_for_are_never_left_out_for_width() {
    let (scenario, rounds) = three_rounds();
    let document = crate::sample::document(&scenario, &rounds);
    let narrow =
        |choice| render(&document, &Options { width: Some(50), choice, ..Options::default() });
    assert!(narrow(Choice::default()).contains("no room for"));
    let asked = ["intact", "p50", "p99", "rate", "wire", "segs", "writes", "cpu", "cpu-sides"];
    let shown = narrow(choice(None, 0, &asked, None));
    assert!(!shown.contains("no room for"), "{shown}");
    assert!(shown.contains("cpu ns"), "{shown}");
}

#[test]
fn an_uncertainty_without_its_figure_says_whose_it_is() {
    let (scenario, rounds) = three_rounds();
    let document = crate::sample::document(&scenario, &rounds);
    let alone = table(&document, choice(None, 0, &["rate-spread"], None));
    assert_eq!(head(&alone), ["framing", "payload", "± of rate"], "{alone}");
    let behind = table(&document, choice(None, 0, &["rate", "rate-spread"], None));
    assert!(head(&behind).join(" ").ends_with("rate ±"), "{behind}");
}

#[test]
fn marks_that_are_not_shown_are_not_explained() {
    let (scenario, rounds) = three_rounds();
    let document = crate::sample::document(&scenario, &rounds);
    let usual = table(&document, Choice::default());
    assert!(usual.contains("*: best of its group") && usual.contains("~: the rounds"), "{usual}");
    let shown = table(&document, choice(None, 0, &["segs"], None));
    for mark in ["*: best", "~: the rounds", "slower: than", "±: 95"] {
        assert!(!shown.contains(mark), "{mark}: {shown}");
    }
    assert!(page(&document, &Choice::default()).contains("~: the rounds"));
    assert!(!page(&document, &choice(None, 0, &["segs"], None)).contains("~: the rounds"));
}

#[test]
fn a_cell_without_a_figure_has_a_dash_in_columns_that_were_asked_for() {
    let asked = choice(Some("p50"), 0, &["intact", "p50", "p99.9", "cpu", "wire"], None);
    for text in [table(&some(), asked.clone()), page(&some(), &asked)] {
        let rows = text.lines().filter(|line| line.trim_start_matches("| ").starts_with("e "));
        let dashes: Vec<usize> = rows.map(|line| line.matches('–').count()).collect();
        assert_eq!(dashes, [5, 5, 5], "{text}");
    }
}
