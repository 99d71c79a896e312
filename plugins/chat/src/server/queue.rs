//! What one member still has to get, within a bound.

use crate::words::Notice;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use wirebench_sdk::{Cx, SendError, Token};

/// What a message that waits costs beside its bytes.
const OVERHEAD: usize = 64;

/// Sends in order, keeps what the connection has no room for, and drops what goes over the bound.
/// The notices of drops go over it by one a speaker at most.
///
/// While the connection has room, nothing waits and every drop has been told.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<(Token, Arc<[u8]>)>,
    bytes: usize,
    /// The connection has said that it has no room, and not yet that it has some again.
    full: bool,
    /// How many messages of whom were dropped since the member was last told.
    untold: BTreeMap<Arc<str>, u64>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// It is sent, or waits for room.
    On,
    /// There was no room for it.
    Dropped,
    /// No connection can carry it.
    TooLong,
}

/// A message for several members, copied at most once, when the first of them has to wait.
pub(super) struct Line<'a> {
    token: Token,
    bytes: &'a [u8],
    /// Who says it; empty for the server itself.
    speaker: &'a Arc<str>,
    /// What the server's own words end in.
    ending: &'a str,
    kept: Option<Arc<[u8]>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        token: Token,
        bytes: &'a [u8],
        speaker: &'a Arc<str>,
        ending: &'a str,
    ) -> Self {
        Self { token, bytes, speaker, ending, kept: None }
    }
}

impl Queue {
    /// Sends `line` on `session`, now or when there is room; at most `limit` bytes wait.
    #[inline]
    pub(super) fn pass(
        &mut self,
        cx: &mut Cx<'_>,
        session: u32,
        line: &mut Line<'_>,
        limit: usize,
    ) -> Passed {
        if !self.full {
            match cx.send_to(session, line.token, line.bytes) {
                // A session that is gone swallows it.
                Ok(()) | Err(SendError::Closed) => return Passed::On,
                Err(SendError::TooLarge) => return Passed::TooLong,
                Err(SendError::Full) => self.full = true,
            }
        }
        self.keep(line, limit)
    }

    #[cold]
    fn keep(&mut self, line: &mut Line<'_>, limit: usize) -> Passed {
        if self.bytes + line.bytes.len() + OVERHEAD > limit {
            *self.untold.entry(Arc::clone(line.speaker)).or_default() += 1;
            return Passed::Dropped;
        }
        // Told where the gap is, not behind what follows it.
        while let Some((speaker, count)) = self.untold.pop_first() {
            let told = Notice::Dropped { count, speaker: &speaker }.text() + line.ending;
            self.push(0, told.into_bytes().into());
        }
        let bytes = line.kept.get_or_insert_with(|| line.bytes.into());
        self.push(line.token, Arc::clone(bytes));
        Passed::On
    }

    /// There is room again: sends what waits, as far as it goes.
    pub(super) fn flush(&mut self, cx: &mut Cx<'_>, session: u32, ending: &str) {
        self.full = false;
        while let Some((token, bytes)) = self.waiting.front() {
            if cx.send_to(session, *token, bytes) == Err(SendError::Full) {
                self.full = true;
                return;
            }
            self.bytes -= bytes.len() + OVERHEAD;
            self.waiting.pop_front();
        }
        while let Some(first) = self.untold.first_entry() {
            let told = Notice::Dropped { count: *first.get(), speaker: first.key() }.text();
            if cx.send_to(session, 0, (told + ending).as_bytes()) == Err(SendError::Full) {
                self.full = true;
                return;
            }
            first.remove();
        }
    }

    fn push(&mut self, token: Token, bytes: Arc<[u8]>) {
        self.bytes += bytes.len() + OVERHEAD;
        self.waiting.push_back((token, bytes));
    }

    /// Bytes that wait, with what keeping them costs.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
