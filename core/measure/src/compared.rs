//! What two builds are compared by: metrics whose value is a time, a rate or an amount.

use super::definition::{Direction, Unit};
use super::metrics::{Metric, find};
use std::borrow::Cow;

/// CPU time per message of both sides together, as comparisons call it.
const CPU: &str = "cpu";

/// A figure that a build may be worse in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// CPU time of both sides per message, in nanoseconds.
    Cpu,
    /// A metric of cost, of both directions or of one.
    Of(Metric, Option<Direction>),
}

impl Compared {
    /// Names that are suggested for others.
    pub const USUAL: [&str; 8] =
        ["cpu", "p50", "p90", "p99", "rate", "throughput", "client-memory", "server-memory"];

    /// All names, for people.
    pub const NAMES: &str = "`cpu`, `mean`, `max`, any percentile (`p50`, `p99.9`), those of one direction \
                             (`request.p50`), `service-pN`, `connect-pN`, `rate`, `throughput`, \
                             `context-switches`, `client-cpu`, `server-cpu`, `client-memory`, \
                             `server-memory`";

    /// By its name: `cpu`, `p50`, `request.p99`, `rate`. `None` for what is counted and not measured, which
    /// is compared exactly, and for what does not exist.
    pub fn find(name: &str) -> Option<Self> {
        if name == CPU {
            return Some(Self::Cpu);
        }
        let (metric, direction) = find(name)?;
        let measured = matches!(
            metric,
            Metric::Mean
                | Metric::Max
                | Metric::Latency(_)
                | Metric::ServiceTime(_)
                | Metric::ConnectTime(_)
                | Metric::ConnectRate
                | Metric::Rate
                | Metric::Throughput
                | Metric::ContextSwitches
                | Metric::ClientCpu
                | Metric::ServerCpu
                | Metric::ClientMemory
                | Metric::ServerMemory
        );
        measured.then_some(Self::Of(metric, direction))
    }

    /// Its name.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Cpu => CPU.into(),
            Self::Of(metric, None) => metric.name(),
            Self::Of(metric, Some(direction)) => {
                let direction = match direction {
                    Direction::Request => "request",
                    Direction::Reply => "reply",
                };
                format!("{direction}.{}", metric.name()).into()
            }
        }
    }

    /// What it is counted in.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Cpu => Unit::Nanos,
            Self::Of(metric, _) => metric.definition().unit,
        }
    }

    /// True where more is better.
    pub fn is_welcome(&self) -> bool {
        matches!(self, Self::Of(Metric::Rate | Metric::Throughput | Metric::ConnectRate, _))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_found_by_the_name_it_has() {
        for name in ["cpu", "p50", "p99.9", "rate", "request.p50", "client-memory", "mean"] {
            assert_eq!(Compared::find(name).expect(name).name(), name);
        }
        for name in ["intact", "overhead", "segments", "crashed", "count.x", "request.rate", ""] {
            assert_eq!(Compared::find(name), None, "{name}");
        }
    }
}
