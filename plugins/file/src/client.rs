//! The side that connects: one transfer after the other on each session, or many small requests
//! at once.

use crate::config::{Command, Config, Do};
use crate::dialect::Answers;
use crate::download::Download;
use crate::hearing::{Hearing, is_blank};
use crate::job::{Job, Out, Outcome, Progress, STEP};
use crate::kinds::{COUNTS, Kind, Refusal};
use crate::name::shown;
use crate::objects::Objects;
use crate::offer::Offer;
use crate::seeded;
use crate::shared::Shared;
use crate::upload::Upload;
use crate::wire::{Answer, Ask};
use std::collections::VecDeque;
use std::time::Duration;
use wirebench_sdk::{Backlog, Client, Cx, Finish, Message, Result, Size, Token};

/// The client side.
pub struct FileClient {
    shared: Shared,
    /// The request of a small upload, and the bytes of its content.
    small: (Vec<u8>, u64),
}

/// One connection.
#[derive(Default)]
pub struct Session {
    backlog: Backlog,
    hearing: Hearing,
    objects: Objects,
    token: Token,
    job: Option<Box<dyn Job>>,
    /// Exchanges that wait for the one under way; in small conversations, that were asked.
    waiting: VecDeque<Token>,
    /// Commands sent, and answered.
    commands: (usize, usize),
    /// A transfer was begun.
    begun: bool,
    closing: bool,
}

impl Client for FileClient {
    type Config = Config;
    type Session = Session;
    const COUNTS: &'static [&'static str] = COUNTS;

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let shared = Shared::client(config, cx)?;
        let config = &shared.config;
        let mut small = (Vec::new(), 0);
        if config.r#do == Do::SmallUpload {
            let seeded = || seeded::text(config.file.size.bytes(), config.file.seed);
            let content = config.content.clone().unwrap_or_else(seeded);
            let len = content.len() as u64;
            let ask = Ask::Small { name: config.name.clone(), content };
            small = (ask.render(&shared.dialect(), config.escape), len);
        }
        Ok(Self { shared, small })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Session> {
        Ok(Session::default())
    }

    fn start(&mut self, session: &mut Session, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        session.waiting.push_back(exchange);
        match self.shared.config.r#do {
            Do::Browse => {
                let command = self.command(session.commands.0).say();
                session.commands.0 += 1;
                session.backlog.send(cx, exchange, command.as_bytes())
            }
            Do::SmallUpload => {
                session.backlog.send(cx, exchange, &self.small.0)?;
                self.handed_over(session, cx);
                Ok(())
            }
            Do::Upload | Do::Download | Do::Offer => self.begin(session, cx),
        }
    }

    fn message(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if session.closing {
            return Ok(());
        }
        match self.shared.config.r#do {
            Do::Browse | Do::SmallUpload => {
                if self.shared.config.unframed && self.shared.config.answer == Answers::Json {
                    self.answered_by_objects(session, cx, message.bytes);
                } else {
                    self.answered(session, cx, message.token, message.bytes);
                }
                return Ok(());
            }
            Do::Upload | Do::Download | Do::Offer => {}
        }
        let Session { backlog, job: Some(job), token, .. } = session else {
            // The end of a line whose word was heard already.
            let is_offer = self.shared.config.r#do == Do::Offer;
            if (is_offer || self.shared.dialect().is_spoken()) && is_blank(message.bytes) {
                return Ok(());
            }
            let refusal = Refusal::new(Kind::BadHeader, "a message that nothing was asked for");
            session.give_up(cx, &refusal);
            return Ok(());
        };
        let mut out = Out { cx, backlog, token: *token };
        let progress = job.message(&mut self.shared, &mut out, message.bytes);
        session.settle(cx, progress)?;
        self.begin(session, cx)
    }

    fn timer(&mut self, session: &mut Session, cx: &mut Cx<'_>, _: u64) -> Result<()> {
        self.step(session, cx)
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.backlog.flush(cx)?;
        self.handed_over(session, cx);
        self.step(session, cx)
    }

    fn close(&mut self, session: Session, cx: &mut Cx<'_>) -> Result<()> {
        if let Some(broken) = session.job.and_then(|job| job.broken()) {
            cx.count(broken.kind.word(), 1, &broken.text);
        }
        Ok(())
    }
}

impl FileClient {
    /// Small uploads that nobody answers are done once they are handed over.
    fn handed_over(&self, session: &mut Session, cx: &mut Cx<'_>) {
        let config = &self.shared.config;
        let unanswered = config.r#do == Do::SmallUpload && config.answer == Answers::None;
        if unanswered && session.backlog.is_empty() {
            for token in session.waiting.drain(..) {
                cx.finish(token, Finish::Done);
            }
        }
    }

