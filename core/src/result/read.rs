//! Reading a document, one cell at a time. It may be from anywhere.

use super::check::{Ids, check};
use super::document::{CellResult, Document, SCHEMA};
use super::old;
use super::schema::{DOCUMENT, MAX_CELLS};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

/// The most bytes of a cell: far beyond one with all its examples and rounds.
const LONGEST_CELL: u64 = 16 << 20;

/// The most bytes in front of the cells, and behind them.
const LONGEST_HEAD: u64 = 4 << 20;

/// What is done with each cell, and with its text where that says the same.
pub(super) type Each<'a> = dyn FnMut(CellResult, Option<&str>) -> Result<(), String> + 'a;

/// The whole document in memory.
pub(super) fn whole(text: &str) -> Result<Document, String> {
    let mut cells = Vec::new();
    let mut document = cells_of(text.as_bytes(), &mut |cell, _| {
        cells.push(cell);
        Ok(())
    })?;
    super::complete(&mut cells);
    document.cells = cells;
    Ok(document)
}

/// Reads a document; each cell is checked, brought to the newest schema and handed to `each`. The
/// document that is returned has none.
pub(super) fn cells_of(source: impl Read, each: &mut Each) -> Result<Document, String> {
    let left = Rc::new(Cell::new(LONGEST_HEAD));
    let bounded = Bounded { source, left: left.clone() };
    read(serde_json::Deserializer::from_reader(bounded), left, each)
}

/// The same of a document that is in memory, which takes less time.
pub(super) fn cells_of_text(text: &[u8], each: &mut Each) -> Result<Document, String> {
    read(serde_json::Deserializer::from_slice(text), Rc::new(Cell::new(0)), each)
}

fn read<'de, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    left: Rc<Cell<u64>>,
    each: &mut Each,
) -> Result<Document, String> {
    let mut state = ReadState { schema: None, left, each, ids: Ids::default(), cells: 0 };
    let document = DocumentSeed(&mut state).deserialize(&mut json);
    let document = document.and_then(|document| json.end().map(|()| document));
    let mut document: Document = document.map_err(|error| match state.schema {
        None => format!("this is not a result document: {error}"),
        Some(_) => format!("the document is damaged: {error}"),
    })?;
    state.ids.check_whole(&document)?;
    document.schema = SCHEMA.into();
    Ok(document)
}

/// What is known while a document is read.
struct ReadState<'a, 'b> {
    /// The number of the schema, once it is known.
    schema: Option<u32>,
    /// Bytes that may still be read.
    left: Rc<Cell<u64>>,
    each: &'a mut Each<'b>,
    ids: Ids,
    cells: usize,
}

impl ReadState<'_, '_> {
    fn cell(&mut self, text: &str) -> Result<(), String> {
        let mut cell: CellResult = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if self.cells == MAX_CELLS {
            return Err(format!("there are more than {MAX_CELLS} cells"));
        }
        self.cells += 1;
        self.left.set(LONGEST_CELL);
        if self.schema == Some(1) {
            old::upgrade_cell(&mut cell);
        }
        let told = |cause| format!("cell {}: {cause}", cell.id);
        check(&cell).and_then(|()| self.ids.add(&cell)).map_err(told)?;
        (self.each)(cell, (self.schema == Some(DOCUMENT.newest)).then_some(text))
    }
}

/// The document but its cells, which are handed on as they come.
struct DocumentSeed<'a, 'b, 'c>(&'a mut ReadState<'b, 'c>);

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_, '_> {
    type Value = Document;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Document, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_, '_> {
    type Value = Document;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a result document")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Document, M::Error> {
        let mut fields = serde_json::Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(M::Error::custom(format_args!("duplicate field `{name}`")));
            }
            let value = if name == "cells" {
                if self.0.schema.is_none() {
                    return Err(M::Error::custom("its `schema` does not stand before its `cells`"));
                }
                map.next_value_seed(CellsSeed(self.0))?;
                serde_json::Value::Array(Vec::new())
            } else {
                map.next_value()?
            };
            if let ("schema", Some(schema)) = (name.as_str(), value.as_str()) {
                self.0.schema = Some(DOCUMENT.version(schema).map_err(M::Error::custom)?);
            }
            fields.insert(name, value);
        }
        serde_json::from_value(fields.into()).map_err(M::Error::custom)
    }
}

struct CellsSeed<'a, 'b, 'c>(&'a mut ReadState<'b, 'c>);

impl<'de> DeserializeSeed<'de> for CellsSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for CellsSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a list of cells")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut cells: S) -> Result<(), S::Error> {
        self.0.left.set(LONGEST_CELL);
        while let Some(cell) = cells.next_element::<Box<RawValue>>()? {
            self.0.cell(cell.get()).map_err(S::Error::custom)?;
        }
        self.0.left.set(LONGEST_HEAD);
        Ok(())
    }
}

/// Ends when too much was read at a stretch, so that no text takes all memory.
struct Bounded<R> {
    source: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::Error::other("a part of it is longer than any can be"));
        }
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.source.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}
