//! What a plugin gets besides its sessions.

use crate::handler::{Hook, Mailbox, Place, Trouble};
use std::path::Path;

/// What a plugin's thread says to the loop.
pub enum Letter {
    /// A post for this session.
    Post(u32, Vec<u8>),
    /// The thread has gone wrong, and how.
    Trouble(String),
}

/// Logs, directories, and the plugin's own threads.
pub trait Surroundings {
    /// The hook that runs, and the session that it was called for.
    fn running(&self) -> Option<(Hook, Option<u32>)>;

    /// How many hooks have returned.
    fn hooks_called(&self) -> u64;

    /// A line that the plugin logs.
    fn log(&mut self, level: u32, text: &str);

    /// Log lines that were only counted.
    fn left_out_of_log(&self) -> u64;

    /// A directory for the plugin; `None`: it cannot be made.
    fn place(&mut self, which: Place) -> Option<&Path>;

    /// How the plugin's threads reach the loop.
    fn mailbox(&mut self) -> Mailbox;

    /// How they say that they have gone wrong.
    fn trouble(&mut self) -> Trouble;

    /// What they have said.
    fn next_letter(&mut self) -> Option<Letter>;
}
