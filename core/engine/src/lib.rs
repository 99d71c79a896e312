//! One side of a round: bytes, datagrams, time, letters and commands in; writes, closes, deadlines and
//! events out.
//!
//! An [`Engine`] plays the server or the client. It is driven in turns: what has happened is told to it
//! ([`ready`](Engine::ready), [`acceptable`](Engine::acceptable), [`mail`](Engine::mail),
//! [`woken`](Engine::woken)), then [`run_deferred`](Engine::run_deferred) does what no event announces,
//! and [`act`](Engine::act) ends the turn. What it asks of the world meanwhile goes through a [`Port`],
//! in the midst of a turn: bytes leave when the handler hands them over.
//!
//! | room | what it is |
//! |---|---|
//! | `machine` | the turns: a side (core and handler) and its behaviour as client or server |
//! | `core` | what a handler may change of its side, in one struct: see below |
//! | `session` | one connection: its lifecycle, what it receives, what it sends; the table of all |
//! | `receive` | from the socket to the handler: read, decode, judge, call |
//! | `send` | from the handler to the socket: encode, record, publish, write |
//! | `hook` | what the hook that runs is about, and what a handler may ask |
//! | `batch` | several messages, or starts of exchanges, given to the handler in one call |
//! | `client` | connect, keep the window full, drain; exchanges and their times |
//! | `server` | accept, and who a datagram is from |
//! | `guests` | peers that are not ours: what is held for them, and when they are given up |
//! | `link_state` | the link's part in a connection |
//! | `records` | both ledgers, what the judges find in them, and what is told of it |
//! | `stats` | what is counted, and the report |
//! | `queues` | slots that are ready, timers, memory that is used again |
//! | `port` | what a side asks of the world |
//!
//! [`Core`] is one value because a handler is called with all of it. Each room adds to it the methods of
//! its subject; the fields of everything that stands in `Core` are private to their rooms. So rooms
//! call each other in circles through it, as events do: what is received is answered, what is sent may
//! fail and end a session, and the end of a session is judged and counted.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod batch;
mod client;
mod config;
mod core;
mod framings;
mod guests;
pub mod handler;
mod hook;
mod link_state;
mod machine;
mod mutant;
mod port;
mod queues;
mod receive;
mod records;
mod send;
mod server;
mod session;
mod stats;

pub use client::{MOST_AHEAD, Script};
pub use config::{Attribution, Bounds, Config};
pub use core::Core;
pub use framings::{Framings, PluginFramings};
pub use machine::{Engine, Event, Failure, Lone, Readiness, Report};
#[cfg(feature = "mutants")]
pub use mutant::{Mutant, make};
pub use port::{
    Accepted, Batch, Connected, Connecting, Connections, Datagram, Datagrams, Letter, NotTaken,
    Port, Streams, Surroundings,
};
pub use receive::Display;
pub use records::Ledgers;
pub use stats::Snapshot;
