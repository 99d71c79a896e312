//! What the client and the server do differently.

use super::side::Side;
use super::{Event, Failure};
use crate::client::Client;
use crate::config::Config;
use crate::core::Core;
use crate::handler::Handler;
use crate::port::Port;
use crate::server::Server;
use wirebench_framings::Role;

/// One of the two, or neither once the round is over.
pub(super) enum Behaviour {
    Server(Server),
    Client(Client),
    Over,
}

impl Behaviour {
    /// Before the first turn.
    #[inline]
    pub(super) fn new<P: Port>(config: &Config, core: &mut Core<P>) -> Self {
        match config.role {
            Role::Server => Self::Server(Server::new(core, config.alone.clone())),
            Role::Client => {
                let patience_ns = config.alone.as_ref().map_or(0, |alone| alone.patience_ns);
                Self::Client(Client::new(core, config.seed, patience_ns))
            }
        }
    }

    /// What it does of itself in each turn.
    #[inline]
    pub(super) fn act<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<Option<Event>, Failure> {
        match self {
            Self::Client(client) => client.act(side),
            Self::Server(server) => server.act(side),
            Self::Over => Ok(None),
        }
    }

    /// Somebody waits to be accepted.
    #[inline]
    pub(super) fn accept<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        match self {
            Self::Server(server) => Ok(server.accept_all(side)?),
            Self::Client(_) | Self::Over => Ok(()),
        }
    }

    /// A connect call has come to its end.
    #[inline]
    pub(super) fn connected<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        slot: usize,
    ) -> Result<(), Failure> {
        match self {
            Self::Client(client) => client.connected(side, slot),
            Self::Server(_) | Self::Over => Ok(()),
        }
    }

    /// A connection has been closed, by whichever side.
    #[inline]
    pub(super) fn connection_gone<P: Port>(&mut self, core: &mut Core<P>, session: u32) {
        if let Self::Client(client) = self {
            client.connection_gone(core, session);
        }
    }

    /// The client's part, if this is the client.
    #[inline]
    pub(super) fn client(&mut self) -> Option<&mut Client> {
        match self {
            Self::Client(client) => Some(client),
            Self::Server(_) | Self::Over => None,
        }
    }

    /// The server's part, if this is the server.
    #[inline]
    pub(super) fn server(&mut self) -> Option<&mut Server> {
        match self {
            Self::Server(server) => Some(server),
            Self::Client(_) | Self::Over => None,
        }
    }

    /// What was wrong with what the other side has announced to this one, if something was.
    #[inline]
    pub(super) fn announcements_corruption(&self) -> Option<&str> {
        match self {
            Self::Server(server) => server.broken(),
            Self::Client(_) | Self::Over => None,
        }
    }
}
