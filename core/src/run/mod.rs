//! Running a plan: the guard, the side processes, one round after the other.
//!
//! The supervisor plans, watches and collects. It loads no plugin and runs no thread: while a
//! round is measured it sleeps in one poll call. Whatever a side does (crash, hang, be killed)
//! costs that side's round and nothing else.

mod bounded_process;
pub mod children;
mod clock_watch;
mod copying;
mod descendants;
mod foreign;
pub mod guard;
mod hook_watch;
mod meters;
mod one_side;
mod other_program;
mod outcome;
mod output_lines;
mod output_pipe;
mod paired;
mod pins;
mod placement;
mod plan;
mod preflight;
mod probe;
mod process_tree;
mod remove;
mod runner;
mod shared_ledgers;
mod side_main;
mod side_process;
mod signals;
mod stdin_pump;
mod supervisor;
mod sweep;
mod temporary;
mod turns;

pub use crate::side::spec::Alone;
pub use bounded_process::{BoundedCommand, ProcessEnd, TimeLimit, run_bounded};
pub use copying::copying_main;
pub use descendants::adopt_orphans;
pub use foreign::foreign_main;
pub use other_program::{NO_CONFIG, OtherProgram, PROFILE};
pub use outcome::{RoundOutcome, ServeOutcome};
pub use output_lines::{LineListener, OutputLine, level_name};
pub use paired::{Build, Builds, PairOfRounds, PairedOutcome, PairedWatcher, Which, paired_rounds};
pub use pins::{FileUse, Pins};
pub use placement::{PlacementError, Processors, processors, usable_processors};
pub use preflight::{Budget, Machine, Need, budgets};
pub use probe::probe;
pub use runner::{Plugins, RunError, RunOutcome, Runner, Watcher};
pub use side_main::side_main;
pub use signals::{continuations, interrupts};
pub use stdin_pump::StdinPump;
pub use supervisor::{Conversation, OnListening};
pub use temporary::temporary_file;
