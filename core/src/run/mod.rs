//! Running a plan: the guard, the children, one round after the other.
//!
//! The supervisor plans, watches and collects. It loads no plugin and runs no thread: while a
//! round is measured it sleeps in one poll call. Whatever a side does (crash, hang, be killed)
//! costs that side's round and nothing else.

mod asked;
pub mod children;
mod descendants;
mod driving;
mod feed;
mod foreign;
pub mod guard;
mod machine;
mod meters;
mod output;
mod pins;
mod probe;
mod remove;
mod round;
mod said;
mod serving;
mod session;
mod side_main;
mod sider;
mod signals;
mod solo;
mod temporary;

pub use crate::net::socket::{Address, lacks_room};
pub use crate::side::spec::Alone;
pub use asked::{End, Patience, Question, ask};
pub use descendants::adopt_orphans;
pub use driving::Conversation;
pub use feed::Feed;
pub use foreign::foreign_main;
pub use machine::{Processors, processors, usable_processors};
pub use pins::{Pins, Role};
pub use probe::probe;
pub use round::{Played, RoundPlan, run_round};
pub use said::{Hearing, Listener, Said, word};
pub use serving::{OnListening, Served};
pub use session::{Plugins, Ran, RunError, Runner, Watcher};
pub use side_main::side_main;
pub use temporary::temporary_file;
