//! The side that asks, and checks that each answer belongs to its request.

use crate::config::{Ask, Config};
use crate::reply::{Reply, error_of, split_status};
use crate::template;
use regex::Regex;
use std::collections::{BTreeMap, HashMap};
use wirebench_encodings::Encoding;
use wirebench_sdk::{Backlog, Client, Cx, Error, Finish, Message, Result, SendError, Token};

/// First messages of answers whose second has not come: so many, with so many bytes. Older ones are
/// given up.
const MAX_HALVES: usize = 4_096;
const MAX_HALF_BYTES: usize = 64 << 20;

/// Asks for commands.
#[derive(Debug)]
pub struct ExecClient {
    ask: Ask,
    request_end: String,
    two: bool,
    status: bool,
    wire: Encoding,
    reads: Encoding,
    /// By name of the command.
    expect: HashMap<String, Regex>,
}

/// The state of one connection.
#[derive(Debug, Default)]
pub struct Session {
    out: Backlog,
    /// The first of two messages.
    halves: BTreeMap<Token, Vec<u8>>,
    half_bytes: usize,
}

/// What an answer is worth.
#[derive(Debug, PartialEq, Eq)]
enum Worth {
    Right,
    Wrong(String),
    Rejected(String),
}

impl Client for ExecClient {
    type Config = Config;
    type Session = Session;

    const COUNTS: &'static [&'static str] = &["unasked-answer"];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        config.check()?;
        cx.count("speaks-text", 0, "");
        if matches!(&config.ask, Ask::List(lines) if lines.is_empty()) {
            let text = "nothing is asked for; write `ask = [\"date\"]`, or `ask = \"payload\"`";
            return Err(Error::at("/ask", text));
        }
        if let Ask::List(lines) = &config.ask {
            for (index, line) in lines.iter().enumerate() {
                if let Some(why) = template::wrong(line) {
                    return Err(Error::at(format!("/ask/{index}"), why));
                }
            }
        }
        let mut expect = HashMap::new();
        for (name, pattern) in config.expect {
            let pattern = Regex::new(&pattern).map_err(|error| {
                let at = format!("/expect/{}", name.replace('~', "~0").replace('/', "~1"));
                Error::at(at, error.to_string())
            })?;
            expect.insert(name, pattern);
        }
        Ok(Self {
            ask: config.ask,
            request_end: config.request_end,
            two: config.reply == Reply::Two,
            status: config.status,
            wire: config.encoding.request,
            reads: config.client_encoding.unwrap_or(config.encoding.reply),
            expect,
        })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Session> {
        Ok(Session::default())
    }

    fn start(&mut self, session: &mut Session, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        let Some(template) = self.template(exchange) else {
            return session.out.send_payload(cx, exchange);
        };
        let line = format!("{}{}", template::filled(template, exchange), self.request_end);
        let Some(request) = self.wire.write(&line) else {
            let why = format!("the request cannot be written in {}", self.wire.name());
            cx.finish(exchange, Finish::Wrong(&why));
            return Ok(());
        };
        if session.out.is_empty() {
            match cx.send(exchange, &request) {
                Ok(()) | Err(SendError::Closed) => return Ok(()),
                Err(SendError::TooLarge) => {
                    cx.finish(exchange, Finish::Wrong("the request fits into no message"));
                    return Ok(());
                }
                Err(SendError::Full) => {}
            }
        }
        session.out.send(cx, exchange, &request)
    }

    fn message(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        answer: Message<'_>,
    ) -> Result<()> {
        let token = answer.token;
        if token == 0 {
            cx.count("unasked-answer", 1, &String::from_utf8_lossy(answer.bytes));
            return Ok(());
        }
        let worth = if !self.two {
            self.worth(token, answer.bytes)
        } else if let Some(mut whole) = session.take_half(token) {
            // The server's own error ends the first message, whatever the second holds.
            let first = self.reads.read(&whole).ok();
            match first.as_deref().and_then(error_of).map(str::to_owned) {
                Some(error) => Worth::Rejected(error),
                None => {
                    whole.extend_from_slice(answer.bytes);
                    self.worth(token, &whole)
                }
            }
        } else {
            session.keep_half(token, answer.bytes);
            return Ok(());
        };
        cx.finish(
            token,
            match &worth {
                Worth::Right => Finish::Done,
                Worth::Wrong(why) => Finish::Wrong(why),
                Worth::Rejected(why) => Finish::Rejected(why),
            },
        );
        Ok(())
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)
    }
}

impl Session {
    fn take_half(&mut self, token: Token) -> Option<Vec<u8>> {
        let half = self.halves.remove(&token)?;
        self.half_bytes -= half.len();
        Some(half)
    }

    fn keep_half(&mut self, token: Token, half: &[u8]) {
        while self.halves.len() == MAX_HALVES || self.half_bytes + half.len() > MAX_HALF_BYTES {
            let Some((_, oldest)) = self.halves.pop_first() else { break };
            self.half_bytes -= oldest.len();
        }
        self.half_bytes += half.len();
        self.halves.insert(token, half.to_vec());
    }
}

impl ExecClient {
    /// The command line of an exchange; `None`: the payload is.
    fn template(&self, exchange: Token) -> Option<&str> {
        match &self.ask {
            // Exchanges are numbered from 1 on.
            Ask::List(lines) => {
                Some(&lines[(exchange.wrapping_sub(1) % lines.len() as u64) as usize])
            }
            Ask::Payload => None,
        }
    }

    /// Holds an answer against what was asked.
    fn worth(&self, token: Token, answer: &[u8]) -> Worth {
        let text = match self.reads.read(answer) {
            Ok(text) => text,
            Err(at) => {
                return Worth::Wrong(format!("the answer is {}", self.reads.complaint(answer, at)));
            }
        };
        let mut text = &*text;
        if self.status {
            match split_status(text) {
                Some((before, _)) => text = before,
                None => return Worth::Wrong("the answer does not end with a status".into()),
            }
        }
        if let Some(error) = error_of(text) {
            return Worth::Rejected(error.to_owned());
        }
        let Some(template) = self.template(token) else { return Worth::Right };
        if template::holds_token(template) && !holds_number(text, token) {
            return Worth::Wrong(format!(
                "the answer to `{}` does not hold {token}",
                template::filled(template, token)
            ));
        }
        let name = template.split_whitespace().next().unwrap_or_default();
        match self.expect.get(name) {
            Some(pattern) if !pattern.is_match(text) => {
                Worth::Wrong(format!("the answer to `{name}` does not match {pattern}"))
            }
            _ => Worth::Right,
        }
    }
}

/// True when the number stands in the text with no digit before or behind it.
fn holds_number(text: &str, number: u64) -> bool {
    let digits = number.to_string();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    text.match_indices(&digits).any(|(at, _)| {
        !is_digit(at.checked_sub(1).map(|before| &bytes[before]))
            && !is_digit(bytes.get(at + digits.len()))
    })
}

#[cfg(test)]
mod tests;
