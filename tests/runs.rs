//! The runs that are kept: listed, printed again, and removed, and what is never removed.

mod harness;

#[path = "harness/fields.rs"]
mod fields;

#[path = "runs/kept.rs"]
mod kept;
#[path = "runs/listed.rs"]
mod listed;
#[path = "runs/made.rs"]
mod made;
#[path = "runs/pruned.rs"]
mod pruned;
#[path = "runs/shown.rs"]
mod shown;
#[path = "runs/stays.rs"]
mod stays;
#[path = "runs/together.rs"]
mod together;
