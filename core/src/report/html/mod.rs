//! `html`: one file to look at, with everything in it that it needs: a browser opens it without a network and
//! without a script. Rust works out what stands where; templates, which escape every text, make the markup.

mod anchors;
mod beside;
mod page;
mod picture;
mod templates;
mod view;

use crate::compare::{Comparison, Reading};
use crate::measure::Compared;
use crate::report::outputs::Output;
use crate::result::{Stored, StoredError};
use anchors::Anchors;
use beside::Beside;
use minijinja::Environment;
use std::io::{self, Write};
use view::ResultView;

/// Results on their way to a page.
pub(super) struct Html {
    templates: Environment<'static>,
    anchors: Anchors,
    beside: Beside,
    metrics: Vec<Compared>,
    /// What the page's head says of each result, and its part of the page.
    results: Vec<(page::Entry, String)>,
}

impl Html {
    /// A page without results.
    pub(super) fn new() -> Self {
        let beside = Beside::default();
        Self {
            templates: templates::all(),
            anchors: Anchors::default(),
            metrics: beside.metrics(),
            beside,
            results: Vec::new(),
        }
    }
}

impl Output for Html {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let Self { templates, anchors, beside, metrics, results } = self;
        let mut view = ResultView::new(result, results.len() + 1, anchors);
        let mut reading = Reading::new(metrics);
        result.each(&mut |document, cell| {
            reading.add(&cell);
            view.cell(document, &cell, templates)
        })?;
        beside.keep(reading, result.document());
        let (entry, view) = view.finish(result, compared);
        results.push((entry, templates::render(templates, "result.html", &view)?));
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let compared = self.beside.compared();
        page::write(&self.templates, &self.results, &compared, to)
    }
}
