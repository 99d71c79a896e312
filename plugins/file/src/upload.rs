//! The client uploads a file.

use crate::digest::{Algorithm, Sum};
use crate::get::wants_trailer;
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::send::{BUDGET, Flow, Outgoing};
use crate::shared::Shared;
use crate::wire::{Answer, Ask, Keys, Put, render_error};
use wirebench_sdk::Size;

/// An upload as the client has it.
pub(crate) struct Upload {
    /// The size that the header says.
    announced: u64,
    /// Where the sending began.
    offset: u64,
    digest: Option<Sum>,
    trailer: bool,
    break_after: u64,
    state: State,
}

enum State {
    /// The digest is taken for the header.
    Hashing(Outgoing),
    /// The server's word is awaited.
    Ready(Outgoing),
    /// Chunks leave.
    Sending(Outgoing),
    /// The server's last word is awaited; what this side has found wrong itself comes first.
    Answer(Option<Outcome>),
    /// It is over.
    Over,
}

impl Upload {
    /// Begins an exchange. The session is closed once `break_after` bytes are sent.
    pub(crate) fn start(
        break_after: Option<u64>,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let config = &shared.config;
        let file = shared.open_source()?;
        let mut file = Outgoing::new(file, shared.chunk(), shared.digest(), config.fault)?;
        let trailer = wants_trailer(shared);
        if trailer {
            file.check_later();
        }
        let mut upload = Self {
            announced: config.claim.map_or(file.size(), Size::bytes),
            offset: 0,
            digest: None,
            trailer,
            break_after: break_after.unwrap_or(u64::MAX),
            state: State::Hashing(file),
        };
        let progress = upload.step(shared, out)?;
        Ok((upload, progress))
    }

    /// Takes the digest for the header, or finds it; then sends the header.
    fn hash(
        &mut self,
        mut file: Outgoing,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let none = self.trailer || shared.digest() == Algorithm::None;
        self.digest = match shared.known_sum(file.stamp(), shared.digest()) {
            _ if none => None,
            Some(sum) => Some(sum),
            None => match file.hash_some(BUDGET)? {
                Some(sum) => {
                    sum.iter().for_each(|sum| shared.remember_sum(file.stamp(), sum));
                    sum
                }
                None => {
                    self.state = State::Hashing(file);
                    return Ok(Progress::Again);
                }
            },
        };
        if !self.trailer {
            file.seek(0)?;
        }
        let config = &shared.config;
        let put = Put {
            name: config.name.clone(),
            size: self.announced,
            digest: self.digest.clone(),
            trailer: self.trailer.then(|| shared.digest()),
            wait: config.wait,
            resume: config.resume.is_some(),
        };
        let waits = put.wait || put.resume;
        out.tell(&Ask::Put(put).render(&shared.keys(), false))?;
        if waits {
            self.state = State::Ready(file);
            return Ok(Progress::Going);
        }
        self.send(file, &shared.keys(), out)
    }

    fn send(
        &mut self,
        mut file: Outgoing,
        keys: &Keys,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let budget = BUDGET.min(self.break_after.saturating_sub(file.sent()));
        let flow = out.send_some(&mut file, budget)?;
        if file.sent() >= self.break_after {
            let why = format!("broken off after {} bytes, as told", file.sent());
            return Ok(end_session(Outcome::Rejected(why)));
        }
        match flow {
            Flow::Gone => Ok(Progress::Going),
            Flow::All => self.sent_all(&file, keys, out),
            flow => {
                self.state = State::Sending(file);
                Ok(if flow == Flow::More { Progress::Again } else { Progress::Going })
            }
        }
    }

    fn sent_all(
        &mut self,
        file: &Outgoing,
        keys: &Keys,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        if file.sent() + self.offset < self.announced && self.announced > file.size() {
            // There is no more, whatever was announced.
            out.tell(b"")?;
        }
        let mut own = None;
        if self.trailer {
            self.digest = file.sum();
            let trailer = match file.check() {
                Ok(()) => Answer { digest: self.digest.clone(), ..Answer::default() }.render(keys),
                Err(refusal) => {
                    out.count(&refusal);
                    own = Some(Outcome::from(&refusal));
                    render_error(&refusal)
                }
            };
            out.tell(&trailer)?;
        }
        self.state = State::Answer(own);
        Ok(Progress::Going)
    }

    /// The server's word on a file that it has all of.
    fn answered(&self, answer: &Answer, out: &mut Out<'_, '_>) -> Progress {
        let why = if answer.size != Some(self.announced) {
            let size = answer.size.map_or_else(|| "none".to_owned(), |size| size.to_string());
            format!("{} bytes were sent; the answer's size is {size}", self.announced)
        } else if self.digest.is_some() && answer.digest != self.digest {
            "the answer has another digest than was sent".to_owned()
        } else {
            return end(Outcome::Done);
        };
        let refusal = Refusal::new(Kind::WrongAnswer, why);
        out.count(&refusal);
        end(Outcome::from(&refusal))
    }
}

impl Job for Upload {
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        let keys = shared.keys();
        let answer = Answer::parse(bytes, &keys, shared.digest())?;
        match (std::mem::replace(&mut self.state, State::Over), answer) {
            (State::Ready(mut file), Ok(ready)) => {
                self.offset = ready.offset.unwrap_or(0);
                if self.offset > 0 || !self.trailer {
                    file.seek(self.offset)?;
                }
                self.send(file, &keys, out)
            }
            (State::Answer(Some(own)), _) => Ok(end(own)),
            (State::Answer(None), Ok(answer)) => Ok(self.answered(&answer, out)),
            (State::Ready(_) | State::Answer(None), Err((kind, text))) => {
                Ok(end(Outcome::of(&kind, &text)))
            }
            // What it still expects will not come.
            (State::Sending(_), Err((kind, text))) => Ok(end_session(Outcome::of(&kind, &text))),
            (_, Ok(_)) => Err(Refusal::new(Kind::BadHeader, "an answer before its time")),
            (_, Err((kind, text))) => Ok(end_session(Outcome::of(&kind, &text))),
        }
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Hashing(file) => self.hash(file, shared, out),
            State::Sending(file) => self.send(file, &shared.keys(), out),
            state => {
                self.state = state;
                Ok(Progress::Going)
            }
        }
    }

    fn listens(&self) -> bool {
        true
    }

    fn broken(&self) -> Option<String> {
        None
    }
}
