//! Pictures of results: figures in, places of marks out; templates turn them into SVG. No mark knows a colour:
//! `picture.css` has those, for light and dark pages.
//!
//! The words and units are those of the table, and of each picture there is one in figures.

mod at;
mod bars;
mod curves;
mod drawing;
mod forest;
mod groups;
mod latency;
mod looks;
mod messages;
mod over_time;
mod parts;
mod ranges;
mod samples;
mod scale;
mod sequence;
mod slots;
mod times;
mod words;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod laws_of_load;
#[cfg(test)]
mod made;

pub(crate) use over_time::{Timed, over_time};
pub(crate) use sequence::sequence;

use crate::compare::Comparison;
use crate::result::Document;
use crate::result::document::CellResult;
use drawing::{Drawing, Key};
use groups::Groups;
use latency::Latencies;
use serde::Serialize;
use std::collections::HashMap;
use words::{Ids, bounded};

/// Where the details of each cell stand on the page: `#cell=…` by its id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(pub(crate) HashMap<String, String>);

/// A picture, with its words and the same in figures: what the template `picture/figure.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    /// Of small letters, digits and hyphens; no other figure of the same document has it.
    pub(crate) id: String,
    /// What it is.
    pub(crate) title: String,
    /// What it shows, and how to read it: a sentence or two.
    pub(crate) about: String,
    /// How much of what there is was not drawn.
    pub(crate) left_out: Option<String>,
    /// What its marks mean.
    keys: Vec<Key>,
    drawing: Drawing,
    /// The same in figures.
    pub(crate) table: Table,
}

/// The figures of a picture.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Table {
    /// Titles of the columns.
    pub(crate) head: Vec<String>,
    /// Rows, as wide as the head.
    pub(crate) rows: Vec<Vec<Field>>,
    /// How many rows are not here, in words.
    pub(crate) left_out: Option<String>,
}

/// What stands in a table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Field {
    /// Its words, safe to show.
    pub(crate) text: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self { text: bounded(text), href: None }
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Field {
    /// A name that leads somewhere.
    fn linked(text: &str, href: String) -> Self {
        Self { text: bounded(text), href: Some(href) }
    }
}

/// Rows of a table at most: a picture can have more marks than anybody reads.
const MOST_ROWS: usize = 100;

impl Table {
    fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|title| bounded(title)).collect(), ..Self::default() }
    }

    /// Adds a row; [`bounded`](Self::bounded) leaves those that have room.
    fn row(&mut self, fields: Vec<Field>) {
        self.rows.push(fields);
    }

    /// Leaves the first rows, and says how many there were.
    fn bounded(mut self) -> Self {
        let all = self.rows.len();
        if all > MOST_ROWS {
            self.rows.truncate(MOST_ROWS);
            self.left_out = Some(format!("{all} rows; the first {MOST_ROWS} stand here"));
        }
        self
    }
}

/// The pictures of a document in the making.
#[derive(Debug)]
pub(crate) struct Pictures {
    links: Links,
    groups: Groups,
    latencies: Latencies,
}

impl Pictures {
    /// Of this document, whose cells may be light. `links`: where the details of its cells stand on the page.
    pub(crate) fn new(document: &Document, links: Links) -> Self {
        let groups = Groups::of(document);
        let latencies = Latencies::of(document, &groups);
        Self { links, groups, latencies }
    }

    /// Takes what it needs of a whole cell. They come in the order of the document.
    pub(crate) fn cell(&mut self, _document: &Document, cell: &CellResult) {
        self.latencies.add(cell);
    }

    /// All pictures for which there is something to show. `document`: the one that it was made of.
    pub(crate) fn finish(self, document: &Document) -> Vec<Figure> {
        let Self { links, groups, latencies } = self;
        let seen = Seen { document, groups: &groups, links: &links };
        let mut ids = Ids::default();
        let mut figures: Vec<Figure> = Vec::new();
        figures.extend(messages::figure(&seen, &mut ids));
        figures.extend(ranges::figures(&seen, &mut ids));
        figures.extend(latencies.figures(&seen, &mut ids));
        figures.extend(curves::figures(&seen, &mut ids));
        figures.extend(parts::figure(&seen, &mut ids));
        figures.extend(times::figure(&seen, &mut ids));
        figures
    }
}

/// What a picture is made of.
struct Seen<'a> {
    document: &'a Document,
    groups: &'a Groups,
    links: &'a Links,
}

impl Seen<'_> {
    fn href(&self, cell: &CellResult) -> String {
        self.links.0.get(&cell.id).cloned().unwrap_or_default()
    }
}

/// The verdicts of a comparison: a picture for each metric that decides.
pub(crate) fn comparison(comparison: &Comparison) -> Vec<Figure> {
    forest::figures(comparison)
}

/// Templates of pictures, which end with `.html`, so that what is put into them is escaped.
const TEMPLATES: [(&str, &str); 3] = [
    ("picture/figure.html", include_str!("../templates/picture/figure.html")),
    ("picture/drawing.html", include_str!("../templates/picture/drawing.html")),
    ("picture/shapes.html", include_str!("../templates/picture/shapes.html")),
];

/// What all pictures look like.
pub(crate) const STYLE: &str = include_str!("../style/picture.css");

/// Registers the templates; `picture/figure.html` shows the [`Figure`] that is called `figure` there.
pub(crate) fn add_templates(
    env: &mut minijinja::Environment<'static>,
) -> Result<(), minijinja::Error> {
    TEMPLATES.iter().try_for_each(|(name, text)| env.add_template(name, text))
}
