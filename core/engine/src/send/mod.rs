//! From a handler's send to the socket: hold, encode, record, publish, write.

mod datagrams;
mod run;
mod submit;
mod waiting;
mod write;

pub(crate) use run::SendRun;
pub(crate) use waiting::record_unsent;
