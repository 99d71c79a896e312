//! Whether the shared memory of both sides still holds what its owner has written there. A plugin can
//! write to any memory of its side; a round whose figures may come from that is not one.

use crate::config::Attribution;
use crate::core::Core;
use crate::machine::Failure;
use crate::port::Port;

impl<P: Port> Core<P> {
    /// What this side has read of the other side's memory can be what the other side has written.
    #[inline]
    pub(crate) fn peers_ledger_is_sound(&self) -> bool {
        self.records.reader().broken().is_none()
            && !self.records.writer().is_overdrawn()
            && self.records.believes_announcements()
    }

    /// It cannot; `announcements`: what is wrong with those of the other side.
    #[cold]
    pub(crate) fn peers_ledger_is_broken(&self, announcements: Option<&str>) -> Failure {
        let read = self.records.reader().broken().or(announcements).map(str::to_owned);
        let error = read.or_else(|| self.records.writer().peer_corruption()).unwrap_or_default();
        Failure { attribution: Attribution::PeersLedger, error }
    }

    /// This side's memory says what this side has put there.
    #[inline]
    pub(crate) fn check_own_ledger(&self) -> Result<(), Failure> {
        let announced = self.port.announcements_corruption();
        let records = &self.records;
        let trouble =
            records.writer().own_corruption().or_else(|| records.reader().own_corruption());
        match trouble.or_else(|| self.stats.log_corruption()).or(announced) {
            None => Ok(()),
            Some(error) => Err(Failure { attribution: Attribution::OwnLedger, error }),
        }
    }
}
