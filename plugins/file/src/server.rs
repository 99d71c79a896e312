//! The side that accepts: reads requests and lets jobs carry them out, one at a time a session.

use crate::browse::{self, Place};
use crate::config::{Config, Do};
use crate::get::Serve;
use crate::job::{Job, Out, Progress, STEP};
use crate::kinds::{COUNTS, Kind, Refusal};
use crate::offer::Taking;
use crate::put::Store;
use crate::shared::Shared;
use crate::wire::{Answer, Ask};
use std::collections::VecDeque;
use std::time::Duration;
use wirebench_sdk::{Backlog, Cx, Message, Result, Server, Token};

/// Requests of one session that wait while a file is sent to it, and their bytes.
const MAX_WAITING: usize = 1_024;
const MAX_WAITING_BYTES: usize = 1 << 20;

/// The server side.
pub struct FileServer {
    shared: Shared,
}

/// One connection.
#[derive(Default)]
pub struct Session {
    backlog: Backlog,
    token: Token,
    job: Option<Box<dyn Job>>,
    waiting: VecDeque<(Token, Vec<u8>)>,
    waiting_bytes: usize,
    place: Place,
    closing: bool,
}

impl Server for FileServer {
    type Config = Config;
    type Session = Session;
    const COUNTS: &'static [&'static str] = COUNTS;

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { shared: Shared::server(config, cx)? })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Session> {
        Ok(Session::default())
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
        if session.job.as_ref().is_some_and(|job| !job.listens()) {
            session.wait(cx, &message);
            session.tell(cx);
            return Ok(());
        }
        self.hear(session, cx, message.token, message.bytes)?;
        self.hear_waiting(session, cx)?;
        session.tell(cx);
        Ok(())
    }

    fn timer(&mut self, session: &mut Session, cx: &mut Cx<'_>, _: u64) -> Result<()> {
        self.step(session, cx)
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.backlog.flush(cx)?;
        self.step(session, cx)
    }

    fn close(&mut self, session: Session, cx: &mut Cx<'_>) -> Result<()> {
        if let Some(broken) = session.job.and_then(|job| job.broken()) {
            cx.count(Kind::BrokenOff.word(), 1, &broken);
        }
        Ok(())
    }
}

impl FileServer {
    /// A message for the job under way, or the next request.
    fn hear(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        token: Token,
        bytes: &[u8],
    ) -> Result<()> {
        let Session { backlog, job, place, .. } = session;
        let progress = match job {
            Some(job) => {
                let mut out = Out { cx, backlog, token: session.token };
                job.message(&mut self.shared, &mut out, bytes)
            }
            None => {
                session.token = token;
                let mut out = Out { cx, backlog, token };
                self.request(job, place, &mut out, bytes)
            }
        };
        session.settle(cx, progress)
    }

    fn step(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        let Session { backlog, job: Some(job), token, closing: false, .. } = session else {
            return Ok(());
        };
        let mut out = Out { cx, backlog, token: *token };
        let progress = job.step(&mut self.shared, &mut out);
        session.settle(cx, progress)?;
        self.hear_waiting(session, cx)?;
        session.tell(cx);
        Ok(())
    }

    fn hear_waiting(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        while !session.closing && session.job.as_ref().is_none_or(|job| job.listens()) {
            let Some((token, bytes)) = session.waiting.pop_front() else { break };
            session.waiting_bytes -= bytes.len();
            self.hear(session, cx, token, &bytes)?;
        }
        Ok(())
    }

