//! The open loop of `[load]`: intended times that nothing slows down.

use crate::diagnostics::{Diagnostic, Sink};
use crate::gates::Expectation;
use crate::key::{Key, Kind, MS, S, grouped};
use crate::keys::{KEYS, index};
use crate::layered::Values;
use crate::partial::{optional, value};
use crate::read::{self, out_of_range, wrong_type};
use crate::tree::{Entry, Node, Value};
use serde::{Deserialize, Serialize};
use wirebench_load::{ArrivalRate, Arrivals, Stage};
use wirebench_measure::find;
use wirebench_values::{Span, similar};

/// Exchanges at one instant at most.
pub(crate) const LARGEST_BURST: u64 = 100_000;

/// What a stage may take, in nanoseconds.
const STAGE: (u64, u64) = (MS, 24 * 3_600 * S);

/// Keys that say something only of an open loop.
const OF_AN_OPEN_LOOP: [&str; 6] = [
    "load.rate",
    "load.arrivals",
    "load.stage",
    "load.catch-up",
    "load.backlog",
    "load.min-achieved",
];

/// `load.model = "open"`, and what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenLoad {
    /// `rate`, to the end, or `stage`: one after the other.
    pub stages: Vec<Stage>,
    /// `arrivals`.
    pub arrivals: Arrivals,
    /// `catch-up`: how late an exchange may start, in nanoseconds.
    pub catch_up_ns: u64,
    /// `backlog`: exchanges that may wait for room.
    pub backlog: u32,
    /// `min-achieved`, from 0 to 1: less than this share answered in time is saturation.
    pub min_achieved: f64,
}

impl OpenLoad {
    /// What the stages take together, in nanoseconds; `None`: one rate lasts to the end.
    pub fn staged_ns(&self) -> Option<u64> {
        let stages = self.stages.iter().map(|stage| stage.duration_ns);
        let all = stages.fold(0, u64::saturating_add);
        (all != u64::MAX && !self.stages.is_empty()).then_some(all)
    }

    /// Arrivals a second over a measured part of this length, in nanoseconds.
    pub fn rate_over(&self, length_ns: u64) -> f64 {
        let (mut left, mut arrivals) = (length_ns, 0.0);
        for stage in &self.stages {
            let part = stage.duration_ns.min(left);
            arrivals += stage.rate.per_second() * part as f64;
            left -= part;
        }
        if length_ns > left { arrivals / (length_ns - left) as f64 } else { 0.0 }
    }

    /// The highest rate of all stages.
    pub fn highest_rate(&self) -> Option<ArrivalRate> {
        self.stages.iter().map(|stage| stage.rate).max()
    }
}

/// Reads it; `None`: the loop is closed. `catch_up_ns` is what the time-out is where it is not given, which is not
/// known here.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Option<OpenLoad> {
    let model = value(values, "load.model", sink, read::word, "closed");
    let rate = optional(values, "load.rate", sink, read::quantity, 1_000);
    let arrivals = value(values, "load.arrivals", sink, arrivals, Arrivals::Constant);
    let staged = optional(values, "load.stage", sink, stages, Vec::new());
    let backlog = value(values, "load.backlog", sink, read::integer, 1);
    let min_achieved = value(values, "load.min-achieved", sink, read::share, 0.0);
    let one = |rate| Stage { rate: ArrivalRate::from_thousandths(rate), duration_ns: u64::MAX };
    (model == "open").then(|| OpenLoad {
        stages: staged.unwrap_or_else(|| rate.map(one).into_iter().collect()),
        arrivals,
        catch_up_ns: u64::MAX,
        backlog: u32::try_from(backlog).unwrap_or(u32::MAX),
        min_achieved,
    })
}

/// `"constant"`, `"poisson"` or `{ burst = 32 }`.
pub(crate) fn arrivals(key: &Key, node: &Node, sink: &mut Sink) -> Option<Arrivals> {
    const WORDS: [&str; 2] = ["constant", "poisson"];
    if let Some(word) = node.text() {
        return match word {
            "constant" => Some(Arrivals::Constant),
            "poisson" => Some(Arrivals::Poisson),
            _ => {
                let message = format!("`{}` is one of {}", key.path, key.range_text());
                sink.push(Diagnostic::new(node.place, message).suggest(word, WORDS));
                None
            }
        };
    }
    let forms = "`\"constant\"`, `\"poisson\"` or `{ burst = 32 }`";
    let Some([Entry { key: name, key_place, node: size }]) = node.table().map(|table| &table[..])
    else {
        return wrong_type(key, node, forms, sink);
    };
    if name != "burst" {
        let message = format!("`{}` has no setting `{name}`", key.path);
        sink.push(Diagnostic::new(*key_place, message).suggest(name, ["burst"]));
        return None;
    }
    match size.value {
        Value::Integer(size) if (1..=i128::from(LARGEST_BURST)).contains(&size) => {
            Some(Arrivals::Burst(size as u32))
        }
        _ => {
            let most = grouped(LARGEST_BURST);
            let message =
                format!("`burst` is how many start at once: a whole number from 1 to {most}");
            sink.push(Diagnostic::new(size.place, message));
            None
        }
    }
}

