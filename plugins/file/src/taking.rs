//! The server takes a file that is offered: `name/size`, `y` or `n`, the bytes, a digest, and a word
//! on that.

use crate::config::{ConfirmBy, DigestFrom};
use crate::hearing::{Hearing, Instead, LONGEST};
use crate::job::{Job, Out, Outcome, Progress, end, end_session};
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use crate::receive::Incoming;
use crate::shared::Shared;

/// An offer as the server, who takes it, has it.
pub(crate) struct Taking {
    name: String,
    size: u64,
    hearing: Hearing,
    state: Takes,
}

enum Takes {
    /// Chunks arrive.
    Writing(Incoming),
    /// It cannot be stored: what is still under way is thrown away.
    Discarding { left: u64, why: &'static str },
    /// The sender's digest is awaited, of a file that is here or could not be stored.
    Digest(Result<Incoming, &'static str>),
    /// The sender's word on the digest of this side is awaited.
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
        let mut taking = Self { name, size, hearing: Hearing::default(), state: Takes::Over };
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
                taking.arrived(incoming, shared, out)?
            }
            Err(refusal) => {
                out.count(&refusal);
                out.tell(texts.refuse.as_bytes())?;
                end(Outcome::from(&refusal))
            }
        };
        Ok((taking, progress))
    }

    /// More of the file. What comes behind its last byte is the sender's digest, if that is awaited.
    fn chunk(
        &mut self,
        mut incoming: Incoming,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let from_sender = shared.config.digest_from == DigestFrom::Sender;
        let left = usize::try_from(incoming.left()).unwrap_or(usize::MAX);
        let (of_file, behind) = match bytes.split_at_checked(left) {
            Some((of_file, behind)) if from_sender && begins_digest(behind) => (of_file, behind),
            _ => (bytes, &[][..]),
        };
        let progress = match incoming.chunk(of_file) {
            Ok(()) => self.arrived(incoming, shared, out)?,
            Err(refusal) if refusal.kind == Kind::SizeLies => return Err(refusal),
            Err(refusal) => {
                out.count(&refusal);
                let left = incoming.left() - of_file.len() as u64;
                drop(incoming);
                self.discard(left, refusal.kind.word(), shared, out)?
            }
        };
        self.go_on(progress, behind, shared, out)
    }

    fn go_on(
        &mut self,
        progress: Progress,
        behind: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        match std::mem::replace(&mut self.state, Takes::Over) {
            Takes::Digest(file) if !behind.is_empty() => self.digest(file, behind, shared, out),
            state => {
                self.state = state;
                Ok(progress)
            }
        }
    }

    fn arrived(
        &mut self,
        incoming: Incoming,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        self.state = if incoming.left() > 0 {
            Takes::Writing(incoming)
        } else if shared.config.digest_from == DigestFrom::Sender {
            Takes::Digest(Ok(incoming))
        } else {
            out.tell(hex(&incoming).as_bytes())?;
            Takes::Verdict(Some(incoming))
        };
        Ok(Progress::Going)
    }

    /// The error's name stands in the digest's place.
    fn discard(
        &mut self,
        left: u64,
        why: &'static str,
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        self.state = if left > 0 {
            Takes::Discarding { left, why }
        } else if shared.config.digest_from == DigestFrom::Sender {
            Takes::Digest(Err(why))
        } else {
            out.tell(format!("error: {why}").as_bytes())?;
            Takes::Verdict(None)
        };
        Ok(Progress::Going)
    }

    /// The sender's digest: what is verified here stays, whatever becomes of the word on it.
    fn digest(
        &mut self,
        file: Result<Incoming, &'static str>,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let Some(heard) = self.hearing.digest(bytes, shared.digest()) else {
            self.state = Takes::Digest(file);
            return Ok(Progress::Going);
        };
        let sum = heard.map_err(|instead| no_digest(&instead))?;
        let (texts, by_digest) = (&shared.config.texts, by_digest(shared));
        let said = match file {
            Ok(incoming) => {
                let own = hex(&incoming);
                match incoming.finish(Some(&sum)) {
                    Ok(_) => {
                        out.count_file(&self.name);
                        if by_digest { own } else { texts.confirm.clone() }
                    }
                    Err(refusal) => {
                        out.count(&refusal);
                        match refusal.kind {
                            Kind::DigestDiffers if by_digest => own,
                            kind if by_digest => format!("error: {}", kind.word()),
                            _ => texts.object.clone(),
                        }
                    }
                }
            }
            Err(why) if by_digest => format!("error: {why}"),
            Err(_) => texts.object.clone(),
        };
        out.tell(said.as_bytes())?;
        Ok(end(Outcome::Done))
    }

    /// The sender's word on the digest of this side.
    fn verdict(
        &mut self,
        incoming: Option<Incoming>,
        bytes: &[u8],
        shared: &Shared,
        out: &mut Out<'_, '_>,
    ) -> Result<Progress, Refusal> {
        let texts = &shared.config.texts;
        let confirmed = if by_digest(shared) {
            self.hearing.digest(bytes, shared.digest()).map(|heard| {
                heard.map(|sum| {
                    incoming.as_ref().is_some_and(|file| file.sum().as_ref() == Some(&sum))
                })
            })
        } else {
            let words = [texts.confirm.as_str(), texts.object.as_str()];
            self.hearing.word(bytes, &words).map(|heard| heard.map(|index| index == 0))
        };
        let Some(confirmed) = confirmed else {
            self.state = Takes::Verdict(incoming);
            return Ok(Progress::Going);
        };
        match confirmed {
            Ok(true) => {
                if let Some(incoming) = incoming {
                    match incoming.finish(None) {
                        Ok(_) => out.count_file(&self.name),
                        Err(refusal) => out.count(&refusal),
                    }
                }
            }
            Ok(false) => {
                if let (true, Some(mut incoming)) = (by_digest(shared), incoming) {
                    incoming.discard();
                    let why = format!("the sender has another digest than {}", hex(&incoming));
                    out.count(&Refusal::new(Kind::DigestDiffers, why));
                }
            }
            Err((_, read)) => {
                let wanted = if by_digest(shared) {
                    format!("the digest {}", incoming.as_ref().map(hex).unwrap_or_default())
                } else {
                    format!("{} or {}", shown(&texts.confirm), shown(&texts.object))
                };
                let why = format!("{read} is no word on a digest: {wanted} is awaited");
                return Err(Refusal::new(Kind::BadHeader, why));
            }
        }
        Ok(end(Outcome::Done))
    }
}

