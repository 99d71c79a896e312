//! The side that runs commands: one after the other for a session, sessions beside each other.

use crate::child::{Bound, Ran, Setup};
use crate::commands::{Commands, Plan, Refusal, shown};
use crate::config::Config;
use crate::outbox::Outbox;
use crate::pool::{Outcome, Pool};
use crate::reply::{Reply, Told, ending, messages, status_line};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::time::Duration;
use wirebench_encodings::{Encoding, recode};
use wirebench_sdk::{Cx, Error, Message, Result, Server, Token};

/// Variables that commands get from the server's own environment.
const INHERITED: [&str; 3] = ["PATH", "LANG", "LC_ALL"];

/// Refusals that may wait beyond a session's waiting commands. A peer that sends still more without
/// awaiting an answer is cut off.
const MAX_REFUSED: usize = 1_024;

/// Runs what requests ask for.
#[derive(Debug)]
pub struct ExecServer {
    commands: Commands,
    /// `None` while the configuration is only checked.
    pool: Option<Pool>,
    answering: Answering,
    max_waiting: usize,
    max_waiting_per_session: usize,
    /// Commands that wait, of all sessions.
    waiting: usize,
}

/// How outcomes become messages.
#[derive(Clone, Copy, Debug)]
struct Answering {
    reply: Reply,
    status: bool,
    wire: Encoding,
    command: Encoding,
    timeout: Duration,
    max_output: usize,
}

/// The state of one connection.
#[derive(Debug, Default)]
pub struct Session {
    /// Requests whose turn has not come, in order.
    asked: VecDeque<Asked>,
    /// What they take, in bytes.
    asked_bytes: usize,
    /// Those of them that are commands.
    waiting: usize,
    /// The command under way.
    running: Option<(Token, String)>,
    out: Outbox,
}

impl Session {
    /// Whether some request has not been answered yet.
    fn owes(&self) -> bool {
        self.running.is_some() || !self.asked.is_empty() || !self.out.is_empty()
    }

    /// Tells the host what is left to do and what is kept for it.
    fn tell(&self, cx: &mut Cx<'_>) {
        cx.set_pending(self.owes());
        let session = cx.session();
        cx.set_kept(session, self.asked_bytes + self.out.memory());
    }
}

#[derive(Debug)]
enum Asked {
    Run(Token, Plan),
    Tell(Token, Refusal),
}

impl Asked {
    /// What it takes, in bytes.
    fn memory(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Run(_, plan) => plan.memory(),
                Self::Tell(_, refusal) => refusal.text.len(),
            }
    }
}

impl Server for ExecServer {
    type Config = Config;
    type Session = Session;

