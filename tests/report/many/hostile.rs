//! Names in which others have written stay text in everything that stands above and in the place of the rows.

use crate::grid::{choice, grid, page, round, table};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};
use wirebench::judge::Verdict;
use wirebench::load::rng::SplitMix64;
use wirebench::report::Choice;
use wirebench::text::{clean, is_plain};

/// What a terminal, Markdown or HTML makes something of.
const PIECES: [&str; 26] = [
    "|",
    "\\",
    "`",
    "``",
    "*",
    "_",
    "~",
    "<script>alert(1)</script>",
    "<!--",
    "[x](y)",
    "![",
    "http://x.y/z",
    "@user",
    "#12",
    "# ",
    "$x$",
    "&amp;",
    ":smile:",
    "- ",
    "1. ",
    "\u{1b}[2J",
    "\u{1b}]8;;x:y\u{1b}\\",
    "\n",
    "\u{202e}",
    "\u{200b}",
    "word",
];

fn hostile(random: &mut SplitMix64) -> String {
    let count = 1 + random.next_u64() % 5;
    (0..count).map(|_| PIECES[(random.next_u64() % PIECES.len() as u64) as usize]).collect()
}

/// Everything that can be shown of a document.
fn choices(axes: [&str; 2]) -> Vec<Choice> {
    vec![
        Choice::default(),
        choice(Some("-p50"), 3, &["p50", "rate"], None),
        choice(Some(axes[0]), 0, &[], None),
        choice(None, 0, &[], Some(&format!("{},{}:p99", axes[0], axes[1]))),
        choice(None, 0, &[], Some("none,none:p99")),
    ]
}

/// All text of Markdown as a reader sees it, and nothing but text, code, lists, tables and headings.
fn seen(told: &str, markdown: &str) -> String {
    let mut options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    options |= Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_MATH;
    let mut seen = String::new();
    for event in TextMergeStream::new(Parser::new_ext(markdown, options)) {
        match event {
            Event::Text(text) => {
                let named = |mark: char| {
                    text.split(mark).skip(1).any(|rest| rest.starts_with(char::is_alphanumeric))
                };
                let again = ["://", "$", ":smile:"].iter().any(|one| text.contains(one));
                assert!(!again && !named('@') && !named('#'), "{told}: {text:?} of {markdown}");
                seen.push_str(&text);
            }
            Event::Code(code) => seen.push_str(&code),
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            ) => {}
            Event::End(TagEnd::Strong) => {}
            Event::End(_) => seen.push('\n'),
            other => panic!("{told}: {other:?} in {markdown}"),
        }
    }
    seen
}

#[test]
fn names_of_values_axes_and_scenarios_are_text_in_all_that_is_shown() {
    for seed in 0..12 {
        let mut random = SplitMix64::stream(seed, 40);
        let mut name = || hostile(&mut random);
        let values: [Vec<String>; 3] =
            std::array::from_fn(|axis| (0..3).map(|at| format!("{}{axis}{at}", name())).collect());
        let values =
            values.each_ref().map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        let titles: [String; 3] = std::array::from_fn(|axis| format!("{axis}{}", name()));
        let title = name();
        let axes: Vec<(&str, &[&str])> = titles
            .iter()
            .zip(&values)
            .map(|(title, values)| (title.as_str(), &values[..]))
            .collect();
        let mut noise = SplitMix64::stream(seed, 41);
        let mut document = grid(&axes, 3, |point, _| {
            let at = |axis: usize| {
                values[axis].iter().position(|value| *value == point[axis]).unwrap_or(0)
            };
            let sample = round(1.0 + at(0) as f64, 0.01, &mut noise);
            Some(if at(1) == 2 { sample.damage_requests(Verdict::Merged, 10) } else { sample })
        });
        document.scenario.name = title;
        for chosen in choices([&titles[0], &titles[1]]) {
            let told = format!("seed {seed}, {chosen:?}");
            let shown = table(&document, chosen.clone());
            let wrong = shown.chars().find(|c| *c != '\n' && !is_plain(*c));
            assert_eq!(wrong, None, "{told}: {shown:?}");
            let text = seen(&told, &page(&document, &chosen));
            // A blank at the end of a field, or several of them, is none in Markdown.
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = words(&text);
            // What is not cut stands there as it is, in the answer or in a table.
            let whole = values.iter().flatten().filter(|value| clean(value).len() <= 25);
            if chosen.is_usual() {
                for value in whole {
                    assert!(text.contains(&words(&clean(value))), "{told}: {value:?} in {text}");
                }
            }
        }
    }
}

#[test]
fn a_name_without_end_takes_the_room_of_a_short_one() {
    let long = "x".repeat(100_000);
    let mut random = SplitMix64::stream(20_261_130, 42);
    let values: &[&str] = &[&long, "short", "other"];
    let payloads: Vec<String> = (0..8).map(|at| at.to_string()).collect();
    let payloads: Vec<&str> = payloads.iter().map(String::as_str).collect();
    let document = grid(&[("framing", values), ("load.payload", &payloads)], 3, |point, _| {
        Some(round(if point[0] == "short" { 2.0 } else { 1.0 }, 0.01, &mut random))
    });
    let text = page(&document, &Choice::default());
    let answer: Vec<&str> = text.lines().filter(|line| line.starts_with("- framing")).collect();
    assert!(!answer.is_empty() && answer.iter().all(|line| line.len() < 300), "{answer:?}");
    let text = table(&document, choice(None, 0, &[], Some("framing,payload:p50")));
    let rows = text.lines().skip_while(|line| !line.starts_with("framing  ")).take(4);
    assert!(rows.map(str::len).max() < Some(300), "{text}");
}

#[test]
fn a_thousand_cells_have_an_answer_an_order_and_a_pivot() {
    let names: Vec<String> = (0..1000).map(|value| format!("v{value}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for axes in [
        [("framing", &names[..]), ("load.payload", &names[..1])],
        [("framing", &names[..20]), ("load.payload", &names[..50])],
    ] {
        let mut random = SplitMix64::stream(20_261_130, 43);
        let document = grid(&axes, 2, |point, _| {
            let slower = if point[0] == "v7" { 1.0 } else { 5.0 };
            Some(round(slower, 0.01, &mut random))
        });
        let text = table(&document, choice(Some("-rate"), 5, &[], None));
        assert!(text.contains("5 of 1000 rows"), "{text}");
        assert!(text.contains("best v7 in "), "{text}");
        let text = table(&document, choice(None, 0, &[], Some("framing,payload:rate")));
        assert!(text.contains("\nv999") || text.contains("v49"), "{text}");
    }
}
