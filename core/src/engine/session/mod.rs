//! One connection with everything that belongs to it alone: how far it has come, what it receives, what
//! it sends; and the table of all of them.

mod answers;
mod connection;
mod egress;
mod ingress;
mod lifecycle;
mod send_buffer;
mod table;

pub(in crate::engine) use connection::{Connection, HIGH_WATER};
pub(in crate::engine) use lifecycle::Lifecycle;
pub(in crate::engine) use table::SessionTable;
