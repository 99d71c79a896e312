//! What a side has besides where its peers are not ours.

use super::account::Account;
use super::half_closed::HalfClosed;
use super::idle::Idle;

/// What bounds such peers, and what they have left.
pub(super) struct Guests {
    /// What is held for them; `None`: peers are ours.
    pub(super) account: Option<Box<Account>>,
    /// When sessions end in which nothing happens.
    pub(super) idle: Option<Idle>,
    /// Sessions whose peer says nothing more.
    pub(super) half_closed: HalfClosed,
}

impl Guests {
    /// Nobody yet. `idle_ns`: nothing may happen in a session for so long.
    pub(super) fn new(account: Option<Box<Account>>, idle_ns: Option<u64>) -> Self {
        Self { account, idle: Idle::new(idle_ns), half_closed: HalfClosed::default() }
    }
}
