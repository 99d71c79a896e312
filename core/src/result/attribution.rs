//! What the messages of a direction that are not intact are attributed to.

use super::cell::DirectionData;
use crate::judge::Verdict;

impl DirectionData {
    /// Messages whose boundaries are wrong, and whose bytes are right.
    pub fn boundaries(&self) -> u64 {
        self.sum(&[Verdict::Merged, Verdict::Split, Verdict::Straddled])
    }

    /// Messages of which bytes are wrong or missing, or that came in another order or number.
    pub fn wrong_bytes(&self) -> u64 {
        use Verdict::{Corrupted, Duplicated, Lost, Reordered, Truncated};
        self.sum(&[Corrupted, Truncated, Lost, Duplicated, Reordered])
    }

    /// Messages that were delivered with other bytes than were sent, or without their end: no
    /// decoder noticed.
    pub fn undetected(&self) -> u64 {
        self.sum(&[Verdict::Corrupted, Verdict::Truncated])
    }

    /// Messages that are not intact, and that no fault explains.
    pub fn unexplained(&self) -> u64 {
        let all = self.boundaries().saturating_add(self.wrong_bytes());
        all.saturating_sub(self.link.explained.total())
    }

    fn sum(&self, verdicts: &[Verdict]) -> u64 {
        verdicts.iter().fold(0, |sum, verdict| sum.saturating_add(self.tally.get(*verdict)))
    }
}
