//! The side that accepts: reads requests and lets jobs carry them out, one at a time a session.

use crate::browse::{self, Manner, Place};
use crate::config::{Config, Do};
use crate::get::Serve;
use crate::hearing::{LONGEST, is_blank};
use crate::job::{Job, Out, Progress, STEP};
use crate::kinds::{COUNTS, Kind, Refusal};
use crate::objects::Objects;
use crate::put::Store;
use crate::shared::Shared;
use crate::taking::Taking;
use crate::wire::{Answer, Ask};
use std::collections::VecDeque;
use std::time::Duration;
use wirebench_sdk::{Backlog, Cx, Message, Result, Server, Token};

/// Requests of one session that wait while a file is sent to it, and their bytes.
const MAX_WAITING: usize = 1_024;
const MAX_WAITING_BYTES: usize = 1 << 20;

/// The id of the timer that ends an offer.
const QUIET: u64 = 2;

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
    objects: Objects,
    /// An offer that may not have come whole.
    offer: Vec<u8>,
    place: Place,
    /// The directory to begin in was said.
    begun: bool,
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
        if let (Some(quiet), None, Do::Offer) =
            (self.shared.config.quiet, &session.job, self.shared.config.r#do)
        {
            session.offered(message.bytes);
            session.token = message.token;
            cx.set_timer(QUIET, quiet.duration())?;
            session.tell(cx);
            return Ok(());
        }
        if self.shared.config.unframed {
            session.objects.push(message.bytes);
            self.hear_objects(session, cx, message.token)?;
        } else {
            self.hear(session, cx, message.token, message.bytes)?;
        }
        self.hear_waiting(session, cx)?;
        session.tell(cx);
        Ok(())
    }

    fn timer(&mut self, session: &mut Session, cx: &mut Cx<'_>, id: u64) -> Result<()> {
        if id != QUIET {
            return self.step(session, cx);
        }
        let offer = std::mem::take(&mut session.offer);
        if !session.closing && !offer.is_empty() {
            let token = session.token;
            self.hear(session, cx, token, &offer)?;
        }
        session.tell(cx);
        Ok(())
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.backlog.flush(cx)?;
        self.step(session, cx)
    }

    fn close(&mut self, session: Session, cx: &mut Cx<'_>) -> Result<()> {
        let begun = session.objects.begun();
        if begun > 0 {
            let why = format!("the stream ended inside a JSON object, of which {begun} bytes came");
            cx.count(Kind::BrokenOff.word(), 1, &why);
        }
        if let Some(broken) = session.job.and_then(|job| job.broken()) {
            cx.count(broken.kind.word(), 1, &broken.text);
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
        let Session { backlog, job, place, begun, .. } = session;
        let progress = match job {
            Some(job) => {
                let mut out = Out { cx, backlog, token: session.token };
                job.message(&mut self.shared, &mut out, bytes)
            }
            None => {
                session.token = token;
                let mut out = Out { cx, backlog, token };
                self.request(job, (place, begun), &mut out, bytes)
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

    /// Requests that nothing but their braces keeps apart.
    fn hear_objects(&mut self, session: &mut Session, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        while !session.closing {
            match session.objects.take_whole() {
                Ok(None) => break,
                Ok(Some(object)) => self.hear(session, cx, token, &object)?,
                Err(refusal) => {
                    if let Some(text) = self.shared.dialect().refused(&refusal, false) {
                        session.backlog.send(cx, token, &text)?;
                    }
                    session.give_up(cx, &refusal);
                }
            }
        }
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
        place: (&mut Place, &mut bool),
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        let shared = &mut self.shared;
        match shared.config.r#do {
            Do::Browse => {
                self.browse(place, out, bytes)?;
                return Ok(Progress::Going);
            }
            // The end of a line whose last word was heard already.
            Do::Offer if is_blank(bytes) => return Ok(Progress::Going),
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
            Ask::Put(_) | Ask::Get { .. } if shared.config.unframed => {
                let why = "without a framing only small uploads are taken";
                let refusal = Refusal::new(Kind::BadHeader, why);
                if let Some(text) = dialect.refused(&refusal, dialect.go_ahead.is_some()) {
                    out.tell(&text)?;
                }
                Err(refusal)
            }
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
        (place, begun): (&mut Place, &mut bool),
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let (root, manner) = (self.shared.root()?, Manner::of(&self.shared.config));
        let answer = if self.shared.config.start.is_some() && !*begun {
            let answer = browse::begin(place, root, self.shared.root_path(), bytes, manner);
            *begun = answer.is_ok();
            answer
        } else {
            browse::command(place, root, bytes, manner)
        };
        match answer {
            Ok(answer) => out.tell(answer.as_bytes()),
            Err(refusal) => {
                out.count(&refusal);
                out.tell(manner.refused(&refusal).as_bytes())
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
        self.job.as_ref().is_some_and(|job| !job.listens()) || !self.offer.is_empty()
    }

    /// More of an offer. One that is too long is told when all of it is there.
    fn offered(&mut self, bytes: &[u8]) {
        let room = (LONGEST + 1).saturating_sub(self.offer.len());
        self.offer.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Tells the host what is left to do and what is kept for it.
    fn tell(&self, cx: &mut Cx<'_>) {
        cx.set_pending(self.owes());
        let entries = self.waiting.len() * size_of::<(Token, Vec<u8>)>();
        let session = cx.session();
        let waiting = entries + self.waiting_bytes;
        cx.set_kept(session, self.backlog.memory() + waiting + self.objects.memory());
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
        self.objects = Objects::default();
        self.closing = true;
        cx.close();
    }
}
