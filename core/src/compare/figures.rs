//! What one round of one cell says of each metric.

use crate::measure::{Compared, Direction, Metric};
use crate::result::metrics::{Value, latency_or_loss, value};
use crate::result::{CellData, Outcome, Round};
use crate::scenario::{Cell, Wait};
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

/// True where a cell can have such a figure: CPU time says nothing of sides that spin, and a server that is not
/// ours does not tell its own.
pub(super) fn can_be_told(metric: &Compared, foreign: bool, wait: Wait) -> bool {
    let of_cpu =
        matches!(metric, Compared::Cpu | Compared::Of(Metric::ClientCpu | Metric::ServerCpu, _));
    let of_our_server = match metric {
        Compared::Cpu => true,
        Compared::Of(metric, direction) => metric.needs_our_server(*direction),
    };
    !(of_cpu && wait == Wait::Spin || of_our_server && foreign)
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
        let told = |name: &str, foreign, wait| {
            can_be_told(&Compared::find(name).expect("it is a metric"), foreign, wait)
        };
        for name in ["cpu", "p50", "rate", "server-cpu", "client-cpu"] {
            assert!(told(name, false, Wait::Block), "{name}");
        }
        for name in ["cpu", "server-cpu"] {
            assert!(!told(name, true, Wait::Block), "{name} of a server that is not ours");
        }
        for name in ["cpu", "server-cpu", "client-cpu"] {
            assert!(!told(name, false, Wait::Spin), "{name} of sides that spin");
        }
        assert!(told("p50", true, Wait::Spin));
        assert!(told("client-cpu", true, Wait::Block));
    }
}
