//! What came of the attempts of a client to connect.

use super::definition::{Definition, exchanges};
use serde::{Deserialize, Serialize};

/// Why a connection does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unconnected {
    /// Nobody listens there (ECONNREFUSED).
    Refused,
    /// There is no such socket file (ENOENT).
    NoSuchPath,
    /// The listener's queue is full, and says so: that of a Unix socket (EAGAIN). That of TCP stays silent, and the
    /// attempt times out.
    BacklogFull,
    /// No answer came: until the kernel gave up (ETIMEDOUT), or the exchange that it was for, or the round, was
    /// over.
    TimedOut,
    /// Any other error.
    Failed,
}

impl Unconnected {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Refused, Self::NoSuchPath, Self::BacklogFull, Self::TimedOut, Self::Failed];

    /// The metric that counts such attempts.
    pub(super) fn definition(self) -> Definition {
        let (name, about) = match self {
            Self::Refused => (
                "connect-refused",
                "attempts to connect where nobody listens (ECONNREFUSED); a share is over all attempts of the rounds, warm-up included",
            ),
            Self::NoSuchPath => (
                "connect-no-such-path",
                "attempts to connect to a socket file that is not there (ENOENT)",
            ),
            Self::BacklogFull => (
                "connect-backlog-full",
                "attempts to connect that a Unix listener with a full queue turned away (EAGAIN)",
            ),
            Self::TimedOut => (
                "connect-timed-out",
                "attempts to connect that nothing came of until the exchange that they were for, or the round, was over; so it is before a TCP listener with a full queue",
            ),
            Self::Failed => {
                ("connect-failed", "attempts to connect that failed for any other reason")
            }
        };
        exchanges(name, about)
    }

    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NoSuchPath => "no such path",
            Self::BacklogFull => "backlog full",
            Self::TimedOut => "timed out",
            Self::Failed => "failed otherwise",
        }
    }
}

/// Attempts to connect, of the whole round, warm-up included; what stood and what did not add up to `begun`.
/// Over datagrams nobody is asked, so all of them stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Connects {
    /// Connect calls.
    pub begun: u64,
    /// Connections that stood.
    pub stood: u64,
    /// Nobody listens there.
    pub refused: u64,
    /// There is no such socket file.
    pub no_such_path: u64,
    /// The listener's queue is full.
    pub backlog_full: u64,
    /// No answer came.
    pub timed_out: u64,
    /// Any other error.
    pub failed: u64,
    /// Of those that stood: the first segment had to be sent again.
    pub sent_again: u64,
    /// Connections that stood when all did that the round begins with; 0: it begins with none.
    pub opened: u64,
    /// How long that took, in nanoseconds, from the order to connect.
    pub opening_ns: u64,
}

impl Connects {
    /// How many ended like this.
    #[inline]
    pub fn of(&self, why: Unconnected) -> u64 {
        match why {
            Unconnected::Refused => self.refused,
            Unconnected::NoSuchPath => self.no_such_path,
            Unconnected::BacklogFull => self.backlog_full,
            Unconnected::TimedOut => self.timed_out,
            Unconnected::Failed => self.failed,
        }
    }

    /// One of those that were begun has ended like this.
    #[inline]
    pub fn end(&mut self, why: Unconnected) {
        match why {
            Unconnected::Refused => self.refused += 1,
            Unconnected::NoSuchPath => self.no_such_path += 1,
            Unconnected::BacklogFull => self.backlog_full += 1,
            Unconnected::TimedOut => self.timed_out += 1,
            Unconnected::Failed => self.failed += 1,
        }
    }

    /// Those that were begun and never stood.
    #[inline]
    pub fn in_vain(&self) -> u64 {
        Unconnected::ALL.into_iter().fold(0, |sum, why| sum.saturating_add(self.of(why)))
    }

    /// Connections per second of the opening phase; `None`: there was none.
    #[inline]
    pub fn opening_rate(&self) -> Option<f64> {
        (self.opened > 0 && self.opening_ns > 0)
            .then(|| self.opened as f64 * 1e9 / self.opening_ns as f64)
    }

    /// Those that have ended; `None`: more than a number holds, which no round has.
    #[inline]
    pub fn ended(&self) -> Option<u64> {
        let failed = Unconnected::ALL.map(|why| self.of(why));
        failed.into_iter().try_fold(self.stood, u64::checked_add)
    }

    /// Adds another round's.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        let pairs = [
            (&mut self.begun, other.begun),
            (&mut self.stood, other.stood),
            (&mut self.refused, other.refused),
            (&mut self.no_such_path, other.no_such_path),
            (&mut self.backlog_full, other.backlog_full),
            (&mut self.timed_out, other.timed_out),
            (&mut self.failed, other.failed),
            (&mut self.sent_again, other.sent_again),
            (&mut self.opened, other.opened),
            (&mut self.opening_ns, other.opening_ns),
        ];
        for (mine, theirs) in pairs {
            *mine = mine.saturating_add(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_what_has_ended() {
        let mut connects = Connects { begun: 6, stood: 1, ..Connects::default() };
        for why in Unconnected::ALL {
            connects.end(why);
            assert_eq!(connects.of(why), 1, "{why:?}");
        }
        assert_eq!(connects.ended(), Some(connects.begun));
        let mut twice = connects;
        twice.merge(&connects);
        assert_eq!((twice.begun, twice.ended(), twice.in_vain()), (12, Some(12), 10));
        twice.stood = u64::MAX;
        assert_eq!(twice.ended(), None);
    }

    #[test]
    fn the_rate_of_rounds_is_over_all_their_openings_and_without_one_there_is_none() {
        let mut connects = Connects { opened: 100, opening_ns: 50_000_000, ..Connects::default() };
        assert_eq!(connects.opening_rate(), Some(2_000.0));
        connects.merge(&Connects { opened: 100, opening_ns: 150_000_000, ..Connects::default() });
        assert_eq!(connects.opening_rate(), Some(1_000.0));
        assert_eq!(Connects::default().opening_rate(), None);
    }
}
