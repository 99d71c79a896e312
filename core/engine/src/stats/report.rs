//! What a side has found, from the first anomaly to its report.

use crate::core::Core;
use crate::port::{Letter, Port};
use wirebench_framings::Role;
use wirebench_judge::Verdict;
use wirebench_ledger::ORPHANED;
use wirebench_ledger::pieces::written;
use wirebench_measure::{Example, Piece, SideReport};
use wirebench_scenario::{SessionPolicy, Until};

impl<P: Port> Core<P> {
    /// Joins new anomalies with the pieces they were written and read in, while those are known.
    #[inline]
    pub(crate) fn collect_examples(&mut self) {
        if !self.records.findings().anomalies.is_empty() {
            self.collect_new_examples();
        }
    }

    #[cold]
    fn collect_new_examples(&mut self) {
        for anomaly in std::mem::take(&mut self.records.findings_mut().anomalies) {
            let (from, session) = (anomaly.head.wire_offset, anomaly.head.session);
            let to = from + u64::from(anomaly.head.wire_len);
            let read = match self.echoes {
                None => self.stats.read_log.read(session, from, to),
                Some(_) => self.pieces_of_answer(session, anomaly.received_ns),
            };
            self.stats.examples.push(Example {
                written: written(self.records.peer(), session, from, to),
                read,
                faults: self
                    .link
                    .as_mut()
                    .map_or_else(Vec::new, |link| link.take_shown(session, anomaly.head.seq)),
                anomaly,
            });
        }
    }

    /// The pieces that an answer was read in, if it is the one that was delivered last: where it stands in
    /// the stream does not follow from where its request does.
    fn pieces_of_answer(&self, session: u32, received_ns: u64) -> Vec<Piece> {
        let (from, to) = self.stats.frame;
        if received_ns == 0 || received_ns != self.hook.received_ns() {
            return Vec::new();
        }
        self.stats.read_log.read(session, from, to)
    }

    /// What was handed over for sessions that are closed here never arrives.
    #[inline]
    pub(crate) fn judge_orphaned(&mut self) {
        if self.records.reader().has_orphaned() {
            self.judge_orphans();
        }
    }

    #[cold]
    fn judge_orphans(&mut self) {
        self.records.judge_rest(ORPHANED);
        // Nothing else may come that would tell the other side, whose drain waits for that.
        self.records.reader_mut().publish_released();
        self.settle_damage();
    }

    /// The end of the round: judges what never arrived. The sessions that were open are closed.
    #[inline]
    pub(crate) fn end(&mut self) {
        self.withhold();
        for slot in self.open_slots() {
            self.remove(slot);
        }
        for session in self.records.reader_mut().unfinished() {
            self.records.judge_rest(session);
        }
        self.settle_damage();
        // Also what was done where no verdict has asked for it.
        self.learn_faults();
        self.end_usage();
        if !self.stats.has_ended_measuring() {
            self.extend_measuring();
        }
    }

    /// Sums up, after [`end`](Self::end).
    pub(crate) fn report(&mut self) -> SideReport {
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
                self.stats.error("input", skipped, || "a line is longer than a message".to_owned());
            }
            if let Some(refused) = script.take_refused() {
                self.stats.error("output", 1, || refused);
            }
        }
        if let Some(display) = &mut self.display {
            let left_out = display.finish();
            if left_out > 0 {
                self.stats.error("output", left_out, || {
                    "a message that standard output did not take at once was not shown".to_owned()
                });
            }
        }
        let counts_segments = self.settings.transport.kind.counts_segments();
        self.stats.sent.segments = counts_segments.then_some(self.stats.segments_of_closed);
        if self.alone {
            if self.echoes.is_some() {
                // They have no record that an answer could be looked up in.
                let without_record = self.stats.sent.unjudged;
                let tally = &mut self.records.findings_mut().tally;
                tally.add_n(Verdict::Unjudged, without_record);
            }
            // Nobody judges them.
            self.stats.sent.unjudged =
                self.stats.sent.messages.saturating_sub(self.stats.sent.unsendable);
        }
        self.stats.received.tally = self.records.findings().tally.clone();
        self.stats.received.kernel_drops = self.port.dropped_on_arrival();
        self.stats.received.examples = std::mem::take(&mut self.stats.examples);
        let costs = self.stats.measured.costs();
        let usage = costs.map(|(before, after)| self.port.used(&before, &after));
        SideReport {
            sessions: self.table.opened(),
            sent: self.stats.sent.clone(),
            received: self.stats.received.clone(),
            held_up_ns: 0,
            usage: usage.unwrap_or_default(),
            errors: self.stats.errors.take(),
            counts: self.stats.counts.take(),
            unsolicited: self.stats.unsolicited.histogram(),
            link: self.link.take().map(|link| link.finish()),
            held: self.guests.summed_up(),
            log: Vec::new(),
            log_left_out: self.port.left_out_of_log(),
        }
    }

    /// Where a round counts messages, a server has been measured up to its last one: closing is not
    /// part of what a message costs.
    #[inline]
    pub(crate) fn end_usage(&mut self) {
        let load = &self.settings.load;
        let counted = matches!(load.until, Until::Messages(_))
            && load.session == SessionPolicy::Keep
            && self.role == Role::Server;
        let messages = self.messages();
        if counted && self.stats.measured.cost_at_end().is_none_or(|cost| cost.messages != messages)
        {
            self.extend_measuring();
        }
    }

    #[inline]
    pub(crate) fn end_stall(&mut self) {
        if let Some(since) = self.records.end_stall() {
            self.stats.stalled_for(self.port.now().saturating_sub(since));
        }
    }
}
