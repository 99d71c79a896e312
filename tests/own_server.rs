//! Servers of one's own, each with one fault: what is said of it, and with which exit code.

#[path = "harness/generated.rs"]
mod generated;
#[path = "harness/mod.rs"]
mod harness;

#[path = "own_server/bench.rs"]
mod bench;
#[path = "own_server/echoes.rs"]
mod echoes;
#[path = "own_server/faults.rs"]
mod faults;
#[path = "own_server/page.rs"]
mod page;
#[path = "own_server/slower.rs"]
mod slower;
