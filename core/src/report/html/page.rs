//! The page around the results: head, style, script, and what is compared.

use super::beside::Compare;
use super::templates::render;
use super::view::{ComparedView, Standing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Value};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

/// How the page looks, and what it can be zoomed into with.
const STYLES: [&str; 3] = [
    include_str!("style/page.css"),
    super::picture::STYLE,
    include_str!("../../../vendor/uplot/uPlot.min.css"),
];

/// What sorts, filters and zooms. The library comes first, with its licence, which has to go where it goes.
const SCRIPT: &str = concat!(
    "/*\n",
    include_str!("../../../vendor/uplot/LICENSE"),
    "*/\n",
    include_str!("../../../vendor/uplot/uPlot.iife.min.js"),
    "\n",
    include_str!("script/filter.js"),
    include_str!("script/table.js"),
    include_str!("script/heat.js"),
    include_str!("script/zoom.js"),
    include_str!("script/page.js"),
);

/// A line of the page's contents.
#[derive(Serialize)]
pub(super) struct Entry {
    /// Its place on the page, from 1.
    pub(super) number: usize,
    /// The scenario.
    pub(super) name: String,
    /// The run, if it was kept.
    pub(super) run: Option<String>,
    pub(super) standing: Standing,
}

#[derive(Serialize)]
struct Head<'a> {
    title: String,
    entries: Vec<&'a Entry>,
    compared: Vec<ComparedView>,
    style: Value,
    /// The only script that may run, by its hash (Content Security Policy 3).
    script_hash: String,
    style_hash: String,
}

#[derive(Serialize)]
struct Tail {
    script: Value,
    version: &'static str,
}

/// Writes the page; what templates made of each result stands in it as it is.
pub(super) fn write(
    templates: &Environment<'_>,
    results: &[(Entry, String)],
    compared: &[Compare],
    to: &mut dyn Write,
) -> io::Result<()> {
    let title = match results {
        [] => "no results".into(),
        [(only, _)] => only.name.clone(),
        [(first, _), rest @ ..] => format!("{} and {} more", first.name, rest.len()),
    };
    let style = STYLES.concat();
    let head = Head {
        title,
        entries: results.iter().map(|(entry, _)| entry).collect(),
        compared: compared.iter().map(ComparedView::of_results).collect(),
        script_hash: hash(SCRIPT),
        style_hash: hash(&style),
        style: Value::from_safe_string(style),
    };
    to.write_all(render(templates, "head.html", &head)?.as_bytes())?;
    for (_, part) in results {
        to.write_all(part.as_bytes())?;
    }
    let tail =
        Tail { script: Value::from_safe_string(SCRIPT.into()), version: env!("CARGO_PKG_VERSION") };
    to.write_all(render(templates, "tail.html", &tail)?.as_bytes())
}

/// The hash of an element's text, as a policy names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
