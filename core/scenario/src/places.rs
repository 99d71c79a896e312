//! Where a loaded scenario's values stand, for errors that are found later.

use super::complaints::At;
use super::diagnostics::{Place, Source};
use super::keys::KEYS;
use super::layered::Values;
use super::validate::Extent;
use std::sync::Arc;

/// Leads from a cell and what is wrong in it back to a line.
#[derive(Clone, Debug)]
pub struct Places {
    sources: Arc<Vec<Source>>,
    cells: Vec<CellPlaces>,
}

/// What one cell was made of.
#[derive(Clone, Debug)]
pub(super) struct CellPlaces {
    pub(super) values: Values,
    /// Where its gates stand, in their order.
    pub(super) gates: Vec<Place>,
    /// The sizes of requests, and of replies where the scenario has a say in them.
    pub(super) extents: [Option<Extent>; 2],
    /// One side is played alone, whatever the values say of a server.
    pub(super) one_side: bool,
}

impl Places {
    pub(super) fn new(sources: Arc<Vec<Source>>, cells: Vec<CellPlaces>) -> Self {
        Self { sources, cells }
    }

    /// The text of the scenario's file, as it was read.
    pub fn text(&self) -> &str {
        self.sources.first().map_or("", |file| &file.text)
    }

    /// Where a key's value stands that somebody has written; `None`: it is the default.
    pub(super) fn written(&self, cell: usize, path: &str) -> Option<Place> {
        let given = self.cells.get(cell)?.values.get(path).filter(|given| given.layer > 0)?;
        Some(given.node.place)
    }

    /// The texts that places point into.
    pub(super) fn sources(&self) -> Arc<Vec<Source>> {
        Arc::clone(&self.sources)
    }

    /// What cell `cell` was made of.
    pub(super) fn cell(&self, cell: usize) -> Option<&CellPlaces> {
        self.cells.get(cell)
    }

    /// Where something stands; what stands nowhere is shown at its plugin's name.
    pub(super) fn find(&self, cell: usize, at: At<'_>) -> Place {
        let found = self.cells.get(cell).and_then(|cell| match at {
            At::Value(pointer) => value_at(&cell.values, pointer),
            At::Gate(index) => cell.gates.get(index).copied(),
        });
        let plugin = || Some(self.cells.get(cell)?.values.get("handler.plugin")?.node.place);
        found.or_else(plugin).unwrap_or(Place::start_of(0))
    }
}

fn value_at(values: &Values, pointer: &str) -> Option<Place> {
    KEYS.iter().find_map(|key| {
        let prefix = format!("/{}", key.path.replace('.', "/"));
        let rest = pointer.strip_prefix(&prefix)?;
        let whole = rest.is_empty() || rest.starts_with('/');
        let given = values.get(key.path).filter(|given| whole && given.layer > 0)?;
        Some(given.node.locate(rest))
    })
}
