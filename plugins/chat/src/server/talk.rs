//! The server of mode `talk`: it answers each message itself.

use crate::config::{Config, Reply};
use crate::protocol;
use wirebench_sdk::{Backlog, Cx, Message, Result};

/// Answers every message, and says goodbye to `q`.
pub(super) struct TalkServer {
    reply: Option<Vec<u8>>,
    goodbye: Vec<u8>,
    max_text: usize,
    over_limit: Vec<u8>,
    too_long: Vec<u8>,
}

impl TalkServer {
    pub(super) fn new(config: Config) -> Self {
        let ended = |text: &str| [text, &config.ending].concat().into_bytes();
        let max_text = config.max_text.bytes() as usize;
        Self {
            reply: (config.reply == Reply::Fixed).then(|| ended(&config.reply_text)),
            goodbye: ended(&config.goodbye),
            max_text,
            too_long: ended(protocol::TOO_LONG),
            over_limit: ended(&format!("! a message has at most {max_text} B")),
        }
    }

    #[inline]
    pub(super) fn message(
        &mut self,
        out: &mut Backlog,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        if protocol::is_quit(bytes) {
            cx.count("quit", 1, "a session that said q");
            let told = out.send(cx, token, &self.goodbye);
            cx.close();
            return told;
        }
        if bytes.len() > self.max_text {
            count_too_long(cx, bytes.len());
            return out.send(cx, token, &self.over_limit);
        }
        let answer = self.reply.as_deref().unwrap_or(bytes);
        if out.send(cx, token, answer).is_err() {
            count_too_long(cx, answer.len());
            // A transport that does not carry even this has no place for an answer.
            return out.send(cx, token, &self.too_long);
        }
        Ok(())
    }
}

fn count_too_long(cx: &mut Cx<'_>, len: usize) {
    let example = format!("{len} B in session {}", cx.session());
    cx.count("too-long", 1, &example);
}
