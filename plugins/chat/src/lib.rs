//! The chat handler: plain text that a person with a plain socket can write and read.
//!
//! In `mode = "talk"` the server answers what it hears itself. In `mode = "room"` it passes on what
//! a member says to the others of the member's room. `q` or `Q` alone ends a session in both: the
//! server says goodbye, unless it is to say nothing, and closes. What stands on the wire is in [`protocol`], the settings in [`Config`].
//!
//! The client's sessions are members of the same rooms, and one instance sees them all. So it knows
//! who must get what: an exchange is done when every member who must get the message has it, once
//! and in an order that all receivers can agree on.

mod client;
mod config;
pub mod protocol;
mod server;
mod words;

#[cfg(test)]
mod tests;

pub use client::ChatClient;
pub use config::{Config, Mode, Reply, Slow};
pub use server::ChatServer;

use wirebench_sdk::{Handler, export_plugin};

/// The handler `chat`.
pub struct Chat;

impl Handler for Chat {
    const NAME: &'static str = "chat";
    const ABOUT: &'static str = "people talk: rooms, private messages, slow readers, and the order";
    type Server = ChatServer;
    type Client = ChatClient;
}

export_plugin! { id: "wirebench.chat", handlers: [Chat], framings: [] }
