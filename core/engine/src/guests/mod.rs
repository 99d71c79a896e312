//! What a side has besides where its peers are not ours.

mod account;
mod half_closed;
mod holding;
mod idle;

pub(crate) use account::{Account, Limits, SESSION};
pub(crate) use idle::Traffic;

use half_closed::HalfClosed;
use idle::Idle;
use wirebench_measure::Held;

/// What bounds such peers, and what they have left.
pub(crate) struct Guests {
    /// What is held for them; `None`: peers are ours.
    account: Option<Box<Account>>,
    /// When sessions end in which nothing happens.
    idle: Option<Idle>,
    /// Sessions whose peer says nothing more.
    half_closed: HalfClosed,
}

impl Guests {
    /// Nobody yet. `idle_ns`: nothing may happen in a session for so long.
    #[inline]
    pub(crate) fn new(account: Option<Box<Account>>, idle_ns: Option<u64>) -> Self {
        Self { account, idle: Idle::new(idle_ns), half_closed: HalfClosed::default() }
    }

    /// Their memory is booked, session by session.
    #[inline]
    pub(crate) fn are_booked(&self) -> bool {
        self.account.is_some()
    }

    /// A session is over for which so many bytes were booked.
    #[inline]
    pub(crate) fn close(&mut self, booked: usize) {
        if let Some(account) = &mut self.account {
            account.close(booked);
        }
    }

    /// Bytes booked for all sessions together.
    #[inline]
    pub(crate) fn held(&self) -> usize {
        self.account.as_ref().map_or(0, |account| account.held())
    }

    /// What was held at most, for the report.
    #[inline]
    pub(crate) fn summed_up(&self) -> Option<Held> {
        self.account.as_ref().map(|account| account.summed_up())
    }

    /// When sessions are to be looked at, of which there are some or (`any` is false) none.
    #[inline]
    pub(crate) fn next_look(&self, any: bool) -> u64 {
        let idle = self.idle.as_ref().filter(|_| any);
        self.half_closed.next_look().min(idle.map_or(u64::MAX, Idle::next_look))
    }
}
