//! `--format markdown`: for GitHub's summaries. What is wrong stands above the table.

use super::axes::{axis_titles, axis_value};
use super::columns::{COLUMNS, Shows};
use super::literal::{literal, literal_line};
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
    markdown_within(document, MOST_BYTES).unwrap_or_default()
}

/// The same in at most so many bytes; `None`: there is no room even for the verdict.
pub(super) fn markdown_within(document: &Document, most: usize) -> Option<Page> {
    let document = &*cleaned(document);
    let (head, foot) = (verdict(document), foot(document));
    let most = most.checked_sub(head.len() + foot.len() + LAST_LINE)?;
    let mut body = Body { text: String::new(), most, left_out: 0 };
    for section in sections(document) {
        body.push(&section.title);
        section.items.iter().for_each(|item| body.push(item));
    }
    body.push("\n");
    table(document, &mut body);
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

fn table(document: &Document, body: &mut Body) {
    let axes = &document.scenario.axes;
    let mut titles = if axes.is_empty() { vec!["cell".into()] } else { axis_titles(document) };
    let names = titles.len();
    titles.extend(columns().map(|(title, _)| title.to_owned()));
    let rules = titles.iter().enumerate().map(|(at, _)| if at < names { ":--" } else { "--:" });
    let rules: Vec<String> = rules.map(String::from).collect();
    body.push(&(row(&titles) + &row(&rules)));
    for cell in &document.cells {
        let mut fields: Vec<String> = if axes.is_empty() {
            vec![cell.id.clone()]
        } else {
            axes.iter().map(|axis| axis_value(cell, axis)).collect()
        };
        fields.extend(columns().map(|(_, shows)| shows.text(cell)));
        body.push(&row(&fields));
    }
}

/// The columns that stand in Markdown, with their titles.
fn columns() -> impl Iterator<Item = (&'static str, &'static Shows)> {
    COLUMNS.iter().filter_map(|column| Some((column.markdown?, &column.shows)))
}

fn row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| literal(field)).collect();
    format!("| {} |\n", fields.join(" | "))
}

/// What the figures depend on.
fn foot(document: &Document) -> String {
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
    text.push_str(
        "\n±: 95 % confidence, from the differences between rounds; ~: the rounds do not tell \
                   the rate apart from the fastest\n",
    );
    if let Some(warning) = debug_words(document) {
        text.push_str(&format!("\n**{}**\n", literal(cut(&warning).trim())));
    }
    text
}
