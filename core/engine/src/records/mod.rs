//! What both sides have recorded, and what this side has found in it.

mod checks;
mod damage;
mod naming;

pub(crate) use naming::Naming;

use crate::config::Config;
use std::sync::Arc;
use wirebench_judge::{Findings, RecordHead, StreamJudge, Verdict};
use wirebench_ledger::{LedgerReader, LedgerWriter, Region, SessionRecords};
use wirebench_load::{NamedPayloads, Source};

/// The ledgers of a round, as one of its sides has them.
pub struct Ledgers {
    /// Of what this side sends.
    pub own: Arc<Region>,
    /// Of what the other one sends, to be read only; of no weight where that one is not ours.
    pub peer: Arc<Region>,
    /// What records may name instead of holding it: the same on both sides.
    pub named: NamedPayloads,
}

/// Both ends of the ledgers, and what is to be told through them.
pub(crate) struct Records {
    own: Arc<Region>,
    peer: Arc<Region>,
    writer: LedgerWriter,
    reader: LedgerReader,
    /// What the other side announces is what it can have announced.
    comes_announced: bool,
    naming: Naming,
    findings: Findings,
    /// Damage that the ledger had no room to tell: first exchange and count.
    untold_damage: Vec<(u64, u32)>,
    /// Damage was told since the other side was woken.
    damage_told: bool,
    /// Since when the ledger has had no room, in nanoseconds.
    stalled_since: Option<u64>,
}

impl Records {
    /// Nothing recorded. Where the other side is not ours, nobody reads what this side records, or this side
    /// itself does, to look answers up.
    pub(crate) fn new(ledgers: Ledgers, config: &Config) -> Self {
        let Ledgers { own, mut peer, named } = ledgers;
        let mine = Arc::clone(&own);
        let writer = if config.judges_echoes() {
            peer = Arc::clone(&own);
            LedgerWriter::read_by_owner(mine)
        } else if config.alone.is_some() {
            LedgerWriter::without_reader(mine, Arc::clone(&peer))
        } else {
            LedgerWriter::new(mine, Arc::clone(&peer))
        };
        Self {
            naming: Naming::new(config, &named),
            writer,
            reader: LedgerReader::new(Arc::clone(&own), Arc::clone(&peer), named),
            own,
            peer,
            comes_announced: true,
            findings: Findings::new(config.examples),
            untold_damage: Vec::new(),
            damage_told: false,
            stalled_since: None,
        }
    }

    /// What this side has recorded, in shared memory.
    #[inline]
    pub(crate) fn own(&self) -> &Arc<Region> {
        &self.own
    }

    /// What the other side has.
    #[inline]
    pub(crate) fn peer(&self) -> &Arc<Region> {
        &self.peer
    }

    /// Where this side records.
    #[inline(always)]
    pub(crate) fn writer(&self) -> &LedgerWriter {
        &self.writer
    }

    /// The same, to be written to.
    #[inline(always)]
    pub(crate) fn writer_mut(&mut self) -> &mut LedgerWriter {
        &mut self.writer
    }

    /// Where what the other side has recorded is read.
    #[inline(always)]
    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.reader
    }

    /// The same, to be read on.
    #[inline(always)]
    pub(crate) fn reader_mut(&mut self) -> &mut LedgerReader {
        &mut self.reader
    }

    /// Records a message that is handed over: by its name where it is a payload of `source`, which others
    /// may follow that differ in nothing but their numbers (`goes_on`). The ledger has room.
    #[inline(always)]
    pub(crate) fn append(
        &mut self,
        head: &RecordHead,
        message: &[u8],
        source: Option<Source>,
        goes_on: bool,
    ) {
        match source {
            Some(source) => self.writer.append_named(head, source, goes_on),
            None => self.writer.append(head, message),
        }
    }

    /// Which messages are named.
    #[inline(always)]
    pub(crate) fn naming(&self) -> &Naming {
        &self.naming
    }

    /// What the other side has recorded of a session, and where a judge puts what it finds.
    #[inline(always)]
    pub(crate) fn judging(&mut self, session: u32) -> (SessionRecords<'_>, &mut Findings) {
        (self.reader.session(session), &mut self.findings)
    }

    /// The messages that are due on a session, if they are named and nothing stands before them: whose
    /// payloads, the head of the first, and how many.
    #[inline]
    pub(crate) fn due_run(&mut self, session: u32) -> Option<(Source, RecordHead, u32)> {
        self.reader.due_run(session)
    }

    /// Whether `message` is the payload of exchange `n`, byte by byte.
    #[inline(always)]
    pub(crate) fn is_payload(&mut self, source: Source, n: u64, message: &[u8]) -> bool {
        self.reader.named_mut().is(source, n, message)
    }

    /// The first `count` messages that were due on a session have come, alone and unchanged.
    #[inline]
    pub(crate) fn came_intact(&mut self, session: u32, count: u32) {
        self.findings.tally.add_n(Verdict::Intact, count.into());
        self.reader.release_of_run(session, count);
    }

    /// Nothing more of a session comes that any judge awaits: what is recorded of it is lost.
    #[inline]
    pub(crate) fn judge_rest(&mut self, session: u32) {
        StreamJudge::new().end(&mut self.reader.session(session), &mut self.findings);
    }

    /// What the judges have found.
    #[inline]
    pub(crate) fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The same, to take it away.
    #[inline]
    pub(crate) fn findings_mut(&mut self) -> &mut Findings {
        &mut self.findings
    }

    /// Whether what the other side announces is what it can have announced.
    #[inline]
    pub(crate) fn believes_announcements(&self) -> bool {
        self.comes_announced
    }

    /// Somebody has come; `broken`: what the other side announces makes no sense.
    #[inline]
    pub(crate) fn announcements_are(&mut self, broken: bool) {
        self.comes_announced &= !broken;
    }

    /// Tells the other side that messages of these exchanges are damaged, or will when there is room.
    #[inline]
    pub(crate) fn tell_damage(&mut self, first: u64, count: u32) {
        if !self.writer.append_damage(first, count) {
            self.untold_damage.push((first, count));
        }
        self.damage_told = true;
    }

    /// There is damage that the ledger had no room to tell.
    #[inline]
    pub(crate) fn has_untold_damage(&self) -> bool {
        !self.untold_damage.is_empty()
    }

    /// Takes it, to be told again: first exchange and count.
    #[inline]
    pub(crate) fn take_untold_damage(&mut self) -> Vec<(u64, u32)> {
        std::mem::take(&mut self.untold_damage)
    }

    /// Damage was told since this was last asked.
    #[inline]
    pub(crate) fn take_damage_told(&mut self) -> bool {
        std::mem::take(&mut self.damage_told)
    }

    /// The ledger has no room. True: it had when this was last said.
    #[inline]
    pub(crate) fn begin_stall(&mut self, now: u64) -> bool {
        let first = self.stalled_since.is_none();
        if first {
            self.stalled_since = Some(now);
        }
        first
    }

    /// Something waits for the ledger to have room.
    #[inline]
    pub(crate) fn has_to_look_again(&self) -> bool {
        self.is_stalled() || self.has_untold_damage()
    }

    /// It has no room.
    #[inline]
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled_since.is_some()
    }

    /// It has room again; since when it had none.
    #[inline]
    pub(crate) fn end_stall(&mut self) -> Option<u64> {
        self.stalled_since.take()
    }
}
