//! A file is offered: `name/size`, `y` or `n`, chunks, the receiver's digest, the sender's word.

use crate::digest::Sum;
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use crate::receive::Incoming;
use crate::send::{BUDGET, Flow, Outgoing};
use crate::shared::Shared;
use wirebench_sdk::Size;

/// The longest text that is no chunk.
const LONGEST: usize = 4 << 10;

/// What may stand around a digest: a program that prints lines ends it with one.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// An offer as the client, who makes it, has it.
pub(crate) struct Offer {
    state: Offering,
}

enum Offering {
    /// The receiver's word is awaited.
    Verdict(Outgoing),
    /// Chunks leave.
    Sending(Outgoing),
    /// The receiver's digest is awaited.
    Digest(Sum),
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
        Ok((Self { state: Offering::Verdict(file) }, Progress::Going))
    }

    fn send(&mut self, mut file: Outgoing, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match out.send_some(&mut file, BUDGET)? {
            Flow::Gone => Ok(Progress::Going),
            Flow::All => {
                let sum = file
                    .sum()
                    .ok_or_else(|| Refusal::new(Kind::DigestDiffers, "an offer needs a digest"))?;
                self.state = Offering::Digest(sum);
                Ok(Progress::Going)
            }
            flow => {
                self.state = Offering::Sending(file);
                Ok(if flow == Flow::More { Progress::Again } else { Progress::Going })
            }
        }
    }
}

