//! The auth handler in whole rounds: who is let in, who is not, and that no secret is seen.

#[path = "harness/mod.rs"]
mod harness;

#[path = "handler_auth/docs.rs"]
mod docs;
#[path = "handler_auth/rounds.rs"]
mod rounds;
#[path = "handler_auth/secrets.rs"]
mod secrets;
