//! Plain Python socket programs, with nothing but the standard library, talk to wirebench both
//! ways: its own tests could agree with themselves and with nobody else.

#[path = "harness/mod.rs"]
mod harness;

#[path = "alone/support.rs"]
mod support;

#[path = "interop/python.rs"]
mod python;

#[path = "interop/both_ways.rs"]
mod both_ways;
#[path = "interop/envelopes.rs"]
mod envelopes;
#[path = "interop/files.rs"]
mod files;
#[path = "interop/websockets.rs"]
mod websockets;
