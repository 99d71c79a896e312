//! What only the client keeps: its exchanges, its window, its times.

use super::ready::ReadySlots;
use crate::load::{ExchangeTable, Patience};
use crate::measure::{ClientReport, Conduct, Exchanges, LoadEnd, Recorder, SideReport, Window};

/// What only the client keeps.
pub(super) struct ClientState {
    pub(super) table: ExchangeTable,
    pub(super) window: Window,
    /// Exchanges in a row that were not answered in time. (A session that is lost costs no time.)
    pub(super) timed_out_in_a_row: u64,
    /// Towards a server that is not ours.
    pub(super) patience: Patience,
    /// What has ended the load; `None`: it goes on.
    pub(super) load_end: Option<LoadEnd>,
    /// What a server that is not ours did besides answering.
    pub(super) conduct: Conduct,
    /// Exchanges that the end of the drain has cut off before their time.
    pub(super) undrained: u64,
    pub(super) negative_samples: u64,
    pub(super) times: Times,
    /// Slots in which the window has room again.
    pub(super) freed: ReadySlots,
    /// The exchange whose start hook runs, and its intended time: the hand-over time of what that
    /// hook sends first.
    pub(super) starting: Option<(u64, u64)>,
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
    pub(super) fn new(recorder: fn() -> Recorder) -> Self {
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
    /// The client's report, but for the part that both sides have.
    pub(super) fn finish(self, side: SideReport, slots: u64) -> ClientReport {
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
            slots,
            load_end: self.load_end.unwrap_or_default(),
            conduct: self.conduct,
            undrained: self.undrained,
            negative_samples: self.negative_samples,
        }
    }
}
