//! What an open loop really did, written down as it happens: when exchanges were started, how many were
//! under way, how their latencies followed each other. It is held against the plan when the round is over.

use wirebench_audit::{Arrivals, Batches, GRID_STEP_NS, InFlight, Plan, Starts};
use wirebench_load::Arrivals as Spacing;
use wirebench_measure::OpenAudit;
use wirebench_scenario::OpenLoad;

/// The recorders of a round, once its window is known.
pub(super) struct Audit {
    starts: Starts,
    in_flight: InFlight,
    batches: Batches,
    /// The end of the window, in nanoseconds.
    until_ns: u64,
}

impl Audit {
    /// For a window from `from_ns` to `until_ns` (`u64::MAX`: not known). `None`: the plan has no rate.
    pub(super) fn new(open: &OpenLoad, from_ns: u64, until_ns: u64, seed: u64) -> Option<Self> {
        let per_s = match until_ns {
            u64::MAX => open.stages.first()?.rate.per_second(),
            _ => open.rate_over(until_ns.saturating_sub(from_ns)),
        };
        let plan = Plan::new(spacing(open.arrivals), per_s)?;
        Some(Self {
            starts: Starts::new(from_ns, &plan, seed),
            in_flight: InFlight::new(from_ns, until_ns, GRID_STEP_NS),
            batches: Batches::new(from_ns, until_ns),
            until_ns,
        })
    }

    /// An exchange is started now; `outstanding` were under way before.
    #[inline]
    pub(super) fn started(&mut self, now_ns: u64, outstanding: u64, measured: bool) {
        self.in_flight.started(now_ns, outstanding);
        if measured {
            self.starts.started(now_ns);
        }
    }

    /// One that was started at `started_ns` ends; `outstanding` were under way before, itself included.
    #[inline]
    pub(super) fn ended(&mut self, started_ns: u64, now_ns: u64, outstanding: u64) {
        self.in_flight.ended(started_ns, now_ns, outstanding);
    }

    /// A measured one that has ended just now took so long, in nanoseconds.
    #[inline]
    pub(super) fn time(&mut self, now_ns: u64, latency_ns: u64) {
        self.batches.ended(now_ns, latency_ns);
    }

    /// No more are planned; so many are under way.
    pub(super) fn close(&mut self, now_ns: u64, outstanding: u64) {
        self.until_ns = self.until_ns.min(now_ns);
        self.in_flight.close(self.until_ns, outstanding);
    }

    pub(super) fn report(&self) -> OpenAudit {
        OpenAudit {
            starts: self.starts.report(self.until_ns),
            in_flight: self.in_flight.report(),
            batches: self.batches.report(),
        }
    }
}

/// How arrivals are spaced, in the words of the audit.
fn spacing(arrivals: Spacing) -> Arrivals {
    match arrivals {
        Spacing::Constant => Arrivals::Constant,
        Spacing::Poisson => Arrivals::Poisson,
        Spacing::Burst(size) => Arrivals::Bursts { size: size.into() },
    }
}
