//! The server sends a file.

use crate::config::{DigestAt, Fault};
use crate::digest::Algorithm;
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::send::{BUDGET, Flow, Outgoing};
use crate::shared::Shared;
use crate::wire::{Answer, render_error};

/// A download as the server has it.
pub(crate) struct Serve {
    name: String,
    offset: u64,
    trailer: bool,
    state: State,
}

enum State {
    /// The digest is taken for the header.
    Hashing(Outgoing),
    /// Chunks leave.
    Sending(Outgoing),
    /// It is over.
    Over,
}

impl Serve {
    /// Begins with the request.
    pub(crate) fn start(
        name: String,
        offset: u64,
        trailer: bool,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let mut serve = Self { name, offset, trailer, state: State::Over };
        let progress = match serve.open(shared) {
            Ok(file) => {
                serve.state = State::Hashing(file);
                serve.step(shared, out)?
            }
            Err(refusal) => refuse(&refusal, out)?,
        };
        Ok((serve, progress))
    }

    fn open(&self, shared: &Shared) -> Result<Outgoing, Refusal> {
        let file = shared.root()?.read(&self.name)?;
        let file = Outgoing::new(file, shared.chunk(), shared.digest(), Fault::None)?;
        if self.offset > file.size() {
            let why = format!("{} lies behind the end at {}", self.offset, file.size());
            return Err(Refusal::new(Kind::BadOffset, why));
        }
        if self.trailer && self.offset > 0 {
            let why = "the digest of a whole file can follow only a whole file";
            return Err(Refusal::new(Kind::BadHeader, why));
        }
        Ok(file)
    }

    /// Takes the digest for the header, or finds it; then sends the header.
    fn hash(
        &mut self,
        mut file: Outgoing,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let digest = match shared.known_sum(file.stamp(), shared.digest()) {
            _ if self.trailer || shared.digest() == Algorithm::None => None,
            Some(sum) => Some(sum),
            None => match file.hash_some(BUDGET) {
                Ok(Some(sum)) => {
                    sum.iter().for_each(|sum| shared.remember_sum(file.stamp(), sum));
                    sum
                }
                Ok(None) => {
                    self.state = State::Hashing(file);
                    return Ok(Progress::Again);
                }
                Err(refusal) => return refuse(&refusal, out),
            },
        };
        if self.trailer {
            file.check_later();
        } else {
            file.seek(self.offset)?;
        }
        let offset = (self.offset > 0).then_some(self.offset);
        let header = Answer { size: Some(file.size()), digest, offset };
        out.tell(&header.render(&shared.dialect()))?;
        self.send(file, shared, out)
    }

    fn send(
        &mut self,
        mut file: Outgoing,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match out.send_some(&mut file, BUDGET)? {
            Flow::Gone => Ok(end_session(Outcome::Done)),
            Flow::All => {
                if self.trailer {
                    let trailer = match file.check() {
                        Ok(()) => Answer { digest: file.sum(), ..Answer::default() }
                            .render(&shared.dialect()),
                        Err(refusal) => {
                            out.count(&refusal);
                            render_error(&refusal)
                        }
                    };
                    out.tell(&trailer)?;
                }
                Ok(end(Outcome::Done))
            }
            flow => {
                self.state = State::Sending(file);
                Ok(if flow == Flow::More { Progress::Again } else { Progress::Going })
            }
        }
    }
}

fn refuse(refusal: &Refusal, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
    out.count(refusal);
    out.tell(&render_error(refusal))?;
    Ok(end(Outcome::from(refusal)))
}

impl Job for Serve {
    fn message(
        &mut self,
        _: &mut Shared,
        _: &mut Out<'_, '_>,
        _: &[u8],
    ) -> Result<Progress, Refusal> {
        Ok(Progress::Going)
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Hashing(file) => self.hash(file, shared, out),
            State::Sending(file) => self.send(file, shared, out),
            State::Over => Ok(Progress::Going),
        }
    }

    fn listens(&self) -> bool {
        false
    }

    fn broken(&self) -> Option<Refusal> {
        match &self.state {
            State::Hashing(file) | State::Sending(file) => Some(Refusal::broken_off(format!(
                "the download ended after {} of {} bytes",
                file.sent(),
                file.size() - self.offset
            ))),
            State::Over => None,
        }
    }
}

/// Whether a download asks for its digest behind the bytes.
pub(crate) fn wants_trailer(shared: &Shared) -> bool {
    shared.config.digest_at == DigestAt::Trailer && shared.digest() != Algorithm::None
}
