//! What one round of one cell says of each metric.

use crate::measure::{Compared, Direction, Metric};
use crate::result::metrics::{Value, latency_or_loss, value};
use crate::result::{CellData, Outcome, Round};
use crate::scenario::{Cell, Foreign, Settings, Wait};
use std::borrow::Cow;

/// Metrics that are shown of every cell, whether they decide or not.
pub const SHOWN: [&str; 4] = ["cpu", "p50", "p99", "rate"];

/// What is counted and not timed: compared exactly where it does not depend on time.
pub(super) const COUNTED: [Metric; 3] = [Metric::Overhead, Metric::Segments, Metric::Writes];

/// The data of one round alone.
pub(super) fn of_round(cell: &Cell, round: &Round) -> CellData {
    let mut data = CellData::new(cell, 1);
    data.add(round);
    data
}

/// The figure of a round, or why there is none.
pub(super) fn figure(data: &CellData, metric: &Compared) -> Result<f64, String> {
    figure_by(metric, |metric, direction| {
        let value = latency_or_loss(data, metric, direction);
        value.unwrap_or_else(|| self::value(data, metric, direction))
    })
}

/// The figure that the values of metrics make, or why there is none.
pub(super) fn figure_by(
    metric: &Compared,
    value: impl Fn(&Metric, Option<Direction>) -> Value,
) -> Result<f64, String> {
    let of = |metric: &Metric, direction| number(value(metric, direction));
    match metric {
        Compared::Cpu => Ok(of(&Metric::ClientCpu, None)? + of(&Metric::ServerCpu, None)?),
        Compared::Of(metric, direction) => of(metric, *direction),
    }
}

/// Whose a cell's server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerIs {
    /// A side of ours.
    Ours,
    /// A program of the user's that is started for every round.
    Started,
    /// One that runs already.
    Elsewhere,
}

impl ServerIs {
    /// The server of a scenario's cell.
    pub(super) fn of(settings: &Settings) -> Self {
        match &settings.server {
            None => Self::Ours,
            Some(Foreign::Command(_)) => Self::Started,
            Some(Foreign::Address(_)) => Self::Elsewhere,
        }
    }
}

/// True where a cell can have such a figure: CPU time says nothing of sides that spin, and a server that is not
/// ours tells what it costs only where it is started for the round. The sum of both sides, which decides where
/// nobody has said what does, is of sides that are ours.
pub(super) fn can_be_told(metric: &Compared, server: ServerIs, wait: Wait) -> bool {
    let spins = wait == Wait::Spin;
    match metric {
        Compared::Cpu => server == ServerIs::Ours && !spins,
        Compared::Of(Metric::ClientCpu, _) => !spins,
        Compared::Of(Metric::ServerCpu, _) if server == ServerIs::Ours => !spins,
        Compared::Of(metric, _) if metric.needs_servers_processes() => {
            server != ServerIs::Elsewhere
        }
        Compared::Of(metric, direction) => {
            server == ServerIs::Ours || !metric.needs_our_server(*direction)
        }
    }
}

/// What a count is called here: `bytes` are those on the wire for each byte of the payload.
pub(super) fn counted_name(metric: &Metric) -> Cow<'static, str> {
    if *metric == Metric::Overhead { "bytes".into() } else { metric.name() }
}

/// A count per message or, of bytes, per byte of the payload, if there is one.
pub(super) fn count(metric: &Metric, value: &Value) -> Option<f64> {
    // An overhead may be nothing, which no share can be taken of.
    let offset = if *metric == Metric::Overhead { 1.0 } else { 0.0 };
    value.number().map(|number| number + offset)
}

fn number(value: Value) -> Result<f64, String> {
    match value {
        Value::Missing(why) | Value::Unclear(why) => Err(why),
        value => value.number().ok_or_else(|| "it is not a number".to_owned()),
    }
}

/// Why a round has no figures at all; `None`: it has.
pub(super) fn lost(round: &Round) -> Option<String> {
    let crash = match &round.outcome {
        Outcome::Finished { crash, .. } => crash.as_deref(),
        Outcome::Crashed(crash) => Some(crash),
        Outcome::Failed { error } => {
            return Some(format!("round {} could not be run: {error}", round.round));
        }
    };
    crash.map(|crash| {
        let told = crash.result(round.round);
        format!("the {} was lost in round {}: {}", told.side, told.round, told.how)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cell_cannot_have_is_known_before_it_is_measured() {
        let told = |name: &str, server, wait| {
            can_be_told(&Compared::find(name).expect("it is a metric"), server, wait)
        };
        for name in ["cpu", "p50", "rate", "server-cpu", "client-cpu", "server-memory"] {
            assert!(told(name, ServerIs::Ours, Wait::Block), "{name}");
        }
        for name in ["cpu", "server-cpu", "server-memory", "context-switches"] {
            assert!(!told(name, ServerIs::Elsewhere, Wait::Block), "{name} of a server elsewhere");
        }
        for name in ["cpu", "server-cpu", "client-cpu"] {
            assert!(!told(name, ServerIs::Ours, Wait::Spin), "{name} of sides that spin");
        }
        assert!(!told("cpu", ServerIs::Started, Wait::Block));
        for name in ["server-cpu", "server-memory", "p50"] {
            assert!(told(name, ServerIs::Started, Wait::Spin), "{name} of a program");
        }
        assert!(told("p50", ServerIs::Elsewhere, Wait::Spin));
        assert!(told("client-cpu", ServerIs::Elsewhere, Wait::Block));
    }
}
