//! Sockets, the shared clock and the shared-memory ledger: everything a side touches the kernel
//! with.

pub mod clock;
pub mod datagrams;
pub mod ledger;
pub mod listening;
pub mod names;
pub mod pieces;
pub mod progress;
pub mod reader;
pub mod region;
pub mod seal;
pub mod sessions;
pub mod socket;
pub mod sources;
