//! What both sides have recorded, and what this side has found in it.

use crate::judge::Findings;
use crate::ledger::{LedgerReader, LedgerWriter, Region};
use std::sync::Arc;

/// The ledgers of a round, as one of its sides has them.
pub struct Ledgers {
    /// Of what this side sends.
    pub own: Arc<Region>,
    /// Of what the other one sends, to be read only.
    pub peer: Arc<Region>,
}

/// Both ends of the ledgers, and what is to be told through them.
pub(super) struct Records {
    pub(super) own: Arc<Region>,
    pub(super) peer: Arc<Region>,
    pub(super) writer: LedgerWriter,
    pub(super) reader: LedgerReader,
    /// What the other side announces is what it can have announced.
    pub(super) comes_announced: bool,
    pub(super) findings: Findings,
    /// Damage that the ledger had no room to tell: first exchange and count.
    pub(super) untold_damage: Vec<(u64, u32)>,
    /// Damage was told since the other side was woken.
    pub(super) damage_told: bool,
    /// Since when the ledger has had no room, in nanoseconds.
    pub(super) stalled_since: Option<u64>,
}

impl Records {
    /// Nothing recorded. `silent`: nobody reads what this side records. `examples`: of each anomaly, so
    /// many are kept.
    pub(super) fn new(ledgers: Ledgers, silent: bool, examples: usize) -> Self {
        let Ledgers { own, peer } = ledgers;
        let (mine, its) = (Arc::clone(&own), Arc::clone(&peer));
        let writer = match silent {
            false => LedgerWriter::new(mine, its),
            true => LedgerWriter::silent(mine, its),
        };
        Self {
            writer,
            reader: LedgerReader::new(Arc::clone(&own), Arc::clone(&peer)),
            own,
            peer,
            comes_announced: true,
            findings: Findings::new(examples),
            untold_damage: Vec::new(),
            damage_told: false,
            stalled_since: None,
        }
    }
}
