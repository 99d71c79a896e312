//! The measured part of a round, as one side sees it.

use super::Snapshot;

/// Whether it is under way, and what the side had cost at its ends.
#[derive(Debug, Default)]
pub(super) struct MeasuredPart {
    is_on: bool,
    before: Option<Snapshot>,
    after: Option<Snapshot>,
}

impl MeasuredPart {
    /// It begins; so much the side has cost until now.
    #[inline]
    pub(super) fn begin(&mut self, cost: Snapshot) {
        self.is_on = true;
        self.before = Some(cost);
    }

    /// It ends, and with it what the side costs.
    #[inline]
    pub(super) fn end(&mut self, cost: Snapshot) {
        self.is_on = false;
        self.extend(cost);
    }

    /// What the side costs belongs to it until now.
    #[inline]
    pub(super) fn extend(&mut self, cost: Snapshot) {
        self.after = Some(cost);
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    #[inline]
    pub(super) fn has_begun(&self) -> bool {
        self.before.is_some()
    }

    /// What the side had cost at its end, once that has come.
    #[inline]
    pub(super) fn cost_at_end(&self) -> Option<&Snapshot> {
        self.after.as_ref()
    }

    /// What it had cost at both ends.
    #[inline]
    pub(super) fn costs(&self) -> Option<(Snapshot, Snapshot)> {
        self.before.zip(self.after)
    }
}
