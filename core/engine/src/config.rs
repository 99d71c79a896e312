//! What an engine is told before its round.

use serde::{Deserialize, Serialize};
use wirebench_framings::Role;
use wirebench_scenario::Settings;

/// What the failure of a side is attributed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attribution {
    /// The machine, or nobody in particular.
    Machine,
    /// The plugin: a panic, a refusal.
    Plugin,
    /// Somebody in this side's process has written to its shared memory.
    OwnLedger,
    /// The shared memory of the other side holds what it cannot have written.
    PeersLedger,
}

/// What a side is told about its round.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which end it is.
    pub role: Role,
    /// What both sides of the cell do.
    pub settings: Settings,
    /// The seed of everything random in this round.
    pub seed: u64,
    /// How many examples of each anomaly to keep.
    pub examples: usize,
    /// Its times are not real: histograms begin small, and grow where they are used.
    pub is_simulated: bool,
    /// The handler is called for each message by itself, also where several could be given to it in one
    /// call: that is to make no difference but in time.
    pub one_by_one: bool,
    /// Set when the other side is not ours: nobody announces sessions, and there is no ledger.
    pub alone: Option<Bounds>,
}

impl Config {
    /// This client's judge looks every answer of a server that is not ours up among its requests.
    pub(crate) fn judges_echoes(&self) -> bool {
        self.role == Role::Client && self.alone.is_some() && self.settings.judges_echoes()
    }
}

/// What bounds a side whose peers are not ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Sessions that a server keeps open at the same time at most; more are closed at once.
    pub most_sessions: u32,
    /// A server is done when it has served this many sessions; `None`: when it is told to stop.
    pub sessions: Option<u64>,
    /// What all sessions together may make this side hold, in bytes; `None`: no bound.
    pub most_memory: Option<u64>,
    /// What one session may, in bytes; `None`: enough for the framing's longest messages.
    pub most_of_session: Option<u64>,
    /// A server ends sessions in which nothing happens for so long, in nanoseconds; `None`: never.
    pub idle_ns: Option<u64>,
    /// How long a client goes on trying to connect, in nanoseconds; 0: a few attempts.
    pub patience_ns: u64,
}
