//! `[baseline]`: how much worse than another build a cell may get.

use crate::diagnostics::{Diagnostic, Sink};
use crate::key::{Key, Kind, key};
use crate::layered::Values;
use crate::partial::value;
use crate::read::wrong_type;
use crate::tree::{Entry, Node};
use serde::{Deserialize, Serialize};
use wirebench_measure::{Compared, Unit};
use wirebench_values::{Share, Size, Span, similar};

/// Metrics of a table at most.
const MAX_METRICS: usize = 32;

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    key(
        "baseline.limits",
        Kind::Limits,
        r#"{ cpu = "5%", p50 = "5%" }"#,
        "the metrics that decide whether a build is worse than its baseline, and by how much each may be worse",
    ),
    key(
        "baseline.floors",
        Kind::Floors,
        "{}",
        "changes of a metric that are too small to matter, whatever their share",
    ),
];

/// `[baseline]`: what decides when a cell is compared with that of another build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Metrics by their names, and the share by which each may be worse.
    pub limits: Vec<(String, f64)>,
    /// Metrics, and by how much they may change in their own unit: nanoseconds or bytes.
    pub floors: Vec<(String, f64)>,
}

/// What a scenario means that says nothing of it.
impl Default for Baseline {
    fn default() -> Self {
        read(&Values::defaults(0), &mut Sink::default())
    }
}

impl Baseline {
    /// How much worse the metric may be, as a share; `None`: it does not decide.
    pub fn limit(&self, metric: &str) -> Option<f64> {
        self.limits.iter().find(|(name, _)| name == metric).map(|(_, share)| *share)
    }

    /// By how much it may change whatever its share, in its own unit.
    pub fn floor(&self, metric: &str) -> f64 {
        self.floors.iter().find(|(name, _)| name == metric).map_or(0.0, |(_, floor)| *floor)
    }
}

/// What a cell says of it.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Baseline {
    Baseline {
        limits: value(values, "baseline.limits", sink, limits, Vec::new()),
        floors: value(values, "baseline.floors", sink, floors, Vec::new()),
    }
}

/// A table of metrics with shares.
pub(crate) fn limits(key: &Key, node: &Node, sink: &mut Sink) -> Option<Vec<(String, f64)>> {
    metrics(key, node, sink, |_, node| {
        let share = Share::read(&node.as_quantity()).map_err(|wrong| wrong.to_string())?;
        match share.fraction() {
            0.0 => Err("a limit is over 0%: no two runs are the same".to_owned()),
            share => Ok(share),
        }
    })
}

/// A table of metrics with times or sizes.
pub(crate) fn floors(key: &Key, node: &Node, sink: &mut Sink) -> Option<Vec<(String, f64)>> {
    metrics(key, node, sink, |metric, node| {
        let written = node.as_quantity();
        let read = match metric.unit() {
            Unit::Nanos => Span::read(&written).map(|span| span.ns() as f64),
            Unit::Bytes => Size::read(&written).map(|size| size.bytes() as f64),
            _ => return Err("only times and sizes have floors".to_owned()),
        };
        read.map_err(|wrong| wrong.to_string())
    })
}

fn metrics(
    key: &Key,
    node: &Node,
    sink: &mut Sink,
    read: fn(&Compared, &Node) -> Result<f64, String>,
) -> Option<Vec<(String, f64)>> {
    let Some(table) = node.table() else {
        return wrong_type(key, node, "a table such as `{ p50 = \"5%\" }`", sink);
    };
    if table.len() > MAX_METRICS {
        let message = format!("`{}` has at most {MAX_METRICS} metrics", key.path);
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    let mut found = Vec::new();
    for Entry { key: name, key_place, node } in table {
        let Some(metric) = Compared::find(name) else {
            sink.push(no_metric(key, name, *key_place));
            continue;
        };
        match read(&metric, node) {
            Ok(value) => found.push((name.clone(), value)),
            Err(why) => {
                sink.push(Diagnostic::new(node.place, format!("`{}.{name}`: {why}", key.path)));
            }
        }
    }
    Some(found)
}

fn no_metric(key: &Key, name: &str, place: crate::diagnostics::Place) -> Diagnostic {
    let shown = if name.len() > 100 { "this" } else { name };
    let (message, help) = match wirebench_measure::find(name) {
        Some(_) => (
            format!("`{}`: `{shown}` is counted, not measured", key.path),
            "bytes, segments and writes are compared exactly without being named; what must not happen \
             at all is a gate, under `[expect]`"
                .to_owned(),
        ),
        None => (
            format!("`{}`: there is no metric `{shown}`", key.path),
            format!("the metrics are {}", Compared::NAMES),
        ),
    };
    let diagnostic = Diagnostic::new(place, message).help(help);
    match similar(name, Compared::USUAL) {
        Some(meant) => diagnostic.label(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}
