//! `--format markdown`: a table for GitHub.

use super::attempts::earlier;
use super::axes::{axis_titles, axis_value};
use super::columns::{COLUMNS, Shows};
use super::literal::{literal, literal_line};
use super::table::{conditions, debug_words, gates_between_cells};
use crate::result::Document;
use crate::text::{Page, cleaned, plural};

/// Reasons of cells that were played again that are told.
const SHOWN: usize = 20;

/// One row per cell, with a line for the conditions that the figures depend on below it. Ends with
/// a line feed.
pub fn markdown(document: &Document) -> Page {
    let document = &*cleaned(document);
    let axes = &document.scenario.axes;
    let mut titles = if axes.is_empty() { vec!["cell".into()] } else { axis_titles(document) };
    let names = titles.len();
    titles.extend(columns().map(|(title, _)| title.to_owned()));
    let mut text = row(&titles);
    let rules = titles.iter().enumerate().map(|(at, _)| if at < names { ":--" } else { "--:" });
    text.push_str(&row(&rules.map(String::from).collect::<Vec<_>>()));
    for cell in &document.cells {
        let mut fields: Vec<String> = if axes.is_empty() {
            vec![cell.id.clone()]
        } else {
            axes.iter().map(|axis| axis_value(cell, axis)).collect()
        };
        fields.extend(columns().map(|(_, shows)| shows.text(cell)));
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
    let mut between = gates_between_cells(document);
    let again = document.cells.iter().flat_map(earlier);
    between.extend(again.take(SHOWN).map(|reason| reason.words));
    if !between.is_empty() {
        text.push('\n');
    }
    for line in between {
        text.push_str(&format!("- {}\n", literal_line(&line)));
    }
    for warning in debug_words(document)
        .into_iter()
        .chain(document.stopped.as_ref().map(|why| format!("stopped early: {why}")))
    {
        text.push_str(&format!("\n**{}**\n", literal(warning.trim())));
    }
    Page::of_clean(text)
}

/// The columns that stand in Markdown, with their titles.
fn columns() -> impl Iterator<Item = (&'static str, &'static Shows)> {
    COLUMNS.iter().filter_map(|column| Some((column.markdown?, &column.shows)))
}

fn row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| literal(field)).collect();
    format!("| {} |\n", fields.join(" | "))
}
