//! Runs of two builds, one behind the other: what is told of a build that is slower, of one that is the
//! same, and of a baseline that is none.

mod harness;

#[path = "paired/builds.rs"]
mod builds;
#[path = "paired/programs.rs"]
mod programs;
#[path = "paired/refused.rs"]
mod refused;
#[path = "paired/servers.rs"]
mod servers;
#[path = "paired/verdicts.rs"]
mod verdicts;
