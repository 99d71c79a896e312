//! `openmetrics`: OpenMetrics text, for whatever keeps metrics. Families are gauges: a run is over when this is
//! written.
//!
//! It is written here because the crates for it escape no values of labels and order series by a random number.

use super::Output;
use super::names::{Names, safe};
use crate::compare::{Comparison, Verdict as Compared};
use crate::judge::Verdict;
use crate::report::axes::axis_value;
use crate::result::document::{CellResult, CellVerdict, Times};
use crate::result::{Document, Stored, StoredError};
use crate::text::cleaned;
use serde::Serialize;
use std::io::{self, Write};

/// Families: name, unit, and what they are.
const FAMILIES: [(&str, Option<&str>, &str); 18] = [
    ("wirebench_cell_passes", None, "Whether the cell passes; the label verdict says more."),
    ("wirebench_gate_holds", None, "Whether a gate holds; those that cannot be told are left out."),
    ("wirebench_latency_seconds", SECONDS, "Latency of done exchanges, by quantile."),
    ("wirebench_latency_mean_seconds", SECONDS, "Mean latency of done exchanges."),
    ("wirebench_connect_seconds", SECONDS, "Time to connect, by quantile."),
    ("wirebench_exchanges_per_second", None, "Exchanges done per second of the measured windows."),
    ("wirebench_throughput_bytes_per_second", None, "Payload of those exchanges per second."),
    ("wirebench_exchanges", None, "Measured exchanges, by how they ended."),
    ("wirebench_messages", None, "Messages, by direction and verdict."),
    ("wirebench_rounds", None, "Rounds, by how they ended."),
    ("wirebench_crashes", None, "Sides that did not survive their round."),
    ("wirebench_cpu_seconds_per_message", None, "CPU time per message, by side."),
    ("wirebench_peak_memory_bytes", BYTES, "Peak resident memory, by side."),
    (
        "wirebench_memory_growth_bytes",
        BYTES,
        "How much more resident memory a server's program had at the end of the load, by side.",
    ),
    ("wirebench_wire_overhead_ratio", None, "Bytes on the wire over payload bytes, minus one."),
    ("wirebench_segments_per_message", None, "TCP segments with data per message."),
    ("wirebench_baseline_ratio", None, "New over baseline, and its 90 % interval, by bound."),
    (
        "wirebench_baseline_regressed",
        None,
        "Whether a metric became worse; inconclusive ones are left out.",
    ),
];

const SECONDS: Option<&str> = Some("seconds");
const BYTES: Option<&str> = Some("bytes");

/// Series of all results, by family.
#[derive(Default)]
pub(super) struct OpenMetrics {
    families: [String; FAMILIES.len()],
    scenarios: Names,
}

impl Output for OpenMetrics {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let document = &*cleaned(result.document());
        let scenario = self.scenarios.give(document.scenario.name.clone());
        let mut ids = Names::default();
        for cell in &document.cells {
            let labels = labels(document, &scenario, &ids.give(cell.id.clone()), cell);
            self.cell(&labels, cell);
        }
        if let Some(compared) = compared {
            self.comparison(&scenario, &cleaned(compared));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        for ((name, unit, help), series) in FAMILIES.iter().zip(&self.families) {
            if series.is_empty() {
                continue;
            }
            writeln!(to, "# TYPE {name} gauge")?;
            if let Some(unit) = unit {
                writeln!(to, "# UNIT {name} {unit}")?;
            }
            writeln!(to, "# HELP {name} {}", escaped(help))?;
            to.write_all(series.as_bytes())?;
        }
        to.write_all(b"# EOF\n")
    }
}

impl OpenMetrics {
    /// Adds a series where there is a value for it.
    fn gauge(&mut self, family: &str, labels: &str, own: &[(&str, &str)], value: Option<f64>) {
        let index = FAMILIES.iter().position(|(name, ..)| *name == family);
        let (Some(index), Some(value)) = (index, value.filter(|value| value.is_finite())) else {
            return;
        };
        let own: String =
            own.iter().map(|(name, value)| format!(",{name}=\"{}\"", escaped(value))).collect();
        self.families[index].push_str(&format!("{family}{{{labels}{own}}} {value}\n"));
    }

    fn count(&mut self, family: &str, labels: &str, own: &[(&str, &str)], count: u64) {
        self.gauge(family, labels, own, Some(count as f64));
    }

