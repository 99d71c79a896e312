//! What a side counts by kind, keeping the first example of each: what went wrong without ending
//! its round, and what its handler counts itself.

use wirebench_measure::ErrorCount;

/// Kinds told apart at most; the rest is counted together.
const MAX_KINDS: usize = 64;

/// The longest example kept, in characters.
const LONGEST_EXAMPLE: usize = 1_000;

/// Counts by kind.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    counts: Vec<ErrorCount>,
}

impl Counts {
    /// Counts `n` more of `kind`; `example` is made only for the first.
    #[inline]
    pub(crate) fn add(&mut self, kind: &str, n: u64, example: impl FnOnce() -> String) {
        let full = self.counts.len() >= MAX_KINDS;
        let known = self.counts.iter().any(|count| count.kind == kind);
        let kind = if full && !known { "other" } else { kind };
        let index = self.counts.iter().position(|count| count.kind == kind);
        let index = index.unwrap_or_else(|| {
            let first = String::new();
            self.counts.push(ErrorCount { kind: kind.to_owned(), count: 0, first });
            self.counts.len() - 1
        });
        let count = &mut self.counts[index];
        if count.count == 0 && n > 0 {
            count.first = example().chars().take(LONGEST_EXAMPLE).collect();
        }
        count.count = count.count.saturating_add(n);
    }

    /// The kind that was counted first, if any was.
    #[inline]
    pub(crate) fn first(&self) -> Option<&ErrorCount> {
        self.counts.first()
    }

    /// The counts for the report.
    #[inline]
    pub(crate) fn take(&mut self) -> Vec<ErrorCount> {
        std::mem::take(&mut self.counts)
    }
}
