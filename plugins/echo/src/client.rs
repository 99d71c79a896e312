//! The side that asks, or listens.

use crate::config::{Config, Mode, Plan, encode};
use std::collections::VecDeque;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Backlog, Client, Cx, Finish, Message, Result, Token};

/// No session has more exchanges under way: what has waited longer was given up by the host.
const MAX_WAITING: usize = 1 << 20;

/// Sends the scenario's payload and finishes each exchange as its mode says.
pub struct EchoClient {
    /// A request is sent at once and any answer will do: decided first, because it is what is
    /// measured most.
    plain: bool,
    plan: Plan,
}

/// One session of the client.
#[derive(Default)]
pub struct ClientSession {
    out: Backlog,
    /// The greeting is there, or none is awaited.
    greeted: bool,
    /// Exchanges that wait for the greeting, for room, or for a push.
    waiting: VecDeque<Token>,
    /// Holds a message that belongs to no exchange: its memory is used again.
    scratch: Vec<u8>,
}

impl Client for EchoClient {
    type Config = Config;
    type Session = ClientSession;
    const COUNTS: &'static [&'static str] = &["wrong-greeting"];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let plan = config.plan()?;
        if plan.encoding != Encoding::Bytes {
            cx.count("speaks-text", 0, "");
        }
        let same = plan.mode == Mode::Same { verify: false } && plan.greeting.is_none();
        let plain = same && plan.encoding == Encoding::Bytes;
        Ok(Self { plain, plan })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<ClientSession> {
        Ok(ClientSession { greeted: self.plan.greeting.is_none(), ..ClientSession::default() })
    }

    #[inline]
    fn start(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        if self.plain {
            return session.out.send_payload(cx, token);
        }
        if !session.greeted {
            session.wait(token);
            return Ok(());
        }
        self.begin(session, cx, token)
    }

    #[inline]
    fn message(
        &mut self,
        session: &mut ClientSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if self.plain {
            cx.finish(message.token, Finish::Done);
            return Ok(());
        }
        if session.greeted {
            self.answered(session, cx, message);
            return Ok(());
        }
        self.greeted(session, cx, message.bytes)
    }

    fn writable(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)?;
        if self.plan.mode == Mode::Sink && session.greeted && session.out.is_empty() {
            session.finish_waiting(cx, Finish::Done);
        }
        Ok(())
    }
}

impl EchoClient {
    /// Begins an exchange on a session that has been greeted.
    fn begin(&self, session: &mut ClientSession, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        match &self.plan.mode {
            Mode::Same { .. } | Mode::Fixed(_) if self.plan.encoding == Encoding::Bytes => {
                session.out.send_payload(cx, token)
            }
            Mode::Same { .. } | Mode::Fixed(_) => {
                if !self.write(session, cx, token) {
                    return Ok(());
                }
                session.out.send(cx, token, &session.scratch)
            }
            Mode::Sink => {
                if !self.write(session, cx, token) {
                    return Ok(());
                }
                session.out.send(cx, 0, &session.scratch)?;
                // Nothing is awaited but room: the window bounds what has found none.
                if session.out.is_empty() {
                    cx.finish(token, Finish::Done);
                } else {
                    session.wait(token);
                }
                Ok(())
            }
            Mode::Push(_) => {
                session.wait(token);
                Ok(())
            }
        }
    }

    /// Writes the payload in the encoding of the conversation. False: that cannot be, and the exchange is
    /// wrong.
    fn write(&self, session: &mut ClientSession, cx: &mut Cx<'_>, token: Token) -> bool {
        session.scratch.clear();
        let encoding = self.plan.encoding;
        match encode(encoding, cx.payload(token)) {
            Some(bytes) => session.scratch.extend_from_slice(&bytes),
            None => {
                let why = format!("the payload cannot be written in {}", encoding.name());
                cx.finish(token, Finish::Wrong(&why));
                return false;
            }
        }
        true
    }

    /// What should be the greeting has come. With another one the exchanges that waited for it are
    /// wrong, and the session goes on: what follows is judged by itself.
    fn greeted(&self, session: &mut ClientSession, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        session.greeted = true;
        if self.plan.greeting.as_deref() != Some(bytes) {
            let example = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
            cx.count("wrong-greeting", 1, &example);
            session.finish_waiting(cx, Finish::Wrong("the greeting differs"));
            return Ok(());
        }
        for token in std::mem::take(&mut session.waiting) {
            self.begin(session, cx, token)?;
        }
        Ok(())
    }

    /// A message that is no greeting has come.
    fn answered(&self, session: &mut ClientSession, cx: &mut Cx<'_>, message: Message<'_>) {
        let encoding = self.plan.encoding;
        if encoding != Encoding::Bytes
            && let Err(at) = encoding.read(message.bytes)
        {
            let why = format!("the answer is {}", encoding.complaint(message.bytes, at));
            match &self.plan.mode {
                Mode::Push(_) => session.finish_waiting(cx, Finish::Wrong(&why)),
                _ => cx.finish(message.token, Finish::Wrong(&why)),
            }
            return;
        }
        let right = match &self.plan.mode {
            Mode::Same { verify: false } => true,
            Mode::Same { .. } => {
                encode(encoding, cx.payload(message.token)).as_deref() == Some(message.bytes)
            }
            Mode::Fixed(text) => text == message.bytes,
            Mode::Sink => false,
            Mode::Push(_) => {
                session.finish_waiting(cx, Finish::Done);
                return;
            }
        };
        let how = if right { Finish::Done } else { Finish::Wrong("the answer differs") };
        cx.finish(message.token, how);
    }
}

impl ClientSession {
    fn wait(&mut self, token: Token) {
        if self.waiting.len() == MAX_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(token);
    }

    fn finish_waiting(&mut self, cx: &mut Cx<'_>, how: Finish<'_>) {
        for token in self.waiting.drain(..) {
            cx.finish(token, how);
        }
    }
}
