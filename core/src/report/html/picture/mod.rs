//! stub
use crate::compare::Comparison;
use crate::result::Document;
use crate::result::document::{CellResult, ExampleResult};
use serde::Serialize;
#[derive(Serialize)]
pub(crate) struct Figure {
    title: String,
}
pub(crate) struct Pictures;
impl Pictures {
    pub(crate) fn new(_: &Document) -> Self {
        Self
    }
    pub(crate) fn cell(&mut self, _: &Document, _: &CellResult) {}
    pub(crate) fn finish(self, _: &Document) -> Vec<Figure> {
        Vec::new()
    }
}
pub(crate) fn sequence(_: &ExampleResult, number: usize) -> Figure {
    Figure { title: number.to_string() }
}
pub(crate) fn comparison(_: &Comparison) -> Vec<Figure> {
    Vec::new()
}
pub(crate) fn add_templates(
    env: &mut minijinja::Environment<'static>,
) -> Result<(), minijinja::Error> {
    env.add_template("picture/figure.html", include_str!("../templates/picture/figure.html"))
}
