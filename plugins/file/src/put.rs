//! The server stores a file: its header was read, now its bytes come.

use crate::claims::Claim;
use crate::dialect::Dialect;
use crate::digest::{Algorithm, Sum};
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::receive::Incoming;
use crate::send::BUDGET;
use crate::shared::Shared;
use crate::wire::{Answer, Put};
use std::sync::Arc;

/// An upload as the server has it.
pub(crate) struct Store {
    put: Put,
    dialect: Arc<Dialect>,
    state: State,
    /// Dropped after `state`, which by then has kept what arrived.
    claim: Option<Claim>,
}

/// How often a session asks, at one-millisecond steps, whether the one before it has come to its end.
const MAX_LOOKS: u32 = 1_000;

enum State {
    /// An earlier session has not given the file up yet: its last bytes may still be read.
    Queued(u32),
    /// What was kept of an earlier transfer is read again.
    Rereading(Incoming),
    /// Chunks arrive.
    Writing(Incoming),
    /// The digest arrives.
    Trailer(Incoming),
    /// It was refused: what is still under way is taken and thrown away, so that the session can
    /// be used on.
    Discarding { left: u64, trailer: bool },
    /// It is over.
    Over,
}

impl Store {
    /// Begins with the header.
    pub(crate) fn start(
        put: Put,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let dialect = shared.dialect();
        let mut store = Self { put, dialect, state: State::Queued(0), claim: None };
        let progress = store.step(shared, out)?;
        Ok((store, progress))
    }

    fn begin(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match self.open(shared) {
            Ok(incoming) => {
                self.state = State::Rereading(incoming);
                self.step(shared, out)
            }
            // The bytes that were announced will not come: their place in the stream is lost.
            Err(refusal) if self.dialect.go_ahead.is_some() => {
                out.count(&refusal);
                self.tell_refused(&refusal, true, out)?;
                Ok(end_session(Outcome::from(&refusal)))
            }
            Err(refusal) => {
                let waits = self.put.wait || self.put.resume;
                let (left, trailer) = match self.put.trailer {
                    _ if waits => (0, false),
                    trailer => (self.put.size, trailer.is_some()),
                };
                self.refuse(&refusal, left, trailer, out)
            }
        }
    }

    fn open(&self, shared: &Shared) -> Result<Incoming, Refusal> {
        shared.check_size(self.put.size)?;
        let part = shared.root()?.begin(&self.put.name, self.put.resume)?;
        let told = self.put.digest.as_ref().map(|sum| sum.algorithm);
        let algorithm = told.or(self.put.trailer).unwrap_or(Algorithm::None);
        Incoming::new(part, self.put.size, algorithm)
    }

    /// Tells the peer, and throws away what it sends before it knows.
    fn refuse(
        &mut self,
        refusal: &Refusal,
        left: u64,
        trailer: bool,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        out.count(refusal);
        self.tell_refused(refusal, false, out)?;
        self.state = State::Discarding { left, trailer };
        Ok(self.discarded())
    }

    fn tell_refused(
        &self,
        refusal: &Refusal,
        awaits_go_ahead: bool,
        out: &mut Out<'_, '_>,
    ) -> Result<(), Refusal> {
        match self.dialect.refused(refusal, awaits_go_ahead) {
            Some(text) => out.tell(&text),
            None => Ok(()),
        }
    }

    fn discarded(&mut self) -> Progress {
        match self.state {
            State::Discarding { left: 0, trailer: false } => {
                self.state = State::Over;
                end(Outcome::Done)
            }
            _ => Progress::Going,
        }
    }

    fn chunk(
        &mut self,
        mut incoming: Incoming,
        bytes: &[u8],
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match incoming.chunk(bytes) {
            Ok(()) => self.arrived(incoming, out),
            Err(refusal) if refusal.kind == Kind::SizeLies => {
                out.count(&refusal);
                self.tell_refused(&refusal, false, out)?;
                // An end that comes too early is an end; after too much nobody knows what follows.
                let known = bytes.is_empty() && self.put.trailer.is_none();
                let outcome = Outcome::from(&refusal);
                Ok(Progress::End { outcome, goes_on: known })
            }
            Err(refusal) => {
                let left = incoming.left() - bytes.len() as u64;
                drop(incoming);
                self.refuse(&refusal, left, self.put.trailer.is_some(), out)
            }
        }
    }

