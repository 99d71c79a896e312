//! One column as a table of two axes.

use crate::grid::{choice, grid, page, round, table};
use wirebench::judge::Verdict;
use wirebench::load::rng::SplitMix64;
use wirebench::report::table::{Options, render};
use wirebench::result::Document;

const WRITES: &[&str] = &["message", "batch"];

/// `line` is twice as fast as `json`, payload `2` needs thrice as long as `1`; `raw` is damaged, and `json` at `2` was not
/// played. `varint` is as fast as `line`.
fn some(axes: &[(&str, &[&str])]) -> Document {
    let mut random = SplitMix64::stream(20_261_130, 30);
    grid(axes, 4, |point, _| {
        let slower = match (point[0], point[1]) {
            ("json", "2") => return None,
            ("json", _) => 2.0,
            (_, "2") => 3.0,
            _ => 1.0,
        };
        let sample = round(slower, 0.02, &mut random);
        Some(if point[0] == "raw" { sample.damage_requests(Verdict::Merged, 500) } else { sample })
    })
}

const AXES: [(&str, &[&str]); 2] =
    [("framing", &["line", "varint", "json", "raw"]), ("load.payload", &["1", "2"])];

/// The fields of the rows of a pivot, its head first.
fn fields(text: &str) -> Vec<Vec<String>> {
    let is_page = text.starts_with('#');
    let begins = |line: &&str| line.starts_with(if is_page { "| framing" } else { "framing  " });
    let lines = text.lines().skip_while(|line| !begins(line)).take_while(|line| !line.is_empty());
    let rows = lines.filter(|line| !line.starts_with("| :--"));
    let parts = |line: &str| {
        let line = line.trim_start_matches("| ").trim_end_matches(" |").replace('\\', "");
        let parts: Vec<String> = line
            .split(if is_page { " | " } else { "  " })
            .map(|part| part.trim().to_owned())
            .collect();
        parts.into_iter().filter(|part| !part.is_empty()).collect()
    };
    rows.map(parts).collect()
}

#[test]
fn two_axes_make_a_table_with_the_best_marked_where_they_are_told_apart() {
    let document = some(&AXES);
    let chosen = choice(None, 0, &[], Some("framing,load.payload:p50"));
    for text in [table(&document, chosen.clone()), page(&document, &chosen)] {
        let rows = fields(&text);
        assert_eq!(rows[0], ["framing", "1", "2"], "{text}");
        let names: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["line", "varint", "json", "raw"], "{text}");
        // Both are the best of their column, and payload 1 is the best of each row.
        for row in [1, 2] {
            assert!(rows[row][1].starts_with('*') && rows[row][1].ends_with('°'), "{text}");
        }
        // In the column of payload 2 nobody is told apart from anybody.
        assert!(!rows[1][2].contains(['*', '°']), "{text}");
        assert!(!rows[3][1].contains(['*', '°', '†']), "json is the best of nothing: {text}");
        assert_eq!(rows[3][2], "–", "what was not played has a dash: {text}");
        assert!(rows[4][1].ends_with('†') && !rows[4][1].contains('*'), "{text}");
        for words in ["*: best of its column", "°: best of its row", "†: damaged, crashed"] {
            assert!(text.replace('\\', "").contains(words), "{words}: {text}");
        }
    }
}

#[test]
fn nobody_is_marked_within_the_noise() {
    let mut marked = 0;
    for seed in 0..20 {
        let mut random = SplitMix64::stream(seed, 31);
        let axes: [(&str, &[&str]); 2] =
            [("framing", &["a", "b", "c"]), ("load.payload", &["1", "2"])];
        let document = grid(&axes, 4, |_, _| Some(round(1.0, 0.2, &mut random)));
        let text = table(&document, choice(None, 0, &[], Some("framing,payload:rate")));
        marked += usize::from(text.contains("best of its"));
        assert!(fields(&text).len() == 4, "seed {seed}: {text}");
    }
    // Five lines a table, one of twenty of which may be told apart by chance.
    assert!(marked <= 9, "{marked} of 20");
}

