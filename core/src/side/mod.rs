//! One side of a round as a process: an [engine](crate::engine) under an event queue.
//!
//! A side is told everything by the supervisor through [`control`]: first its [`spec`], then
//! where to connect, when to go and when to stop.

pub mod control;
pub mod log;
pub mod spec;

mod debugger;
mod error;
mod event_loop;
mod framing_plugins;
mod handler_directories;
mod sockets;
mod start;
mod usage;

pub use event_loop::run;
