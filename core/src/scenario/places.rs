//! Where a loaded scenario's values stand, for errors that are found later.

use super::assign::Values;
use super::diagnostics::{Diagnostic, Diagnostics, Place, Source};
use super::keys::KEYS;
use std::sync::Arc;

/// Leads from a cell and a JSON pointer back to a line.
#[derive(Clone, Debug)]
pub struct Places {
    sources: Arc<Vec<Source>>,
    cells: Vec<Values>,
}

impl Places {
    pub(super) fn new(sources: Arc<Vec<Source>>, cells: Vec<Values>) -> Self {
        Self { sources, cells }
    }

    /// The text of the scenario's file, as it was read.
    pub fn text(&self) -> &str {
        self.sources.first().map_or("", |file| &file.text)
    }

    /// An error about a value of cell `cell`. `pointer` is the key's path with slashes
    /// (`/handler/plugin`), and goes on into tables (`/handler/config/commands/0`,
    /// `/framing/reply/max`). A value that stands nowhere is shown at its plugin's name.
    pub fn diagnostic(
        &self,
        cell: usize,
        pointer: &str,
        message: &str,
        suggestion: Option<&str>,
    ) -> Diagnostics {
        let place = self.find(cell, pointer).unwrap_or(Place::start_of(0));
        let mut diagnostic = Diagnostic::new(place, message);
        if let Some(name) = suggestion {
            diagnostic = diagnostic.label(format!("did you mean `{name}`?"));
        }
        Diagnostics::one(Arc::clone(&self.sources), diagnostic)
    }

    /// Where a key's value stands that somebody has written; `None`: it is the default.
    pub(super) fn written(&self, cell: usize, path: &str) -> Option<Place> {
        let given = self.cells.get(cell)?.get(path).filter(|given| given.layer > 0)?;
        Some(given.node.place)
    }

    /// The texts that places point into.
    pub(super) fn sources(&self) -> Arc<Vec<Source>> {
        Arc::clone(&self.sources)
    }

    fn find(&self, cell: usize, pointer: &str) -> Option<Place> {
        let values = self.cells.get(cell)?;
        let given = KEYS.iter().find_map(|key| {
            let prefix = format!("/{}", key.path.replace('.', "/"));
            let rest = pointer.strip_prefix(&prefix)?;
            let whole = rest.is_empty() || rest.starts_with('/');
            let given = values.get(key.path).filter(|given| whole && given.layer > 0)?;
            Some(given.node.locate(rest))
        });
        given.or_else(|| Some(values.get("handler.plugin")?.node.place))
    }
}
