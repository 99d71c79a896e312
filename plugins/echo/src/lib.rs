//! The echo handler: every message comes back as it was.
//!
//! The server answers each message with its own bytes. The client sends the scenario's payload and
//! is content with any answer, because the judge compares every byte anyway; with
//! `verify = true` it compares the answer itself, for rounds without a ledger (a foreign server).

use serde::Deserialize;
use wirebench_sdk::{
    Backlog, Client, Cx, Finish, Handler, Message, Result, Server, Token, export_plugin,
};

/// The handler `echo`.
pub struct Echo;

impl Handler for Echo {
    const NAME: &'static str = "echo";
    const ABOUT: &'static str = "every message comes back as it was";
    type Server = EchoServer;
    type Client = EchoClient;
}

export_plugin! { id: "wirebench.echo", handlers: [Echo], framings: [] }

/// The configuration of both sides.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The client compares each answer with what it sent (default: false).
    pub verify: bool,
}

/// Sends every message back.
pub struct EchoServer;

impl Server for EchoServer {
    type Config = Config;
    type Session = Backlog;

    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }

    #[inline]
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        out.send(cx, message.token, message.bytes)
    }

    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// Sends the scenario's payload and finishes each exchange with its answer.
pub struct EchoClient {
    verify: bool,
}

impl Client for EchoClient {
    type Config = Config;
    type Session = Backlog;

    fn new(config: Config, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { verify: config.verify })
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }

    fn start(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        out.send_payload(cx, exchange)
    }

    fn message(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        let right = !self.verify || cx.payload(message.token) == message.bytes;
        let how = if right { Finish::Done } else { Finish::Wrong("the answer differs") };
        cx.finish(message.token, how);
        Ok(())
    }

    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}
