//! `--format markdown`: a table for GitHub.

use super::literal::{literal, literal_line};
use super::numbers;
use super::table::{axis_titles, axis_value, conditions, damage, debug_words, link_words, slower};
use crate::result::Document;
use crate::result::document::CellResult;
use crate::text::{Page, cleaned, plural};

/// One row per cell, with a line for the conditions that the figures depend on below it. Ends with
/// a line feed.
pub fn markdown(document: &Document) -> Page {
    let document = &*cleaned(document);
    let axes = &document.scenario.axes;
    let mut titles = if axes.is_empty() { vec!["cell".into()] } else { axis_titles(document) };
    let names = titles.len();
    titles.extend(FIGURES.iter().map(|(title, _)| (*title).to_owned()));
    let mut text = row(&titles);
    let rules = titles.iter().enumerate().map(|(at, _)| if at < names { ":--" } else { "--:" });
    text.push_str(&row(&rules.map(String::from).collect::<Vec<_>>()));
    for cell in &document.cells {
        let mut fields: Vec<String> = if axes.is_empty() {
            vec![cell.id.clone()]
        } else {
            axes.iter().map(|axis| axis_value(cell, axis)).collect()
        };
        fields.extend(FIGURES.iter().map(|(_, show)| show(cell)));
        text.push_str(&row(&fields));
    }
    let (scenario, tool) = (&document.scenario, &document.tool);
    let interrupted = if document.interrupted { "; interrupted before its end" } else { "" };
    text.push_str(&format!(
        "\n{}: {}; seed {}, {} {} a cell{interrupted}; {} {}\n",
        literal_line(&scenario.name),
        literal(&conditions(document)),
        scenario.seed,
        scenario.rounds,
        plural(scenario.rounds.into(), "round"),
        literal(&tool.name),
        literal(&tool.version)
    ));
    text.push_str(
        "\n±: 95 % confidence, from the differences between rounds; ~: the rounds do not tell \
                   the rate apart from the fastest\n",
    );
    for warning in debug_words(document)
        .into_iter()
        .chain(document.stopped.as_ref().map(|why| format!("stopped early: {why}")))
    {
        text.push_str(&format!("\n**{}**\n", literal(warning.trim())));
    }
    Page::of_clean(text)
}

/// A figure of a cell, as text.
type Show = fn(&CellResult) -> String;

const FIGURES: &[(&str, Show)] = &[
    ("intact", |cell| {
        let (intact, sent) = cell.intact_of_sent();
        numbers::share(intact, sent)
    }),
    ("what went wrong", |cell| {
        let words = match damage(cell) {
            Some(words) if cell.damage_is_expected() => Some(format!("expected: {words}")),
            words => words,
        };
        words.into_iter().chain(link_words(cell)).collect::<Vec<_>>().join("; ")
    }),
    ("p50", |cell| shown(cell.latency_ns.p50, numbers::time)),
    ("± of p50", |cell| shown(cell.spread.p50, numbers::spread)),
    ("p99", |cell| shown(cell.latency_ns.p99, numbers::time)),
    ("rate", |cell| shown(cell.rate.achieved.filter(|rate| *rate > 0.0), numbers::rate)),
    ("± of rate", |cell| shown(cell.spread.rate, numbers::spread)),
    ("slower", slower),
    ("wire bytes", |cell| shown(cell.wire.overhead, numbers::change)),
    ("segments/msg", |cell| shown(cell.wire.segments_per_message, numbers::three)),
    ("writes/msg", |cell| shown(cell.wire.writes_per_message, numbers::three)),
    ("client ns/msg", |cell| shown(cell.cpu.client_ns_per_message, numbers::count)),
    ("server ns/msg", |cell| shown(cell.cpu.server_ns_per_message, numbers::count)),
    ("verdict", |cell| format!("{:?}", cell.verdict).to_lowercase()),
];

fn shown<T>(figure: Option<T>, show: fn(T) -> String) -> String {
    figure.map_or_else(|| numbers::NOTHING.into(), show)
}

fn row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| literal(field)).collect();
    format!("| {} |\n", fields.join(" | "))
}
