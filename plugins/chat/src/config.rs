//! The settings, which both sides share.

use crate::protocol;
use crate::words::text_or_false;
use serde::Deserialize;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Error, Result, Share, Size};

/// What a scenario's `config` may say.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Who answers what is said.
    pub mode: Mode,
    /// What is answered to `q` before the session ends (`None`: nothing; the end is the answer).
    #[serde(deserialize_with = "text_or_false")]
    pub goodbye: Option<String>,
    /// What every message ends in that a side composes itself, for people at a terminal: `"\n"`.
    pub ending: String,
    /// The longest message that the server takes.
    pub max_text: Size,
    /// A member of the client says `q` after this many of its exchanges, and its session begins
    /// anew (0: never).
    pub quit_after: u64,

    /// Talk: what the server answers.
    pub reply: Reply,
    /// Talk: the answer of `reply = "fixed"`.
    pub reply_text: String,
    /// Talk: the server answers so many messages of a session, and the next one with `q` (0: never).
    pub server_quits_after: u64,
    /// Talk: what the client puts before what it says, as in `ann : hello`.
    pub prefix: String,

    /// Talk: what all text is written in; `bytes`: nobody looks.
    pub encoding: Encoding,

    /// Room: who says something hears it too.
    pub echo: bool,
    /// Room: the others are told who joins and who leaves.
    pub announce: bool,
    /// Room: what becomes of a message to a member whose backlog is full.
    pub slow: Slow,
    /// Room: how much the server keeps for a member, beyond what the connection itself takes.
    pub backlog: Size,

    /// Room: what the client's members are called, before their number.
    pub name: String,
    /// Room: over how many rooms the client's members are spread.
    pub rooms: u32,
    /// Room: how many members of each room speak for all (0: everybody for itself).
    pub speakers: u32,
    /// Room: the share of messages that the client sends privately to one other member.
    pub private: Share,
    /// Room: after every so many messages a member leaves its room and joins again (0: never).
    pub churn: u64,
}

/// Who answers what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The server itself.
    Talk,
    /// Nobody; the others of the room hear it.
    Room,
}

/// What the server answers in a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// What it received.
    Same,
    /// Always the same text.
    Fixed,
}

/// What becomes of a message to a member that reads too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slow {
    /// The member does not get it, and is told how many it missed.
    Drop,
    /// The member's session is closed.
    Disconnect,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Room,
            goodbye: Some("goodbye".to_owned()),
            ending: String::new(),
            max_text: Size::from_bytes(1 << 20),
            quit_after: 0,
            reply: Reply::Same,
            reply_text: "ok".to_owned(),
            server_quits_after: 0,
            prefix: String::new(),
            encoding: Encoding::Bytes,
            echo: false,
            announce: false,
            slow: Slow::Drop,
            backlog: Size::from_bytes(1 << 20),
            name: "m".to_owned(),
            rooms: 1,
            speakers: 0,
            private: Share::NONE,
            churn: 0,
        }
    }
}

/// The most rooms that the client spreads its members over.
const MAX_ROOMS: u32 = 10_000;

/// The largest size that means anything here.
const LARGEST: Size = Size::from_bytes(1 << 30);

/// The longest goodbye, reply, prefix or ending, in bytes.
const LONGEST_SETTING: usize = 4_096;

