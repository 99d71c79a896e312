//! The send queue of one member: what still has to be delivered to it, within a bound.

use crate::protocol::{Notice, OTHERS};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use wirebench_sdk::{Cx, SendError, Token};

/// What a message that waits costs beside its bytes.
const OVERHEAD: usize = 64;

/// What a speaker costs whose messages were dropped: an entry, and a notice with the longest name.
const NOTICE: usize = 256;

/// So many speakers have a notice of their own, however small the bound.
const LEAST_TOLD: usize = 64;

/// The speaker that stands for those who have none: no session has this number.
const TOGETHER: u32 = u32::MAX;

/// Sends in order, keeps what the connection has no room for, and drops what goes over the bound.
/// The notices of drops take as much again at most, and are one a speaker; speakers for whom that has
/// no room are told together.
///
/// While the connection has room, nothing waits and every drop has been told.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<(Token, Arc<[u8]>)>,
    bytes: usize,
    /// The connection has said that it has no room, and not yet that it has some again.
    full: bool,
    /// Of whom messages were dropped since the member was last told, by their sessions: a speaker may
    /// change its name as often as it likes.
    untold: BTreeMap<u32, Missed>,
}

/// Messages of one speaker that were dropped.
#[derive(Debug)]
struct Missed {
    speaker: Arc<str>,
    count: u64,
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
pub(super) struct Outgoing<'a> {
    token: Token,
    bytes: &'a [u8],
    /// Who says it: its session and its name; 0 and empty for the server itself.
    speaker: (u32, &'a Arc<str>),
    /// What the server's own words end in.
    ending: &'a str,
    kept: Option<Arc<[u8]>>,
}

impl<'a> Outgoing<'a> {
    pub(super) fn new(
        token: Token,
        bytes: &'a [u8],
        speaker: (u32, &'a Arc<str>),
        ending: &'a str,
    ) -> Self {
        Self { token, bytes, speaker, ending, kept: None }
    }
}

impl Queue {
    /// Sends `outgoing` on `session`, now or when there is room; at most `limit` bytes wait.
    #[inline]
    pub(super) fn pass(
        &mut self,
        cx: &mut Cx<'_>,
        session: u32,
        outgoing: &mut Outgoing<'_>,
        limit: usize,
    ) -> Passed {
        if !self.full {
            match cx.send_to(session, outgoing.token, outgoing.bytes) {
                // A session that is gone swallows it.
                Ok(()) | Err(SendError::Closed) => return Passed::On,
                Err(SendError::TooLarge) => return Passed::TooLong,
                Err(SendError::Full) => self.full = true,
            }
        }
        let passed = self.keep(outgoing, limit);
        cx.set_kept(session, self.memory());
        passed
    }

    #[cold]
    fn keep(&mut self, outgoing: &mut Outgoing<'_>, limit: usize) -> Passed {
        if self.bytes + outgoing.bytes.len() + OVERHEAD > limit {
            self.miss(outgoing.speaker, limit);
            return Passed::Dropped;
        }
        // Told where the gap is, not behind what follows it.
        while let Some((_, Missed { speaker, count })) = self.untold.pop_first() {
            let told = Notice::Dropped { count, speaker: &speaker }.text() + outgoing.ending;
            self.push(0, told.into_bytes().into());
        }
        let bytes = outgoing.kept.get_or_insert_with(|| outgoing.bytes.into());
        self.push(outgoing.token, Arc::clone(bytes));
        Passed::On
    }

    /// There is room again: sends what waits, as far as it goes.
    pub(super) fn flush(&mut self, cx: &mut Cx<'_>, session: u32, ending: &str) {
        self.send_waiting(cx, session, ending);
        cx.set_kept(session, self.memory());
    }

    fn send_waiting(&mut self, cx: &mut Cx<'_>, session: u32, ending: &str) {
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
            let Missed { speaker, count } = first.get();
            let told = Notice::Dropped { count: *count, speaker }.text();
            if cx.send_to(session, 0, (told + ending).as_bytes()) == Err(SendError::Full) {
                self.full = true;
                return;
            }
            first.remove();
        }
    }

    /// A message is dropped.
    fn miss(&mut self, (session, name): (u32, &Arc<str>), limit: usize) {
        let is_full = self.untold.len() >= LEAST_TOLD.max(limit / NOTICE);
        let (session, name) = match is_full && !self.untold.contains_key(&session) {
            true => (TOGETHER, Arc::from(OTHERS)),
            false => (session, Arc::clone(name)),
        };
        let missed = self.untold.entry(session);
        let missed = missed.or_insert_with(|| Missed { speaker: Arc::clone(&name), count: 0 });
        missed.speaker = name;
        missed.count += 1;
    }

    fn push(&mut self, token: Token, bytes: Arc<[u8]>) {
        self.bytes += bytes.len() + OVERHEAD;
        self.waiting.push_back((token, bytes));
    }

    /// All that it keeps, in bytes.
    fn memory(&self) -> usize {
        self.bytes + self.untold.len() * NOTICE
    }

    /// Bytes that wait, with what keeping them costs.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
