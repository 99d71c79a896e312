//! `wirebench.toml`: where it is found, what its profiles change, what wins over what, and how mistakes are told.

mod harness;

#[path = "harness/generated.rs"]
mod generated;

#[path = "profiles/applied.rs"]
mod applied;
#[path = "profiles/documented.rs"]
mod documented;
#[path = "profiles/found.rs"]
mod found;
#[path = "profiles/held_against.rs"]
mod held_against;
#[path = "profiles/mistakes.rs"]
mod mistakes;
#[path = "profiles/precedence.rs"]
mod precedence;
#[path = "profiles/schema.rs"]
mod schema;
#[path = "profiles/support.rs"]
mod support;
