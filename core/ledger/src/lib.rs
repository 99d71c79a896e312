//! The ledger: every message that a side hands over stands in that side's memory before its first
//! byte is written, where the judge of the other side finds it.
//!
//! Each side owns one [`Region`] and reads the other's. The two may be processes that share a
//! mapping, or objects of one process over the same heap: this ring knows memory, and no socket,
//! file or clock. What is in a region is untrusted: its owner's process also runs plugins.
//!
//! | file | what |
//! |---|---|
//! | `memory` | what a region may lie in, and the heap as that |
//! | `layout` | which part of a region stands where |
//! | `region` | the view of a region: atomics, bounds checks |
//! | `record`, `seal` | the form of a record, and how one is told from what was overwritten |
//! | `writer`, `reader` | the two ends of the ring of records |
//! | `directory` | which connection is which session |
//! | `admissions` | how many connections the server has accepted |
//! | `pieces` | the last writes and reads, for showing how a message was damaged |
//! | `progress` | how far a session has been read, for senders in lock-step |
//! | `breadcrumb` | the call into a plugin that is under way |

#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod admissions;
mod breadcrumb;
mod directory;
mod layout;
mod memory;
pub mod pieces;
pub mod progress;
mod reader;
mod record;
mod region;
pub mod seal;
mod writer;

pub use admissions::Admissions;
pub use breadcrumb::{Breadcrumb, InBatch};
pub use directory::{Announcer, Directory};
pub use layout::{Layout, Tables};
pub use memory::Memory;
pub use pieces::{ReadLog, WriteLog};
pub use reader::{HEAP_LIMIT, LedgerReader, ORPHANED, SessionRecords};
pub use region::Region;
pub use writer::LedgerWriter;
