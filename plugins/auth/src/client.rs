//! The side that wants to be let in.

use crate::config::{Config, Conversation, Plan};
use crate::dialogue::{End, Keys, Response, Step, Visit};
use crate::shares::Intent;
use std::collections::VecDeque;
use wirebench_sdk::{Backlog, Client, Cx, Finish, Message, Result, Token};

/// No session has more exchanges under way: what has waited longer was given up by the host.
const MAX_QUEUED: usize = 1 << 20;

/// A longer opening is kept only so far: it is wrong anyway.
const LONGEST_OPENING: usize = 4 << 10;

/// Proves that it knows the secret, or that it does not.
pub struct AuthClient {
    plan: Plan,
    /// For challenges; `None` in a login, or while the configuration is only checked.
    keys: Option<Keys>,
    /// Holds a payload: its memory is used again.
    scratch: Vec<u8>,
}

/// One session of the client. Its exchanges have their turn one after the other: what is said on a
/// connection says nothing about which of several it belongs to.
pub struct ClientSession {
    out: Backlog,
    queue: VecDeque<Token>,
    active: Option<(Token, Dialogue)>,
    opening: Opening,
}

/// The first thing that a server says which speaks first.
enum Opening {
    /// It is still to come.
    Awaited,
    /// It came before anybody needed it.
    Kept(Vec<u8>),
    /// It was used, or there is none: an exchange begins with a request.
    Past,
}

enum Dialogue {
    Response(Response),
    Visit(Visit),
}

/// The timer of the exchange that has its turn.
const PATIENCE: u64 = 1;

impl Client for AuthClient {
    type Config = Config;
    type Session = ClientSession;
    const COUNTS: &'static [&'static str] =
        &["late", "abandoned", "sent-unjudged", "refused-by-end", "right-refused"];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let plan = config.plan(cx.scenario_dir().as_deref())?;
        cx.count("speaks-text", 0, "");
        let keys = match (&plan.conversation, &plan.secret) {
            (Conversation::Challenge(challenge), Some(secret)) => Some(Keys {
                right: challenge.key(secret)?,
                wrong: challenge.wrong_key(secret)?,
                previous: None,
            }),
            _ => None,
        };
        Ok(Self { plan, keys, scratch: Vec::new() })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<ClientSession> {
        self.plan.secret()?;
        let opening = if self.plan.greet { Opening::Awaited } else { Opening::Past };
        Ok(ClientSession { out: Backlog::new(), queue: VecDeque::new(), active: None, opening })
    }

    fn start(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        if session.queue.len() == MAX_QUEUED {
            session.queue.pop_front();
        }
        session.queue.push_back(token);
        self.go_on(session, cx)
    }

    fn message(
        &mut self,
        session: &mut ClientSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let awaited = session.active.as_ref().map(|(token, _)| *token);
        match (awaited, &session.opening) {
            (None, Opening::Awaited) => {
                let kept = &message.bytes[..message.bytes.len().min(LONGEST_OPENING)];
                session.opening = Opening::Kept(kept.to_vec());
                Ok(())
            }
            // The opening belongs to no exchange; what belongs to another is too late.
            (Some(token), _) if message.token == 0 || message.token == token => {
                session.opening = Opening::Past;
                self.hear(session, cx, message.bytes)?;
                self.go_on(session, cx)
            }
            _ => {
                cx.count("late", 1, "a message came when nobody waited for it");
                Ok(())
            }
        }
    }

    fn timer(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>, _: u64) -> Result<()> {
        // The host gives the exchange up by itself; the session's next one must not wait for it.
        if session.response().is_some_and(Response::awaits_end) {
            // Silence may be consent, and may be a server that is slow: nobody knows. The exchange ends
            // with its session, unanswered.
            cx.count("sent-unjudged", 1, "no word and no end within `patience`");
            session.active = None;
            cx.close();
            return Ok(());
        }
        if let Some((token, _)) = session.active.take() {
            cx.count("abandoned", 1, &format!("exchange {token}"));
            session.opening = Opening::Past;
        }
        self.go_on(session, cx)
    }

    fn writable(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)
    }

    fn close(&mut self, session: ClientSession, cx: &mut Cx<'_>) -> Result<()> {
        if let Some(response) = session.response().filter(|response| response.awaits_end()) {
            let example = format!("session {}: it ended behind the answer", cx.session());
            cx.count("refused-by-end", 1, &example);
            if response.intent() == Intent::Right {
                cx.count("right-refused", 1, &example);
            }
        }
        Ok(())
    }
}

impl AuthClient {
    /// Begins the next exchange of a session if none has its turn.
    fn go_on(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>) -> Result<()> {
        while session.active.is_none() {
            let Some(token) = session.queue.pop_front() else { return Ok(()) };
            let intent = self.plan.shares.intent(token);
            let dialogue = match self.plan.conversation {
                Conversation::Challenge(_) => Dialogue::Response(Response::new(intent)),
                Conversation::Login(_) => Dialogue::Visit(Visit::new(intent)),
            };
            session.active = Some((token, dialogue));
            cx.set_timer(PATIENCE, self.plan.patience)?;
            match std::mem::replace(&mut session.opening, Opening::Past) {
                Opening::Awaited => session.opening = Opening::Awaited,
                Opening::Kept(opening) => self.hear(session, cx, &opening)?,
                Opening::Past => session.out.send(cx, token, &self.plan.request)?,
            }
        }
        Ok(())
    }

    /// The server has spoken to the exchange that has its turn.
    fn hear(&mut self, session: &mut ClientSession, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        let Some((token, dialogue)) = &mut session.active else { return Ok(()) };
        let token = *token;
        let step = match (dialogue, &self.plan.conversation) {
            (Dialogue::Response(response), Conversation::Challenge(plan)) => {
                let Some(keys) = &mut self.keys else { return Ok(()) };
                self.scratch.clear();
                if plan.accepted.is_none() {
                    self.scratch.extend_from_slice(cx.payload(token));
                }
                response.hear(plan, keys, bytes, &self.scratch)
            }
            (Dialogue::Visit(visit), Conversation::Login(plan)) => {
                visit.hear(plan, self.plan.secret()?, self.plan.attempts, bytes)
            }
            _ => Step::Wait,
        };
        if !matches!(step, Step::End(_) | Step::EndSession(_)) {
            // Patience is for the next message, however many a dialogue has.
            cx.set_timer(PATIENCE, self.plan.patience)?;
        }
        match step {
            Step::Wait => Ok(()),
            Step::Say(text) => session.out.send(cx, token, &text),
            Step::SayAndSendPayload(text) => {
                session.out.send(cx, token, &text)?;
                session.out.send_payload(cx, token)
            }
            Step::End(end) => session.end(cx, token, end),
            Step::EndSession(end) => {
                session.end(cx, token, end)?;
                cx.close();
                Ok(())
            }
        }
    }
}

impl ClientSession {
    /// The exchange of challenge and response that has its turn.
    fn response(&self) -> Option<&Response> {
        match &self.active {
            Some((_, Dialogue::Response(response))) => Some(response),
            _ => None,
        }
    }

    fn end(&mut self, cx: &mut Cx<'_>, token: Token, end: End) -> Result<()> {
        self.active = None;
        cx.finish(
            token,
            match end {
                End::Done => Finish::Done,
                End::Rejected(why) => Finish::Rejected(why),
                End::Wrong(why) => Finish::Wrong(why),
            },
        );
        cx.cancel_timer(PATIENCE)
    }
}
