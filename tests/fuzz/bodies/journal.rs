//! A journal of a run, and the document and the tables that are made of it.
//!
//! The input is the file. A journal that is read has rounds of cells that exist, each once, and its
//! document can be kept and read back, and shown.

use super::result::show;
use std::path::Path;
use wirebench::report::json;
use wirebench::result::journal::Reader;
use wirebench::result::{Document, Pool, Tool};

/// Runs the target.
pub fn run(data: &[u8]) {
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
    let mut result = pool.finish(header.host, Tool::this()).expect("all rounds are in memory");
    let mut written = Vec::new();
    result.write(&mut written).expect("memory can be written to");
    let text = String::from_utf8(written).expect("JSON is UTF-8");
    let document = Document::read(&text).expect("what was written is read back");
    assert_eq!(json(&document), text, "what was written cell by cell is the whole");
    show(&document);
}
