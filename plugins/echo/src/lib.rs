//! The echo handler: every message comes back as it was, or as little as the scenario wants.
//!
//! The server answers each message with its own bytes. The client sends the scenario's payload and
//! is content with any answer, because the judge compares every byte anyway; with
//! `verify = true` it compares the answer itself, for rounds without a ledger (a foreign server).
//!
//! Other conversations by configuration:
//!
//! - `reply = "none"`: the client only sends. An exchange is done when its message is handed over,
//!   so it has no latency; the one-way times of the messages are taken where they arrive.
//! - `reply = "fixed"`, `fixed = "text"`: the server answers every message with the text, and the
//!   client checks it.
//! - `greeting = "text"`: the server speaks first. The client checks the greeting, and sends
//!   nothing before it.
//! - `push = "1ms"`: the server sends `reply-payload` messages on its own, this often. An exchange
//!   begins silently and is done with the next message pushed.

mod client;
mod config;
mod server;

pub use client::{ClientSession, EchoClient};
pub use config::{Config, Reply};
pub use server::{EchoServer, ServerSession};

use wirebench_sdk::{Handler, export_plugin};

/// The handler `echo`.
pub struct Echo;

impl Handler for Echo {
    const NAME: &'static str = "echo";
    const ABOUT: &'static str = "every message comes back as it was";
    type Server = EchoServer;
    type Client = EchoClient;
}

export_plugin! { id: "wirebench.echo", handlers: [Echo], framings: [] }

#[cfg(test)]
mod tests;
