//! The value of a metric of a cell that was kept in a document.

use super::CellData;
use super::document::CellResult;
use super::metrics::{Value, latency_or_loss, value};
use crate::measure::{Direction, Exchanges, Histogram, Metric};
use crate::scenario::Wait;

/// A whole cell of a document, for whoever asks for its metrics.
#[derive(Debug)]
pub struct KeptFigures<'a> {
    cell: &'a CellResult,
    /// What latencies follow from.
    data: CellData,
}

impl<'a> KeptFigures<'a> {
    /// Of a cell with its histograms.
    pub fn of(cell: &'a CellResult) -> Self {
        let taken = |histogram: &Option<Histogram>| histogram.clone().unwrap_or_default();
        let ends = &cell.exchanges;
        let measured = cell.rounds.iter().filter(|round| round.window_ns.is_some()).count();
        let data = CellData {
            finished: u32::try_from(measured).unwrap_or(u32::MAX),
            judge: cell.integrity.judge,
            spin: cell.setup.cpu.wait == Wait::Spin,
            exchanges: Exchanges {
                started: ends.started,
                done: ends.done,
                wrong: ends.wrong,
                rejected: ends.rejected,
                damaged: ends.damaged,
                unanswered: ends.unanswered,
            },
            latency: taken(&cell.latency_ns.histogram),
            oneway_request: taken(&cell.oneway_request_ns.histogram),
            service: taken(&cell.service_ns.histogram),
            oneway_reply: taken(&cell.oneway_reply_ns.histogram),
            connect: taken(&cell.connect_ns.histogram),
            ..CellData::default()
        };
        Self { cell, data }
    }

    /// The value of a metric of time, rate, cost or amount; the same as that of the rounds that the cell was
    /// made of. Others are [`Value::Missing`].
    pub fn value(&self, metric: &Metric, direction: Option<Direction>) -> Value {
        let Self { cell, data } = self;
        let known = match metric {
            Metric::Min
            | Metric::Mean
            | Metric::Max
            | Metric::Latency(_)
            | Metric::ServiceTime(_)
            | Metric::ConnectTime(_) => {
                let known = latency_or_loss(data, metric, direction);
                return known.unwrap_or_else(|| value(data, metric, direction));
            }
            Metric::ConnectRate => cell
                .connects
                .as_ref()
                .and_then(|connects| connects.opening_rate())
                .map(Value::PerSecond),
            Metric::Rate => cell.rate.achieved.map(Value::PerSecond),
            Metric::Throughput => cell.rate.throughput_bytes.map(Value::BytesPerSecond),
            Metric::Overhead => cell.wire.overhead.map(Value::Ratio),
            Metric::Segments => cell.wire.segments_per_message.map(Value::Ratio),
            Metric::Writes => cell.wire.writes_per_message.map(Value::Ratio),
            Metric::Reads => cell.wire.reads_per_message.map(Value::Ratio),
            Metric::ContextSwitches => cell.cpu.context_switches_per_message.map(Value::Ratio),
            Metric::ClientCpu => cell.cpu.client_ns_per_message.map(Value::Nanos),
            Metric::ServerCpu => cell.cpu.server_ns_per_message.map(Value::Nanos),
            Metric::ClientMemory => cell.cpu.client_peak_memory_bytes.map(Value::Bytes),
            Metric::ServerMemory => cell.cpu.server_peak_memory_bytes.map(Value::Bytes),
            Metric::ServerMemoryGrowth => cell.cpu.server_memory_growth_bytes.map(Value::Bytes),
            _ => None,
        };
        // Of what the document does not have, this says why: there is nothing of it in the data.
        known.unwrap_or_else(|| match value(data, metric, direction) {
            Value::Missing(why) | Value::Unclear(why) => Value::Missing(why),
            _ => Value::Missing("the document does not have it".into()),
        })
    }
}
