//! The client through the test kit.

mod correlated;
mod garbage;
mod refused;
mod stages;
mod streams;

use crate::Request;
use wirebench_sdk::kit::{self, Kit};

const DONE: i32 = 0;
const WRONG: i32 = 1;
const REJECTED: i32 = 2;

/// A client with one session.
fn client(config: &str) -> (Kit, u32) {
    let mut kit = kit::client::<Request>(config).unwrap_or_else(|why| panic!("{config}: {why}"));
    kit.set_payload(b"abc");
    let session = kit.open().unwrap();
    (kit, session)
}

/// What was sent, as text.
fn sent(kit: &Kit) -> Vec<String> {
    kit.sent().iter().map(|sent| String::from_utf8_lossy(&sent.bytes).into_owned()).collect()
}

/// Tokens and ways of what was finished.
fn finished(kit: &Kit) -> Vec<(u64, i32)> {
    kit.finished().iter().map(|end| (end.token, end.how)).collect()
}

/// Why the latest exchange was not done.
#[track_caller]
fn why(kit: &Kit) -> &str {
    &kit.finished().last().expect("one is finished").why
}

/// How often this was counted.
fn count(kit: &Kit, kind: &str) -> u64 {
    kit.counted(kind).map_or(0, |(count, _)| count)
}
