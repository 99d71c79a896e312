//! What two pages say survives what is what the survey of hostile links shows, cell by cell.

#[path = "harness/generated.rs"]
mod generated;
#[path = "harness/mod.rs"]
mod harness;
#[path = "harness/page.rs"]
mod page;

use harness::{Bench, Cell, plugin_folder};
use page::Page;
use serde_json::Value;
use std::collections::BTreeMap;

const LINKS: &str = include_str!("../docs/hostile-links.md");

/// Where the table stands.
const PAGES: [&str; 2] = ["docs/hostile-links.md", "docs/choose-a-framing.md"];
const SURVEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/hostile/survey.toml");

/// The columns of the table, each with its link as the survey writes it.
const COLUMNS: [(&str, &str); 8] = [
    ("one byte", r#"{ pieces = "1 B", lock-step-wait = "50ms" }"#),
    ("every cut", r#"{ pieces = "every-cut", lock-step-wait = "50ms" }"#),
    ("joined writes", r#"{ coalesce = 4, coalesce-wait = "5ms" }"#),
    ("short reads", r#"{ short-reads = "50%", interrupts = "20%", would-block = "20%" }"#),
    ("delay", r#"{ delay = "1ms" }"#),
    ("a bit", r#"{ request = { flip = "0.04%" } }"#),
    ("more bits", r#"{ request = { flip = "3%" } }"#),
    ("reset", "{ request = { rst-after = { inside = 3 } } }"),
];

/// Framing and column to outcome.
type Table = BTreeMap<(String, &'static str), String>;

/// The table as the pages show it. Its rows may name several framings.
fn shown() -> Table {
    let (_, section) = LINKS.split_once("\n<!-- begin survey: ").expect("the table");
    let mut lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim);
    let titles: Vec<&str> = cells(lines.next().expect("a header")).collect();
    assert_eq!(titles[1..], COLUMNS.map(|(title, _)| title));
    let mut table = Table::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let mut row = cells(line);
        let framings = row.next().expect("framings");
        let words: Vec<&str> = row.collect();
        assert_eq!(words.len(), COLUMNS.len(), "{line}");
        for framing in framings.split(", ") {
            for ((title, _), word) in COLUMNS.iter().zip(&words) {
                let twice = table.insert((framing.to_owned(), title), (*word).to_owned());
                assert_eq!(twice, None, "{framing} stands there twice");
            }
        }
    }
    table
}

/// The table as the survey gives it; only the cells that a filter leaves, if there is one.
fn measured(filter: Option<&str>) -> Table {
    let bench = Bench::new();
    let mut arguments = vec!["run", SURVEY, "--out", "out", "--json", "result.json"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    arguments.extend(filter.into_iter().flat_map(|filter| ["--filter", filter]));
    let ran = bench.start(&arguments).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    bench
        .document()
        .cells()
        .map(|cell| {
            let link = cell.0["axes"]["link"].as_str().expect("a link");
            let column = COLUMNS.iter().find(|(_, written)| *written == link);
            let (title, _) = column.unwrap_or_else(|| panic!("no column shows {link}"));
            ((framing(cell), *title), outcome(cell).to_owned())
        })
        .collect()
}

/// A framing as the pages write it.
fn framing(cell: Cell<'_>) -> String {
    let framing = &cell.0["setup"]["request_framing"];
    let kind = framing["kind"].as_str().expect("a kind");
    match framing["settings"]["terminator"].as_str() {
        Some("lf") => format!("`{kind}` with `terminator = \"lf\"`"),
        _ => format!("`{kind}`"),
    }
}

/// The word for what became of a cell's messages, as the page of hostile links defines it.
fn outcome(cell: Cell<'_>) -> &'static str {
    let both = |what: &str| cell.request(what) + cell.reply(what);
    let faults = |kind: Option<&str>| -> u64 {
        let all = cell.0["link"]["request"]["faults"].as_array().expect("faults");
        let those = all.iter().filter(|fault| kind.is_none_or(|kind| fault["kind"] == kind));
        those.filter_map(|fault| fault["injected"].as_u64()).sum()
    };
    let given_up: u64 = cell
        .list("errors")
        .iter()
        .filter(|error| error["side"] == "server" && error["kind"] == "framing")
        .filter_map(|error| error["count"].as_u64())
        .sum();
    let harmed = cell.request("sent") - cell.request("intact");
    let flipped = faults(Some("flip"));
    if both("intact") == both("sent") {
        "whole"
    } else if flipped > 0 && harmed > flipped + given_up {
        "derails"
    } else if given_up > 0 {
        "loses session"
    } else if both("split") > 0 {
        "splits"
    } else if both("corrupted") + both("truncated") > 0 {
        "undetected"
    } else if both("merged") + both("straddled") > 0 {
        "merges"
    } else if harmed <= faults(None) {
        "loses one"
    } else {
        "loses more"
    }
}

/// Every difference at once: framing, column, shown, measured.
#[track_caller]
fn is_shown(measured: &Table) {
    let shown = shown();
    let differ: Vec<_> = measured
        .iter()
        .filter(|(place, word)| shown.get(*place) != Some(*word))
        .map(|(place, word)| (place, shown.get(place), word))
        .collect();
    assert!(!measured.is_empty() && differ.is_empty(), "shown, measured: {differ:#?}");
}

#[test]
fn the_table_shows_what_a_cut_and_a_reset_do() {
    is_shown(&measured(Some("every-cut")));
    is_shown(&measured(Some("rst-after")));
}

#[test]
fn the_table_shows_what_a_changed_bit_does() {
    is_shown(&measured(Some("flip = \"0.04%\"")));
}

/// The rows of the table: framings with the same outcomes share one.
fn rows(measured: &Table) -> Vec<String> {
    let mut alike: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for (framing, _) in measured.keys().filter(|(_, column)| *column == COLUMNS[0].0) {
        let outcomes = COLUMNS.map(|(title, _)| measured[&(framing.clone(), title)].as_str());
        alike.entry(outcomes.to_vec()).or_default().push(framing);
    }
    let row = |(outcomes, framings): (&Vec<&str>, &Vec<&str>)| {
        format!("| {} | {} |", framings.join(", "), outcomes.join(" | "))
    };
    alike.iter().map(row).collect()
}

#[test]
#[ignore = "slow: the whole survey"]
fn the_table_shows_every_cell_of_the_survey() {
    let titles = COLUMNS.map(|(title, _)| title).join(" | ");
    let table = generated::table(&format!("| framing | {titles} |"), rows(&measured(None)));
    for page in PAGES {
        generated::holds(page, "survey", &table);
    }
}

#[test]
fn all_pages_show_the_same_table() {
    let place = |page: &Page| {
        let rest = page.text().split_once("<!-- begin survey: ").expect("a place for it").1;
        let (_, rest) = rest.split_once('\n').expect("a mark is a line");
        rest.split_once("<!-- end survey -->").expect("it ends").0.to_owned()
    };
    let [first, others @ ..] = PAGES.map(|name| place(&Page::read(name)));
    for other in others {
        assert_eq!(first, other, "write them all: see CONTRIBUTING.md");
    }
}

#[test]
fn its_words_are_explained() {
    for word in shown().values() {
        assert!(LINKS.contains(&format!("\n- **{word}**: ")), "{word}");
    }
}

#[test]
fn outcomes_are_told_in_the_order_that_is_shown() {
    let cell = |request: &[(&str, u64)], flips: u64, given_up: u64| {
        let mut counts: BTreeMap<&str, u64> =
            harness::document::VERDICTS.iter().map(|verdict| (*verdict, 0)).collect();
        counts.extend(request.iter().copied());
        let sent: u64 = counts.values().sum();
        counts.insert("sent", sent);
        let none: BTreeMap<&str, u64> = counts.keys().map(|name| (*name, 0)).collect();
        serde_json::json!({
            "id": "made up",
            "integrity": { "request": counts, "reply": none },
            "link": { "request": { "faults": [
                { "kind": "flip", "injected": flips }, { "kind": "cut", "injected": 3 },
            ] } },
            "errors": [{ "side": "server", "kind": "framing", "count": given_up }],
        })
    };
    let word = |cell: &Value| outcome(Cell(cell));
    assert_eq!(word(&cell(&[("intact", 9)], 2, 0)), "whole");
    assert_eq!(word(&cell(&[("lost", 4)], 2, 1)), "derails");
    assert_eq!(word(&cell(&[("lost", 3)], 2, 1)), "loses session");
    assert_eq!(word(&cell(&[("split", 1), ("merged", 1)], 0, 0)), "splits");
    assert_eq!(word(&cell(&[("merged", 1), ("corrupted", 1)], 2, 0)), "undetected");
    assert_eq!(word(&cell(&[("straddled", 9)], 0, 0)), "merges");
    assert_eq!(word(&cell(&[("lost", 3), ("intact", 1)], 0, 0)), "loses one");
    assert_eq!(word(&cell(&[("lost", 4)], 0, 0)), "loses more");
}
