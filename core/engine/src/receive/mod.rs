//! From the socket to the handler: read, decode, judge, call.

mod cut;
mod datagrams;
mod decode;
mod display;
mod echoes;
mod judging;
mod recent_requests;
mod streams;

pub use display::Display;
pub(crate) use echoes::LookUp;
pub(crate) use judging::Judging;
pub(crate) use recent_requests::RecentRequests;
