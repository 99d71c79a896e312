//! Who is compared.

use super::Subject;
use crate::result::Tool;
use crate::result::document::Measured;

impl Subject {
    /// A build by its files.
    pub fn new(what: String, tool: Tool, measured: Measured) -> Self {
        let Measured { plugins, files } = measured;
        Self { what, tool, plugins, files, results: Vec::new() }
    }

    /// True when something of it was built without optimisation: its figures say nothing about cost.
    pub fn is_debug(&self) -> bool {
        self.tool.debug_build || self.plugins.iter().any(|plugin| plugin.debug_build == Some(true))
    }
}
