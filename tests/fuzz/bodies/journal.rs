//! A journal of a run, and the document and the tables that are made of it.
//!
//! The input is the file. A journal that is read has rounds of cells that exist, each once, and its
//! document can be kept and read back, and shown.

use std::path::Path;
use wirebench::report::{json, jsonl, markdown, table};
use wirebench::result::journal::Reader;
use wirebench::result::{Document, Pool, Tool};

/// Runs the target.
pub fn run(data: &[u8]) {
    // A document by itself is read as well.
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(document) = Document::read(text)
    {
        show(&document);
    }
    let path = Path::new("journal.jsonl");
    let mut reader = match Reader::new(path, data) {
        Ok(reader) => reader,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let header = reader.header().clone();
    if header.scenario.cells.len() > 64 {
        return;
    }
    let mut pool = Pool::new(&header.scenario);
    loop {
        match reader.next_round() {
            Ok(Some(round)) => {
                assert!(round.cell < header.scenario.cells.len());
                assert!(round.round < header.scenario.rounds);
                pool.add(&round);
            }
            Ok(None) => break,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                break;
            }
        }
    }
    assert!(reader.torn_bytes().is_none_or(|bytes| bytes <= data.len() as u64));
    let document = pool.document(header.host, Tool::this());
    show(&document);
    Document::read(&json(&document)).expect("what was written is read back");
}

fn show(document: &Document) {
    let text = table::render(document, &table::Options::default());
    assert!(!text.contains('\u{1b}'), "an escape sequence in a table without colors");
    markdown(document);
    jsonl(document);
}
