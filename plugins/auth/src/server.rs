//! The side that decides who is let in.

use crate::account::Account;
use crate::checkers::{Checkers, read_letter};
use crate::config::{Challenge, Config, Conversation, Login, Plan};
use crate::mac::{Accepted, CHALLENGE, Key, challenge};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use wirebench_sdk::{Backlog, Cx, Error, Message, Result, Server, Token};

/// A longer name or password is refused without a look.
const LONGEST_INPUT: usize = 1_024;

/// Lets in who knows the secret.
pub struct AuthServer {
    plan: Plan,
    /// For challenges.
    key: Option<Key>,
    accepted: Accepted,
    /// For logins.
    account: Option<Arc<Account>>,
    /// Started with the first password.
    checkers: Option<Checkers>,
    /// Passwords given to be checked so far.
    checks: u64,
}

/// One session of the server.
pub struct ServerSession {
    out: Backlog,
    stage: Stage,
    /// Refusals since the last success.
    refused: u32,
}

/// What the session awaits.
enum Stage {
    /// A request: nothing was asked.
    Request,
    /// The answer to this challenge; each is used once.
    Answer([u8; CHALLENGE]),
    Name,
    Password {
        known: bool,
    },
    /// The verdict on a password.
    Check {
        number: u64,
        token: Token,
    },
    /// Anything: it is let in.
    In,
    /// Its end: nothing is answered any more.
    Over,
}

impl Server for AuthServer {
    type Config = Config;
    type Session = ServerSession;
    const COUNTS: &'static [&'static str] = &[
        "accepted",
        "rejected",
        "replayed",
        "malformed",
        "unasked",
        "early",
        "locked",
        "busy",
        "gone",
    ];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let mut plan = config.plan(cx.scenario_dir().as_deref())?;
        let (mut key, mut account) = (None, None);
        // The secret itself is not needed any more.
        if let Some(secret) = plan.secret.take() {
            match &plan.conversation {
                Conversation::Challenge(challenge) => key = Some(challenge.key(&secret)?),
                Conversation::Login(login) => account = Some(Arc::new(login.account(&secret)?)),
            }
        }
        let accepted = Accepted::default();
        Ok(Self { plan, key, accepted, account, checkers: None, checks: 0 })
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<ServerSession> {
        if self.key.is_none() && self.account.is_none() {
            self.plan.secret()?;
        }
        let mut session = ServerSession { out: Backlog::new(), stage: Stage::Request, refused: 0 };
        if self.plan.greet {
            self.ask(&mut session, cx, 0)?;
        }
        Ok(session)
    }

    fn message(
        &mut self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let token = message.token;
        match session.stage {
            Stage::Over => Ok(()),
            Stage::Check { .. } => {
                cx.count(
                    "early",
                    1,
                    &format!("session {}: a password is being checked", cx.session()),
                );
                Ok(())
            }
            _ if message.bytes == self.plan.request => self.ask(session, cx, token),
            Stage::Answer(challenge) => self.answered(session, cx, &challenge, message),
            Stage::Name => self.named(session, cx, message),
            Stage::Password { known } => self.check(session, cx, known, message),
            Stage::In | Stage::Request => self.unasked(session, cx, message),
        }
    }

    fn mail(&mut self, session: &mut ServerSession, cx: &mut Cx<'_>, letter: &[u8]) -> Result<()> {
        let Some((number, right)) = read_letter(letter) else { return Ok(()) };
        match session.stage {
            Stage::Check { number: awaited, token } if awaited == number => {
                cx.set_pending(false);
                self.checked(session, cx, token, right)
            }
            _ => Ok(()),
        }
    }

    fn writable(&mut self, session: &mut ServerSession, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)
    }

    fn close(&mut self, session: ServerSession, cx: &mut Cx<'_>) -> Result<()> {
        if let (Stage::Check { .. }, Some(checkers)) = (session.stage, &self.checkers)
            && checkers.forget(cx.session())
        {
            cx.count("gone", 1, &format!("session {}", cx.session()));
        }
        Ok(())
    }
}

impl AuthServer {
    /// Opens the conversation: a challenge, or the question for the name.
    fn ask(&self, session: &mut ServerSession, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        match &self.plan.conversation {
            Conversation::Challenge(plan) => {
                let challenge = challenge()?;
                session.stage = Stage::Answer(challenge);
                session.out.send(cx, token, &plan.encoding.encode(&challenge))
            }
            Conversation::Login(plan) => {
                session.stage = Stage::Name;
                session.out.send(cx, token, &plan.ask_name)
            }
        }
    }