#[test]
fn what_is_told_of_messages_is_told_of_damaged_cells_without_a_mark() {
    let document = some(&AXES);
    let text = table(&document, choice(None, 0, &[], Some("framing,payload:intact")));
    let rows = fields(&text);
    assert!(rows[4][1].ends_with('%') && rows[1][1] == "100 %", "{text}");
    assert!(!text.contains('†'), "{text}");
    let text = table(&document, choice(None, 0, &[], Some("framing,payload:verdict")));
    assert_eq!(fields(&text)[1][1..], ["pass", "pass"], "{text}");
}

#[test]
fn further_axes_make_sections() {
    let document = some(&[AXES[0], AXES[1], ("transport.write", WRITES)]);
    let chosen = choice(None, 0, &[], Some("payload,framing:rate"));
    let text = table(&document, chosen.clone());
    for title in ["\nwrite message\n", "\nwrite batch\n"] {
        assert!(text.contains(title), "{text}");
    }
    assert_eq!(text.matches("  payload  ").count(), 2, "{text}");
    let text = page(&document, &chosen);
    assert_eq!(text.matches("| payload | line | varint | json | raw |").count(), 2, "{text}");
    assert!(text.contains("**write batch**"), "{text}");
}

#[test]
fn columns_that_have_no_room_stand_below() {
    let payloads = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
    let mut random = SplitMix64::stream(20_261_130, 32);
    let axes: [(&str, &[&str]); 2] = [("framing", &["line", "json"]), ("load.payload", &payloads)];
    let document = grid(&axes, 2, |_, _| Some(round(1.0, 0.01, &mut random)));
    let shown = choice(None, 0, &[], Some("framing,payload:p50"));
    let options = |width| Options { width, choice: shown.clone(), ..Options::default() };
    let text = render(&document, &options(Some(60)));
    let of_pivot = || text.lines().skip_while(|line| !line.starts_with("p50: a row"));
    let heads: Vec<&str> = of_pivot().filter(|line| line.starts_with("framing ")).collect();
    let all: Vec<&str> = heads.iter().flat_map(|head| head.split_whitespace().skip(1)).collect();
    assert!(heads.len() > 1, "{text}");
    assert_eq!(all, payloads, "each column stands once: {text}");
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    let wide = render(&document, &options(None));
    let wide = wide.lines().skip_while(|line| !line.starts_with("p50: a row"));
    assert_eq!(wide.filter(|line| line.starts_with("framing ")).count(), 1);
}

#[test]
fn a_table_of_nearly_nothing_is_not_made() {
    let values: Vec<String> = (0..1000).map(|value| value.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut document = grid(&[("framing", &["a"]), ("load.payload", &values)], 1, |_, _| None);
    for (number, cell) in document.cells.iter_mut().enumerate() {
        cell.axes["framing"] = number.to_string().into();
    }
    let chosen = choice(None, 0, &[], Some("framing,payload:p50"));
    for text in [table(&document, chosen.clone()), page(&document, &chosen)] {
        assert!(text.contains("nearly all places would be empty"), "{text}");
        // A million dashes would be three million bytes.
        assert!(text.len() < 300_000, "{} bytes", text.len());
    }
}

#[test]
fn several_cells_at_one_place_are_counted() {
    let mut document = some(&AXES);
    document.cells.extend_from_within(..1);
    let text = table(&document, choice(None, 0, &[], Some("framing,payload:p50")));
    assert!(text.contains("1 cell not shown: another stands at the same place"), "{text}");
}

#[test]
fn a_name_that_a_document_does_not_know_is_told_in_its_place() {
    let text = table(&some(&AXES), choice(None, 0, &[], Some("framing,wrote:p50")));
    assert!(text.contains("there is no axis `wrote`"), "{text}");
}
