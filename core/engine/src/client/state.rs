//! What only the client keeps: its exchanges, its window, its times.

use super::audit::Audit;
use super::open::OpenTally;
use crate::mutant::{Mutant, active};
use crate::queues::ReadySlots;
use wirebench_load::{Ended, ExchangeTable, Finish, Patience, Token};
use wirebench_measure::{
    ClientReport, Conduct, Connects, Exchanges, LoadEnd, Recorder, SideReport, Window,
};

/// What only the client keeps.
pub(crate) struct ClientState {
    pub(super) table: ExchangeTable,
    pub(super) window: Window,
    /// Exchanges in a row that were not answered in time. (A session that is lost costs no time.)
    pub(super) timed_out_in_a_row: u64,
    /// Towards a server that is not ours.
    pub(super) patience: Patience,
    /// What has ended the load; `None`: it goes on.
    pub(super) load_end: Option<LoadEnd>,
    /// What came of the attempts to connect.
    pub(crate) connects: Connects,
    /// What a server that is not ours did besides answering.
    pub(super) conduct: Conduct,
    /// Exchanges that the end of the drain has cut off before their time.
    pub(super) undrained: u64,
    pub(super) negative_samples: u64,
    pub(super) times: Times,
    /// Slots in which the window has room again.
    pub(super) freed: ReadySlots,
    /// The exchange whose start hook runs, and when it started: the hand-over time of what that hook
    /// sends first.
    pub(super) starting: Option<(u64, u64)>,
    /// What an open loop counts; `None`: it is closed.
    pub(super) open: Option<Box<OpenTally>>,
}

/// What will be the report's histograms.
pub(super) struct Times {
    pub(super) latency: Recorder,
    pub(super) damaged_latency: Recorder,
    pub(super) oneway_request: Recorder,
    pub(super) service: Recorder,
    pub(super) oneway_reply: Recorder,
    pub(super) connect: Recorder,
}

impl Times {
    /// None yet, in recorders that `recorder` makes.
    fn new(recorder: fn() -> Recorder) -> Self {
        Self {
            latency: recorder(),
            damaged_latency: recorder(),
            oneway_request: recorder(),
            service: recorder(),
            oneway_reply: recorder(),
            connect: recorder(),
        }
    }
}

impl ClientState {
    /// Nothing was asked yet. `connections` should be open; `is_open`: the loop is; `recorder` makes histograms.
    #[inline]
    pub(crate) fn new(connections: u32, is_open: bool, recorder: fn() -> Recorder) -> Self {
        Self {
            table: ExchangeTable::new(),
            window: Window::new(),
            timed_out_in_a_row: 0,
            patience: Patience::new(connections),
            load_end: None,
            connects: Connects::default(),
            conduct: Conduct::default(),
            undrained: 0,
            negative_samples: 0,
            times: Times::new(recorder),
            freed: ReadySlots::default(),
            starting: None,
            open: is_open.then(|| Box::new(OpenTally::new(recorder))),
        }
    }

    /// An exchange starts on a session at this time, in nanoseconds; true: in the measured part.
    #[inline(always)]
    pub(crate) fn start(&mut self, session: u32, now_ns: u64) -> (u64, bool) {
        let measured = self.window.start(now_ns);
        let token = self.table.start(session, now_ns, measured).0;
        self.is_starting(token, now_ns);
        (token, measured)
    }

    /// An exchange starts now that was meant to start at `intended_ns`.
    #[inline]
    pub(super) fn start_planned(&mut self, session: u32, intended_ns: u64, now_ns: u64) -> u64 {
        let (token, _) = self.start_connection(session, intended_ns, now_ns);
        self.is_starting(token, now_ns);
        token
    }

    /// The same for one whose hook runs later, when its connection stands. True: it is measured.
    #[inline]
    pub(super) fn start_connection(
        &mut self,
        session: u32,
        intended_ns: u64,
        now_ns: u64,
    ) -> (u64, bool) {
        let measured = self.window.measures(intended_ns);
        self.window.start_planned(now_ns, 1);
        let under_way = self.table.outstanding() as u64;
        if let Some(audit) = self.audit() {
            audit.started(now_ns, under_way, measured);
        }
        if measured {
            self.note_slip(now_ns.saturating_sub(intended_ns));
        }
        let counts_late = active(Mutant::CountsFromTheActualStart);
        let intended_ns = if counts_late { now_ns } else { intended_ns };
        (self.table.start_late(session, intended_ns, now_ns, measured).0, measured)
    }

    /// The same for several, which are all measured or none of them. Their slip is to be noted when it is known
    /// which of them have begun.
    #[inline]
    pub(crate) fn start_all_planned(
        &mut self,
        session: u32,
        intended_ns: &[u64],
        now_ns: u64,
    ) -> (u64, bool) {
        let first = self.table.next_token().0;
        let measured = intended_ns.first().is_some_and(|first| self.window.measures(*first));
        self.window.start_planned(now_ns, intended_ns.len() as u64);
        for intended_ns in intended_ns {
            self.table.start_late(session, *intended_ns, now_ns, measured);
        }
        (first, measured)
    }

    /// What an open loop does is written down from now on.
    pub(super) fn begin_audit(&mut self, audit: Option<Audit>) {
        if let Some(open) = &mut self.open {
            open.audit = audit;
        }
    }

    /// The loop is open.
    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Who writes down what an open loop does.
    #[inline]
    pub(super) fn audit(&mut self) -> Option<&mut Audit> {
        self.open.as_mut()?.audit.as_mut()
    }