    /// Something came that nobody asked for.
    fn unasked(
        &self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        match &self.plan.conversation {
            // Where the server is silent about its content, what follows is the conversation
            // itself: it comes back.
            Conversation::Challenge(Challenge { accepted: None, .. })
                if matches!(session.stage, Stage::In) =>
            {
                session.out.send(cx, message.token, message.bytes)
            }
            Conversation::Challenge(plan) => {
                cx.count("unasked", 1, &format!("session {}", cx.session()));
                self.refuse(session, cx, message.token, plan, "an answer to no challenge")
            }
            Conversation::Login(_) => {
                cx.count("unasked", 1, &format!("session {}", cx.session()));
                session.end(cx);
                Ok(())
            }
        }
    }

    fn answered(
        &mut self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        challenge: &[u8],
        message: Message<'_>,
    ) -> Result<()> {
        // The challenge is used up, whatever the answer.
        session.stage = Stage::Request;
        let (Conversation::Challenge(plan), Some(key)) = (&self.plan.conversation, &self.key)
        else {
            return Ok(());
        };
        let answer = plan.encoding.decode(message.bytes);
        let Some(answer) = answer.filter(|answer| answer.len() == key.len()) else {
            let example = format!("session {}: {} bytes", cx.session(), message.bytes.len());
            cx.count("malformed", 1, &example);
            return self.refuse(session, cx, message.token, plan, "not the form of an answer");
        };
        if key.accepts(challenge, &answer) {
            session.stage = Stage::In;
            session.refused = 0;
            cx.count("accepted", 1, "let in");
            self.accepted.remember(answer);
            return match &plan.accepted {
                Some(text) => session.out.send(cx, message.token, text),
                None => Ok(()),
            };
        }
        if self.accepted.knows(&answer) {
            cx.count("replayed", 1, &format!("session {}", cx.session()));
            return self.refuse(
                session,
                cx,
                message.token,
                plan,
                "the answer to another challenge",
            );
        }
        self.refuse(session, cx, message.token, plan, "not the answer to its challenge")
    }

    /// Rejects an answer; the last time with the session's end.
    fn refuse(
        &self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        token: Token,
        plan: &Challenge,
        why: &str,
    ) -> Result<()> {
        cx.count("rejected", 1, &format!("session {}: {why}", cx.session()));
        session.refused += 1;
        let last = self.plan.attempts > 0 && session.refused >= self.plan.attempts;
        if let Some(text) = &plan.rejected {
            session.out.send(cx, token, text)?;
        }
        if last {
            cx.count("locked", 1, &format!("session {}", cx.session()));
        }
        // Where no text tells of the refusal, the end does.
        if last || plan.rejected.is_none() {
            session.end(cx);
        }
        Ok(())
    }

    fn login(&self) -> Result<&Login> {
        match &self.plan.conversation {
            Conversation::Login(login) => Ok(login),
            Conversation::Challenge(_) => Err(Error::new("this conversation is no login")),
        }
    }

    fn named(
        &self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let plan = self.login()?;
        let known = message.bytes.ct_eq(&plan.name).into();
        // An unknown name is not told: the password is asked for all the same.
        session.stage = Stage::Password { known };
        session.out.send(cx, message.token, &plan.ask_password)
    }

    fn check(
        &mut self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        known: bool,
        message: Message<'_>,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        if bytes.len() > LONGEST_INPUT {
            let example = format!("session {}: {} bytes", cx.session(), bytes.len());
            cx.count("malformed", 1, &example);
            return self.checked(session, cx, token, false);
        }
        let Some(account) = &self.account else { return Ok(()) };
        let checkers = match &self.checkers {
            Some(checkers) => checkers,
            None => self.checkers.insert(Checkers::start(account, &cx.mailbox()?)?),
        };
        self.checks += 1;
        if checkers.check(cx.session(), self.checks, known, bytes) {
            session.stage = Stage::Check { number: self.checks, token };
            cx.set_pending(true);
            return Ok(());
        }
        cx.count("busy", 1, &format!("session {}", cx.session()));
        session.out.send(cx, token, &self.login()?.busy)?;
        session.end(cx);
        Ok(())
    }

    /// A password was right or wrong.
    fn checked(
        &self,
        session: &mut ServerSession,
        cx: &mut Cx<'_>,
        token: Token,
        right: bool,
    ) -> Result<()> {
        let plan = self.login()?;
        if right {
            cx.count("accepted", 1, "let in");
            session.stage = Stage::In;
            session.refused = 0;
            return session.out.send(cx, token, &plan.welcome);
        }
        cx.count("rejected", 1, &format!("session {}", cx.session()));
        session.refused += 1;
        if session.refused >= self.plan.attempts {
            cx.count("locked", 1, &format!("session {}", cx.session()));
            session.out.send(cx, token, &plan.locked)?;
            session.end(cx);
            return Ok(());
        }
        // Two messages: a late reader without a framing finds them as one.
        session.out.send(cx, token, &plan.again)?;
        self.ask(session, cx, token)
    }
}

impl ServerSession {
    fn end(&mut self, cx: &mut Cx<'_>) {
        self.stage = Stage::Over;
        cx.close();
    }
}
