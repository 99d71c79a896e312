//! What was planned: how many arrivals a second, and how they are spaced.

use serde::{Deserialize, Serialize};

/// How arrivals are spaced in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// One after each gap, all gaps alike.
    Constant,
    /// Independent of each other: exponential gaps.
    Poisson,
    /// `size` at one instant, once in `size` gaps.
    Bursts {
        /// How many at one instant.
        size: u64,
    },
}

impl Arrivals {
    /// How many arrive at one instant.
    pub(crate) fn at_once(self) -> u64 {
        match self {
            Self::Constant | Self::Poisson => 1,
            Self::Bursts { size } => size.max(1),
        }
    }
}

/// Arrivals, and how many of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    arrivals: Arrivals,
    gap_ns: f64,
    due: Option<u64>,
}

impl Plan {
    /// `per_s` arrivals a second; `None` where that is no rate: not above 0, not finite, or with gaps that no clock
    /// shows (more than 1e9 a second) or nobody waits for (more than a year).
    pub fn new(arrivals: Arrivals, per_s: f64) -> Option<Self> {
        let gap_ns = 1e9 / per_s;
        (1.0..3.2e16).contains(&gap_ns).then_some(Self { arrivals, gap_ns, due: None })
    }

    /// With the number of arrivals that the schedule has in the window, where that is known. A Poisson schedule that was
    /// drawn from a seed has a number, and then a rate is held to that instead of to what chance may bring.
    pub fn with_due(self, due: u64) -> Self {
        Self { due: Some(due), ..self }
    }

    /// How they are spaced.
    pub fn arrivals(&self) -> Arrivals {
        self.arrivals
    }

    /// The mean gap between two arrivals, in nanoseconds.
    pub fn gap_ns(&self) -> f64 {
        self.gap_ns
    }

    /// Arrivals a second.
    pub fn per_s(&self) -> f64 {
        1e9 / self.gap_ns
    }

    /// How many are due in the window, where the schedule says so.
    pub fn due(&self) -> Option<u64> {
        self.due
    }
}