/// A list of tables with `rate` and `duration`.
pub(crate) fn stages(key: &Key, node: &Node, sink: &mut Sink) -> Option<Vec<Stage>> {
    let (Kind::Stages(most), Value::List(items)) = (key.kind, &node.value) else {
        return wrong_type(key, node, "a list of tables: `[[load.stage]]`", sink);
    };
    if items.is_empty() || items.len() > most {
        return out_of_range(key, node.place, sink);
    }
    // All are read before any is missed, so that every wrong one is told.
    let read: Vec<Option<Stage>> = items.iter().map(|item| stage(key, item, sink)).collect();
    read.into_iter().collect()
}

fn stage(key: &Key, node: &Node, sink: &mut Sink) -> Option<Stage> {
    const NAMES: [&str; 2] = ["rate", "duration"];
    let Some(table) = node.table() else {
        return wrong_type(
            key,
            node,
            "tables such as `{ rate = \"1k/s\", duration = \"1s\" }`",
            sink,
        );
    };
    for entry in table {
        if !NAMES.contains(&entry.key.as_str()) {
            let message = format!("a stage of `{}` has no setting `{}`", key.path, entry.key);
            let mut diagnostic = Diagnostic::new(entry.key_place, message);
            if let Some(meant) = similar(&entry.key, NAMES) {
                diagnostic = diagnostic.label(format!("did you mean `{meant}`?"));
            }
            sink.push(diagnostic);
            return None;
        }
    }
    let rate_key = KEYS.get(index("load.rate")?)?;
    let [rate, duration] = NAMES.map(|name| {
        let entry = node.entry(name);
        if entry.is_none() {
            let message = format!("a stage of `{}` has a `rate` and a `duration`", key.path);
            sink.push(Diagnostic::new(node.place, message).label(format!("`{name}` is missing")));
        }
        entry
    });
    let (rate, duration) = (&rate?.node, &duration?.node);
    let per_second = read::quantity(rate_key, rate, sink);
    let lasts = Span::read(&duration.as_quantity())
        .and_then(|span| span.within(Span::from_ns(STAGE.0), Span::from_ns(STAGE.1)));
    let lasts = lasts.map_err(|wrong| {
        sink.push(Diagnostic::new(duration.place, format!("`duration` of a stage: {wrong}")));
    });
    Some(Stage { rate: ArrivalRate::from_thousandths(per_second?), duration_ns: lasts.ok()?.ns() })
}

/// What only an open loop has cannot be gated in a closed one.
pub(crate) fn check_gates(open: Option<&OpenLoad>, expect: &[Expectation], sink: &mut Sink) {
    if open.is_some() {
        return;
    }
    for line in expect.iter().filter(|line| line.gate.is_some()) {
        let Some((metric, _)) = find(line.metric()) else { continue };
        if metric.needs_open_loop() {
            let message =
                format!("`{}` is told of an open loop, and this one is closed", line.metric());
            let help = "set `load.model = \"open\"` and a `load.rate`, or gate `rate` or `p99`";
            sink.push(Diagnostic::new(line.place, message).help(help));
        }
    }
}

/// Settings that do not go together.
pub(crate) fn check(values: &Values, sink: &mut Sink) {
    // A default asks for nothing.
    let given = |path: &str| values.get(path).filter(|given| given.layer > 0);
    let Some(model) = values.get("load.model") else { return };
    if model.node.text() != Some("open") {
        let Some(path) = OF_AN_OPEN_LOOP.into_iter().find(|path| given(path).is_some()) else {
            return;
        };
        let Some(of_open) = given(path) else { return };
        let name = path.strip_prefix("load.").unwrap_or(path);
        let message = format!("`{name}` is a setting of an open loop, and this one is closed");
        let diagnostic = Diagnostic::new(of_open.key_place, message);
        sink.push(match given("load.model") {
            Some(model) => diagnostic.related(model.node.place, "the loop"),
            None => diagnostic.help("add `model = \"open\"`, or remove it"),
        });
        return;
    }
    match (values.get("load.rate"), values.get("load.stage")) {
        (None, None) => {
            let message = "an open loop needs the rate at which exchanges are to start";
            let help = "add `rate = \"1k/s\"` to `[load]`, or `[[load.stage]]` with a `rate` and a `duration`";
            sink.push(Diagnostic::new(model.node.place, message).help(help));
        }
        (Some(rate), Some(stage)) => {
            let message = "an open loop has one `rate`, or stages with a rate each, not both";
            let diagnostic = Diagnostic::new(rate.key_place, message);
            sink.push(
                diagnostic.related(stage.key_place, "the stages").help("remove one of the two"),
            );
        }
        _ => {}
    }
    let end = given("load.duration").or(values.get("load.messages"));
    if let (Some(stage), Some(end)) = (values.get("load.stage"), end) {
        let message = "the stages of a load say how long it takes";
        sink.push(
            Diagnostic::new(end.key_place, message)
                .related(stage.key_place, "the stages")
                .help("remove this, or the stages"),
        );
    }
}