    const COUNTS: &'static [&'static str] = &[
        "commands",
        "exit-nonzero",
        "signalled",
        "timed-out",
        "output-too-long",
        "not-started",
        "empty-answer",
        "answer-too-large",
        "malformed-output",
        "unwritable-output",
        "unknown-command",
        "refused",
        "malformed-request",
        "merged-request",
        "cut-request",
        "busy",
        "flooded",
        "abandoned",
    ];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        config.check()?;
        if config.shell {
            // Whoever reaches such a server can do anything.
            cx.count("loopback-only", 0, "");
        }
        let commands = Commands::new(&config, cx.scenario_dir().as_deref())?;
        let environment = environment(&config)?;
        let answering = Answering {
            reply: config.reply,
            status: config.status,
            wire: config.encoding.reply,
            command: config.command_encoding,
            timeout: config.timeout.duration(),
            max_output: config.max_output.bytes() as usize,
        };
        let pool = match cx.scratch_dir() {
            Some(folder) => {
                let (timeout, max_output) = (answering.timeout, answering.max_output);
                let setup = Setup { folder, environment, timeout, max_output };
                Some(Pool::new(config.max_processes, setup, cx.mailbox()?))
            }
            None => None,
        };
        Ok(Self {
            commands,
            pool,
            answering,
            max_waiting: config.max_waiting,
            max_waiting_per_session: config.max_waiting_per_session,
            waiting: 0,
        })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Session> {
        Ok(Session::default())
    }

    fn message(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        request: Message<'_>,
    ) -> Result<()> {
        let at_once = session.running.is_none() && session.asked.is_empty();
        let asked = match self.commands.plan(request.bytes) {
            Ok(plan) if at_once => Asked::Run(request.token, plan),
            Ok(plan) => match self.full(session) {
                Some(refusal) => Asked::Tell(request.token, refusal),
                None => Asked::Run(request.token, plan),
            },
            Err(refusal) => Asked::Tell(request.token, refusal),
        };
        if let Asked::Tell(_, refusal) = &asked {
            cx.count(refusal.kind, 1, &refusal.text);
            if session.asked.len() > session.waiting + MAX_REFUSED {
                cx.count("flooded", 1, "requests came faster than even their refusals could leave");
                cx.close();
                return Ok(());
            }
        } else {
            session.waiting += 1;
            self.waiting += 1;
        }
        session.asked_bytes += asked.memory();
        session.asked.push_back(asked);
        self.go_on(session, cx);
        session.tell(cx);
        Ok(())
    }

    fn mail(&mut self, session: &mut Session, cx: &mut Cx<'_>, _: &[u8]) -> Result<()> {
        let outcome = self.pool.as_ref().and_then(|pool| pool.take(cx.session()));
        if let Some(outcome) = outcome
            && let Some((token, name)) = session.running.take()
        {
            self.answering.answer(session, cx, token, &name, outcome);
        }
        self.go_on(session, cx);
        session.tell(cx);
        Ok(())
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx, |cx, len| self.answering.too_large(cx, len));
        self.go_on(session, cx);
        session.tell(cx);
        Ok(())
    }

    fn close(&mut self, session: Session, cx: &mut Cx<'_>) -> Result<()> {
        if let Some((_, name)) = &session.running {
            cx.count("abandoned", 1, name);
        }
        self.waiting -= session.waiting;
        for asked in &session.asked {
            if let Asked::Run(_, plan) = asked {
                cx.count("abandoned", 1, &plan.name);
            }
        }
        if let Some(pool) = &self.pool {
            pool.cancel(cx.session());
        }
        Ok(())
    }
}

impl ExecServer {
    /// Why a command of this session may not wait.
    fn full(&self, session: &Session) -> Option<Refusal> {
        let most = if session.waiting >= self.max_waiting_per_session {
            self.max_waiting_per_session
        } else if self.waiting >= self.max_waiting {
            self.max_waiting
        } else {
            return None;
        };
        let what = if most == 1 { "command waits" } else { "commands wait" };
        Some(Refusal::new("busy", format_args!("busy: {most} {what} already")))
    }

    /// Does what comes next for a session, unless a command runs or an answer waits for room.
    fn go_on(&mut self, session: &mut Session, cx: &mut Cx<'_>) {
        if let Some(pool) = &self.pool {
            pool.go_on();
        }
        while session.running.is_none() && session.out.is_empty() {
            let next = session.asked.pop_front();
            session.asked_bytes -= next.as_ref().map_or(0, Asked::memory);
            match next {
                None => return,
                Some(Asked::Tell(token, refusal)) => {
                    self.answering.refuse(session, cx, token, &refusal);
                }
                Some(Asked::Run(token, plan)) => {
                    session.waiting -= 1;
                    self.waiting -= 1;
                    let name = plan.name.clone();
                    let submitted = match &self.pool {
                        Some(pool) => pool.submit(cx.session(), plan),
                        None => Err(std::io::Error::other("there is no scratch directory")),
                    };
                    match submitted {
                        Ok(()) => session.running = Some((token, name)),
                        Err(error) => {
                            self.answering.answer(session, cx, token, &name, Err(error));
                        }
                    }
                }
            }
        }
    }
}

impl Answering {
    /// Sends what a command wrote, and counts what became of it.
    fn answer(
        self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        token: Token,
        name: &str,
        outcome: Outcome,
    ) {
        let ran = match outcome {
            Ok(ran) => ran,
            Err(error) => {
                let text = format_args!("not started: {name}: {error}");
                let refusal = Refusal::new("not-started", text);
                cx.count(refusal.kind, 1, &refusal.text);
                return self.refuse(session, cx, token, &refusal);
            }
        };
        let error = self.count(cx, name, &ran);
        let status = self.status.then(|| status_line(&ran.ending(), ran.took));
        let cut = ran.bound != Bound::None;
        let mut told = Told {
            stdout: self.wire_text(cx, name, ran.stdout, cut),
            stderr: self.wire_text(cx, name, ran.stderr, cut),
            error: error.map(|text| self.own_text(&text)),
            status: status.map(|text| self.own_text(&text)),
        };
        if told == Told::default() {
            cx.count("empty-answer", 1, name);
        }
        let room = cx.longest_message().unwrap_or(usize::MAX);
        if told.longest(self.reply) > room {
            if told.error.is_none() {
                let (len, left) = (told.longest(self.reply), "what does not fit is left out");
                let text = format_args!(
                    "too large: an answer of {len} bytes; a message holds {room}, and {left}"
                );
                told.error = Some(self.tell(cx, "answer-too-large", text));
            }
            told.shorten(self.reply, self.wire, room);
        }
        self.send(session, cx, token, told);
    }

