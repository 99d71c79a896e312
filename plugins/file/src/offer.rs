//! The client offers a file: `name/size`, `y` or `n`, the bytes, a digest, and a word on that.

use crate::config::{ConfirmBy, DigestFrom};
use crate::digest::Sum;
use crate::hearing::{Hearing, is_blank};
use crate::job::{Job, Out, Outcome, Progress, end};
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use crate::send::{BUDGET, Flow, Outgoing};
use crate::shared::Shared;
use wirebench_sdk::Size;

/// An offer as the client, who makes it, has it.
pub(crate) struct Offer {
    hearing: Hearing,
    state: Offering,
}

enum Offering {
    /// The receiver's word is awaited.
    Verdict(Outgoing),
    /// Chunks leave.
    Sending(Outgoing),
    /// The receiver's digest is awaited.
    Digest(Sum),
    /// This side's digest is sent, and the receiver's word on it is awaited.
    Word(Sum),
    /// It is over.
    Over,
}

impl Offer {
    /// Begins an exchange.
    pub(crate) fn start(
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let config = &shared.config;
        let file = shared.open_source()?;
        let file = Outgoing::new(file, shared.chunk(), shared.digest(), config.fault)?;
        let size = config.claim.map_or(file.size(), Size::bytes);
        out.tell(format!("{}/{size}", config.name).as_bytes())?;
        let offer = Self { hearing: Hearing::default(), state: Offering::Verdict(file) };
        Ok((offer, Progress::Going))
    }

    fn answered(
        &mut self,
        file: Outgoing,
        bytes: &[u8],
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let texts = &shared.config.texts;
        // Where there is nothing to send, the digest may come together with the word.
        if file.size() == 0 && self.hearing.begins_with(bytes, &texts.accept) {
            let progress = self.send(file, shared, out)?;
            let rest = self.hearing.rest();
            return if rest.is_empty() { Ok(progress) } else { self.message(shared, out, &rest) };
        }
        let begun = if file.size() == 0 { self.hearing.rest() } else { bytes.to_vec() };
        match self.hearing.word(&begun, &[&texts.accept, &texts.refuse]) {
            None => {
                self.state = Offering::Verdict(file);
                Ok(Progress::Going)
            }
            Some(Ok(0)) => self.send(file, shared, out),
            Some(Ok(_)) => Ok(end(Outcome::Rejected("the offer was refused".to_owned()))),
            Some(Err((_, read))) => {
                let (accept, refuse) = (shown(&texts.accept), shown(&texts.refuse));
                let why = format!("{accept} or {refuse} is awaited, read {read}");
                Err(Refusal::new(Kind::BadHeader, why))
            }
        }
    }

    fn send(
        &mut self,
        mut file: Outgoing,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match out.send_some(&mut file, BUDGET)? {
            Flow::Gone => Ok(Progress::Going),
            Flow::All => {
                let sum = file
                    .sum()
                    .ok_or_else(|| Refusal::new(Kind::DigestDiffers, "an offer needs a digest"))?;
                self.state = match shared.config.digest_from {
                    DigestFrom::Receiver => Offering::Digest(sum),
                    DigestFrom::Sender => {
                        out.tell(sum.hex.as_bytes())?;
                        Offering::Word(sum)
                    }
                };
                Ok(Progress::Going)
            }
            flow => {
                self.state = Offering::Sending(file);
                Ok(if flow == Flow::More { Progress::Again } else { Progress::Going })
            }
        }
    }

    /// The receiver's digest, which is compared here.
    fn digest(
        &mut self,
        sum: Sum,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let Some(heard) = self.hearing.digest(bytes, sum.algorithm) else {
            self.state = Offering::Digest(sum);
            return Ok(Progress::Going);
        };
        let (texts, by_digest) = (&shared.config.texts, by_digest(shared));
        if heard.as_ref() == Ok(&sum) {
            let word = if by_digest { &sum.hex } else { &texts.confirm };
            out.tell(word.as_bytes())?;
            return Ok(end(Outcome::Done));
        }
        let word = if by_digest { &sum.hex } else { &texts.object };
        out.tell(word.as_bytes())?;
        Ok(differs(&sum, heard.map_or_else(|(_, read)| read, |other| other.to_string()), out))
    }

    /// The receiver's word on this side's digest.
    fn word(
        &mut self,
        sum: Sum,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let texts = &shared.config.texts;
        let agreed = if by_digest(shared) {
            let heard = self.hearing.digest(bytes, sum.algorithm);
            heard.map(|heard| match heard {
                Ok(other) if other == sum => Ok(()),
                Ok(other) => Err(other.to_string()),
                Err((_, read)) => Err(read),
            })
        } else {
            let heard = self.hearing.word(bytes, &[&texts.confirm, &texts.object]);
            heard.map(|heard| match heard {
                Ok(0) => Ok(()),
                Ok(_) => Err("another".to_owned()),
                Err((_, read)) => Err(read),
            })
        };
        match agreed {
            None => {
                self.state = Offering::Word(sum);
                Ok(Progress::Going)
            }
            Some(Ok(())) => Ok(end(Outcome::Done)),
            Some(Err(read)) => Ok(differs(&sum, read, out)),
        }
    }
}

fn by_digest(shared: &Shared) -> bool {
    shared.config.confirm_by == ConfirmBy::Digest
}

fn differs(sum: &Sum, read: String, out: &mut Out<'_, '_>) -> Progress {
    let why = format!("sent {sum}, the receiver has {read}");
    let refusal = Refusal::new(Kind::DigestDiffers, why);
    out.count(&refusal);
    end(Outcome::from(&refusal))
}

impl Job for Offer {
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        if is_blank(bytes) && matches!(self.state, Offering::Sending(_)) {
            // The end of a line whose word was heard already.
            return Ok(Progress::Going);
        }
        match std::mem::replace(&mut self.state, Offering::Over) {
            Offering::Verdict(file) => self.answered(file, bytes, shared, out),
            Offering::Digest(sum) => self.digest(sum, bytes, shared, out),
            Offering::Word(sum) => self.word(sum, bytes, shared, out),
            Offering::Sending(_) | Offering::Over => {
                let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
                let why = format!("not awaited here: {}", shown(&text));
                Err(Refusal::new(Kind::BadHeader, why))
            }
        }
    }

    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, Offering::Over) {
            Offering::Sending(file) => self.send(file, shared, out),
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
        match &self.state {
            Offering::Word(sum) => {
                let why = format!(
                    "{sum} was sent and no word on it came: whether the file stands there is unknown"
                );
                Some(Refusal::new(Kind::NoLastWord, why))
            }
            _ => None,
        }
    }
}
