//! The part of a page that is about one result.

use super::answer::Answer;
use super::cell::Cells;
use super::compared::ComparedView;
use super::data::Data;
use super::environment::{Fact, facts};
use super::findings::{Finding, findings};
use super::heat::{Heat, heats};
use super::table::TableView;
use crate::compare::Comparison;
use crate::report::html::anchors::{Anchors, CellAnchors, href};
use crate::report::html::page::Entry;
use crate::report::html::picture::{Figure, Links, Pictures};
use crate::report::html::templates::render;
use crate::report::table::{conditions, debug_words};
use crate::result::document::CellResult;
use crate::result::{Document, Stored};
use minijinja::{Environment, Value};
use serde::Serialize;
use std::io;

/// A result whose cells come one at a time.
pub(in crate::report::html) struct ResultView {
    number: usize,
    anchors: Vec<CellAnchors>,
    pictures: Pictures,
    data: Data,
    cells: Cells,
    /// What the template made of those that have come.
    markup: String,
}

/// What the template gets.
#[derive(Serialize)]
pub(in crate::report::html) struct View {
    number: usize,
    name: String,
    about: String,
    conditions: String,
    warnings: Vec<String>,
    answer: Answer,
    compared: Option<ComparedView>,
    figures: Vec<Figure>,
    heats: Vec<Heat>,
    table: TableView,
    findings: Vec<Finding>,
    /// Markup of the template for cells.
    cells: Value,
    facts: Vec<Fact>,
    scenario_text: Option<String>,
    /// JSON for the script, in which no character could end its element.
    data: Value,
}

impl ResultView {
    /// Of a result of which no cell has come; `number` is its place on the page, from 1.
    pub(in crate::report::html) fn new(
        result: &Stored<'_>,
        number: usize,
        anchors: &mut Anchors,
    ) -> Self {
        let document = result.document();
        let name = &document.scenario.name;
        let anchors: Vec<CellAnchors> =
            document.cells.iter().map(|cell| anchors.cell(name, &cell.id)).collect();
        let links = document.cells.iter().zip(&anchors);
        let links = links.map(|(cell, anchors)| (cell.id.clone(), href(&anchors.own)));
        let links = Links(links.collect());
        Self {
            number,
            pictures: Pictures::new(document, links),
            data: Data::new(document),
            cells: Cells::new(number, document),
            markup: String::new(),
            anchors,
        }
    }

    /// The next cell, whole.
    pub(in crate::report::html) fn cell(
        &mut self,
        document: &Document,
        cell: &CellResult,
        templates: &Environment<'_>,
    ) -> io::Result<()> {
        let Some(anchors) = self.anchors.get(self.data.len()) else {
            return Err(io::Error::other("there are more cells than the document has"));
        };
        self.pictures.cell(document, cell);
        self.data.cell(cell);
        let view = self.cells.view(cell, anchors);
        self.markup.push_str(&render(templates, "cell.html", &view)?);
        Ok(())
    }

    /// No more cells come.
    pub(in crate::report::html) fn finish(
        self,
        result: &Stored<'_>,
        compared: Option<&Comparison>,
    ) -> (Entry, View) {
        let document = result.document();
        let Self { number, anchors, pictures, data, markup, .. } = self;
        let answer = Answer::of(document);
        let scenario = &document.scenario;
        let entry = Entry {
            number,
            name: scenario.name.clone(),
            run: document.run.as_ref().map(|run| run.id.clone()),
            standing: answer.standing(),
        };
        let view = View {
            number,
            name: scenario.name.clone(),
            about: scenario.about.clone(),
            conditions: if document.cells.is_empty() {
                String::new()
            } else {
                conditions(document)
            },
            warnings: warnings(document),
            compared: compared.map(|compared| ComparedView::of(compared, number, None)),
            figures: numbered(pictures.finish(document), &number.to_string()),
            heats: heats(document),
            table: TableView::of(document, &anchors),
            findings: findings(document),
            facts: facts(document),
            scenario_text: result.scenario_text().map(str::to_owned),
            cells: Value::from_safe_string(markup),
            data: Value::from_safe_string(data.json(document)),
            answer,
        };
        (entry, view)
    }
}

/// The figures with names that no others on the page have; `place` is what they are of: letters, digits and hyphens.
pub(super) fn numbered(mut figures: Vec<Figure>, place: &str) -> Vec<Figure> {
    figures.iter_mut().for_each(|figure| figure.id = format!("{}-of-{place}", figure.id));
    figures
}

/// What has to be known before any figure is believed.
fn warnings(document: &Document) -> Vec<String> {
    let mut warnings: Vec<String> = debug_words(document).into_iter().collect();
    match &document.stopped {
        Some(why) => warnings.push(format!("The run was stopped early: {why}")),
        None if document.interrupted => warnings.push(
            "The run was interrupted before its end: figures are those of the rounds so far."
                .into(),
        ),
        None => {}
    }
    if document.cells.is_empty() {
        warnings.push("There is no cell in this result.".into());
    }
    warnings
}
