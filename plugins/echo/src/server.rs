//! The side that answers, or speaks on its own.

use crate::config::{Config, Mode, Plan, encode};
use std::time::Duration;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Backlog, Cx, Error, Message, Result, Server};

/// Sends every message back, or does what its mode says.
pub struct EchoServer {
    /// Every message comes back unseen: decided first, because it is what is measured most.
    same: bool,
    plan: Plan,
    /// Messages until the next pause.
    before_pause: u64,
}

/// One session of the server.
#[derive(Default)]
pub struct ServerSession {
    out: Backlog,
    /// Messages pushed so far.
    pushed: u64,
    /// When the next one is due, in nanoseconds.
    due_ns: u64,
    /// Holds the message to push: its memory is used again.
    scratch: Vec<u8>,
}

impl Server for EchoServer {
    type Config = Config;
    type Session = ServerSession;
    const COUNTS: &'static [&'static str] = &["undecodable"];

    fn new(config: Config, _: &mut Cx<'_>) -> Result<Self> {
        let plan = config.plan()?;
        let same = matches!(plan.mode, Mode::Same { .. })
            && plan.encoding == Encoding::Bytes
            && plan.pause.is_none();
        let before_pause = plan.pause.map_or(0, |(every, _)| every);
        Ok(Self { same, plan, before_pause })
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<ServerSession> {
        let mut session = ServerSession::default();
        if let Some(greeting) = &self.plan.greeting {
            session.out.send(cx, 0, greeting)?;
        }
        if let Mode::Push(every) = self.plan.mode {
            session.due_ns = cx.now();
            session.set_timer(cx, every)?;
        }
        Ok(session)
    }

    #[inline]
    fn message(
        &mut self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if self.same {
            return session.out.send(cx, message.token, message.bytes);
        }
        if let Some((every, lasts)) = self.plan.pause {
            self.before_pause -= 1;
            if self.before_pause == 0 {
                self.before_pause = every;
                std::thread::sleep(lasts);
            }
        }
        let encoding = self.plan.encoding;
        if encoding != Encoding::Bytes
            && let Err(at) = encoding.read(message.bytes)
        {
            let why = encoding.complaint(message.bytes, at);
            cx.count("undecodable", 1, &format!("session {}: {why}", cx.session()));
        }
        match &self.plan.mode {
            Mode::Fixed(text) => session.out.send(cx, message.token, text),
            Mode::Same { .. } => session.out.send(cx, message.token, message.bytes),
            // A client of these modes says nothing that wants an answer.
            Mode::Sink | Mode::Push(_) => Ok(()),
        }
    }

    fn timer(&mut self, session: &mut ServerSession, cx: &mut Cx<'_>, _: u64) -> Result<()> {
        let Mode::Push(every) = self.plan.mode else { return Ok(()) };
        // A reader that does not keep up misses pushes instead of filling the memory.
        if session.out.is_empty() {
            session.push(cx, self.plan.encoding)?;
        }
        session.set_timer(cx, every)
    }

    fn writable(&mut self, session: &mut ServerSession, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)
    }
}

impl ServerSession {
    fn push(&mut self, cx: &mut Cx<'_>, encoding: Encoding) -> Result<()> {
        self.pushed += 1;
        // Payloads differ by token, but a push belongs to no exchange.
        self.scratch.clear();
        let Some(bytes) = encode(encoding, cx.payload(self.pushed)) else {
            let why = format!("the payload cannot be written in {}", encoding.name());
            return Err(Error::new(why));
        };
        self.scratch.extend_from_slice(&bytes);
        self.out.send(cx, 0, &self.scratch)
    }

    /// Sets the timer for the next push: in time after the last, at once when that has passed.
    fn set_timer(&mut self, cx: &mut Cx<'_>, every: Duration) -> Result<()> {
        let now = cx.now();
        let every = u64::try_from(every.as_nanos()).unwrap_or(u64::MAX);
        self.due_ns = self.due_ns.saturating_add(every).max(now);
        cx.set_timer(1, Duration::from_nanos(self.due_ns - now))
    }
}