    /// Begins transfers until one is under way.
    fn begin(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        while session.job.is_none() && !session.closing {
            let Some(token) = session.waiting.pop_front() else { break };
            session.token = token;
            let first = !std::mem::replace(&mut session.begun, true);
            let shared = &mut self.shared;
            let break_after = shared.config.break_after.filter(|_| first).map(Size::bytes);
            let mut out = Out { cx, backlog: &mut session.backlog, token };
            let begun: Result<(Box<dyn Job>, Progress), Refusal> = match shared.config.r#do {
                Do::Download => Download::start(shared, &mut out).map(boxed),
                Do::Offer => Offer::start(shared, &mut out).map(boxed),
                _ => Upload::start(break_after, shared, &mut out).map(boxed),
            };
            let progress = begun.map(|(job, progress)| {
                session.job = Some(job);
                progress
            });
            session.settle(cx, progress)?;
        }
        Ok(())
    }

    fn step(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        let Session { backlog, job: Some(job), token, closing: false, .. } = session else {
            return Ok(());
        };
        let mut out = Out { cx, backlog, token: *token };
        let progress = job.step(&mut self.shared, &mut out);
        session.settle(cx, progress)?;
        self.begin(session, cx)
    }

    /// An answer of a small conversation: answers come in the order of what was asked.
    fn answered(&self, session: &mut Session, cx: &mut Cx<'_>, named: Token, bytes: &[u8]) {
        let stored = match self.shared.config.r#do {
            Do::Browse => None,
            _ => match self.stored(session, bytes) {
                // More of it is to come.
                None => return,
                stored => stored,
            },
        };
        let named = session.waiting.iter().position(|token| *token == named);
        // A damaged answer before this one was somebody's, too.
        for _ in 0..named.unwrap_or(0) {
            session.waiting.pop_front();
            session.commands.1 += 1;
        }
        let Some(token) = session.waiting.pop_front() else { return };
        let index = session.commands.1;
        session.commands.1 += 1;
        let outcome = stored.unwrap_or_else(|| self.browsed(index, bytes));
        if let Outcome::Wrong(why) = &outcome {
            cx.count(Kind::WrongAnswer.word(), 1, why);
        }
        finish(cx, token, &outcome);
    }

    /// Answers that nothing but their braces keeps apart.
    fn answered_by_objects(&self, session: &mut Session, cx: &mut Cx<'_>, bytes: &[u8]) {
        session.objects.push(bytes);
        while !session.closing {
            match session.objects.take_whole() {
                Ok(None) => break,
                Ok(Some(object)) => self.answered(session, cx, 0, &object),
                Err(refusal) => {
                    if let Some(token) = session.waiting.pop_front() {
                        finish(cx, token, &Outcome::Wrong(refusal.to_string()));
                    }
                    session.give_up(cx, &refusal);
                }
            }
        }
    }

    /// What is said as number `index` in a session, from 0 on.
    fn command(&self, index: usize) -> &Command {
        let commands = &self.shared.config.commands;
        match &self.shared.config.start {
            Some(start) if index == 0 => start,
            Some(_) => &commands[(index - 1) % commands.len()],
            None => &commands[index % commands.len()],
        }
    }

    fn browsed(&self, index: usize, answer: &[u8]) -> Outcome {
        match self.command(index) {
            Command::Ask { say, answer: right } if answer != right.as_bytes() => {
                let answer = shown(&String::from_utf8_lossy(answer));
                Outcome::Wrong(format!("`{say}` was answered {answer}"))
            }
            _ => Outcome::Done,
        }
    }

    /// What an answer says of a small upload; `None`: it is not whole yet.
    fn stored(&self, session: &mut Session, answer: &[u8]) -> Option<Outcome> {
        let dialect = self.shared.dialect();
        if dialect.answers == Answers::Text {
            return Some(match session.hearing.word(answer, &[&dialect.confirm])? {
                Ok(_) => Outcome::Done,
                Err((Some(kind), text)) => Outcome::of(kind.word(), &text),
                Err((None, read)) => {
                    let wanted = shown(&dialect.confirm);
                    Outcome::Rejected(format!("the answer is {wanted}, read {read}"))
                }
            });
        }
        let size = self.small.1;
        Some(match Answer::parse(answer, &dialect, self.shared.digest()) {
            Ok(Ok(Answer { size: Some(stored), .. })) if stored == size => Outcome::Done,
            Ok(Ok(answer)) => {
                let stored = answer.size.map_or_else(|| "none".to_owned(), |size| size.to_string());
                Outcome::Wrong(format!("{size} bytes were sent; the answer's size is {stored}"))
            }
            Ok(Err((kind, text))) => Outcome::Rejected(format!("{kind}: {text}")),
            Err(refusal) => Outcome::Wrong(refusal.to_string()),
        })
    }
}

fn boxed<J: Job + 'static>((job, progress): (J, Progress)) -> (Box<dyn Job>, Progress) {
    (Box::new(job), progress)
}

fn finish(cx: &mut Cx<'_>, token: Token, outcome: &Outcome) {
    cx.finish(
        token,
        match outcome {
            Outcome::Done => Finish::Done,
            Outcome::Wrong(why) => Finish::Wrong(why),
            Outcome::Rejected(why) => Finish::Rejected(why),
        },
    );
}

impl Session {
    /// Acts on how far the transfer has come.
    fn settle(&mut self, cx: &mut Cx<'_>, progress: Result<Progress, Refusal>) -> Result<()> {
        match progress {
            Ok(Progress::Going) => {}
            Ok(Progress::Again) => cx.set_timer(STEP, Duration::ZERO)?,
            Ok(Progress::Later) => cx.set_timer(STEP, Duration::from_millis(1))?,
            Ok(Progress::End { outcome, goes_on }) => {
                self.job = None;
                finish(cx, self.token, &outcome);
                if !goes_on {
                    self.close(cx);
                }
            }
            Err(refusal) => {
                finish(cx, self.token, &Outcome::from(&refusal));
                self.give_up(cx, &refusal);
            }
        }
        Ok(())
    }

    fn give_up(&mut self, cx: &mut Cx<'_>, refusal: &Refusal) {
        cx.count(refusal.kind.word(), 1, &refusal.text);
        self.close(cx);
    }

    fn close(&mut self, cx: &mut Cx<'_>) {
        self.job = None;
        self.closing = true;
        cx.close();
    }
}
