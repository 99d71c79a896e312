//! The request handler: somebody's own requests and what must come back, in a scenario alone.
//!
//! It drives a server that is not ours. A scenario lists requests, as templates; what each answer must
//! be; where an answer ends, where the framing marks no boundaries; and to which request an answer
//! belongs. Before them a session may be greeted and let in.
//!
//! Nothing that a server says is believed: what is held of an answer is bounded, every byte is looked at
//! once, and what is shown of it is an excerpt.

mod answers;
mod bytes;
mod client;
mod config;
mod correlate;
mod ends;
mod expect;
mod fields;
mod outstanding;
mod past;
mod plan;
mod random;
mod server;
mod session;
mod steps;
mod template;
mod told;

pub use client::RequestClient;
pub use config::Config;
pub use server::RequestServer;
pub use session::Session;

use wirebench_sdk::{Handler, export_plugin};

/// The handler `request`.
pub struct Request;

impl Handler for Request {
    const NAME: &'static str = "request";
    const ABOUT: &'static str = "your own requests, and what a server of your own must answer";
    type Server = RequestServer;
    type Client = RequestClient;
}

export_plugin! { id: "wirebench.request", handlers: [Request], framings: [] }

#[cfg(test)]
mod tests;
