//! A talk between two: the server answers what it hears itself.

use crate::config::{Config, Reply};
use crate::words;
use wirebench_sdk::{Backlog, Cx, Message, Result};

/// Answers every message, and says goodbye to `q`.
pub(super) struct TalkServer {
    reply: Option<Vec<u8>>,
    goodbye: Vec<u8>,
    max_text: usize,
    too_long: Vec<u8>,
}

impl TalkServer {
    pub(super) fn new(config: Config) -> Self {
        let ended = |text: &str| [text, &config.ending].concat().into_bytes();
        let max_text = config.max_text.0;
        Self {
            reply: (config.reply == Reply::Fixed).then(|| ended(&config.reply_text)),
            goodbye: ended(&config.goodbye),
            max_text,
            too_long: ended(&format!("! a message has at most {max_text} B")),
        }
    }

    #[inline]
    pub(super) fn message(
        &mut self,
        out: &mut Backlog,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if words::is_quit(message.bytes) {
            cx.count("quit", 1, "");
            out.send(cx, message.token, &self.goodbye)?;
            cx.close();
            return Ok(());
        }
        if message.bytes.len() > self.max_text {
            let example = format!("{} B from session {}", message.bytes.len(), cx.session());
            cx.count("too-long", 1, &example);
            return out.send(cx, message.token, &self.too_long);
        }
        out.send(cx, message.token, self.reply.as_deref().unwrap_or(message.bytes))
    }
}
