//! Which end of a connection somebody is.

use serde::{Deserialize, Serialize};

/// The two ends. (To framings it matters for websocket masks and for `handshake`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It connects, asks and measures.
    Client,
    /// It listens, accepts and answers.
    Server,
}

impl Role {
    /// `server` or `client`.
    #[inline]
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    /// The other one.
    #[inline]
    pub fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }
}
