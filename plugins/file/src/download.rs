//! The client downloads a file.

use crate::config::Do;
use crate::digest::{Algorithm, Sum};
use crate::get::wants_trailer;
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::receive::Incoming;
use crate::send::BUDGET;
use crate::shared::Shared;
use crate::wire::{Answer, Ask};

/// A download as the client has it.
pub(crate) struct Download {
    trailer: bool,
    expected: Option<Sum>,
    state: State,
}

enum State {
    /// What was kept of an earlier transfer is read again.
    Rereading(Incoming),
    /// The header is awaited.
    Header(Option<Incoming>),
    /// Chunks arrive.
    Writing(Incoming),
    /// The digest arrives.
    Trailer(Incoming),
    /// The file cannot be stored: what is still under way is thrown away, so that the session can
    /// be used on.
    Discarding { left: u64, outcome: Outcome },
    /// It is over.
    Over,
}

impl Download {
    /// Begins an exchange.
    pub(crate) fn start(
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let state = if shared.config.resume.is_some() {
            let part = shared.root()?.begin(&shared.config.name, true)?;
            State::Rereading(Incoming::new(part, u64::MAX, shared.digest())?)
        } else {
            State::Header(None)
        };
        let mut download = Self { trailer: wants_trailer(shared), expected: None, state };
        let progress = match &download.state {
            State::Header(_) => download.ask(0, shared, out)?,
            _ => download.step(shared, out)?,
        };
        Ok((download, progress))
    }

    fn ask(
        &self,
        offset: u64,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let ask = Ask::Get { name: shared.config.name.clone(), offset, trailer: self.trailer };
        out.tell(&ask.render(&shared.dialect(), false))?;
        Ok(Progress::Going)
    }

    fn header(
        &mut self,
        kept: Option<Incoming>,
        header: Answer,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let Some(size) = header.size else {
            return Err(Refusal::new(Kind::BadHeader, "a header without the size"));
        };
        shared.check_size(size)?;
        let config = &shared.config;
        let offset = kept.as_ref().map_or(0, Incoming::got);
        if header.offset.unwrap_or(0) != offset {
            let why = format!("{offset} was asked for, {:?} is sent", header.offset.unwrap_or(0));
            return Err(Refusal::new(Kind::BadOffset, why));
        }
        // What the round has made is known.
        if config.root.is_none() && config.r#do == Do::Download && size != config.file.size.bytes()
        {
            let why =
                format!("the file has {} bytes, the header says {size}", config.file.size.bytes());
            return Err(Refusal::new(Kind::WrongAnswer, why));
        }
        if header.digest.is_none() && !self.trailer && shared.digest() != Algorithm::None {
            return Err(Refusal::new(Kind::WrongAnswer, "the header has no digest"));
        }
        let algorithm = header.digest.as_ref().map_or(shared.digest(), |sum| sum.algorithm);
        self.expected = header.digest;
        let incoming = match kept {
            Some(mut incoming) => {
                if !incoming.announce(size) || incoming.algorithm() != algorithm {
                    incoming.discard();
                    let why = "what was kept belongs to another file, or another digest";
                    return Err(Refusal::new(Kind::BadOffset, why));
                }
                Ok(incoming)
            }
            None => shared
                .root()
                .and_then(|root| root.begin(&config.name, false))
                .and_then(|part| Incoming::new(part, size, algorithm)),
        };
        match incoming {
            Ok(incoming) => self.arrived(incoming, out),
            Err(refusal) => Ok(self.give_up(&refusal, size - offset, out)),
        }
    }

    /// The rest is thrown away.
    fn give_up(&mut self, refusal: &Refusal, left: u64, out: &mut Out<'_, '_>) -> Progress {
        out.count(refusal);
        let outcome = Outcome::from(refusal);
        if left == 0 && !self.trailer {
            return end(outcome);
        }
        self.state = State::Discarding { left, outcome };
        Progress::Going
    }

    fn arrived(&mut self, incoming: Incoming, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        if incoming.left() > 0 {
            self.state = State::Writing(incoming);
            Ok(Progress::Going)
        } else if self.trailer {
            self.state = State::Trailer(incoming);
            Ok(Progress::Going)
        } else {
            let expected = self.expected.take();
            Ok(finish(incoming, expected.as_ref(), out))
        }
    }

    fn discard(&mut self, left: u64, outcome: Outcome, len: u64) -> Progress {
        if len > left && !(left == 0 && self.trailer) {
            return end_session(outcome);
        }
        let over = if self.trailer { left == 0 } else { len == left };
        if over {
            return end(outcome);
        }
        self.state = State::Discarding { left: left.saturating_sub(len), outcome };
        Progress::Going
    }
}

fn finish(incoming: Incoming, expected: Option<&Sum>, out: &mut Out<'_, '_>) -> Progress {
    match incoming.finish(expected) {
        Ok(_) => {
            out.count_file("downloaded");
            end(Outcome::Done)
        }
        Err(refusal) => {
            out.count(&refusal);
            end(Outcome::from(&refusal))
        }
    }
}

impl Job for Download {
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Header(kept) => {
                match Answer::parse(bytes, &shared.dialect(), shared.digest())? {
                    Ok(header) => self.header(kept, header, shared, out),
                    Err((kind, text)) => {
                        if let (Some(mut kept), true) = (kept, kind == Kind::BadOffset.word()) {
                            kept.discard();
                        }
                        Ok(end(Outcome::of(&kind, &text)))
                    }
                }
            }
            State::Writing(mut incoming) => match incoming.chunk(bytes) {
                Ok(()) => self.arrived(incoming, out),
                Err(refusal) if refusal.kind == Kind::SizeLies => Err(refusal),
                Err(refusal) => {
                    let left = incoming.left() - bytes.len() as u64;
                    drop(incoming);
                    Ok(self.give_up(&refusal, left, out))
                }
            },
            State::Trailer(mut incoming) => {
                match Answer::parse(bytes, &shared.dialect(), incoming.algorithm())? {
                    Ok(Answer { digest: Some(sum), .. }) => Ok(finish(incoming, Some(&sum), out)),
                    Ok(_) => Err(Refusal::new(Kind::BadHeader, "a trailer without a digest")),
                    Err((kind, text)) => {
                        incoming.discard();
                        Ok(end(Outcome::of(&kind, &text)))
                    }
                }
            }
            State::Discarding { left, outcome } => {
                Ok(self.discard(left, outcome, bytes.len() as u64))
            }
            State::Rereading(_) | State::Over => {
                Err(Refusal::new(Kind::BadHeader, "a message before it was asked for"))
            }
        }
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Rereading(mut incoming) => {
                if !incoming.reread_some(BUDGET)? {
                    self.state = State::Rereading(incoming);
                    return Ok(Progress::Again);
                }
                let offset = incoming.got();
                self.state = State::Header(Some(incoming));
                self.ask(offset, shared, out)
            }
            state => {
                self.state = state;
                Ok(Progress::Going)
            }
        }
    }

    fn listens(&self) -> bool {
        true
    }

    fn broken(&self) -> Option<Refusal> {
        let (State::Writing(incoming) | State::Trailer(incoming)) = &self.state else {
            return None;
        };
        let all = incoming.got().saturating_add(incoming.left());
        let why = format!("the download ended after {} of {all} bytes", incoming.got());
        Some(Refusal::broken_off(why))
    }
}
