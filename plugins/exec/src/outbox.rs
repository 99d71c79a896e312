//! Answers in order, as far as the host has room, and what becomes of one that cannot travel.

use std::collections::VecDeque;
use wirebench_sdk::{Cx, SendError, Token};

/// What a session has yet to hand over: at most the messages of one answer.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// What their messages take.
    bytes: usize,
}

#[derive(Debug)]
struct Waiting {
    token: Token,
    message: Vec<u8>,
    /// It stands for one that was too large.
    instead: bool,
}

impl Outbox {
    /// True when nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.bytes + self.waiting.len() * size_of::<Waiting>()
    }

    /// Hands a message over, now or when there is room.
    pub(crate) fn send(
        &mut self,
        cx: &mut Cx<'_>,
        token: Token,
        message: Vec<u8>,
        too_large: impl FnMut(&mut Cx<'_>, usize) -> Vec<u8>,
    ) {
        self.bytes += message.len();
        self.waiting.push_back(Waiting { token, message, instead: false });
        self.flush(cx, too_large);
    }

    /// Hands over what waits, as far as there is room. `too_large` gives what is sent instead of a
    /// message of so many bytes. A closed session swallows everything.
    pub(crate) fn flush(
        &mut self,
        cx: &mut Cx<'_>,
        mut too_large: impl FnMut(&mut Cx<'_>, usize) -> Vec<u8>,
    ) {
        while let Some(next) = self.waiting.front_mut() {
            match cx.send(next.token, &next.message) {
                Err(SendError::Full) => return,
                Err(SendError::TooLarge) if !next.instead => {
                    let len = next.message.len();
                    next.message = too_large(cx, len);
                    self.bytes = self.bytes - len + next.message.len();
                    next.instead = true;
                    continue;
                }
                // When not even that can travel, the peer cannot be told.
                Ok(()) | Err(SendError::Closed | SendError::TooLarge) => {}
            }
            self.bytes -= next.message.len();
            self.waiting.pop_front();
        }
    }
}
