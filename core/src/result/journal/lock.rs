//! Which runs are being written: their journals are locked for as long as somebody writes to them.
//!
//! The kernel lets go of a lock when its process ends, however that ends.

use nix::fcntl::{Flock, FlockArg};
use std::fs::File;
use std::sync::Arc;

/// The lock of a run's journal. Whoever holds it may write to the run's folder, or remove it, and nobody else.
#[derive(Clone, Debug)]
pub struct RunLock {
    _lock: Arc<Flock<File>>,
}

impl RunLock {
    /// Locks a journal that is open; `None`: somebody else has locked it, or it cannot be locked.
    pub fn of(journal: &File) -> Option<Self> {
        let file = journal.try_clone().ok()?;
        let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock).ok()?;
        Some(Self { _lock: Arc::new(lock) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_locked_as_long_as_anybody_holds_its_lock() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal.jsonl");
        let first = File::create(&path).expect("the folder is writable");
        let other = || RunLock::of(&File::open(&path).expect("it is there"));
        let lock = RunLock::of(&first).expect("nobody else has it");
        let again = lock.clone();
        drop((lock, first));
        assert!(other().is_none());
        drop(again);
        assert!(other().is_some());
    }
}