    /// Counts a command that has run; the handler's own error, if it broke a bound.
    fn count(self, cx: &mut Cx<'_>, name: &str, ran: &Ran) -> Option<String> {
        let ending = format!("{name}: {}", ending(&ran.ending(), ran.took));
        cx.count("commands", 1, &ending);
        let refusal = match ran.bound {
            Bound::None => {
                match ran.status.code() {
                    Some(0) => {}
                    Some(_) => cx.count("exit-nonzero", 1, &ending),
                    None => cx.count("signalled", 1, &ending),
                }
                return None;
            }
            Bound::Time => {
                let text = format_args!("timed out: {name} ran longer than {:?}", self.timeout);
                Refusal::new("timed-out", text)
            }
            Bound::Output => {
                let most = self.max_output;
                let text = format_args!("too much output: {name} wrote more than {most} bytes");
                Refusal::new("output-too-long", text)
            }
        };
        cx.count(refusal.kind, 1, &refusal.text);
        Some(refusal.text)
    }

    fn refuse(self, session: &mut Session, cx: &mut Cx<'_>, token: Token, refusal: &Refusal) {
        let error = Some(self.own_text(&refusal.text));
        let status = self.status.then(|| self.own_text(&status_line("not run", Duration::ZERO)));
        self.send(session, cx, token, Told { error, status, ..Told::default() });
    }

    fn send(self, session: &mut Session, cx: &mut Cx<'_>, token: Token, told: Told) {
        let (first, second) = messages(self.reply, told);
        for message in [Some(first), second].into_iter().flatten() {
            session.out.send(cx, token, message, |cx, len| self.too_large(cx, len));
        }
    }

    /// What is sent instead of an answer that no message can hold.
    fn too_large(self, cx: &mut Cx<'_>, len: usize) -> Vec<u8> {
        let text =
            format_args!("too large: an answer of {len} bytes does not fit into one message");
        self.tell(cx, "answer-too-large", text)
    }

    /// Counts an error of the handler's own; its text as it travels.
    fn tell(self, cx: &mut Cx<'_>, kind: &'static str, text: std::fmt::Arguments<'_>) -> Vec<u8> {
        let refusal = Refusal::new(kind, text);
        cx.count(refusal.kind, 1, &refusal.text);
        self.own_text(&refusal.text)
    }

    /// Output as it travels; what is no text, or cannot be written, is counted.
    fn wire_text(self, cx: &mut Cx<'_>, name: &str, output: Vec<u8>, cut: bool) -> Vec<u8> {
        let recoded = recode(self.command, self.wire, &output, cut);
        if let Some(at) = recoded.malformed_at {
            let example = format!("{name}: its output is {}", self.command.complaint(&output, at));
            cx.count("malformed-output", 1, &example);
        }
        if recoded.unmappable {
            let example = format!("{name}: a character that {} does not have", self.wire.name());
            cx.count("unwritable-output", 1, &example);
        }
        match recoded.bytes {
            std::borrow::Cow::Borrowed(_) => output,
            std::borrow::Cow::Owned(bytes) => bytes,
        }
    }

    /// A text of the handler's own as it travels.
    fn own_text(self, text: &str) -> Vec<u8> {
        recode(Encoding::UTF_8, self.wire, text.as_bytes(), false).bytes.into_owned()
    }
}

/// The whole environment of every command.
fn environment(config: &Config) -> Result<Vec<(OsString, OsString)>> {
    let own = |name: &str| Some((OsString::from(name), std::env::var_os(name)?));
    let mut environment: Vec<_> = INHERITED.into_iter().filter_map(own).collect();
    for (name, value) in &config.environment {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            let text = format!("`{}` cannot be a variable", shown(name));
            return Err(Error::at("/environment", text));
        }
        environment.retain(|(known, _)| known != name.as_str());
        environment.push((name.into(), value.into()));
    }
    Ok(environment)
}

#[cfg(test)]
mod tests;
