//! Safe traits for wirebench plugins.
//!
//! A plugin implements [`Server`] and [`Client`] (what the two sides of a round do with messages),
//! ties them together as a [`Handler`], and names it in [`export_plugin!`]. It may bring framings
//! too: see [`PluginFraming`]; they are of the same types as those that ship. [`kit`] runs both without a host, for tests.
//!
//! Sizes, times and shares in configurations are [`Size`], [`Span`] and [`Share`]: they are read as
//! scenarios read their own. A password or a key is a [`SecretSource`].
//!
//! What the SDK takes care of: the C tables, the configuration (from JSON into your own type, with
//! the place of a fault), panics (caught; the instance is poisoned and the round ends as crashed, with
//! message, file and line; those of your own threads are told to the host), and hooks called while another one runs (refused).

mod backlog;
mod config;
mod cx;
mod error;
mod export;
mod framing;
mod handler;
pub mod kit;
mod mailbox;
mod secret;
mod table;

pub use backlog::Backlog;
pub use cx::{Cx, Finish, Level, SendError};
pub use error::Error;
pub use framing::PluginFraming;
pub use handler::{Client, Handler, Message, Server, Token};
pub use mailbox::Mailbox;
pub use secret::{Secret, SecretSource};
pub use wirebench_framing::{
    Alphabet, Capabilities, DecodeError, Decoded, Dropped, EncodeError, Frame, FrameWriter,
    Framing, Gate, Nanos, Role, misfit,
};
pub use wirebench_values::{Rate, Share, Size, Span, Wrong};

/// The result of every hook.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// This SDK, as plugins built with it name it.
pub const SDK: &str = concat!("wirebench-sdk ", env!("CARGO_PKG_VERSION"));

/// The target triple that this is built for.
pub const TARGET: &str = env!("WIREBENCH_TARGET");

/// What [`export_plugin!`] expands to. Not for use by hand.
#[doc(hidden)]
pub mod private {
    pub use crate::table::{framing_table, handler_table};
    pub use wirebench_abi as abi;
}

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
