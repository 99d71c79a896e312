//! The requests of a session that have no answer yet.

use std::collections::{HashMap, VecDeque};
use wirebench_sdk::Token;

/// A session has no more of them: what has waited longer was given up by the host.
const MOST: usize = 1 << 20;

/// A request that has no answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) token: Token,
    /// Requests of its session before it.
    pub(crate) seq: u64,
    /// Its place in the list of requests.
    pub(crate) request: usize,
    /// It is done without an answer when its time is over.
    pub(crate) may_be_mute: bool,
}

/// Those of one session, in order or by number. Every call takes constant time, over all of them.
#[derive(Debug, Default)]
pub(crate) struct Outstanding {
    /// Oldest first; `None`: it was taken out of its turn. The first is never that.
    in_order: VecDeque<Option<Asked>>,
    /// The number of the oldest.
    first: u64,
    by_number: HashMap<u64, Asked>,
}

impl Outstanding {
    /// Takes a request in, under a number or in its turn. Returns what [`take`](Self::take) finds it by, and
    /// the request that had the same number, if there was one.
    pub(crate) fn add(&mut self, key: Option<u64>, asked: Asked) -> (u64, Option<Asked>) {
        if let Some(key) = key {
            return (key, self.by_number.insert(key, asked));
        }
        let id = self.first + self.in_order.len() as u64;
        self.in_order.push_back(Some(asked));
        if self.in_order.len() > MOST {
            self.pop();
        }
        (id, None)
    }

    /// The oldest.
    pub(crate) fn oldest(&self) -> Option<&Asked> {
        self.in_order.front()?.as_ref()
    }

    /// Takes the oldest out.
    pub(crate) fn take_oldest(&mut self) -> Option<(u64, Asked)> {
        let id = self.first;
        Some((id, self.pop()?))
    }

    /// Takes the one with this number out.
    pub(crate) fn take_number(&mut self, key: u64) -> Option<Asked> {
        self.by_number.remove(&key)
    }

    /// The one that [`add`](Self::add) gave this.
    pub(crate) fn get(&self, id: u64, is_key: bool) -> Option<&Asked> {
        if is_key {
            return self.by_number.get(&id);
        }
        self.in_order.get(self.place(id)?)?.as_ref()
    }

    /// Takes that one out.
    pub(crate) fn take(&mut self, id: u64, is_key: bool) -> Option<Asked> {
        if is_key {
            return self.by_number.remove(&id);
        }
        let taken = self.place(id).and_then(|place| self.in_order.get_mut(place)?.take());
        self.drop_taken();
        taken
    }

    fn place(&self, id: u64) -> Option<usize> {
        usize::try_from(id.checked_sub(self.first)?).ok()
    }

    fn pop(&mut self) -> Option<Asked> {
        let popped = self.in_order.pop_front()?;
        self.first += 1;
        self.drop_taken();
        popped
    }

    fn drop_taken(&mut self) {
        while let Some(None) = self.in_order.front() {
            self.in_order.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Outstanding};

    fn asked(token: u64) -> Asked {
        Asked { token, seq: token, request: 0, may_be_mute: false }
    }

    #[test]
    fn they_are_taken_in_their_turn_or_out_of_it() {
        let mut all = Outstanding::default();
        let ids: Vec<u64> = (1..=4).map(|token| all.add(None, asked(token)).0).collect();
        assert_eq!(all.take(ids[1], false), Some(asked(2)));
        assert_eq!(all.take(ids[1], false), None);
        assert_eq!(all.oldest(), Some(&asked(1)));
        assert_eq!(all.take_oldest(), Some((ids[0], asked(1))));
        assert_eq!(all.get(ids[2], false), Some(&asked(3)));
        assert_eq!(all.take_oldest(), Some((ids[2], asked(3))));
        assert_eq!(all.take(ids[3], false), Some(asked(4)));
        assert_eq!(all.take_oldest(), None);
        let (id, _) = all.add(None, asked(5));
        assert_eq!(all.take(id, false), Some(asked(5)));
    }

    #[test]
    fn a_number_that_is_used_again_gives_the_earlier_one_back() {
        let mut all = Outstanding::default();
        assert_eq!(all.add(Some(7), asked(1)), (7, None));
        assert_eq!(all.add(Some(7), asked(2)), (7, Some(asked(1))));
        assert_eq!(all.take_number(7), Some(asked(2)));
        assert_eq!(all.take_number(7), None);
    }
}