    fn cell(&mut self, labels: &str, cell: &CellResult) {
        let passes = u64::from(cell.verdict == CellVerdict::Pass);
        self.count("wirebench_cell_passes", labels, &[("verdict", &word(&cell.verdict))], passes);
        let mut gates = Names::default();
        for gate in &cell.gates {
            let name = gates.give(format!("{} {}", gate.gate, gate.limit));
            let holds = gate.pass.map(|pass| f64::from(u8::from(pass)));
            self.gauge("wirebench_gate_holds", labels, &[("gate", &name)], holds);
        }
        self.quantiles("wirebench_latency_seconds", labels, &cell.latency_ns);
        let mean = cell.latency_ns.mean.map(seconds);
        self.gauge("wirebench_latency_mean_seconds", labels, &[], mean);
        self.quantiles("wirebench_connect_seconds", labels, &cell.connect_ns);
        self.gauge("wirebench_exchanges_per_second", labels, &[], cell.rate.achieved);
        let throughput = cell.rate.throughput_bytes;
        self.gauge("wirebench_throughput_bytes_per_second", labels, &[], throughput);
        let ends = &cell.exchanges;
        for (end, count) in [
            ("done", ends.done),
            ("wrong", ends.wrong),
            ("rejected", ends.rejected),
            ("damaged", ends.damaged),
            ("unanswered", ends.unanswered),
        ] {
            self.count("wirebench_exchanges", labels, &[("end", end)], count);
        }
        self.messages(labels, cell);
        for outcome in ["finished", "crashed", "failed"] {
            let ended = cell.rounds.iter().filter(|round| word(&round.outcome) == outcome);
            self.count("wirebench_rounds", labels, &[("outcome", outcome)], ended.count() as u64);
        }
        self.count("wirebench_crashes", labels, &[], cell.crashes.len() as u64);
        let cpu = &cell.cpu;
        for (side, ns, peak, growth) in [
            ("client", cpu.client_ns_per_message, cpu.client_peak_memory_bytes, None),
            (
                "server",
                cpu.server_ns_per_message,
                cpu.server_peak_memory_bytes,
                cpu.server_memory_growth_bytes,
            ),
        ] {
            let own = [("side", side)];
            let bytes = |bytes: Option<u64>| bytes.map(|bytes| bytes as f64);
            self.gauge("wirebench_cpu_seconds_per_message", labels, &own, ns.map(seconds));
            self.gauge("wirebench_peak_memory_bytes", labels, &own, bytes(peak));
            self.gauge("wirebench_memory_growth_bytes", labels, &own, bytes(growth));
        }
        self.gauge("wirebench_wire_overhead_ratio", labels, &[], cell.wire.overhead);
        let segments = cell.wire.segments_per_message;
        self.gauge("wirebench_segments_per_message", labels, &[], segments);
    }

    fn quantiles(&mut self, family: &str, labels: &str, times: &Times) {
        for (quantile, ns) in [
            ("0.5", times.p50),
            ("0.9", times.p90),
            ("0.99", times.p99),
            ("0.999", times.p99_9),
            ("0.9999", times.p99_99),
        ] {
            self.gauge(family, labels, &[("quantile", quantile)], ns.map(seconds));
        }
    }

    fn messages(&mut self, labels: &str, cell: &CellResult) {
        let directions =
            [("request", Some(&cell.integrity.request)), ("reply", cell.integrity.reply.as_ref())];
        for (direction, verdicts) in directions {
            let Some(verdicts) = verdicts else { continue };
            for verdict in Verdict::ALL {
                let own = [("direction", direction), ("verdict", &word(&verdict))];
                self.count("wirebench_messages", labels, &own, verdicts.get(verdict));
            }
        }
    }

    fn comparison(&mut self, scenario: &str, compared: &Comparison) {
        for cell in &compared.cells {
            let labels =
                format!("scenario=\"{}\",cell=\"{}\"", escaped(scenario), escaped(&cell.id));
            for row in cell.rows.iter().filter(|row| row.decides) {
                for (bound, value) in [("low", row.low), ("middle", row.ratio), ("high", row.high)]
                {
                    let own = [("metric", row.metric.as_str()), ("bound", bound)];
                    self.gauge("wirebench_baseline_ratio", &labels, &own, value);
                }
                let told = compared.unfit.is_none() && row.verdict != Compared::Inconclusive;
                let worse = f64::from(u8::from(row.verdict == Compared::Regressed));
                let own = [("metric", row.metric.as_str())];
                let family = "wirebench_baseline_regressed";
                self.gauge(family, &labels, &own, told.then_some(worse));
            }
        }
    }
}

/// Those that every series of a cell has.
fn labels(document: &Document, scenario: &str, id: &str, cell: &CellResult) -> String {
    let mut labels = format!("scenario=\"{}\",cell=\"{}\"", escaped(scenario), escaped(id));
    let mut names = Names::default();
    for axis in &document.scenario.axes {
        let name = safe(axis, |c| c.is_ascii_alphanumeric() || c == '_');
        let name = names.give(format!("axis_{name}"));
        if cell.axes.contains_key(axis) {
            labels.push_str(&format!(",{name}=\"{}\"", escaped(&axis_value(cell, axis))));
        }
    }
    labels
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

/// As a document writes it.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
