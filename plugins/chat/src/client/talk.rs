//! The client of mode `talk`: it sends payloads to a server that answers each itself.

use crate::config::{Config, Reply};
use crate::protocol;
use wirebench_sdk::{Backlog, Cx, Finish, Message, Result, Token};

/// Says the payload, and checks what the server answers.
pub(super) struct TalkClient {
    /// What the server always answers, if it does.
    reply: Option<Vec<u8>>,
    prefix: Vec<u8>,
    ending: Vec<u8>,
    goodbye: Vec<u8>,
    quit_after: u64,
    /// What is being said or expected; its memory is used again.
    line: Vec<u8>,
}

/// One session.
#[derive(Default)]
pub(super) struct Talk {
    out: Backlog,
    under_way: u64,
    done: u64,
    /// `q` is said; the exchange that ends with the goodbye.
    quitting: Option<Token>,
}

impl TalkClient {
    pub(super) fn new(config: Config) -> Self {
        let ended = |text: &str| [text, &config.ending].concat().into_bytes();
        Self {
            reply: (config.reply == Reply::Fixed).then(|| ended(&config.reply_text)),
            goodbye: config.goodbye.clone().into_bytes(),
            quit_after: config.quit_after,
            prefix: config.prefix.into_bytes(),
            ending: config.ending.into_bytes(),
            line: Vec::new(),
        }
    }

    pub(super) fn start(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        exchange: Token,
    ) -> Result<()> {
        if talk.quitting.is_some() {
            // Nothing is said after `q`: the host ends it with the session.
            return Ok(());
        }
        talk.under_way += 1;
        if self.prefix.is_empty() && self.ending.is_empty() {
            if protocol::is_quit(cx.payload(exchange)) {
                talk.under_way -= 1;
                cx.finish(exchange, Finish::Rejected("the payload would end the talk"));
                return Ok(());
            }
            return finish_unsent(talk.out.send_payload(cx, exchange), cx, exchange);
        }
        self.compose(cx, exchange);
        finish_unsent(talk.out.send(cx, exchange, &self.line), cx, exchange)
    }

    fn compose(&mut self, cx: &mut Cx<'_>, exchange: Token) {
        self.line.clear();
        self.line.extend_from_slice(&self.prefix);
        self.line.extend_from_slice(cx.payload(exchange));
        self.line.extend_from_slice(&self.ending);
    }

    pub(super) fn message(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        if let Some(last) = talk.quitting {
            let how = if self.is_goodbye(bytes) {
                cx.count("quit", 1, "a session that said q");
                Finish::Done
            } else {
                Finish::Wrong("what came after `q` was no goodbye")
            };
            talk.quitting = None;
            // Closed first: the host begins nothing more on a session that closes.
            cx.close();
            cx.finish(last, how);
            return Ok(());
        }
        if token == 0 {
            cx.count("foreign", 1, &String::from_utf8_lossy(&bytes[..bytes.len().min(64)]));
            return Ok(());
        }
        let right = match &self.reply {
            Some(reply) => reply == bytes,
            None if self.prefix.is_empty() && self.ending.is_empty() => cx.payload(token) == bytes,
            None => {
                self.compose(cx, token);
                self.line == bytes
            }
        };
        if !right && (protocol::is_quit(bytes) || self.is_goodbye(bytes)) {
            cx.close();
            cx.finish(token, Finish::Rejected("the server ended the talk"));
            return Ok(());
        }
        self.answered(talk, cx, token, right)
    }

    fn answered(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        token: Token,
        right: bool,
    ) -> Result<()> {
        let alone = talk.under_way == 1;
        talk.under_way = talk.under_way.saturating_sub(1);
        talk.done += 1;
        if !right {
            cx.finish(token, Finish::Wrong("the answer is not what was to be answered"));
        } else if self.quit_after > 0 && talk.done >= self.quit_after && alone {
            talk.quitting = Some(token);
            let quit = [b"q", &self.ending[..]].concat();
            finish_unsent(talk.out.send(cx, token, &quit), cx, token)?;
        } else {
            cx.finish(token, Finish::Done);
        }
        Ok(())
    }

    fn is_goodbye(&self, bytes: &[u8]) -> bool {
        protocol::without_ending(bytes) == self.goodbye
    }

    pub(super) fn writable(&mut self, talk: &mut Talk, cx: &mut Cx<'_>) -> Result<()> {
        talk.out.flush(cx)
    }
}

/// A message that could not be sent ends its exchange, not the session.
fn finish_unsent(sent: Result<()>, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
    if let Err(error) = sent {
        cx.finish(exchange, Finish::Wrong(error.text()));
    }
    Ok(())
}
