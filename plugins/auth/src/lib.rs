//! The auth handler: who knows the secret is let in.
//!
//! `mode = "challenge"`: the server sends 32 random bytes; the client answers with their code (HMAC)
//! under the shared secret; the server says whether it accepts. `mode = "login"`: the server asks
//! for a name and a password, each in a message of its own, and refuses with a message that is
//! followed by the next question.
//!
//! The server speaks first on every session. A session that has been used begins anew with the
//! text `request`. Some clients hold a wrong key (`wrong-keys`), repeat an old answer (`replay`) or
//! mistype their password once (`mistyped`), exactly as many as the shares say. The client knows
//! which: an exchange is done when who is right was accepted, rejected when who is not was refused,
//! and wrong otherwise.
//!
//! Secrets come from the environment or a file, are compared in constant time, and are shown
//! nowhere.

mod account;
mod checkers;
mod client;
mod config;
mod dialogue;
mod mac;
mod server;
mod shares;

pub use account::Cost;
pub use client::{AuthClient, ClientSession};
pub use config::{Config, ModeName, Told};
pub use mac::{Encoding, MacKind};
pub use server::{AuthServer, ServerSession};

use wirebench_sdk::{Handler, export_plugin};

/// The handler `auth`.
pub struct Auth;

impl Handler for Auth {
    const NAME: &'static str = "auth";
    const ABOUT: &'static str = "challenge and response, or a login prompt";
    type Server = AuthServer;
    type Client = AuthClient;
}

export_plugin! { id: "wirebench.auth", handlers: [Auth], framings: [] }

#[cfg(test)]
mod tests;
