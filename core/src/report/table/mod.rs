//! The comparison table for people.

mod anomalies;
mod best;
mod extremes;
mod figures;
mod findings;
mod gates;
mod header;
mod headline;
mod layout;
mod link;
mod pivot;
mod printed;
mod setup;

pub(crate) use anomalies::{damage, example_title};
pub(in crate::report) use best::best_of_groups;
pub(crate) use findings::crash_words;
pub(crate) use gates::{failed_gate_words, gate_words, gate_words_of, untold_words};
pub(crate) use header::{conditions, debug_words};
pub(crate) use headline::{Kind, State, Tone, headline, kinds, name as kind_name, of_axes};
pub(crate) use layout::mark;
pub(crate) use link::{fault_in_words, link_words};
pub(crate) use setup::link_setup;

use super::answer::Answer;
use super::choice::Choice;
use super::paint::Paint;
use super::pivot::Pivot;
use super::text;
use crate::result::Document;
use crate::text::{Page, cleaned};
use std::path::PathBuf;

/// How to print the table.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Colours and bold type; the caller looks at the terminal and at `NO_COLOR`.
    pub color: bool,
    /// Columns of the terminal. Less important table columns are left out until the rest fits;
    /// `None` (no terminal): all columns, and words in lines of 120.
    pub width: Option<usize>,
    /// The folder that the results were kept in.
    pub kept_in: Option<PathBuf>,
    /// Rows, columns, or a pivot in their place.
    pub choice: Choice,
}

/// How wide lines of words are where there is no terminal.
const USUAL_WIDTH: usize = 120;

/// Header lines, the answer in a few words, the table or a pivot, what went wrong in words, gates, crashes, notes, and a last line with
/// seed, rounds and folder. Ends with a line feed.
pub fn render(document: &Document, options: &Options) -> Page {
    let document = &*cleaned(document);
    let paint = Paint { color: options.color };
    let width = options.width.unwrap_or(USUAL_WIDTH).max(40);
    let mut out = header::lines(document, width, paint);
    out.push(String::new());
    let answer = Answer::of(document);
    let headline = headline::lines(document, &answer, width, paint);
    if !headline.is_empty() {
        out.extend(headline);
        out.push(String::new());
    }
    let columns_wide = options.width.map(|_| width);
    let marks = match options.choice.pivot().map(|names| Pivot::of(document, names)) {
        None => {
            let layout = layout::lines(document, &options.choice, columns_wide, width, paint);
            out.extend(layout.lines);
            layout.marks
        }
        Some(pivot) => {
            match pivot {
                Ok(pivot) => out.extend(pivot::lines(&pivot, columns_wide, width, paint)),
                Err(why) => out.push(paint.bad(&text::wrap(&why, width, 2))),
            }
            layout::Marks::default()
        }
    };
    out.extend(anomalies::section(document, width, paint));
    out.extend(findings::sections(document, width, paint));
    out.push(String::new());
    out.extend(findings::last_lines(document, marks, options.kept_in.as_deref(), width, paint));
    Page::of_clean(out.join("\n") + "\n")
}

/// One example of each anomaly, as the table has them; empty where there is none. Ends with a line feed.
pub fn examples(document: &Document, color: bool) -> Page {
    let lines = anomalies::section(&cleaned(document), USUAL_WIDTH, Paint { color });
    let text: String = lines.iter().skip(1).map(|line| format!("{line}\n")).collect();
    Page::of_clean(text)
}
