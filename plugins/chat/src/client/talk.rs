//! The client of mode `talk`: it sends payloads to a server that answers each itself.

use crate::config::{Config, Reply};
use crate::protocol;
use wirebench_encodings::Encoding;
use wirebench_sdk::{Backlog, Cx, Finish, Message, Result, Token};

/// Says the payload, and checks what the server answers.
pub(super) struct TalkClient {
    /// What the server always answers, if it does.
    reply: Option<Vec<u8>>,
    prefix: Vec<u8>,
    ending: Vec<u8>,
    encoding: Encoding,
    /// What is answered to `q`, if anything is.
    goodbye: Option<Vec<u8>>,
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
        Self {
            reply: (config.reply == Reply::Fixed).then(|| config.ended(&config.reply_text)),
            goodbye: config.goodbye.as_deref().map(|text| config.written(text)),
            quit_after: config.quit_after,
            prefix: config.written(&config.prefix),
            encoding: config.encoding,
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
        if protocol::is_quit(cx.payload(exchange)) {
            // Said while nothing else is under way, by hand or by chance, it is what ends the talk.
            if talk.under_way == 0 {
                let word = cx.payload(exchange).to_vec();
                return self.quit(talk, cx, exchange, &word);
            }
            if self.prefix.is_empty() {
                cx.finish(exchange, Finish::Rejected("the payload would end the talk"));
                return Ok(());
            }
        }
        talk.under_way += 1;
        if self.says_payload_alone() {
            return finish_unsent(talk.out.send_payload(cx, exchange), cx, exchange);
        }
        if !self.compose(cx, exchange) {
            talk.under_way -= 1;
            let why = format!("the payload cannot be written in {}", self.encoding.name());
            cx.finish(exchange, Finish::Wrong(&why));
            return Ok(());
        }
        finish_unsent(talk.out.send(cx, exchange, &self.line), cx, exchange)
    }

    /// What is said is the payload, byte for byte.
    fn says_payload_alone(&self) -> bool {
        self.prefix.is_empty() && self.ending.is_empty() && self.encoding == Encoding::Bytes
    }

    /// What is said, in the encoding of the talk. False: the payload is no UTF-8, or has a character that
    /// the encoding lacks.
    fn compose(&mut self, cx: &mut Cx<'_>, exchange: Token) -> bool {
        self.line.clear();
        self.line.extend_from_slice(&self.prefix);
        let payload = cx.payload(exchange);
        if self.encoding == Encoding::Bytes {
            self.line.extend_from_slice(payload);
        } else {
            let text = std::str::from_utf8(payload).ok();
            let Some(said) = text.and_then(|text| self.encoding.write(text)) else { return false };
            self.line.extend_from_slice(&said);
        }
        self.line.extend_from_slice(&self.ending);
        true
    }

    pub(super) fn message(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        if let Some(last) = talk.quitting {
            let how = if self.ends_talk(bytes) {
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
        if token == 0 && !self.ends_talk(bytes) {
            cx.count("foreign", 1, &String::from_utf8_lossy(&bytes[..bytes.len().min(64)]));
            return Ok(());
        }
        let right = match &self.reply {
            _ if token == 0 => false,
            Some(reply) => reply == bytes,
            None if self.says_payload_alone() => cx.payload(token) == bytes,
            None => self.compose(cx, token) && self.line == bytes,
        };
        if !right && self.ends_talk(bytes) {
            return self.ended_by_server(talk, cx, message);
        }
        self.answered(talk, cx, message, right)
    }

    fn answered(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        message: Message<'_>,
        right: bool,
    ) -> Result<()> {
        let Message { bytes, token } = message;
        let alone = talk.under_way == 1;
        talk.under_way = talk.under_way.saturating_sub(1);
        talk.done += 1;
        if !right {
            let why = match self.encoding.read(bytes) {
                Err(at) if self.encoding != Encoding::Bytes => {
                    format!("the answer is {}", self.encoding.complaint(bytes, at))
                }
                _ => "the answer is not what was to be answered".to_owned(),
            };
            cx.finish(token, Finish::Wrong(&why));
        } else if self.quit_after > 0 && talk.done >= self.quit_after && alone {
            self.quit(talk, cx, token, b"q")?;
        } else {
            cx.finish(token, Finish::Done);
        }
        Ok(())
    }

    /// Says `word`, which ends the talk; `exchange` ends with what is answered to it, or with the word
    /// where nothing is.
    fn quit(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        exchange: Token,
        word: &[u8],
    ) -> Result<()> {
        let sent = talk.out.send(cx, exchange, &[word, &self.ending[..]].concat());
        if self.goodbye.is_some() || sent.is_err() {
            talk.quitting = sent.is_ok().then_some(exchange);
            return finish_unsent(sent, cx, exchange);
        }
        cx.count("quit", 1, "a session that said q");
        // Closed first: the host begins nothing more on a session that closes.
        cx.close();
        cx.finish(exchange, Finish::Done);
        Ok(())
    }

    /// The server has said the last word, asked or not. Its `q` is answered where that is the custom.
    fn ended_by_server(
        &mut self,
        talk: &mut Talk,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        cx.count("server-quit", 1, "a session to which the server said q");
        let answer = self.goodbye.as_deref().filter(|_| protocol::is_quit(message.bytes));
        let sent = match answer {
            Some(goodbye) => talk.out.send(cx, 0, &[goodbye, &self.ending[..]].concat()),
            None => Ok(()),
        };
        cx.close();
        if message.token != 0 {
            cx.finish(message.token, Finish::Rejected("the server ended the talk"));
        }
        sent
    }

    /// True for `q`, and for the text that is answered to it.
    fn ends_talk(&self, bytes: &[u8]) -> bool {
        protocol::is_quit(bytes) || self.goodbye.as_deref() == Some(protocol::without_ending(bytes))
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
