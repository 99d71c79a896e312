//! `wirebench torture`: what ships holds, what is broken is caught, shrunk and shown again.

#[path = "harness/mod.rs"]
mod harness;

#[path = "torture/built_in.rs"]
mod built_in;
#[path = "torture/caught.rs"]
mod caught;
#[path = "torture/codes.rs"]
mod codes;
#[path = "torture/documented.rs"]
mod documented;
#[path = "torture/support.rs"]
mod support;
