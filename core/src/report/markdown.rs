//! `--format markdown`: for GitHub's summaries. What is wrong stands above the table.

use super::answer::{ABOUT, Answer, entries};
use super::axes::{axis_titles, axis_value};
use super::choice::Choice;
use super::columns::{COLUMNS, Column};
use super::literal::{literal, literal_line};
use super::pivot::{Pivot, TOO_SPARSE};
use super::search;
use super::summary::{cut, sections, verdict};
use super::table::{conditions, debug_words};
use crate::result::Document;
use crate::text::{Page, cleaned, plural};

/// The most that GitHub takes as the summary of one step, in bytes.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// Bytes for the line that says what is left out.
const LAST_LINE: usize = 200;

/// What the result says, what is wrong, and one row per cell, with a line for the conditions that the figures depend
/// on below it. Ends with a line feed. At most 1 MiB: a line says what is left out.
pub fn markdown(document: &Document) -> Page {
    markdown_of(document, &Choice::default())
}

/// The same of chosen rows and columns, or of a pivot.
pub fn markdown_of(document: &Document, choice: &Choice) -> Page {
    markdown_within(document, choice, MOST_BYTES).unwrap_or_default()
}

/// The same in at most so many bytes; `None`: there is no room even for the verdict.
pub(super) fn markdown_within(document: &Document, choice: &Choice, most: usize) -> Option<Page> {
    let document = &*cleaned(document);
    let (head, foot) = (verdict(document), foot(document, choice));
    let most = most.checked_sub(head.len() + foot.len() + LAST_LINE)?;
    let mut body = Body { text: String::new(), most, left_out: 0 };
    body.push(&searched(document));
    body.push(&answer(document));
    for section in sections(document) {
        body.push(&section.title);
        section.items.iter().for_each(|item| body.push(item));
    }
    body.push("\n");
    match choice.pivot().map(|names| Pivot::of(document, names)) {
        None => table(document, choice, &mut body),
        Some(Ok(pivot)) => of_pivot(&pivot, &mut body),
        Some(Err(why)) => body.push(&format!("**{}**\n", literal(&why))),
    }
    let left_out = match body.left_out {
        0 => String::new(),
        more => format!(
            "\n**{more} {} left out here: GitHub takes 1 MiB of a step. result.json has all.**\n",
            plural(more, "line")
        ),
    };
    Some(Page::of_clean(format!("{head}{}{foot}{left_out}", body.text)))
}

/// What may become too long.
struct Body {
    text: String,
    most: usize,
    left_out: u64,
}

impl Body {
    /// Adds lines that belong together, or none of them.
    fn push(&mut self, lines: &str) {
        if self.text.len() + lines.len() <= self.most {
            self.text.push_str(lines);
        } else {
            self.left_out += 1;
        }
    }
}

/// What a search has found.
fn searched(document: &Document) -> String {
    let Some(search) = &document.search else { return String::new() };
    let (vary, metric) = (literal_line(&search.vary), literal_line(&search.metric));
    let mut text = format!("\n#### Highest {vary} with {metric}\n\n");
    for one in search::found(document) {
        text.push_str(&format!("- {}\n", literal_line(&one.words)));
    }
    text
}

/// What each axis does, where there are many cells.
fn answer(document: &Document) -> String {
    let answer = Answer::of(document);
    if !answer.is_worth_a_word() || document.search.is_some() {
        return String::new();
    }
    let mut text = format!("\n#### {ABOUT}\n\n");
    let mut about = String::new();
    for entry in entries(&answer) {
        if !entry.title.is_empty() {
            about = entry.title;
        }
        let colon = if about.is_empty() { "" } else { ": " };
        text.push_str(&format!("- {}\n", literal_line(&format!("{about}{colon}{}", entry.words))));
    }
    text
}