    /// Bytes have arrived: perhaps all of them.
    fn arrived(&mut self, incoming: Incoming, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        if incoming.left() > 0 {
            self.state = State::Writing(incoming);
            return Ok(Progress::Going);
        }
        if self.put.trailer.is_some() {
            self.state = State::Trailer(incoming);
            return Ok(Progress::Going);
        }
        let expected = self.put.digest.clone();
        self.finish(incoming, expected.as_ref(), out)
    }

    fn finish(
        &mut self,
        incoming: Incoming,
        expected: Option<&Sum>,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match incoming.finish(expected) {
            Ok((size, digest)) => {
                out.count_file(&self.put.name);
                let answer = Answer { size: Some(size), digest, offset: None };
                if let Some(stored) = self.dialect.stored(&answer) {
                    out.tell(&stored)?;
                }
                Ok(end(Outcome::Done))
            }
            Err(refusal) => {
                out.count(&refusal);
                self.tell_refused(&refusal, false, out)?;
                Ok(end(Outcome::from(&refusal)))
            }
        }
    }

    fn trailer(
        &mut self,
        incoming: Incoming,
        bytes: &[u8],
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match Answer::parse(bytes, &self.dialect, incoming.algorithm()) {
            Ok(Ok(Answer { digest: Some(sum), .. })) => self.finish(incoming, Some(&sum), out),
            // The sender gives its own file up, and has counted it.
            Ok(Err((kind, text))) => {
                let refusal = Refusal::new(Kind::BrokenOff, format!("the sender: {kind}: {text}"));
                self.tell_refused(&refusal, false, out)?;
                Ok(end(Outcome::from(&refusal)))
            }
            Ok(Ok(_)) => Err(Refusal::new(Kind::BadHeader, "a trailer without a digest")),
            Err(refusal) => {
                out.count(&refusal);
                self.tell_refused(&refusal, false, out)?;
                Ok(end_session(Outcome::from(&refusal)))
            }
        }
    }
}

impl Job for Store {
    fn message(
        &mut self,
        _: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Writing(incoming) => self.chunk(incoming, bytes, out),
            State::Trailer(incoming) => self.trailer(incoming, bytes, out),
            State::Discarding { left: 0, trailer: true } => Ok(end(Outcome::Done)),
            State::Discarding { left, trailer } => {
                let len = bytes.len() as u64;
                if len > left {
                    return Ok(end_session(Outcome::Done));
                }
                // An empty message says that no more will come.
                let left = if len == 0 { 0 } else { left - len };
                self.state = State::Discarding { left, trailer };
                Ok(self.discarded())
            }
            State::Queued(_) | State::Rereading(_) | State::Over => {
                Err(Refusal::new(Kind::BadHeader, "a message before it was asked for"))
            }
        }
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Queued(looks) => {
                if self.put.resume {
                    self.claim = shared.resuming.claim(&self.put.name);
                    // One that never ends keeps what it has; this session then begins anew.
                    if self.claim.is_none() && looks < MAX_LOOKS {
                        self.state = State::Queued(looks + 1);
                        return Ok(Progress::Later);
                    }
                }
                self.begin(shared, out)
            }
            State::Rereading(mut incoming) => match incoming.reread_some(BUDGET) {
                Ok(true) => {
                    if self.put.wait || self.put.resume || self.dialect.go_ahead.is_some() {
                        out.tell(&self.dialect.ready(incoming.got()))?;
                    }
                    self.arrived(incoming, out)
                }
                Ok(false) => {
                    self.state = State::Rereading(incoming);
                    Ok(Progress::Again)
                }
                Err(refusal) => {
                    incoming.discard();
                    self.refuse(&refusal, 0, false, out)
                }
            },
            state => {
                self.state = state;
                Ok(Progress::Going)
            }
        }
    }

    fn listens(&self) -> bool {
        !matches!(self.state, State::Queued(_) | State::Rereading(_))
    }

    fn broken(&self) -> Option<Refusal> {
        let incoming = match &self.state {
            State::Rereading(incoming) | State::Writing(incoming) | State::Trailer(incoming) => {
                incoming
            }
            State::Queued(_) | State::Discarding { .. } | State::Over => return None,
        };
        let (got, size) = (incoming.got(), self.put.size);
        Some(Refusal::broken_off(format!("the upload ended after {got} of {size} bytes")))
    }
}