impl Job for Offer {
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        let texts = &shared.config.texts;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
        match std::mem::replace(&mut self.state, Offering::Over) {
            Offering::Verdict(file) if text == texts.accept.as_str() => self.send(file, out),
            Offering::Verdict(_) if text == texts.refuse.as_str() => {
                Ok(end(Outcome::Rejected("the offer was refused".to_owned())))
            }
            Offering::Digest(sum) if text.trim_matches(BLANKS).eq_ignore_ascii_case(&sum.hex) => {
                out.tell(texts.confirm.as_bytes())?;
                Ok(end(Outcome::Done))
            }
            Offering::Digest(sum) => {
                out.tell(texts.object.as_bytes())?;
                let why = format!("sent {sum}, the receiver has {}", shown(&text));
                let refusal = Refusal::new(Kind::DigestDiffers, why);
                out.count(&refusal);
                Ok(end(Outcome::from(&refusal)))
            }
            Offering::Verdict(_) | Offering::Sending(_) | Offering::Over => {
                Err(Refusal::new(Kind::BadHeader, format!("not awaited here: {}", shown(&text))))
            }
        }
    }

    fn step(&mut self, _: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, Offering::Over) {
            Offering::Sending(file) => self.send(file, out),
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

/// An offer as the server, who takes it, has it.
pub(crate) struct Taking {
    name: String,
    size: u64,
    state: Takes,
}

enum Takes {
    /// Chunks arrive.
    Writing(Incoming),
    /// It cannot be stored: what is still under way is thrown away.
    Discarding { left: u64, why: &'static str },
    /// The sender's word is awaited.
    Verdict(Option<Incoming>),
    /// It is over.
    Over,
}

impl Taking {
    /// Begins with the offer's text.
    pub(crate) fn start(
        bytes: &[u8],
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<(Self, Progress), Refusal> {
        let (name, size) = read(bytes)?;
        let mut taking = Self { name, size, state: Takes::Over };
        let texts = shared.config.texts.clone();
        if !shared.config.accept {
            out.tell(texts.refuse.as_bytes())?;
            return Ok((taking, end(Outcome::Done)));
        }
        let begun = shared.check_size(size).and_then(|()| {
            let part = shared.root()?.begin(&taking.name, false)?;
            Incoming::new(part, size, shared.digest())
        });
        let progress = match begun {
            Ok(incoming) => {
                out.tell(texts.accept.as_bytes())?;
                taking.arrived(incoming, out)?
            }
            Err(refusal) => {
                out.count(&refusal);
                out.tell(texts.refuse.as_bytes())?;
                end(Outcome::from(&refusal))
            }
        };
        Ok((taking, progress))
    }

    fn arrived(&mut self, incoming: Incoming, out: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        if incoming.left() > 0 {
            self.state = Takes::Writing(incoming);
            return Ok(Progress::Going);
        }
        let hex = incoming.sum().map(|sum| sum.hex).unwrap_or_default();
        out.tell(hex.as_bytes())?;
        self.state = Takes::Verdict(Some(incoming));
        Ok(Progress::Going)
    }

    /// The error's name stands in the digest's place.
    fn discard(
        &mut self,
        left: u64,
        why: &'static str,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        if left > 0 {
            self.state = Takes::Discarding { left, why };
        } else {
            out.tell(format!("error: {why}").as_bytes())?;
            self.state = Takes::Verdict(None);
        }
        Ok(Progress::Going)
    }

    fn verdict(
        &self,
        incoming: Option<Incoming>,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let texts = &shared.config.texts;
        if bytes == texts.object.as_bytes() {
            return Ok(end(Outcome::Done));
        }
        if bytes != texts.confirm.as_bytes() {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
            let why = format!("{} is no word on a digest", shown(&text));
            return Err(Refusal::new(Kind::BadHeader, why));
        }
        if let Some(incoming) = incoming {
            match incoming.finish(None) {
                Ok(_) => out.count_file(&self.name),
                Err(refusal) => out.count(&refusal),
            }
        }
        Ok(end(Outcome::Done))
    }
}

fn read(bytes: &[u8]) -> Result<(String, u64), Refusal> {
    let bad = |why: String| Refusal::new(Kind::BadHeader, why);
    if bytes.len() > LONGEST {
        return Err(bad(format!("an offer of {} bytes; at most {LONGEST} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| bad("an offer that is no UTF-8".into()))?;
    let parts = text.rsplit_once('/').and_then(|(name, size)| {
        let digits = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        Some((name.to_owned(), if digits { size.parse().ok()? } else { return None }))
    });
    parts.ok_or_else(|| bad(format!("{} is no offer: write it like `name/size`", shown(text))))
}

impl Job for Taking {
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, Takes::Over) {
            Takes::Writing(mut incoming) => match incoming.chunk(bytes) {
                Ok(()) => self.arrived(incoming, out),
                Err(refusal) if refusal.kind == Kind::SizeLies => Err(refusal),
                Err(refusal) => {
                    out.count(&refusal);
                    let left = incoming.left() - bytes.len() as u64;
                    drop(incoming);
                    self.discard(left, refusal.kind.word(), out)
                }
            },
            Takes::Discarding { left, why } => {
                let len = bytes.len() as u64;
                if len > left || len == 0 {
                    return Ok(end_session(Outcome::Done));
                }
                self.discard(left - len, why, out)
            }
            Takes::Verdict(incoming) => self.verdict(incoming, bytes, shared, out),
            Takes::Over => Ok(Progress::Going),
        }
    }

    fn step(&mut self, _: &mut Shared, _: &mut Out<'_, '_>) -> Result<Progress, Refusal> {
        Ok(Progress::Going)
    }

    fn listens(&self) -> bool {
        true
    }

    fn broken(&self) -> Option<String> {
        match &self.state {
            Takes::Writing(incoming) => {
                Some(format!("the offer ended after {} of {} bytes", incoming.got(), self.size))
            }
            Takes::Verdict(Some(_)) => Some("the sender gave no word on the digest".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_a_name_and_a_size_of_64_bits() {
        let read = |text: &str| read(text.as_bytes()).map_err(|refusal| refusal.kind);
        assert_eq!(read("a b/1073741824000"), Ok(("a b".to_owned(), 1_073_741_824_000)));
        assert_eq!(read("../x/5"), Ok(("../x".to_owned(), 5)), "the name is checked apart");
        for wrong in ["", "a", "a/", "a/-1", "a/+1", "a/1x", "a/99999999999999999999", "a/ 1"] {
            assert_eq!(read(wrong), Err(Kind::BadHeader), "{wrong}");
        }
    }
}
