//! Loading, checking and calling plugins: all of core's `unsafe` for plugins lives here.
//!
//! [`find`] turns a plugin's name into a file, [`Library::load`] loads and checks it, and a
//! [`Library`] makes [`Instance`]s (one side of a handler) and framings. A plugin is trusted to
//! keep the rules of the C interface while it runs in a side of its own; the program that must
//! survive it never loads one, but asks a child process: see [`mod@probe`].

mod breadcrumb;
mod digest;
mod elf;
mod error;
mod framing;
pub mod heap;
mod instance;
mod lent;
mod library;
pub mod limits;
mod pinned;
mod place;
mod plugin_error;
pub mod probe;
pub mod program;
mod regular;
mod search;
mod table;

pub use crate::ledger::Breadcrumb;
pub use breadcrumb::{Call, Crumb, Watched};
pub use digest::Digest;
pub use elf::{ElfFault, Kind as ElfKind};
pub use error::{ConfigError, LoadError, LoadFault, NoteLie};
pub use instance::{Instance, SessionState};
pub use library::{About, Library, Note, Noted};
pub use pinned::Pinned;
pub use place::Place;
pub use program::Program;
pub use regular::open_regular;
pub use search::{NotFound, SearchPath, find, is_named};
