//! From a handler's send to the socket: hold, encode, record, publish, write.

mod datagrams;
mod submit;
mod waiting;
mod write;

pub(in crate::engine) use waiting::record_unsent;