impl Config {
    /// Finds what the types alone do not: settings that contradict each other or the protocol.
    pub(crate) fn check(&self) -> Result<()> {
        let texts = [
            ("/goodbye", self.goodbye.as_deref().unwrap_or_default()),
            ("/ending", self.ending.as_str()),
            ("/reply-text", &self.reply_text),
            ("/prefix", &self.prefix),
        ];
        for (pointer, text) in texts {
            if text.len() > LONGEST_SETTING {
                let most = format!("is longer than {LONGEST_SETTING} B");
                return Err(Error::at(pointer, most));
            }
        }
        for (pointer, size) in [("/max-text", self.max_text), ("/backlog", self.backlog)] {
            let size = size.within(Size::default(), LARGEST);
            size.map_err(|wrong| Error::at(pointer, wrong))?;
        }
        if self.goodbye.as_deref().is_some_and(|text| !protocol::is_notice_free(text)) {
            let why = "must not be empty, hold ` : `, or begin with `* ` or `! `: \
                       it could not be told from what is said and what the server reports";
            return Err(Error::at("/goodbye", why));
        }
        if self.goodbye.is_none() && self.mode == Mode::Room && self.quit_after > 0 {
            let why = "a member that says `q` needs an answer: what others have said meanwhile comes before \
                       it; give a text, or leave `quit-after` out";
            return Err(Error::at("/goodbye", why));
        }
        if !self.ending.chars().all(|letter| matches!(letter, '\r' | '\n')) {
            return Err(Error::at("/ending", "holds something else than CR and LF"));
        }
        if self.mode == Mode::Talk && self.reply == Reply::Fixed {
            self.check_reply()?;
        }
        if self.prefix.starts_with('/') {
            return Err(Error::at("/prefix", "must not begin with `/`"));
        }
        let texts = [
            ("/goodbye", self.goodbye.as_deref().unwrap_or_default()),
            ("/reply-text", &self.reply_text),
            ("/prefix", &self.prefix),
        ];
        for (pointer, text) in texts {
            if self.encoding.write(text).is_none() {
                let why = format!("cannot be written in {}", self.encoding.name());
                return Err(Error::at(pointer, why));
            }
        }
        if protocol::check_name(&self.name).is_err() || self.name.starts_with(protocol::GUEST) {
            let why = format!("is no name that a member may take: {}", protocol::NAME_RULE);
            return Err(Error::at("/name", why));
        }
        if !(1..=MAX_ROOMS).contains(&self.rooms) {
            return Err(Error::at("/rooms", format!("is not between 1 and {MAX_ROOMS}")));
        }
        self.check_mode()
    }

    /// A text of the configuration as it travels, `ending` and all.
    pub(crate) fn ended(&self, text: &str) -> Vec<u8> {
        [&self.written(text)[..], self.ending.as_bytes()].concat()
    }

    /// The same without `ending`.
    pub(crate) fn written(&self, text: &str) -> Vec<u8> {
        // Checked before: it can be.
        self.encoding.write(text).unwrap_or_default().into_owned()
    }

    /// Whoever hears the goodbye, or sends it back, takes the talk for over.
    fn check_reply(&self) -> Result<()> {
        let text = &self.reply_text;
        if protocol::is_quit(text.as_bytes()) {
            let why = format!("`reply-text` must not be `{text}`: that is what ends a talk");
            return Err(Error::at("/reply-text", why));
        }
        if Some(text) != self.goodbye.as_ref() {
            return Ok(());
        }
        // It is told where somebody wrote it, and with what stands against it.
        let (at, other) = match *text == Self::default().reply_text {
            true => ("/goodbye", "reply-text"),
            false => ("/reply-text", "goodbye"),
        };
        let why = format!(
            "`{}` must not be what `{other}` is (`{text}`): a client could not tell an answer from the end \
             of the talk; choose another text",
            &at[1..]
        );
        Err(Error::at(at, why))
    }

    /// A setting of the other mode would have no effect, and whoever wrote it expects one.
    fn check_mode(&self) -> Result<()> {
        let standard = Self::default();
        let (mode, other): (&str, &[(&str, bool)]) = match self.mode {
            Mode::Talk => (
                "room",
                &[
                    ("/echo", self.echo != standard.echo),
                    ("/announce", self.announce != standard.announce),
                    ("/rooms", self.rooms != standard.rooms),
                    ("/speakers", self.speakers != standard.speakers),
                    ("/private", self.private != standard.private),
                    ("/churn", self.churn != standard.churn),
                ],
            ),
            Mode::Room => (
                "talk",
                &[
                    ("/reply", self.reply != standard.reply),
                    ("/reply-text", self.reply_text != standard.reply_text),
                    ("/server-quits-after", self.server_quits_after != 0),
                    ("/prefix", self.prefix != standard.prefix),
                    ("/encoding", self.encoding != standard.encoding),
                ],
            ),
        };
        match other.iter().find(|(_, set)| *set) {
            Some((pointer, _)) => {
                Err(Error::at(*pointer, format!("has a meaning only with mode = \"{mode}\"")))
            }
            None => Ok(()),
        }
    }
}
