//! The file handler: uploads, downloads, offers and directories under one root.
//!
//! `docs/handlers.md` has the settings and the formats on the wire. Whoever stores a file writes
//! it under another name below a root that nothing leads out of, and gives it its name once its
//! size and digest are those announced; whatever goes wrong leaves nothing behind and has a name
//! ([`Kind`]). Files are read and written in steps, so that memory stays flat and other sessions
//! have their turn.

mod browse;
mod claims;
mod client;
mod config;
mod dialect;
mod digest;
mod download;
mod get;
mod hearing;
mod job;
mod kinds;
mod name;
mod objects;
mod offer;
mod put;
mod receive;
mod seeded;
mod send;
mod server;
mod shared;
mod store;
mod taking;
mod upload;
mod wire;

#[cfg(test)]
mod tests;

pub use client::FileClient;
pub use config::Config;
pub use kinds::Kind;
pub use server::FileServer;

use wirebench_sdk::{Handler, export_plugin};

/// The handler `file`.
pub struct FileHandler;

impl Handler for FileHandler {
    const NAME: &'static str = "file";
    const ABOUT: &'static str = "uploads, downloads, offers and directories under one root";
    type Server = FileServer;
    type Client = FileClient;
}

export_plugin! { id: "wirebench.file", handlers: [FileHandler], framings: [] }
