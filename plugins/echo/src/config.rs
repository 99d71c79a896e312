//! What the scenario says, checked.

use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Error, Result, Span};

/// Pushes closer together than this are a busy loop, and those further apart than [`LONGEST`] no
/// conversation.
const SHORTEST: Span = Span::from_ns(1_000);
const LONGEST: Span = Span::from_ns(3_600_000_000_000);

/// Longer pauses are a hook that hangs.
const LONGEST_PAUSE: Span = Span::from_ns(60_000_000_000);

/// The configuration of both sides.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The client compares each answer with what it sent (default: false).
    pub verify: bool,
    /// What the server answers (default: the same message).
    pub reply: Option<Reply>,
    /// The answer of `reply = "fixed"`.
    pub fixed: Option<String>,
    /// What the server says first on every session.
    pub greeting: Option<String>,
    /// The server sends on its own, this often, and the client only reads.
    pub push: Option<Span>,
    /// What messages are written in (default: bytes, which nobody looks into).
    pub encoding: Encoding,
    /// The server stops now and then, as one that collects garbage does.
    pub pause: Option<Pause>,
}

/// When the server stops, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Before it answers every so many messages, over all sessions.
    pub every: u64,
    /// This long.
    pub lasts: Span,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            verify: false,
            reply: None,
            fixed: None,
            greeting: None,
            push: None,
            encoding: Encoding::Bytes,
            pause: None,
        }
    }
}

/// What the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The message itself.
    Same,
    /// Nothing: messages go one way.
    None,
    /// Always the text `fixed`.
    Fixed,
}

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Every message comes back; with true, the client compares it.
    Same { verify: bool },
    /// The client sends, the server listens.
    Sink,
    /// Every message is answered by this text.
    Fixed(Vec<u8>),
    /// The server sends, this often; the client listens.
    Push(Duration),
}

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) mode: Mode,
    pub(crate) greeting: Option<Vec<u8>>,
    pub(crate) encoding: Encoding,
    /// Messages from one pause to the next, and how long each lasts.
    pub(crate) pause: Option<(u64, Duration)>,
}

impl Config {
    /// Refuses what does not go together, with the place.
    pub(crate) fn plan(self) -> Result<Plan> {
        let refuse = |pointer: &str, text: &str| Err(Error::at(pointer, text));
        if self.fixed.is_some() && self.reply != Some(Reply::Fixed) {
            return refuse("/fixed", "only `reply = \"fixed\"` answers with a text of its own");
        }
        let mode = match (self.push, self.reply.unwrap_or(Reply::Same)) {
            (Some(_), _) if self.reply.is_some() => {
                return refuse("/reply", "a server that pushes answers nothing: leave `reply` out");
            }
            (Some(_), _) if self.verify => {
                return refuse(
                    "/verify",
                    "the client does not know what is pushed: only the judge can compare it",
                );
            }
            (Some(every), _) => {
                let every = every.within(SHORTEST, LONGEST);
                Mode::Push(every.map_err(|wrong| Error::at("/push", wrong))?.duration())
            }
            (None, Reply::Same) => Mode::Same { verify: self.verify },
            (None, Reply::None) if self.verify => {
                return refuse("/verify", "with `reply = \"none\"` there is no answer to compare");
            }
            (None, Reply::None) => Mode::Sink,
            (None, Reply::Fixed) => match self.fixed {
                Some(text) => Mode::Fixed(written(self.encoding, "/fixed", &text)?),
                None => {
                    return refuse("/reply", "say what to answer: `fixed = \"the text\"`");
                }
            },
        };
        let greeting = self.greeting.as_deref();
        let greeting =
            greeting.map(|text| written(self.encoding, "/greeting", text)).transpose()?;
        let pause = self.pause.map(Pause::plan).transpose()?;
        Ok(Plan { mode, greeting, encoding: self.encoding, pause })
    }
}

impl Pause {
    fn plan(self) -> Result<(u64, Duration)> {
        if self.every == 0 {
            return Err(Error::at("/pause/every", "a pause comes every 1 message or more"));
        }
        let lasts = self.lasts.within(SHORTEST, LONGEST_PAUSE);
        let lasts = lasts.map_err(|wrong| Error::at("/pause/lasts", wrong))?;
        Ok((self.every, lasts.duration()))
    }
}

/// A text of the configuration as it travels.
fn written(encoding: Encoding, pointer: &str, text: &str) -> Result<Vec<u8>> {
    let bytes = encoding.write(text).map(|bytes| bytes.into_owned());
    bytes.ok_or_else(|| Error::at(pointer, format!("cannot be written in {}", encoding.name())))
}

/// A payload, which is UTF-8 unless nobody looks, in another encoding.
pub(crate) fn encode(encoding: Encoding, payload: &[u8]) -> Option<Cow<'_, [u8]>> {
    match encoding {
        Encoding::Bytes => Some(payload.into()),
        named => named.write(std::str::from_utf8(payload).ok()?),
    }
}