fn table(document: &Document, choice: &Choice, body: &mut Body) {
    let axes = &document.scenario.axes;
    let columns = columns(choice, document);
    let chosen = choice.rows(document);
    let mut titles = if axes.is_empty() { vec!["cell".into()] } else { axis_titles(document) };
    let names = titles.len();
    titles.extend(columns.iter().map(|(title, _)| (*title).to_owned()));
    body.push(&(row(&titles) + &rules(titles.len(), names)));
    for cell in chosen.rows.iter().map(|row| &document.cells[*row]) {
        let mut fields: Vec<String> = if axes.is_empty() {
            vec![cell.id.clone()]
        } else {
            axes.iter().map(|axis| axis_value(cell, axis)).collect()
        };
        fields.extend(columns.iter().map(|(_, column)| column.shows.text(cell)));
        body.push(&row(&fields));
    }
    if !chosen.words.is_empty() {
        body.push(&format!("\n{}\n", literal_line(&chosen.words)));
    }
}

/// The columns that stand in Markdown, or those that were asked for and the verdict, with their titles.
fn columns(choice: &Choice, document: &Document) -> Vec<(&'static str, &'static Column)> {
    let axes = &document.scenario.axes;
    let is_open = document.cells.iter().any(|cell| cell.open.is_some());
    let there = COLUMNS.iter().filter(|column| is_open || !column.is_of_open_loop());
    let usual = there.filter_map(|column| Some((column.markdown?, column)));
    let Some(asked) = choice.columns(axes) else { return usual.collect() };
    let titled = asked.into_iter().map(|column| {
        let terminal = column.terminal.as_ref().map(|terminal| terminal.name);
        (column.markdown.or(terminal).unwrap_or(column.key), column)
    });
    titled.chain(usual.filter(|(_, column)| column.key == "verdict")).collect()
}

/// A table for each section, and what its marks mean.
fn of_pivot(pivot: &Pivot, body: &mut Body) {
    body.push(&format!("{}\n", literal_line(&pivot.about())));
    for section in &pivot.sections {
        let title = match section.title.as_str() {
            "" => "\n".to_owned(),
            title => format!("\n**{}**\n\n", literal(title.trim())),
        };
        if section.too_sparse {
            body.push(&format!("{title}{TOO_SPARSE}\n"));
            continue;
        }
        let titles: Vec<String> =
            [&pivot.row_title].into_iter().chain(&section.columns).cloned().collect();
        body.push(&(title + &row(&titles) + &rules(titles.len(), 1)));
        for one in &section.rows {
            let fields = one.places.iter().map(|place| place.marked());
            body.push(&row(&[one.name.clone()].into_iter().chain(fields).collect::<Vec<_>>()));
        }
    }
    let legend = pivot.legend();
    if !legend.is_empty() {
        body.push(&format!("\n{}\n", literal_line(&legend)));
    }
}

/// Names stand on the left, figures on the right.
fn rules(all: usize, names: usize) -> String {
    let rules = (0..all).map(|at| if at < names { ":--" } else { "--:" });
    row(&rules.map(String::from).collect::<Vec<_>>())
}

fn row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| literal(field)).collect();
    format!("| {} |\n", fields.join(" | "))
}

/// What the figures depend on.
fn foot(document: &Document, choice: &Choice) -> String {
    let (scenario, tool) = (&document.scenario, &document.tool);
    let mut text = format!(
        "\n{}: {}; seed {}, {} {} a cell; {} {}\n",
        literal_line(&cut(&scenario.name)),
        literal(&cut(&conditions(document))),
        scenario.seed,
        scenario.rounds,
        plural(scenario.rounds.into(), "round"),
        literal(&cut(&tool.name)),
        literal(&cut(&tool.version))
    );
    let has_marks =
        |(_, column): &(_, &Column)| column.key == "slower" || column.key.ends_with("-spread");
    if choice.pivot().is_none() && columns(choice, document).iter().any(has_marks) {
        text.push_str(
            "\n±: 95 % confidence, from the differences between rounds; ~: the rounds do not tell \
             the rate apart from the fastest\n",
        );
    }
    if let Some(warning) = debug_words(document) {
        text.push_str(&format!("\n**{}**\n", literal(cut(&warning).trim())));
    }
    text
}
