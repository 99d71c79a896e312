//! A set of sessions: numbers that follow each other take one entry.

use serde::{Deserialize, Serialize};

/// Entries at most; what comes after them is left out, and the caller is told.
const MAX_RUNS: usize = 1 << 14;

/// Sessions by their numbers, each run of them from its first to its last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sessions {
    runs: Vec<(u32, u32)>,
}

impl Sessions {
    /// Adds a session whose number is above all others; false where it is not, or there is no room.
    #[inline]
    pub(super) fn push(&mut self, number: u32) -> bool {
        let full = self.runs.len() >= MAX_RUNS;
        match self.runs.last_mut() {
            Some((_, last)) if number <= *last => return false,
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ if full => return false,
            _ => self.runs.push((number, number)),
        }
        true
    }

    /// True when there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How many are in both. Takes time in proportion to the entries, and any content: they may come
    /// from a file.
    #[inline]
    pub fn shared(&self, other: &Self) -> u64 {
        let (mut mine, mut theirs, mut shared) = (0, 0, 0_u64);
        while let (Some(one), Some(two)) = (self.runs.get(mine), other.runs.get(theirs)) {
            let (from, to) = (one.0.max(two.0), one.1.min(two.1));
            if from <= to {
                shared = shared.saturating_add(u64::from(to - from) + 1);
            }
            if one.1 <= two.1 { mine += 1 } else { theirs += 1 }
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[u32]) -> Sessions {
        let mut sessions = Sessions::default();
        assert!(numbers.iter().all(|number| sessions.push(*number)));
        sessions
    }

    #[test]
    fn what_two_sets_share_is_counted() {
        let (some, others) = (of(&[1, 2, 3, 7, 9, 10]), of(&[2, 3, 4, 5, 6, 7, 8, 10, 11]));
        assert_eq!((some.shared(&others), others.shared(&some)), (4, 4));
        assert_eq!(some.shared(&Sessions::default()), 0);
        assert_eq!(some.shared(&some), 6);
    }

    #[test]
    fn sessions_in_a_row_take_one_entry_and_all_take_a_bounded_number() {
        let mut sessions = of(&(1..=100_000).collect::<Vec<_>>());
        assert_eq!(sessions.runs.len(), 1);
        assert!(!sessions.push(5), "it is not above all others");
        let apart = (0..u32::MAX / 2).map(|number| 100_002 + 2 * number);
        let taken = apart.take_while(|number| sessions.push(*number)).count();
        assert_eq!(taken + 1, MAX_RUNS);
    }

    #[test]
    fn nonsense_from_a_file_ends_too() {
        let read = |text| serde_json::from_str::<Sessions>(text).expect("pairs of numbers");
        let (one, two) =
            (read("[[9,1],[0,4294967295],[3,2]]"), read("[[5,5],[1,0],[2,4294967295]]"));
        assert!(one.shared(&two) > 0);
    }
}
