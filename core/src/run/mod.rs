//! Running a plan: the guard, the children, one round after the other.
//!
//! The supervisor plans, watches and collects. It loads no plugin and runs no thread: while a
//! round is measured it sleeps in one poll call. Whatever a side does (crash, hang, be killed)
//! costs that side's round and nothing else.

mod asked;
pub mod children;
mod descendants;
mod feed;
mod foreign;
pub mod guard;
mod machine;
mod meters;
mod outcome;
mod output;
mod pins;
mod plan;
mod probe;
mod remove;
mod said;
mod session;
mod shared;
mod side_main;
mod sider;
mod signals;
mod solo;
mod supervisor;
mod sweep;
mod temporary;

pub use crate::net::socket::{Address, lacks_room};
pub use crate::side::spec::Alone;
pub use asked::{End, Patience, Question, ask};
pub use descendants::adopt_orphans;
pub use feed::Feed;
pub use foreign::foreign_main;
pub use machine::{Processors, processors, usable_processors};
pub use outcome::{Played, Served};
pub use pins::{Pins, Role};
pub use plan::RoundPlan;
pub use probe::probe;
pub use said::{Hearing, Listener, Said, word};
pub use session::{Plugins, Ran, RunError, Runner, Watcher};
pub use side_main::side_main;
pub use supervisor::{Conversation, OnListening};
pub use temporary::temporary_file;
