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
mod client;
mod client_state;
mod conduct;
mod config;
mod connect;
mod connection;
mod core;
mod counts;
mod cut;
mod deadlines;
mod decode;
mod deferred;
mod egress;
mod ending;
mod framings;
mod guests;
mod half_closed;
mod holding;
mod hook;
mod hooks;
mod idle;
mod ingress;
mod judging;
mod ledgers;
mod link_state;
mod machine;
mod mutant;
mod outbox;
mod peers;
mod port;
mod ready;
mod receive;
mod receive_datagrams;
mod recent_requests;
mod records;
mod report;
mod script;
mod send_datagrams;
mod server;
mod services;
mod spare;
mod stats;
mod submit;
mod table;
mod timers;
mod usage;
mod write;

pub use config::{Blame, Bounds, Config, Part};
pub use core::Core;
pub use framings::{Framings, PluginFramings};
pub use machine::{Engine, Event, Failure, Readiness, Report};
#[cfg(feature = "mutants")]
pub use mutant::{Mutant, make};
pub use port::{
    Accepted, Batch, Connected, Connecting, Connections, Datagram, Datagrams, Letter, NotTaken,
    Port, Streams, Surroundings,
};
pub use records::Ledgers;
pub use script::Script;
pub use usage::Snapshot;
