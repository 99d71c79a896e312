//! From the socket to the handler: read, decode, judge, call.

mod cut;
mod datagrams;
mod decode;
mod judging;
mod recent_requests;
mod streams;

pub(in crate::engine) use judging::Judging;
pub(in crate::engine) use recent_requests::RecentRequests;
