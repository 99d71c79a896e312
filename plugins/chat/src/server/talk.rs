//! The server of mode `talk`: it answers each message itself.

use crate::config::{Config, Reply};
use crate::protocol;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Backlog, Cx, Message, Result};

/// Answers every message, and ends the talk when `q` is said or is to be said.
pub(super) struct TalkServer {
    reply: Option<Vec<u8>>,
    /// What is answered to `q`, if anything is.
    goodbye: Option<Vec<u8>>,
    /// The same as others say it.
    farewell: Option<Vec<u8>>,
    quit: Vec<u8>,
    /// 0: never.
    quits_after: u64,
    encoding: Encoding,
    ending: Vec<u8>,
    max_text: usize,
    over_limit: Vec<u8>,
    too_long: Vec<u8>,
}

/// One session.
#[derive(Default)]
pub(super) struct Talk {
    out: Backlog,
    answered: u64,
    /// The server has said `q`, and waits for the answer to it.
    quitting: bool,
}

impl TalkServer {
    pub(super) fn new(config: Config) -> Self {
        let ended = |text: &str| config.ended(text);
        let max_text = config.max_text.bytes() as usize;
        Self {
            reply: (config.reply == Reply::Fixed).then(|| ended(&config.reply_text)),
            goodbye: config.goodbye.as_deref().map(ended),
            quit: ended("q"),
            quits_after: config.server_quits_after,
            max_text,
            too_long: ended(protocol::TOO_LONG),
            over_limit: ended(&format!("! a message has at most {max_text} B")),
            farewell: config.goodbye.as_deref().map(|text| config.written(text)),
            encoding: config.encoding,
            ending: config.ending.clone().into_bytes(),
        }
    }

    #[inline]
    pub(super) fn message(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        if talk.quitting {
            self.last_words(cx, bytes);
            return Ok(());
        }
        let out = &mut talk.out;
        if out.is_closing() {
            // What comes behind a `q` is not answered.
            return Ok(());
        }
        if protocol::is_quit(bytes) {
            cx.count("quit", 1, "a session that said q");
            let told = self.goodbye.as_ref().map_or(Ok(()), |goodbye| out.send(cx, token, goodbye));
            out.close(cx);
            return told;
        }
        if bytes.len() > self.max_text {
            count_too_long(cx, bytes.len());
            return out.send(cx, token, &self.over_limit);
        }
        if self.encoding != Encoding::Bytes
            && let Err(at) = self.encoding.read(bytes)
        {
            let why = self.encoding.complaint(bytes, at);
            cx.count("undecodable", 1, &format!("session {}: {why}", cx.session()));
            return out.send(cx, token, &[b"! ", why.as_bytes(), &self.ending].concat());
        }
        if self.quits_after > 0 && talk.answered == self.quits_after {
            cx.count("server-quit", 1, "a session to which the server said q");
            let told = out.send(cx, token, &self.quit);
            talk.quitting = self.goodbye.is_some();
            if !talk.quitting {
                out.close(cx);
            }
            return told;
        }
        talk.answered += 1;
        let answer = self.reply.as_deref().unwrap_or(bytes);
        if out.send(cx, token, answer).is_err() {
            count_too_long(cx, answer.len());
            // A transport that does not carry even this has no place for an answer.
            return out.send(cx, token, &self.too_long);
        }
        Ok(())
    }

    /// After its own `q` the server only waits to be answered: what was on its way is not.
    fn last_words(&self, cx: &mut Cx<'_>, bytes: &[u8]) {
        let farewell = self.farewell.as_deref() == Some(protocol::without_ending(bytes));
        if farewell || protocol::is_quit(bytes) {
            cx.close();
        }
    }

    pub(super) fn writable(&self, talk: &mut Talk, cx: &mut Cx<'_>) -> Result<()> {
        talk.out.flush(cx)
    }
}

fn count_too_long(cx: &mut Cx<'_>, len: usize) {
    let example = format!("{len} B in session {}", cx.session());
    cx.count("too-long", 1, &example);
}
