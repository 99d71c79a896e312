//! What a side has found, from the first anomaly to its report.

use super::config::Part;
use super::core::Core;
use super::port::{Letter, Port};
use crate::judge::StreamJudge;
use crate::ledger::ORPHANED;
use crate::ledger::pieces::written;
use crate::measure::{Example, SideReport};
use crate::scenario::{SessionPolicy, Until};

impl<P: Port> Core<P> {
    /// Joins new anomalies with the pieces they were written and read in, while those are known.
    pub(super) fn collect_examples(&mut self) {
        if self.records.findings.anomalies.is_empty() {
            return;
        }
        for anomaly in std::mem::take(&mut self.records.findings.anomalies) {
            let (from, session) = (anomaly.head.wire_offset, anomaly.head.session);
            let to = from + u64::from(anomaly.head.wire_len);
            self.stats.examples.push(Example {
                written: written(&self.records.peer, session, from, to),
                read: self.stats.read_log.read(session, from, to),
                faults: self
                    .link
                    .as_mut()
                    .map_or_else(Vec::new, |link| link.take_shown(session, anomaly.head.seq)),
                anomaly,
            });
        }
    }

    /// What was handed over for sessions that are closed here never arrives.
    #[inline]
    pub(super) fn judge_late(&mut self) {
        if self.records.reader.has_orphaned() {
            StreamJudge::new()
                .end(&mut self.records.reader.session(ORPHANED), &mut self.records.findings);
            self.settle_damage();
        }
    }

    /// The end of the round: judges what never arrived. The sessions that were open are closed.
    pub(super) fn end(&mut self) {
        self.withhold();
        for slot in self.open_slots() {
            self.remove(slot);
        }
        for session in self.records.reader.unfinished() {
            StreamJudge::new()
                .end(&mut self.records.reader.session(session), &mut self.records.findings);
        }
        self.settle_damage();
        // Also what was done where no verdict has asked for it.
        self.learn_faults();
        self.end_usage();
        if self.stats.after.is_none() {
            self.stats.after = Some(self.port.usage(self.messages()));
        }
    }

    /// Sums up, after [`end`](Self::end).
    pub(super) fn report(&mut self) -> SideReport {
        self.collect_examples();
        while let Some(letter) = self.port.next_letter() {
            if let Letter::Trouble(text) = letter {
                self.note_trouble(text);
            }
        }
        self.end_stall();
        if let Some(script) = &mut self.script {
            let skipped = script.take_skipped();
            if skipped > 0 {
                self.stats
                    .errors
                    .add("input", skipped, || "a line is longer than a message".to_owned());
            }
            if let Some(refused) = script.take_refused() {
                self.stats.errors.add("output", 1, || refused);
            }
        }
        let counts_segments = self.settings.transport.kind.counts_segments();
        self.stats.sent.segments = counts_segments.then_some(self.stats.segments_of_closed);
        if self.alone {
            // Nobody judges them.
            self.stats.sent.unjudged =
                self.stats.sent.messages.saturating_sub(self.stats.sent.unsendable);
        }
        self.stats.received.tally = self.records.findings.tally.clone();
        self.stats.received.kernel_drops = self.port.dropped_on_arrival();
        self.stats.received.examples = std::mem::take(&mut self.stats.examples);
        let usage = self
            .stats
            .before
            .zip(self.stats.after)
            .map(|(before, after)| self.port.used(&before, &after));
        SideReport {
            sessions: self.table.opened(),
            sent: self.stats.sent.clone(),
            received: self.stats.received.clone(),
            usage: usage.unwrap_or_default(),
            errors: self.stats.errors.take(),
            counts: self.stats.counts.take(),
            unsolicited: self.stats.unsolicited.histogram(),
            link: self.link.take().map(|link| link.finish()),
            held: self.guests.account.as_ref().map(|account| account.summed_up()),
            log: Vec::new(),
            log_left_out: self.port.left_out_of_log(),
        }
    }

    /// Where a round counts messages, a server has been measured up to its last one: closing is not
    /// part of what a message costs.
    pub(super) fn end_usage(&mut self) {
        let load = &self.settings.load;
        let counted = matches!(load.until, Until::Messages(_))
            && load.session == SessionPolicy::Keep
            && self.part == Part::Server;
        let messages = self.messages();
        if counted && self.stats.after.is_none_or(|after| after.messages != messages) {
            self.stats.after = Some(self.port.usage(messages));
        }
    }

    pub(super) fn end_stall(&mut self) {
        if let Some(since) = self.records.stalled_since.take() {
            self.stats.sent.stalled_ns += self.port.now().saturating_sub(since);
        }
    }
}
