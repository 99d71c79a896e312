//! What a handler logs.

use super::core::Core;

/// Log lines kept.
const MOST_LINES: usize = 100;

impl Core {
    /// A plugin's log line.
    pub(super) fn add_log(&mut self, text: &str) {
        if self.log.len() < MOST_LINES {
            self.log.push(text.chars().take(1_000).collect());
        }
    }
}