fn by_digest(shared: &Shared) -> bool {
    shared.config.confirm_by == ConfirmBy::Digest
}

fn hex(incoming: &Incoming) -> String {
    incoming.sum().map(|sum| sum.hex).unwrap_or_default()
}

fn begins_digest(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_hexdigit)
}

fn no_digest((_, read): &Instead) -> Refusal {
    Refusal::new(Kind::BadHeader, format!("the sender's digest is awaited, read {read}"))
}

fn read(bytes: &[u8]) -> Result<(String, u64), Refusal> {
    let bad = |why: String| Refusal::new(Kind::BadHeader, why);
    if bytes.len() > LONGEST {
        return Err(bad(format!("an offer of {} bytes; at most {LONGEST} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| bad("an offer that is no UTF-8".into()))?;
    let text = text.trim_end_matches(['\r', '\n']);
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
            Takes::Writing(incoming) => self.chunk(incoming, bytes, shared, out),
            Takes::Digest(file) => self.digest(file, bytes, shared, out),
            Takes::Discarding { left, why } => {
                let room = usize::try_from(left).unwrap_or(usize::MAX);
                let (of_file, behind) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
                let known = behind.is_empty()
                    || shared.config.digest_from == DigestFrom::Sender && begins_digest(behind);
                if !known || bytes.is_empty() {
                    return Ok(end_session(Outcome::Done));
                }
                let progress = self.discard(left - of_file.len() as u64, why, shared, out)?;
                self.go_on(progress, behind, shared, out)
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

    fn broken(&self) -> Option<Refusal> {
        match &self.state {
            Takes::Writing(incoming) => {
                let (got, size) = (incoming.got(), self.size);
                Some(Refusal::broken_off(format!("the offer ended after {got} of {size} bytes")))
            }
            Takes::Digest(Ok(_)) => Some(Refusal::broken_off("the sender gave no digest")),
            Takes::Verdict(Some(incoming)) => {
                let why = format!(
                    "all {} bytes came and their digest {} was sent, and the sender gave no word on it: \
                     nobody has verified them, and they are not kept",
                    self.size,
                    hex(incoming)
                );
                Some(Refusal::new(Kind::NoLastWord, why))
            }
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
        assert_eq!(read("../x/5\r\n"), Ok(("../x".to_owned(), 5)), "the name is checked apart");
        for wrong in ["", "a", "a/", "a/-1", "a/+1", "a/1x", "a/99999999999999999999", "a/ 1"] {
            assert_eq!(read(wrong), Err(Kind::BadHeader), "{wrong}");
        }
    }
}
