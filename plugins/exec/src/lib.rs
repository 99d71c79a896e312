//! The exec handler: a request is a command line, its answer what the command writes.
//!
//! ```toml
//! [handler]
//! plugin = "exec"
//!
//! [handler.config]
//! reply = "both"                              # or "stderr-or-stdout", "stdout-or-stderr", "two"
//! ask   = ["tell {token}", "upper hello"]     # what the client asks for, in turn
//!
//! [handler.config.commands]
//! tell  = { run = ["echo"], arguments = { max = 1, allow = ["[0-9]+"] } }
//! upper = { run = ["tr", "a-z", "A-Z"], arguments = "append", stdin = "arguments" }
//! ```
//!
//! The server runs only what is declared, without a shell; arguments come from the request only
//! where a command allows them. `shell = true` gives every request to `/bin/sh -c` instead: who can
//! connect can then do whatever the server's user can, so it is for loopback and Unix sockets only.
//!
//! Commands run off the loop (`pool.rs`), each in a process group of its own that dies with it, with
//! its session, and with the server (`child.rs`). A session's requests are run and answered in
//! order; sessions do not wait for each other.

mod child;
mod client;
mod commands;
mod config;
mod fit;
mod outbox;
mod pool;
mod reply;
mod server;
mod template;

pub use client::{ExecClient, Session as ClientSession};
pub use config::Config;
pub use server::{ExecServer, Session as ServerSession};

use wirebench_sdk::{Handler, export_plugin};

/// The handler `exec`.
#[derive(Debug)]
pub struct Exec;

impl Handler for Exec {
    const NAME: &'static str = "exec";
    const ABOUT: &'static str = "requests run declared commands, answers are their output";
    type Server = ExecServer;
    type Client = ExecClient;
}

export_plugin! { id: "wirebench.exec", handlers: [Exec], framings: [] }
