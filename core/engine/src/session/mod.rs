//! One connection with everything that belongs to it alone: how far it has come, what it receives, what
//! it sends; and the table of all of them.

mod answers;
mod connection;
mod egress;
mod ingress;
mod lifecycle;
mod send_buffer;
mod table;

pub(crate) use connection::{Connection, HIGH_WATER};
pub(crate) use lifecycle::Lifecycle;
pub(crate) use table::SessionTable;
