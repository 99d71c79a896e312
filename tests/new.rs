//! `wirebench new`: what it makes works as it stands, and fails when what it is there to notice is broken.

mod harness;

#[path = "new/kept.rs"]
mod kept;
#[path = "new/made.rs"]
mod made;
#[path = "new/native.rs"]
mod native;
#[path = "new/rust.rs"]
mod rust;
#[path = "new/scenarios.rs"]
mod scenarios;
#[path = "new/told.rs"]
mod told;
