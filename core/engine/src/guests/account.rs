//! What a side keeps on its peers' word: one account for each session and one for all together.
//!
//! Whatever a peer can make a side keep is booked: bytes of a frame that is not whole, messages that
//! the framing may not send yet, bytes that the peer does not read, and what its handler keeps for
//! it. Capacities count, not lengths, and what is small counts with its overhead, so that a million
//! empty messages have a price. Amounts come here as differences, once a read or a write that has to
//! wait: a message by itself costs nothing.

use wirebench_measure::Held;

/// What a session counts by itself, in bytes: the connection's own state and its handler's.
pub(crate) const SESSION: usize = 2 << 10;

/// What a session may hold unless it is said otherwise, in bytes.
const MAX_A_SESSION: usize = 64 << 20;

/// So many of the framing's longest messages may always be held: one being received, one joined from
/// fragments, one being sent, and room for growing buffers.
const LONGEST_MESSAGES: usize = 4;

/// The most that may be held, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// For all sessions together.
    pub(crate) side: usize,
    /// For one session.
    pub(crate) session: usize,
}

impl Limits {
    /// As the user says, in bytes (`None`: no bound of the side, a session's by the framing).
    /// `longest`: the longest message that its framings carry.
    #[inline]
    pub(crate) fn new(side: Option<u64>, session: Option<u64>, longest: usize) -> Self {
        let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let usual = MAX_A_SESSION.max(longest.saturating_mul(LONGEST_MESSAGES));
        Self {
            side: side.map_or(usize::MAX, bytes),
            session: session.map_or(usual, bytes).max(SESSION),
        }
    }
}

/// Which bound is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// None.
    Nothing,
    /// The session's own.
    Session,
    /// That of all sessions together.
    Side,
}

/// The account of a side.
#[derive(Debug)]
pub(crate) struct Account {
    limits: Limits,
    held: usize,
    peak: usize,
    session_peak: usize,
}

impl Account {
    /// Nothing is held.
    #[inline]
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, held: 0, peak: 0, session_peak: 0 }
    }

    #[inline]
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// A session holds `now` bytes, and held `before` when it was last booked (0: not yet).
    #[inline]
    pub(crate) fn book(&mut self, before: usize, now: usize) -> Over {
        self.held = self.held.saturating_sub(before).saturating_add(now);
        self.peak = self.peak.max(self.held);
        self.session_peak = self.session_peak.max(now);
        if now > self.limits.session {
            Over::Session
        } else if self.held > self.limits.side {
            Over::Side
        } else {
            Over::Nothing
        }
    }

    /// A session is over that held `before` bytes.
    #[inline]
    pub(crate) fn close(&mut self, before: usize) {
        self.held = self.held.saturating_sub(before);
    }

    /// Bytes that all sessions hold.
    #[inline]
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// For the report.
    #[inline]
    pub(crate) fn summed_up(&self) -> Held {
        Held { peak: self.peak as u64, session_peak: self.session_peak as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { side: 100, session: 60 };

    #[test]
    fn the_session_pays_first_and_then_the_side() {
        let mut account = Account::new(LIMITS);
        assert_eq!(account.book(0, 60), Over::Nothing);
        assert_eq!(account.book(60, 61), Over::Session);
        assert_eq!(account.book(61, 50), Over::Nothing);
        assert_eq!(account.book(0, 50), Over::Nothing);
        assert_eq!(account.book(0, 1), Over::Side);
        account.close(50);
        assert_eq!(account.held(), 51);
        assert_eq!(account.book(1, 50), Over::Nothing);
        assert_eq!(account.summed_up(), Held { peak: 101, session_peak: 61 });
    }

    #[test]
    fn what_was_booked_and_given_back_leaves_nothing() {
        let mut account = Account::new(LIMITS);
        let mut held = [0_usize; 7];
        let mut bits = 7_u64;
        for _ in 0..10_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (one, now) = ((bits >> 40) as usize % held.len(), (bits >> 50) as usize % 40);
            account.book(held[one], now);
            held[one] = now;
            assert_eq!(account.held(), held.iter().sum::<usize>());
        }
        held.into_iter().for_each(|one| account.close(one));
        assert_eq!(account.held(), 0);
    }

    #[test]
    fn the_framings_longest_messages_always_have_room() {
        assert_eq!(Limits::new(None, None, 16 << 20).session, 64 << 20);
        assert_eq!(Limits::new(None, None, 64 << 20).session, 256 << 20);
        assert_eq!(Limits::new(None, None, usize::MAX).session, usize::MAX);
        let said = Limits::new(Some(8 << 20), Some(1 << 20), 64 << 20);
        assert_eq!(said, Limits { side: 8 << 20, session: 1 << 20 });
        assert_eq!(Limits::new(None, Some(1), 0).session, SESSION);
    }
}
