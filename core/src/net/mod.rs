//! Sockets, the shared clock and shared memory: everything a side touches the kernel with.

pub mod clock;
pub mod datagrams;
mod free_port;
pub mod keys;
pub mod listening;
pub mod memfd;
pub mod names;
pub mod socket;
pub mod sources;
mod transports;
pub mod unreachable;
