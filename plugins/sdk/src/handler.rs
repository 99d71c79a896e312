//! What a plugin implements: the two sides of a handler.

use crate::{Cx, Result};
use serde::de::DeserializeOwned;

/// Identifies an exchange (0: none).
pub type Token = u64;

/// A message that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its bytes, in the host's receive buffer.
    pub bytes: &'a [u8],
    /// The exchange it belongs to (0: unsolicited, or it could not be told).
    pub token: Token,
}

/// A handler: its name and its two sides.
pub trait Handler {
    /// Its name within the plugin: letters, digits, `.`, `_` and `-`.
    const NAME: &'static str;
    /// One line for people.
    const ABOUT: &'static str = "";
    /// The side that accepts.
    type Server: Server;
    /// The side that connects.
    type Client: Client;
}

/// The side that accepts. One value serves all sessions of a round.
///
/// **What an `Err` does.** From `new`, it refuses the configuration: `check` says it with its line,
/// and nothing is run. From `close`, the session is over anyway. From every other hook it ends its
/// session: the connection is closed, `close` follows (not after `open`, which has made no session),
/// and what the client had under way there is unanswered. The round goes on. Each is counted under
/// its hook (`hook message`), the first is shown with its text and session, and a scenario can hold
/// a limit against them: `errors = 0`.
///
/// **What a panic does.** It ends the round, which is recorded as crashed, with the message, its file
/// and line, and the hook. A panic on a thread of your own ends nothing, and is counted too.
pub trait Server: Send + Sized + 'static {
    /// What the scenario's `config` is read into. Use `#[serde(deny_unknown_fields)]`, so that a
    /// misspelt key is found, and defaults, so that it may be left out.
    type Config: DeserializeOwned;
    /// The state of one session.
    type Session;
    /// The kinds of [`Cx::count`] that scenarios may limit.
    const COUNTS: &'static [&'static str] = &[];

    /// Makes the server.
    fn new(config: Self::Config, cx: &mut Cx<'_>) -> Result<Self>;

    /// A session is connected. It may send first.
    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Self::Session>;

    /// A message arrived.
    fn message(
        &mut self,
        session: &mut Self::Session,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()>;

    /// The session's timer `id` is due.
    fn timer(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>, id: u64) -> Result<()> {
        let _ = (session, cx, id);
        Ok(())
    }

    /// A [`Mailbox`](crate::Mailbox) post arrived for the session.
    fn mail(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        let _ = (session, cx, bytes);
        Ok(())
    }

    /// After a send was [`Full`](crate::SendError::Full): there is room again.
    fn writable(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        let _ = (session, cx);
        Ok(())
    }

    /// The session is over: nothing can be sent on it any more. An `Err` is counted and changes
    /// nothing else.
    fn close(&mut self, session: Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        let _ = (session, cx);
        Ok(())
    }
}

/// The side that connects. One value serves all sessions of a round.
///
/// **What an `Err` does.** From `new`, it refuses the configuration: `check` says it with its line,
/// and nothing is run. From `close`, the session is over anyway. From every other hook it ends its
/// session: the connection is closed, `close` follows (not after `open`, which has made no session),
/// and what the client had under way there is unanswered. The round goes on. Each is counted under
/// its hook (`hook message`), the first is shown with its text and session, and a scenario can hold
/// a limit against them: `errors = 0`.
///
/// **What a panic does.** It ends the round, which is recorded as crashed, with the message, its file
/// and line, and the hook. A panic on a thread of your own ends nothing, and is counted too.
pub trait Client: Send + Sized + 'static {
    /// As [`Server::Config`]; both sides get the same `config`.
    type Config: DeserializeOwned;
    /// The state of one session.
    type Session;
    /// The kinds of [`Cx::count`] that scenarios may limit.
    const COUNTS: &'static [&'static str] = &[];

    /// Makes the client.
    fn new(config: Self::Config, cx: &mut Cx<'_>) -> Result<Self>;

    /// A session is connected.
    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Self::Session>;

    /// Begin `exchange`: send its request. Its latency is counted until
    /// [`finish`](Cx::finish).
    fn start(
        &mut self,
        session: &mut Self::Session,
        cx: &mut Cx<'_>,
        exchange: Token,
    ) -> Result<()>;

    /// A message arrived.
    fn message(
        &mut self,
        session: &mut Self::Session,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()>;

    /// The session's timer `id` is due.
    fn timer(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>, id: u64) -> Result<()> {
        let _ = (session, cx, id);
        Ok(())
    }

    /// A [`Mailbox`](crate::Mailbox) post arrived for the session.
    fn mail(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        let _ = (session, cx, bytes);
        Ok(())
    }

    /// After a send was [`Full`](crate::SendError::Full): there is room again.
    fn writable(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        let _ = (session, cx);
        Ok(())
    }

    /// The load is over, and the session's exchanges have ended as far as they will: what is still to be
    /// said, such as a goodbye, is said now. While an answer to it is awaited, say so with
    /// [`set_pending`](Cx::set_pending): the session is closed when `false` is said, or when the time for
    /// answers (`load.drain`) is over. It is called at most once a session, and not where the host gives
    /// the session up, nor for sessions of one exchange each.
    fn ending(&mut self, session: &mut Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        let _ = (session, cx);
        Ok(())
    }

    /// The session is over: nothing can be sent on it any more. An `Err` is counted and changes
    /// nothing else.
    fn close(&mut self, session: Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        let _ = (session, cx);
        Ok(())
    }
}
