//! Whole rounds: two sides, a socket between them, and what the document says of it.

#[path = "harness/mod.rs"]
mod harness;

#[path = "rounds/control.rs"]
mod control;
#[path = "rounds/counts.rs"]
mod counts;
#[path = "rounds/cut_packets.rs"]
mod cut_packets;
#[path = "rounds/datagram_faults.rs"]
mod datagram_faults;
#[path = "rounds/datagrams.rs"]
mod datagrams;
#[path = "rounds/handlers.rs"]
mod handlers;
#[path = "rounds/memory.rs"]
mod memory;
#[path = "rounds/modes.rs"]
mod modes;
#[path = "rounds/one_processor.rs"]
mod one_processor;
#[path = "rounds/order.rs"]
mod order;
#[path = "rounds/payloads.rs"]
mod payloads;
#[path = "rounds/placed.rs"]
mod placed;
#[path = "rounds/ports.rs"]
mod ports;
#[path = "rounds/quota.rs"]
mod quota;
#[path = "rounds/sessions.rs"]
mod sessions;
#[path = "rounds/transports.rs"]
mod transports;
#[path = "rounds/unreachable.rs"]
mod unreachable;
#[path = "rounds/window.rs"]
mod window;
