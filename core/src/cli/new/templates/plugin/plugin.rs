//! __name__: the server answers each message with its bytes in reverse order, and the client checks that.
//!
//! Put your own conversation in the place of `reversed`. What to keep: a `Backlog` in every session, because a
//! send may find no room; a configuration that refuses unknown keys; and a count for what goes wrong.

use serde::Deserialize;
use wirebench_sdk::{
    Backlog, Client, Cx, Finish, Handler, Message, Result, Server, Token, export_plugin,
};

/// What a scenario names: `handler = { plugin = "__name__" }`.
pub struct Reverse;

impl Handler for Reverse {
    const NAME: &'static str = "__name__";
    const ABOUT: &'static str = "every message comes back reversed";
    type Server = Reverser;
    type Client = Asker;
}

export_plugin! { id: "org.example.__name__", handlers: [Reverse], framings: [] }

/// What `handler.config` of a scenario may say, to both sides. Any other key is an error that `wirebench check`
/// shows at its line.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Whether the client compares each answer with what it should be.
    pub check: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { check: true }
    }
}

/// What the two sides agree on.
fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

/// The side that accepts. One value serves all sessions of a round.
pub struct Reverser;

impl Server for Reverser {
    type Config = Config;
    // The state of one connection. It keeps, in order, what the host has no room for yet.
    type Session = Backlog;

    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }

    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        // The token says which exchange this answers.
        out.send(cx, message.token, &reversed(message.bytes))
    }

    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// The side that connects.
pub struct Asker {
    check: bool,
}

impl Client for Asker {
    type Config = Config;
    type Session = Backlog;
    // Kinds that a scenario may hold a limit against: `"count.wrong-answer" = 0`.
    const COUNTS: &'static [&'static str] = &["wrong-answer"];

    fn new(config: Config, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self {
            check: config.check,
        })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }

    fn start(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        // What `load.payload` of the scenario says: the same seed sends the same bytes.
        out.send_payload(cx, exchange)
    }

    fn message(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        if self.check && reversed(cx.payload(message.token)) != message.bytes {
            let example = format!(
                "{} bytes that are not the reversed request",
                message.bytes.len()
            );
            cx.count("wrong-answer", 1, &example);
            cx.finish(message.token, Finish::Wrong("not reversed"));
        } else {
            cx.finish(message.token, Finish::Done);
        }
        Ok(())
    }

    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}
