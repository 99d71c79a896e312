//! Damage: what the judges find is passed on, so that nobody waits for what cannot come.

use crate::core::Core;
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_judge::Verdict;

impl<P: Port> Core<P> {
    /// The messages of these exchanges are damaged: frees their slots, or tells the client to.
    #[inline]
    pub(crate) fn note_damage(&mut self, first: u64, count: u32) {
        if count == 0 {
            return;
        }
        match self.role {
            Role::Client => self.damage_exchanges(first, count),
            Role::Server => {
                self.records.tell_damage(first, count);
            }
        }
    }

    /// Passes the judge's new findings on.
    #[inline]
    pub(crate) fn settle_damage(&mut self) {
        if !self.records.findings().judged.is_empty() {
            self.settle_found_damage();
        }
    }

    #[inline(never)]
    fn settle_found_damage(&mut self) {
        // What may explain these verdicts was told before their bytes came.
        self.learn_faults();
        // The list's memory is used again: under `raw` this runs for nearly every message.
        let mut list = std::mem::take(&mut self.records.findings_mut().judged);
        // Where messages are found by their bytes, what is late or comes twice is whole all the same, and
        // what is lost shows by its answer's not coming in time.
        let by_message =
            self.datagrams.is_some() || self.echoes.as_ref().is_some_and(|how| how.is_by_message());
        let harmless = [Verdict::Lost, Verdict::Reordered, Verdict::Duplicated];
        for judged in list.drain(..) {
            // Of what our link does to requests, a server that is not ours answers in its own way.
            if let Some(link) = self.link.as_mut().filter(|_| self.echoes.is_none()) {
                let shown =
                    self.records.findings().anomalies.iter().any(|one| one.head == judged.head);
                link.judged(&judged, shown);
            }
            if by_message && harmless.contains(&judged.verdict) {
                continue;
            }
            self.note_damage(judged.head.exchange, judged.head.exchanges);
        }
        self.records.findings_mut().judged = list;
    }

    /// The client learns which requests the server found damaged.
    #[inline]
    pub(crate) fn learn_damage(&mut self) {
        for (first, count) in self.records.reader_mut().take_damage() {
            self.damage_exchanges(first, count);
        }
    }
}
