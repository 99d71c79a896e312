//! Runs in parts, for several machines, and what is made of the parts again.

mod harness;

#[path = "partition/divided.rs"]
mod divided;
#[path = "partition/many.rs"]
mod many;
#[path = "partition/merged.rs"]
mod merged;
#[path = "partition/paired.rs"]
mod paired;
#[path = "partition/parts.rs"]
mod parts;
#[path = "partition/recipes.rs"]
mod recipes;
#[path = "partition/refused.rs"]
mod refused;
