//! What went wrong on a side without ending its round: counted by kind, the first one kept.

use crate::measure::ErrorCount;

/// Kinds told apart at most; the rest is counted together.
const MOST_KINDS: usize = 32;

/// Counts by kind.
#[derive(Debug, Default)]
pub(super) struct Errors {
    counts: Vec<ErrorCount>,
}

impl Errors {
    /// Counts one error of `kind`; `text` is made only for the first.
    pub(super) fn add(&mut self, kind: &str, text: impl FnOnce() -> String) {
        let full = self.counts.len() >= MOST_KINDS;
        let kind = if full && !self.has(kind) { "other" } else { kind };
        match self.counts.iter_mut().find(|count| count.kind == kind) {
            Some(count) => count.count += 1,
            None => {
                let count = ErrorCount { kind: kind.to_owned(), count: 1, first: text() };
                self.counts.push(count);
            }
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.counts.iter().any(|count| count.kind == kind)
    }

    /// The kind that was counted first, if anything went wrong.
    pub(super) fn first(&self) -> Option<&ErrorCount> {
        self.counts.first()
    }

    /// The counts for the report.
    pub(super) fn take(&mut self) -> Vec<ErrorCount> {
        std::mem::take(&mut self.counts)
    }
}
