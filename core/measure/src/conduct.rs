//! What a server that is not ours does to its client besides answering: ways in which an exchange
//! stays without an answer, and messages that nobody has asked for.

use serde::{Deserialize, Serialize};

/// One kind of doing: how often it was seen, and the first time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deed {
    /// Sessions in which it was seen.
    pub sessions: u64,
    /// Exchanges that it left without an answer; of `left`, `surplus` and
    /// `behind`, the messages.
    pub count: u64,
    /// What was seen the first time; `None`: it was not seen.
    pub first: Option<Seen>,
}

/// What the client knew of a session at that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The session.
    pub session: u32,
    /// Its exchanges that were under way.
    pub under_way: u64,
    /// The messages that had been received in it.
    pub messages: u64,
    /// The bytes that had come behind the last of them, and make no whole message.
    pub bytes: u64,
    /// How many bytes were missing at least until they would have been one; 0: the framing cannot
    /// tell.
    pub missing: u64,
    /// So many and no more: the length had come.
    pub exact: bool,
}

/// What the server did, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conduct {
    /// It has closed sessions in order (FIN) while exchanges were under way.
    pub closed: Deed,
    /// It has reset sessions, or did not take what was written, while exchanges were under way.
    pub reset: Deed,
    /// It had begun a message when the time of its exchange was over, and did not end it.
    pub partial: Deed,
    /// Nothing of an answer had come when the time of its exchange was over.
    pub mute: Deed,
    /// It has ended sessions in which nothing was under way, and that had brought no answer.
    pub left: Deed,
    /// Messages came in sessions in which no exchange was under way any more.
    pub surplus: Deed,
    /// Answers came to requests whose exchange was over already. Told where answers are looked up.
    pub behind: Deed,
}

impl Deed {
    /// It was seen in one more session, unless that is `known`.
    #[inline]
    pub fn add(&mut self, known: bool, count: u64, seen: Seen) {
        self.sessions = self.sessions.saturating_add(u64::from(!known));
        self.count = self.count.saturating_add(count);
        self.first.get_or_insert(seen);
    }

    fn merge(&mut self, other: &Self) {
        self.sessions = self.sessions.saturating_add(other.sessions);
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.or(other.first);
    }
}

impl Conduct {
    /// Adds another round's; the first of each kind stays the first.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        self.closed.merge(&other.closed);
        self.reset.merge(&other.reset);
        self.partial.merge(&other.partial);
        self.mute.merge(&other.mute);
        self.left.merge(&other.left);
        self.surplus.merge(&other.surplus);
        self.behind.merge(&other.behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate_and_the_first_that_was_seen_stays() {
        let (mut all, mut other) = (Conduct::default(), Conduct::default());
        other.mute.add(false, u64::MAX, Seen { session: 7, ..Seen::default() });
        all.merge(&other);
        other.mute.first = Some(Seen { session: 8, ..Seen::default() });
        all.merge(&other);
        assert_eq!((all.mute.sessions, all.mute.count), (2, u64::MAX));
        assert_eq!(all.mute.first.map(|seen| seen.session), Some(7));
        assert_eq!(all.closed, Deed::default());
    }
}
