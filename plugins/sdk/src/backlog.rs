//! Messages that the host had no room for yet.

use crate::{Cx, Error, SendError, Token};
use std::collections::VecDeque;

/// Sends in order, and keeps what the host has no room for until `writable`. One a session.
///
/// Holds at most 64 MiB; one message more is an error, so a peer that never reads cannot fill the
/// memory. What it keeps is booked ([`Cx::set_kept`]): of a session with a backlog nothing else may be.

#[derive(Debug, Default)]
pub struct Backlog {
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

#[derive(Debug)]
enum Waiting {
    Message(Token, Vec<u8>),
    Payload(Token),
    /// The session is to be closed, once what is before it is sent.
    Close,
}

const LIMIT: usize = 64 << 20;

impl Backlog {
    /// Nothing waits.
    pub const fn new() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0 }
    }

    /// Sends `message`, now or when there is room. A closed session swallows it.
    #[inline(always)]
    pub fn send(&mut self, cx: &mut Cx<'_>, token: Token, message: &[u8]) -> Result<(), Error> {
        if self.waiting.is_empty() && settled(cx.send(token, message))? {
            return Ok(());
        }
        self.keep(cx, Waiting::Message(token, message.to_vec()), message.len())
    }

    /// Sends the scenario's own payload, now or when there is room.
    #[inline(always)]
    pub fn send_payload(&mut self, cx: &mut Cx<'_>, token: Token) -> Result<(), Error> {
        if self.waiting.is_empty() && settled(cx.send_payload(token))? {
            return Ok(());
        }
        self.keep(cx, Waiting::Payload(token), 0)
    }

    /// Closes the session behind all that was sent here: now, or once what waits is handed over. ([`Cx::close`] alone
    /// loses what waits.)
    pub fn close(&mut self, cx: &mut Cx<'_>) {
        if self.waiting.is_empty() {
            return cx.close();
        }
        if !self.is_closing() {
            self.waiting.push_back(Waiting::Close);
            self.tell(cx);
        }
    }

    /// True when the session is closed as soon as what waits is handed over.
    pub fn is_closing(&self) -> bool {
        matches!(self.waiting.back(), Some(Waiting::Close))
    }

    /// Sends what waits, as far as there is room. Call it from `writable`.
    pub fn flush(&mut self, cx: &mut Cx<'_>) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let sent = self.send_waiting(cx);
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        self.tell(cx);
        sent
    }

    fn send_waiting(&mut self, cx: &mut Cx<'_>) -> Result<(), Error> {
        while let Some(next) = self.waiting.front() {
            let (answer, len) = match next {
                Waiting::Message(token, bytes) => (cx.send(*token, bytes), bytes.len()),
                Waiting::Payload(token) => (cx.send_payload(*token), 0),
                Waiting::Close => {
                    cx.close();
                    (Ok(()), 0)
                }
            };
            if !settled(answer)? {
                break;
            }
            self.bytes -= len;
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.waiting.len() - usize::from(self.is_closing())
    }

    /// True when nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn memory(&self) -> usize {
        self.bytes + self.waiting.capacity() * size_of::<Waiting>()
    }

    fn tell(&self, cx: &mut Cx<'_>) {
        let session = cx.session();
        cx.set_kept(session, self.memory());
    }

    #[cold]
    fn keep(&mut self, cx: &mut Cx<'_>, waiting: Waiting, len: usize) -> Result<(), Error> {
        let size = len + size_of::<Waiting>();
        if self.bytes + self.waiting.len() * size_of::<Waiting>() + size > LIMIT {
            return Err(Error::new("64 MiB wait to be sent: the peer does not read"));
        }
        self.bytes += len;
        self.waiting.push_back(waiting);
        self.tell(cx);
        Ok(())
    }
}

/// True when the message needs no more care: taken, or the session is gone.
#[inline]
fn settled(answer: Result<(), SendError>) -> Result<bool, Error> {
    match answer {
        Ok(()) | Err(SendError::Closed) => Ok(true),
        Err(SendError::Full) => Ok(false),
        Err(error @ SendError::TooLarge) => Err(error.into()),
    }
}
