//! One side of a round: bytes, datagrams, time, letters and commands in; writes, closes, deadlines and
//! events out.
//!
//! An [`Engine`] plays the server or the client. It is driven in turns: what has happened is told to it
//! ([`ready`](Engine::ready), [`acceptable`](Engine::acceptable), [`mail`](Engine::mail),
//! [`woken`](Engine::woken)), then [`run_deferred`](Engine::run_deferred) does what no event announces,
//! and [`act`](Engine::act) ends the turn. What it asks of the world meanwhile goes through a [`Port`],
//! in the midst of a turn: bytes leave when the handler hands them over.

mod account;
mod answers;
mod book;
mod causes;
mod client;
mod conduct;
mod config;
mod connect;
mod connection;
mod core;
mod counts;
mod cut;
mod datagrams;
mod deadlines;
mod deliver;
mod emit;
mod ending;
mod framings;
mod half_closed;
mod hear;
mod holding;
mod hooks;
mod idle;
mod judging;
mod ledgers;
mod linked;
mod machine;
mod outbox;
mod peers;
mod port;
mod report;
mod script;
mod server;
mod services;
mod spare;
mod timers;
mod usage;
mod write;

pub use config::{Blame, Bounds, Config, Part};
pub use core::{Core, Ledgers};
pub use framings::{Framings, PluginFramings};
pub use machine::{Engine, Event, Failure, Readiness, Report};
pub use port::{
    Accepted, Batch, Connected, Connecting, Connections, Datagram, Datagrams, Letter, NotTaken,
    Port, Streams, Surroundings,
};
pub use script::Script;
pub use usage::Snapshot;
