//! One side of a round: an event loop that plays the server or the client.
//!
//! A side is told everything by the supervisor through [`control`]: first its [`spec`], then
//! where to connect, when to go and when to stop. The loop itself (`turn`) is the same for both
//! roles; `server` and `client` say what each does with a message and with time passing.

pub mod control;
pub mod log;
pub mod spec;

mod account;
mod answers;
mod book;
mod causes;
mod client;
mod conduct;
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
mod outbox;
mod peers;
mod places;
mod report;
mod script;
mod server;
mod services;
mod spare;
mod start;
mod timers;
mod turn;
mod usage;
mod write;

pub use turn::run;
