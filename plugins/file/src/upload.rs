//! The client uploads a file.

use crate::dialect::{Answers, Dialect};
use crate::digest::{Algorithm, Sum};
use crate::get::wants_trailer;
use crate::hearing::{Hearing, is_blank};
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use crate::send::{BUDGET, Flow, Outgoing};
use crate::shared::Shared;
use crate::wire::{Answer, Ask, Put, render_error};
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
    hearing: Hearing,
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
            hearing: Hearing::default(),
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
        let waits = put.wait || put.resume || config.go_ahead.is_some();
        out.tell(&Ask::Put(put).render(&shared.dialect(), false))?;
        if waits {
            self.state = State::Ready(file);
            return Ok(Progress::Going);
        }
        self.send(file, &shared.dialect(), out)
    }

    fn send(
        &mut self,
        mut file: Outgoing,
        dialect: &Dialect,
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
            Flow::All => self.sent_all(&file, dialect, out),
            flow => {
                self.state = State::Sending(file);
                Ok(if flow == Flow::More { Progress::Again } else { Progress::Going })
            }
        }
    }

    fn sent_all(
        &mut self,
        file: &Outgoing,
        dialect: &Dialect,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let sent = file.sent() + self.offset;
        let short = sent < self.announced && self.announced > file.size();
        if short && dialect.answers == Answers::None {
            let why = format!("{sent} bytes were sent of the {} announced", self.announced);
            return Ok(end_session(Outcome::Rejected(why)));
        }
        if short {
            // There is no more, whatever was announced.
            out.tell(b"")?;
        }
        let mut own = None;
        if self.trailer {
            self.digest = file.sum();
            let trailer = match file.check() {
                Ok(()) => {
                    Answer { digest: self.digest.clone(), ..Answer::default() }.render(dialect)
                }
                Err(refusal) => {
                    out.count(&refusal);
                    own = Some(Outcome::from(&refusal));
                    render_error(&refusal)
                }
            };
            out.tell(&trailer)?;
        }
        if dialect.answers == Answers::None {
            return Ok(end(own.unwrap_or(Outcome::Done)));
        }
        self.state = State::Answer(own);
        Ok(Progress::Going)
    }

    /// What the server says; `None`: more of it is to come.
    fn heard(
        &mut self,
        bytes: &[u8],
        shared: &Shared,
        dialect: &Dialect,
    ) -> Result<Option<Result<Answer, Outcome>>, Refusal> {
        let (wanted, awaited) = match (&self.state, &dialect.go_ahead, dialect.answers) {
            (State::Ready(_), Some(word), _) => {
                if self.announced > 0 {
                    return Ok(self.word(bytes, "the go-ahead", word));
                }
                // Where there is nothing to send, the last word may come together with this one.
                if self.hearing.begins_with(bytes, word) {
                    return Ok(Some(Ok(Answer::default())));
                }
                let begun = self.hearing.rest();
                return Ok(self.word(&begun, "the go-ahead", word));
            }
            (_, _, Answers::Text) => ("the answer", &dialect.confirm),
            (_, _, Answers::Json) => {
                let answer = Answer::parse(bytes, dialect, shared.digest())?;
                return Ok(Some(answer.map_err(|(kind, text)| Outcome::of(&kind, &text))));
            }
            (_, _, Answers::None) => {
                let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
                let why = format!("nothing is awaited here, but {} came", shown(&text));
                return Err(Refusal::new(Kind::BadHeader, why));
            }
        };
        Ok(self.word(bytes, wanted, awaited))
    }

    fn word(
        &mut self,
        bytes: &[u8],
        wanted: &str,
        awaited: &str,
    ) -> Option<Result<Answer, Outcome>> {
        Some(match self.hearing.word(bytes, &[awaited])? {
            Ok(_) => Ok(Answer::default()),
            Err((Some(kind), text)) => Err(Outcome::of(kind.word(), &text)),
            Err((None, read)) => {
                Err(Outcome::Rejected(format!("{wanted} is {}, read {read}", shown(awaited))))
            }
        })
    }

    /// The server's word on a file that it has all of.
    fn answered(&self, answer: &Answer, dialect: &Dialect, out: &mut Out<'_, '_>) -> Progress {
        let why = if dialect.answers != Answers::Json {
            return end(Outcome::Done);
        } else if answer.size != Some(self.announced) {
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
        let dialect = shared.dialect();
        if dialect.is_spoken() && is_blank(bytes) {
            // The end of a line whose word was heard already.
            return Ok(Progress::Going);
        }
        let Some(heard) = self.heard(bytes, shared, &dialect)? else { return Ok(Progress::Going) };
        match (std::mem::replace(&mut self.state, State::Over), heard) {
            (State::Ready(mut file), Ok(ready)) => {
                self.offset = ready.offset.unwrap_or(0);
                if self.offset > 0 || !self.trailer {
                    file.seek(self.offset)?;
                }
                let progress = self.send(file, &dialect, out)?;
                let rest = self.hearing.rest();
                if rest.is_empty() || is_blank(&rest) {
                    Ok(progress)
                } else {
                    self.message(shared, out, &rest)
                }
            }
            (State::Answer(Some(own)), _) => Ok(end(own)),
            (State::Answer(None), Ok(answer)) => Ok(self.answered(&answer, &dialect, out)),
            // The bytes announced have no place to go to.
            (State::Ready(_), Err(outcome)) if dialect.go_ahead.is_some() => {
                Ok(end_session(outcome))
            }
            (State::Ready(_) | State::Answer(None), Err(outcome)) => Ok(end(outcome)),
            // What it still expects will not come.
            (State::Sending(_), Err(outcome)) => Ok(end_session(outcome)),
            (_, Ok(_)) => Err(Refusal::new(Kind::BadHeader, "an answer before its time")),
            (_, Err(outcome)) => Ok(end_session(outcome)),
        }
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Hashing(file) => self.hash(file, shared, out),
            State::Sending(file) => self.send(file, &shared.dialect(), out),
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
        None
    }
}
