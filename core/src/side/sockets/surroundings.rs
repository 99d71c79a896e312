//! What a plugin gets besides its sessions.

use super::Sockets;
use crate::engine::{Letter, Surroundings};
use crate::handler::{Hook, Mailbox, Place, Trouble};
use crate::host::Crumb;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Letters that may wait for the loop; a worker that posts more waits.
const MAX_MAIL: usize = 1_024;

/// Letters from the plugin's worker threads to the loop.
pub(in crate::side) struct Mail {
    sender: SyncSender<Letter>,
    receiver: Receiver<Letter>,
    waker: Arc<mio::Waker>,
    /// Somebody may write some.
    is_given: bool,
}

impl Mail {
    /// A letter box that wakes the loop through `waker`.
    pub(in crate::side) fn new(waker: mio::Waker) -> Self {
        let (sender, receiver) = sync_channel(MAX_MAIL);
        Self { sender, receiver, waker: Arc::new(waker), is_given: false }
    }
}

impl Sockets {
    /// The plugin's threads may write to the loop.
    #[inline]
    pub(in crate::side) fn expects_mail(&self) -> bool {
        self.mail.is_given
    }
}

impl Surroundings for Sockets {
    fn running(&self) -> Option<(Hook, Option<u32>)> {
        Crumb::read(self.crumb).running.map(|call| (call.hook, call.session))
    }

    fn hooks_called(&self) -> u64 {
        self.crumb.hooks_called()
    }

    fn log(&mut self, level: u32, text: &str) {
        self.logged.add(level, text);
    }

    fn left_out_of_log(&self) -> u64 {
        self.logged.left_out()
    }

    fn place(&mut self, which: Place) -> Option<&Path> {
        self.directories.get(which)
    }

    fn mailbox(&mut self) -> Mailbox {
        self.mail.is_given = true;
        let (sender, waker) = (self.mail.sender.clone(), Arc::clone(&self.mail.waker));
        Arc::new(move |session, letter: &[u8]| {
            // Both fail only when the side is gone already.
            if sender.send(Letter::Post(session, letter.to_vec())).is_ok() {
                let _ = waker.wake();
            }
        })
    }

    fn trouble(&mut self) -> Trouble {
        let (sender, waker) = (self.mail.sender.clone(), Arc::clone(&self.mail.waker));
        Arc::new(move |text: &str| {
            // Who is in trouble must not wait: what is not taken stands in the error output only.
            if sender.try_send(Letter::Trouble(text.to_owned())).is_ok() {
                let _ = waker.wake();
            }
        })
    }

    fn next_letter(&mut self) -> Option<Letter> {
        self.mail.receiver.try_recv().ok()
    }
}
