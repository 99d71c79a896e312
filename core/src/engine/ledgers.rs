//! Whether the shared memory of both sides still holds what its owner has written there. A plugin can
//! write to any memory of its side; a round whose figures may come from that is not one.

use super::config::Blame;
use super::core::Core;
use super::machine::{Engine, Failure, Role};
use super::port::Port;
use crate::handler::Handler;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// What this side has read of the other side's memory can be what the other side has written.
    #[inline]
    pub(super) fn check_peers_ledger(&self) -> Result<(), Failure> {
        let core = &self.core;
        if core.records.reader.broken().is_none()
            && !core.records.writer.is_overdrawn()
            && core.records.comes_announced
        {
            return Ok(());
        }
        Err(self.peers_ledger_is_broken())
    }

    #[cold]
    fn peers_ledger_is_broken(&self) -> Failure {
        let announcements = match &self.role {
            Some(Role::Server(server)) => server.broken(),
            _ => None,
        };
        let read = self.core.records.reader.broken().or(announcements).map(str::to_owned);
        let error = read.or_else(|| self.core.records.writer.peer_trouble()).unwrap_or_default();
        Failure { blame: Blame::PeersLedger, error }
    }

    /// This side's memory says what this side has put there.
    pub(super) fn check_own_ledger(&self) -> Result<(), Failure> {
        let core = &self.core;
        let announced = core.port.announcements_trouble();
        let trouble =
            core.records.writer.own_trouble().or_else(|| core.records.reader.own_trouble());
        match trouble.or_else(|| core.stats.write_log.own_trouble()).or(announced) {
            None => Ok(()),
            Some(error) => Err(Failure { blame: Blame::OwnLedger, error }),
        }
    }
}
