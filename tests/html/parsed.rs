//! A page, and what a parser makes of it.

use crate::documents::all;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use wirebench::compare::Comparison;
use wirebench::report::Format;
use wirebench::result::Document;

/// What stands in a page.
#[derive(Debug, Deserialize)]
pub(crate) struct Parsed {
    /// What no page has: elements that do not end, places of the same name, links that lead nowhere or out of it.
    pub(crate) problems: Vec<String>,
    /// Names of places.
    pub(crate) ids: Vec<String>,
    /// The types of its scripts.
    pub(crate) scripts: Vec<String>,
    /// Its Content-Security-Policy.
    pub(crate) policy: String,
    /// How often each element is there.
    pub(crate) tags: HashMap<String, usize>,
    /// The words that are shown.
    pub(crate) text: String,
}

/// The page of one result.
pub(crate) fn page(document: Document) -> String {
    pages(&[(document, None)])
}

/// The page of several.
pub(crate) fn pages(results: &[(Document, Option<Comparison>)]) -> String {
    all(Format::Html, results)
}

/// What python's parser makes of it.
#[track_caller]
pub(crate) fn parsed(page: &str) -> Parsed {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), page).expect("it can be written");
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/html/read.py");
    let read = Command::new("python3").arg(reader).arg(file.path()).output().expect("python3");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).expect("JSON")
}
