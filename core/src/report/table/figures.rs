//! The columns of figures that stand in a table: those that have room, or those that were asked for.

use super::layout::GAP;
use crate::report::columns::{COLUMNS, Column, STAYS, Terminal};
use crate::report::numbers::NOTHING;
use crate::result::Document;
use crate::text::width;

/// A column of figures with its texts.
pub(super) struct Figures {
    pub(super) column: &'static Column,
    /// In two lines.
    pub(super) title: [&'static str; 2],
    /// Blanks before it.
    pub(super) gap: usize,
    /// One for each cell.
    pub(super) texts: Vec<String>,
    /// Columns of the terminal that they take.
    pub(super) width: usize,
}

impl Figures {
    fn of(
        document: &Document,
        column: &'static Column,
        title: [&'static str; 2],
        gap: usize,
    ) -> Self {
        let texts: Vec<String> =
            document.cells.iter().map(|cell| column.shows.text(cell)).collect();
        let widths = texts.iter().map(|text| width(text));
        let titles = title.iter().map(|title| width(title));
        let width = widths.chain(titles).max().unwrap_or(0);
        Self { column, title, gap, texts, width }
    }

    /// What decides whether it is left out.
    fn weight(&self) -> u8 {
        self.column.terminal.as_ref().map_or(STAYS, |terminal| terminal.weight)
    }
}

/// The columns that were asked for, in that order, whatever room there is.
pub(super) fn asked_for(document: &Document, columns: &[&'static Column]) -> Vec<Figures> {
    let before = |at: usize| at.checked_sub(1).map(|before| columns[before].key);
    let figures = |(at, column): (usize, &&'static Column)| {
        // `±` says whose it is only behind the figure itself.
        let alone = before(at).is_none_or(|key| column.key.strip_suffix("-spread") != Some(key));
        let (title, gap) = match &column.terminal {
            Some(terminal) if terminal.title[0] == "±" && alone => ([terminal.name, ""], GAP),
            Some(terminal) => (terminal.title, terminal.gap),
            None => ([column.markdown.unwrap_or(column.key), ""], GAP),
        };
        Figures::of(document, column, title, gap)
    };
    columns.iter().enumerate().map(figures).collect()
}

/// As many columns as have room, the most important first, and those for which there was none.
/// A lesser column without a single figure (segments of a Unix socket) is in neither.
pub(super) fn fitting(document: &Document, room: usize) -> (Vec<Figures>, Vec<&'static Terminal>) {
    let mut figures: Vec<Figures> = COLUMNS
        .iter()
        .filter_map(|column| Some((column, column.terminal.as_ref()?)))
        .map(|(column, terminal)| Figures::of(document, column, terminal.title, terminal.gap))
        .filter(|figures| {
            figures.weight() == STAYS || figures.texts.iter().any(|text| text != NOTHING)
        })
        .collect();
    let mut hidden = Vec::new();
    while figures.iter().map(|figures| figures.width + figures.gap).sum::<usize>() > room {
        let least = figures
            .iter()
            .enumerate()
            .filter(|(_, figures)| figures.weight() < STAYS)
            .min_by_key(|(_, figures)| figures.weight())
            .map(|(at, _)| at);
        match least {
            Some(at) => hidden.extend(&figures.remove(at).column.terminal),
            None => break,
        }
    }
    (figures, hidden)
}