    fn request(
        &mut self,
        job: &mut Option<Box<dyn Job>>,
        place: &mut Place,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        let shared = &mut self.shared;
        match shared.config.r#do {
            Do::Browse => {
                self.browse(place, out, bytes)?;
                return Ok(Progress::Going);
            }
            Do::Offer => {
                let taking = Taking::start(bytes, shared, out);
                let (taking, progress) = taking.inspect_err(|_| {
                    let refuse = shared.config.texts.refuse.clone();
                    // The session is closed anyway.
                    let _ = out.tell(refuse.as_bytes());
                })?;
                *job = Some(Box::new(taking));
                return Ok(progress);
            }
            Do::Upload | Do::Download | Do::SmallUpload => {}
        }
        let dialect = shared.dialect();
        let ask = Ask::parse(bytes, &dialect, shared.digest());
        let ask = ask.inspect_err(|refusal| {
            let text = dialect.refused(refusal, dialect.go_ahead.is_some());
            text.map(|text| drop(out.tell(&text))).unwrap_or_default();
        });
        match ask? {
            Ask::Put(put) => {
                let (store, progress) = Store::start(put, shared, out)?;
                *job = Some(Box::new(store));
                Ok(progress)
            }
            Ask::Get { name, offset, trailer } => {
                let (serve, progress) = Serve::start(name, offset, trailer, shared, out)?;
                *job = Some(Box::new(serve));
                Ok(progress)
            }
            Ask::Small { name, content } => {
                let said = match store_small(shared, &name, content.as_bytes()) {
                    Ok(answer) => {
                        out.count_file(&name);
                        dialect.stored(&answer)
                    }
                    Err(refusal) => {
                        out.count(&refusal);
                        dialect.refused(&refusal, false)
                    }
                };
                if let Some(said) = said {
                    out.tell(&said)?;
                }
                Ok(Progress::Going)
            }
        }
    }

    fn browse(
        &self,
        place: &mut Place,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let texts = &self.shared.config.texts;
        match browse::command(place, self.shared.root()?, bytes, texts) {
            Ok(answer) => out.tell(answer.as_bytes()),
            Err(refusal) => {
                out.count(&refusal);
                match refusal.kind {
                    Kind::NotADirectory => out.tell(texts.not_a_directory.as_bytes()),
                    _ => out.tell(refusal.to_string().as_bytes()),
                }
            }
        }
    }
}

fn store_small(shared: &Shared, name: &str, content: &[u8]) -> Result<Answer, Refusal> {
    let size = content.len() as u64;
    shared.check_size(size)?;
    let mut part = shared.root()?.begin(name, false)?;
    part.write(content)?;
    part.commit(size)?;
    Ok(Answer { size: Some(size), ..Answer::default() })
}

impl Session {
    /// Whether it has something to do that needs no further word of the peer.
    fn owes(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.listens())
    }

    /// Tells the host what is left to do and what is kept for it.
    fn tell(&self, cx: &mut Cx<'_>) {
        cx.set_pending(self.owes());
        let entries = self.waiting.len() * size_of::<(Token, Vec<u8>)>();
        let session = cx.session();
        cx.set_kept(session, self.backlog.memory() + entries + self.waiting_bytes);
    }

    /// Keeps a request until the file under way is sent.
    fn wait(&mut self, cx: &mut Cx<'_>, message: &Message<'_>) {
        let bytes = self.waiting_bytes + message.bytes.len();
        if self.waiting.len() >= MAX_WAITING || bytes > MAX_WAITING_BYTES {
            let why = format!("{} requests wait, with {bytes} bytes", self.waiting.len());
            self.give_up(cx, &Refusal::new(Kind::TooManyRequests, why));
            return;
        }
        self.waiting_bytes = bytes;
        self.waiting.push_back((message.token, message.bytes.to_vec()));
    }

    /// Acts on how far a job has come.
    fn settle(&mut self, cx: &mut Cx<'_>, progress: Result<Progress, Refusal>) -> Result<()> {
        match progress {
            Ok(Progress::Going) => {}
            Ok(Progress::Again) => cx.set_timer(STEP, Duration::ZERO)?,
            Ok(Progress::Later) => cx.set_timer(STEP, Duration::from_millis(1))?,
            Ok(Progress::End { goes_on, .. }) => {
                self.job = None;
                if !goes_on {
                    self.close(cx);
                }
            }
            Err(refusal) => self.give_up(cx, &refusal),
        }
        Ok(())
    }

    fn give_up(&mut self, cx: &mut Cx<'_>, refusal: &Refusal) {
        cx.count(refusal.kind.word(), 1, &refusal.text);
        self.close(cx);
    }

    fn close(&mut self, cx: &mut Cx<'_>) {
        // A job that is dropped takes its file along.
        self.job = None;
        self.waiting.clear();
        self.closing = true;
        cx.close();
    }
}
