//! Searches for the highest load that keeps a limit, by the whole program: what is found is what is there.

#[path = "harness/mod.rs"]
mod harness;

#[path = "search/capacity.rs"]
mod capacity;
#[path = "search/ended.rs"]
mod ended;
#[path = "search/exact.rs"]
mod exact;
#[path = "search/found.rs"]
mod found;
#[path = "search/parts.rs"]
mod parts;
#[path = "search/planned.rs"]
mod planned;
