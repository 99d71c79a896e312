//! What one member still has to get, within a bound.

use crate::words::Notice;
use std::collections::VecDeque;
use std::sync::Arc;
use wirebench_sdk::{Cx, SendError, Token};

/// What a message that waits costs beside its bytes.
const OVERHEAD: usize = 64;

/// Sends in order, keeps what the connection has no room for, and drops what goes over the bound.
///
/// While the connection has room, nothing waits and every drop has been told.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<(Token, Arc<[u8]>)>,
    bytes: usize,
    /// The connection has said that it has no room, and not yet that it has some again.
    full: bool,
    /// Messages dropped since the member was last told.
    untold: u64,
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
    /// What the server's own words end in.
    ending: &'a str,
    kept: Option<Arc<[u8]>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(token: Token, bytes: &'a [u8], ending: &'a str) -> Self {
        Self { token, bytes, ending, kept: None }
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
            self.untold += 1;
            return Passed::Dropped;
        }
        if self.untold > 0 {
            // Where the gap is, not behind what follows it.
            let told = Notice::Dropped(std::mem::take(&mut self.untold)).text() + line.ending;
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
        if self.untold > 0 {
            let told = Notice::Dropped(self.untold).text() + ending;
            if cx.send_to(session, 0, told.as_bytes()) == Err(SendError::Full) {
                self.full = true;
                return;
            }
            self.untold = 0;
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
