//! The state of one connection, and how what comes is gathered to answers.

use crate::ends::{Ends, Found, Scan};
use crate::outstanding::Outstanding;
use crate::past::Past;
use crate::template::Facts;
use crate::told::{blotted_beginning, excerpt};
use regex::bytes::Regex;
use std::borrow::Cow;
use std::collections::VecDeque;
use wirebench_sdk::{Backlog, Secret, Token};

/// One session of the client.
#[derive(Debug, Default)]
pub struct Session {
    pub(crate) number: u32,
    pub(crate) out: Backlog,
    pub(crate) phase: Phase,
    pub(crate) gather: Gather,
    /// Exchanges that begin when everything before them is said.
    pub(crate) waiting: VecDeque<Token>,
    pub(crate) outstanding: Outstanding,
    /// Exchanges without an answer that wait for room.
    pub(crate) unsent: Vec<Token>,
    /// Requests so far.
    pub(crate) seq: u64,
    pub(crate) past: Past,
}

/// What is being talked about.
#[derive(Debug, Default)]
pub(crate) enum Phase {
    /// The greeting is awaited.
    #[default]
    Greeting,
    /// The answer to this step before the first exchange is.
    Before(usize),
    /// Exchanges.
    Talk,
    /// The answer to this step after the last exchange is awaited.
    After(usize),
    /// Nothing more is said, and what still comes is of no weight.
    Over(Option<Reason>),
}

/// Why nothing is said on a session.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// The server has refused a login; otherwise what it said is wrong.
    pub(crate) is_refusal: bool,
}

/// No session has more exchanges that wait: those before them were given up by the host.
const MOST_WAITING: usize = 1 << 20;

impl Session {
    pub(crate) fn wait(&mut self, token: Token) {
        if self.waiting.len() == MOST_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(token);
    }

    /// What placeholders stand for in a step that is of no exchange.
    pub(crate) fn facts(&self) -> Facts<'static> {
        Facts { token: self.number.into(), session: self.number, ..Facts::default() }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over(_))
    }
}

/// Bytes that are no whole answer yet.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    held: Vec<u8>,
    /// What was seen of `held`, by this way to find an end.
    scan: Scan,
    way: usize,
    /// Messages in `held`, where the framing marks them.
    messages: usize,
    /// Bytes that the answer has in all, where that is known.
    whole: Option<u64>,
}

/// An answer has more bytes than may be.
pub(crate) fn too_long(most: usize) -> String {
    format!("an answer has more than {most} bytes, the most that `max-answer` takes")
}

/// What came of bytes that were looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// An answer, of so many bytes.
    Answer(usize),
    /// It has not ended.
    Rest,
    /// It has more bytes than may be.
    TooLong,
    /// It cannot be one, and why.
    Malformed(String),
}

impl Gather {
    /// A message has come that the framing marks. Returns the answer that it ends, if it does: the
    /// message itself, where it is a whole one.
    pub(crate) fn message<'a>(
        &'a mut self,
        (count, until): (usize, Option<&Regex>),
        most: usize,
        bytes: &'a [u8],
    ) -> Result<Option<Cow<'a, [u8]>>, String> {
        self.messages += 1;
        if self.held.len() + bytes.len() > most {
            return Err(too_long(most));
        }
        let is_last = match until {
            Some(until) => until.is_match(bytes),
            None => self.messages >= count,
        };
        if is_last && self.messages == 1 {
            self.messages = 0;
            return Ok(Some(Cow::Borrowed(bytes)));
        }
        self.held.extend_from_slice(bytes);
        if is_last {
            self.messages = 0;
            return Ok(Some(Cow::Owned(std::mem::take(&mut self.held))));
        }
        if self.messages >= count {
            return Err(format!("an answer has more than {count} messages"));
        }
        Ok(None)
    }

    /// The bytes that wait for the rest of their answer. They are given back with [`hold`](Self::hold).
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    pub(crate) fn hold(&mut self, bytes: Vec<u8>) {
        self.held = bytes;
    }

    /// Whether a part of an answer has come.
    pub(crate) fn has_begun(&self) -> bool {
        !self.held.is_empty() || self.messages > 0
    }

    /// How much of an answer has come.
    pub(crate) fn progress(&self, secrets: &[Secret]) -> String {
        let says = excerpt(&blotted_beginning(&self.held, secrets));
        let has = self.held.len();
        match self.whole {
            Some(whole) => format!("{has} of {whole} bytes of an answer had come: {says}"),
            None if self.messages > 0 => {
                format!("{} messages of an answer had come: {says}", self.messages)
            }
            None => format!("{has} bytes of an answer had come, and not its end: {says}"),
        }
    }

    /// Looks for the end of the answer that begins with `bytes`: all that is there of it.
    pub(crate) fn next(&mut self, ends: &Ends, most: usize, bytes: &[u8]) -> Next {
        let way = std::ptr::from_ref(ends).addr();
        if way != self.way {
            (self.scan, self.way) = (Scan::default(), way);
        }
        self.whole = None;
        let found = ends.find(&mut self.scan, bytes);
        match found {
            Ok(Found::Whole(len)) => {
                self.scan = Scan::default();
                if len > most { Next::TooLong } else { Next::Answer(len) }
            }
            Ok(Found::Rest(whole)) => {
                self.whole = whole;
                let is_too_long = whole.is_some_and(|whole| whole > most as u64);
                if is_too_long || bytes.len() > most { Next::TooLong } else { Next::Rest }
            }
            Err(why) => Next::Malformed(why),
        }
    }
}
