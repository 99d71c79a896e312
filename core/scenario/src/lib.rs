//! From a TOML file to a typed plan.
//!
//! A scenario is read in layers, the later the stronger: defaults, the file, the point of the
//! matrix, the overrides that match it, a profile of `wirebench.toml` ([`Config`]), the options of the
//! command line. [`load`] takes every cell
//! of the matrix through three steps: its `layered` values, of each key the strongest; its `partial`
//! settings, each key read by itself; and `validate`, which refuses what does not go together. Every
//! value knows where it was written, so every mistake is shown with its line, and all mistakes of a
//! file at once. The reference of all that it reads is `docs/scenario.md`.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod address;
mod assign;
mod capabilities;
mod changes;
mod complaints;
mod config;
mod datagrams;
mod diagnostics;
mod fit;
mod foreign;
mod framings;
mod gates;
mod key;
mod keys;
mod layered;
mod link;
mod load;
mod matrix;
mod options;
mod overrides;
mod partial;
mod partition;
mod placeholders;
mod places;
mod plan;
mod processors;
mod read;
mod schema;
mod search;
mod secrets;
mod syntax;
mod tables;
mod transports;
mod tree;
mod validate;

pub use address::{Address, NotAnAddress, SHORTER_TMPDIR};
pub use complaints::{At, Complaint, Complaints};
pub use config::{
    CONFIG_FILE, CONFIG_KEYS, Config, ConfigKey, ConfigTable, Profile, ProfileBaseline,
    ProfileChanges,
};
pub use diagnostics::{Diagnostic, Diagnostics};
pub use gates::{forms as limit_forms, ratio_limit};
pub use key::{Key, Kind, grouped};
pub use keys::KEYS;
pub use link::{LINK_KEYS, PieceCount, pieces_of};
pub use load::{FileFacts, FindFile, LONGEST_FILE, Loaded, load};
pub use options::Overrides;
pub use partition::{MOST_PARTS, Partition, PartitionInfo, PlannedCell, divide};
pub use placeholders::fill_placeholders;
pub use places::Places;
pub use plan::*;
pub use processors::ProcessorList;
pub use schema::{config_schema, schema};
pub use secrets::{Secrets, means, without_secrets};
pub use transports::TransportKind;
