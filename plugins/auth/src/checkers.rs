//! Threads that check passwords, so that the loop never waits for a hash.

use crate::account::Account;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use wirebench_sdk::{Mailbox, Result};
use zeroize::Zeroizing;

/// Passwords that may wait to be checked. The next one is told that the server is busy.
const MAX_WAITING: usize = 1_024;

/// So many have their turn in order. While more wait, the newest goes first: whoever has waited for
/// long is the least likely to be still there, and would keep those from being answered who are.
const IN_ORDER: usize = 16;

/// A password to be checked.
struct Job {
    session: u32,
    number: u64,
    known: bool,
    password: Zeroizing<Vec<u8>>,
}

/// Passwords that wait, at most one a session.
#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// Nobody awaits an answer any more.
    over: bool,
}

impl Waiting {
    /// False: too many wait already.
    fn add(&mut self, job: Job) -> bool {
        let fits = self.jobs.len() < MAX_WAITING;
        if fits {
            self.jobs.push_back(job);
        }
        fits
    }

    fn next(&mut self) -> Option<Job> {
        if self.jobs.len() > IN_ORDER { self.jobs.pop_back() } else { self.jobs.pop_front() }
    }

    /// True when something of that session waited.
    fn drop_session(&mut self, session: u32) -> bool {
        let place = self.jobs.iter().position(|job| job.session == session);
        place.and_then(|place| self.jobs.remove(place)).is_some()
    }
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Something waits, or it is over.
    news: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next password; `None`: there are no more, ever.
    fn next(&self) -> Option<Job> {
        let mut waiting = self.lock();
        loop {
            if waiting.over {
                return None;
            }
            if let Some(job) = waiting.next() {
                return Some(job);
            }
            waiting = self.news.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The threads. They end when this is dropped and the check that they are at is over.
pub(crate) struct Checkers(Arc<Shared>);

impl Checkers {
    pub(crate) fn start(account: &Arc<Account>, mailbox: &Mailbox) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let checkers = Self(Arc::clone(&shared));
        for _ in 0..account.workers() {
            let (account, mailbox) = (Arc::clone(account), mailbox.clone());
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("password".to_owned())
                .spawn(move || work(&shared, &account, &mailbox))?;
        }
        Ok(checkers)
    }

    /// Has a password checked: the session's mail follows. A name that is not `known` takes as
    /// long as any other. False: too many wait already.
    pub(crate) fn check(&self, session: u32, number: u64, known: bool, password: &[u8]) -> bool {
        let password = Zeroizing::new(password.to_vec());
        let taken = self.0.lock().add(Job { session, number, known, password });
        self.0.news.notify_one();
        taken
    }

    /// The session is over: nobody awaits the verdict on its password. True when it had not been
    /// looked at.
    pub(crate) fn forget(&self, session: u32) -> bool {
        self.0.lock().drop_session(session)
    }
}

impl Drop for Checkers {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.news.notify_all();
    }
}

fn work(shared: &Shared, account: &Account, mailbox: &Mailbox) {
    while let Some(job) = shared.next() {
        let right = account.accepts(&job.password) && job.known;
        mailbox.post(job.session, &letter(job.number, right));
    }
}

/// The verdict on job `number`, as it travels through the mailbox.
fn letter(number: u64, right: bool) -> [u8; 9] {
    let mut letter = [u8::from(right); 9];
    letter[..8].copy_from_slice(&number.to_le_bytes());
    letter
}

/// What a letter says: which job, and whether its password was right.
pub(crate) fn read_letter(letter: &[u8]) -> Option<(u64, bool)> {
    let (number, right) = letter.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*number), right == [1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(session: u32) -> Job {
        Job { session, number: 0, known: true, password: Zeroizing::new(Vec::new()) }
    }

    fn order(waiting: &mut Waiting) -> Vec<u32> {
        std::iter::from_fn(|| waiting.next().map(|job| job.session)).collect()
    }

    #[test]
    fn a_few_have_their_turn_in_order() {
        let mut waiting = Waiting::default();
        assert!((1..=16).all(|session| waiting.add(job(session))));
        assert_eq!(order(&mut waiting), (1..=16).collect::<Vec<_>>());
    }

    #[test]
    fn of_many_the_newest_goes_first_and_there_is_a_bound() {
        let mut waiting = Waiting::default();
        assert!((1..=1_024).all(|session| waiting.add(job(session))));
        assert!(!waiting.add(job(1_025)));
        assert_eq!(waiting.next().map(|job| job.session), Some(1_024));
        assert!(waiting.add(job(1_025)));
        assert_eq!(waiting.next().map(|job| job.session), Some(1_025));
        assert_eq!(order(&mut waiting)[1_007..], (1..=16).collect::<Vec<_>>());
    }

    #[test]
    fn who_is_gone_is_not_looked_at() {
        let mut waiting = Waiting::default();
        assert!((1..=1_000).all(|session| waiting.add(job(session))));
        assert!((1..1_000).all(|session| waiting.drop_session(session)));
        assert!(!waiting.drop_session(1), "it is gone already");
        assert_eq!(order(&mut waiting), [1_000]);
    }

    #[test]
    fn letters_are_read_as_they_were_written() {
        for (number, right) in [(0, false), (7, true), (u64::MAX, true)] {
            assert_eq!(read_letter(&letter(number, right)), Some((number, right)));
        }
        assert_eq!(read_letter(b"short"), None);
    }
}