    /// `count` exchanges of a batch have begun at this time, in nanoseconds, of which `not_begun` have not.
    pub(crate) fn audit_starts(
        &mut self,
        now_ns: u64,
        count: usize,
        not_begun: usize,
        measured: bool,
    ) {
        let after = self.table.outstanding().saturating_sub(not_begun);
        let Some(audit) = self.audit() else { return };
        for index in 0..count {
            let before = (after + index).saturating_sub(count);
            audit.started(now_ns, before as u64, measured);
        }
    }

    /// An exchange of an open loop has ended at this time, in nanoseconds; `besides` end with it and are not counted
    /// yet, `not_begun` are counted and have not begun.
    #[inline]
    pub(crate) fn audit_end(
        &mut self,
        ended: &Ended,
        now_ns: u64,
        besides: usize,
        not_begun: usize,
    ) {
        let before = (self.table.outstanding() + 1 + besides).saturating_sub(not_begun);
        if let Some(audit) = self.audit() {
            audit.ended(ended.started_ns, now_ns, before as u64);
        }
    }

    /// A measured exchange of an open loop has started so much after its time, in nanoseconds.
    #[inline]
    pub(super) fn note_slip(&mut self, ns: u64) {
        if let Some(open) = &mut self.open {
            open.slip.record(ns);
        }
    }

    /// The start hook of an exchange runs that started at this time, in nanoseconds.
    #[inline(always)]
    pub(crate) fn is_starting(&mut self, token: u64, started_ns: u64) {
        self.starting = Some((token, started_ns));
    }

    /// `count` exchanges start on a session at this time, in nanoseconds. Returns the first, and whether
    /// they do in the measured part.
    #[inline]
    pub(crate) fn start_all(&mut self, session: u32, now_ns: u64, count: usize) -> (u64, bool) {
        let first = self.table.next_token().0;
        let measured = self.window.start_all(now_ns, count as u64);
        for _ in 0..count {
            self.table.start(session, now_ns, measured);
        }
        (first, measured)
    }

    /// The last `count` have not that were started at this time, in nanoseconds.
    #[cold]
    pub(crate) fn take_starts_back(&mut self, count: usize, measured: bool, started_ns: u64) {
        self.table.take_back(count);
        match self.open {
            Some(_) => self.window.take_planned_back(started_ns, count as u64),
            None => self.window.take_starts_back(if measured { count as u64 } else { 0 }),
        }
    }

    /// Times were taken of which one is below zero: the two clocks disagree, and none can be believed.
    #[cold]
    pub(crate) fn note_negative(&mut self, samples: [u64; 3]) {
        self.negative_samples += samples.iter().filter(|time| **time >> 63 != 0).count() as u64;
    }

    /// A message of this exchange is handed over.
    #[inline(always)]
    pub(crate) fn handed_over(&mut self, exchange: u64, now_ns: u64, len: usize) {
        self.table.handed_over(Token(exchange), now_ns, len);
    }

    /// A whole message of this exchange has come.
    #[inline(always)]
    pub(crate) fn carried(&mut self, exchange: u64, len: usize) {
        self.table.carried(Token(exchange), len);
    }

    /// The exchanges that wait for an answer.
    #[inline]
    pub(crate) fn exchanges(&self) -> &ExchangeTable {
        &self.table
    }

    /// The handler ends an exchange; `None`: it is not under way.
    #[inline]
    pub(crate) fn finish_exchange(&mut self, token: u64, how: Finish) -> Option<Ended> {
        self.table.finish(Token(token), how)
    }

    /// When the exchange that is being started was, in nanoseconds, for the first message that its hook
    /// sends.
    #[inline(always)]
    pub(crate) fn take_started(&mut self, token: u64) -> Option<u64> {
        let (starting, started) = self.starting.take()?;
        (starting == token).then_some(started)
    }

    /// A session is over: its exchanges end.
    #[inline]
    pub(crate) fn abandon(&mut self, session: u32) -> Vec<Ended> {
        let mut ended = Vec::new();
        if !active(Mutant::ForgetsTheExchangesOfALostSession) {
            self.table.abandon_session(session, |one| ended.push(one));
        }
        ended
    }

    /// Some window has room that was not filled.
    #[inline]
    pub(crate) fn has_freed(&self) -> bool {
        !self.freed.is_empty()
    }

    /// The round is over, whatever the load was about to do.
    #[inline]
    pub(crate) fn end_load(&mut self, now_ns: u64) {
        if self.load_end.is_none() {
            self.load_end = Some(LoadEnd::Interrupted);
            self.window.cut(now_ns);
        }
    }

    /// The client's report, but for the part that both sides have.
    pub(crate) fn finish(self, side: SideReport, slots: u64) -> ClientReport {
        let (counts, times) = (self.table.counts(), &self.times);
        ClientReport {
            side,
            exchanges: Exchanges {
                started: counts.started,
                done: counts.done,
                wrong: counts.wrong,
                rejected: counts.rejected,
                damaged: counts.damaged,
                unanswered: counts.unanswered,
            },
            latency: times.latency.histogram(),
            damaged_latency: times.damaged_latency.histogram(),
            oneway_request: times.oneway_request.histogram(),
            service: times.service.histogram(),
            oneway_reply: times.oneway_reply.histogram(),
            connect: times.connect.histogram(),
            window: self.window.totals(),
            series: self.window.series(),
            open: self.open.as_ref().map(|open| Box::new(open.report())),
            slots,
            load_end: self.load_end.unwrap_or_default(),
            connects: self.connects,
            conduct: self.conduct,
            undrained: self.undrained,
            negative_samples: self.negative_samples,
        }
    }
}
