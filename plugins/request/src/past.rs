//! The latest answers of a session: what does not fit now may have been one of them, or theirs.

use crate::outstanding::Asked;
use std::collections::VecDeque;

/// Answers that are remembered.
const KEPT: usize = 8;

/// Bytes of each.
const HEAD: usize = 64;

/// The latest answers, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Past(VecDeque<Answered>);

/// A request that had its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub(crate) asked: Asked,
    /// It was what was expected.
    was_right: bool,
    len: usize,
    head: [u8; HEAD],
}

impl Past {
    pub(crate) fn note(&mut self, asked: Asked, answer: &[u8], was_right: bool) {
        let mut one = Answered { asked, was_right, len: answer.len(), head: [0; HEAD] };
        let shown = answer.len().min(HEAD);
        one.head[..shown].copy_from_slice(&answer[..shown]);
        self.0.truncate(KEPT - 1);
        self.0.push_front(one);
    }

    /// They, with how many requests ago each was asked, from 1.
    pub(crate) fn latest(&self) -> impl Iterator<Item = (usize, &Answered)> {
        self.0.iter().enumerate().map(|(at, one)| (at + 1, one))
    }
}

impl Answered {
    /// Whether these bytes are that answer again, and it was a right one. Of one that is longer than what is
    /// remembered that cannot be told.
    pub(crate) fn was(&self, answer: &[u8]) -> bool {
        let len = answer.len();
        self.was_right && len <= HEAD && self.len == len && self.head[..len] == *answer
    }
}
