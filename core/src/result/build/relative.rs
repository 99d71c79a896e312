//! Cells beside each other.

use crate::judge::Verdict;
use crate::measure::Family;
use crate::result::document::{CellResult, GateResult, Relative, Verdicts};
use std::collections::HashMap;

/// Sets every cell beside the fastest intact one of its group.
pub(super) fn relate(cells: &mut [CellResult]) {
    let mut best: HashMap<String, (String, f64, Option<u64>)> = HashMap::new();
    for cell in cells.iter().filter(|cell| cell.is_intact()) {
        let Some(rate) = cell.rate.achieved else { continue };
        let known = best.get(&cell.group()).map(|(_, rate, _)| *rate);
        if known.is_none_or(|known| rate > known) {
            best.insert(cell.group(), (cell.id.clone(), rate, cell.cpu_ns_per_message()));
        }
    }
    for cell in cells {
        let Some((against, rate, cpu)) = best.get(&cell.group()) else { continue };
        let mine = cell.rate.achieved.filter(|rate| *rate > 0.0);
        let ratio = |mine: u64, theirs: u64| (theirs > 0).then(|| mine as f64 / theirs as f64);
        cell.relative = Some(Relative {
            against: against.clone(),
            slower: mine.map(|mine| rate / mine),
            cpu: cell.cpu_ns_per_message().zip(*cpu).and_then(|(mine, theirs)| ratio(mine, theirs)),
        });
    }
}

impl CellResult {
    /// True when every message sent is intact, nothing came that nobody sent, and exchanges were
    /// done.
    pub fn is_intact(&self) -> bool {
        let whole = |verdicts: &Verdicts| {
            verdicts.sent == verdicts.intact
                && verdicts.unexpected_bytes == Some(0)
                && verdicts.unexpected_messages == Some(0)
        };
        let Some(reply) = &self.integrity.reply else { return false };
        let request = &self.integrity.request;
        (request.sent > 0 || reply.sent > 0)
            && whole(request)
            && whole(reply)
            && self.exchanges.done > 0
    }

    /// Intact messages and messages sent, both directions; none where there is no ledger.
    pub fn intact_of_sent(&self) -> (u64, u64) {
        let request = &self.integrity.request;
        let Some(reply) = &self.integrity.reply else { return (0, 0) };
        (request.intact.saturating_add(reply.intact), request.sent.saturating_add(reply.sent))
    }

    /// CPU time per message of both sides together; `None` unless both are known.
    pub fn cpu_ns_per_message(&self) -> Option<u64> {
        self.cpu.client_ns_per_message?.checked_add(self.cpu.server_ns_per_message?)
    }

    /// The axes that tell a group of comparable cells from the others; the rest tell the cells of a
    /// group from each other. With a framing among the axes, framings are compared, and all other
    /// axes divide. Without one, the load and the processors divide, if anything else is left to
    /// compare.
    pub fn dividing_axes(&self) -> Vec<&str> {
        let axes = || self.axes.keys().map(String::as_str);
        let conditions = |axis: &str| within(axis, "load") || within(axis, "cpu");
        if axes().any(is_framing) {
            axes().filter(|axis| !is_framing(axis)).collect()
        } else if axes().all(conditions) {
            Vec::new()
        } else {
            axes().filter(|axis| conditions(axis)).collect()
        }
    }

    /// What two cells must share to be compared: the point on the
    /// [dividing axes](Self::dividing_axes), the placement, and the way to wait.
    pub fn group(&self) -> String {
        let mut key = format!("{:?} {:?}", self.setup.cpu.placement, self.setup.cpu.wait);
        for axis in self.dividing_axes() {
            key.push_str(&format!("\n{axis}={}", self.axes[axis]));
        }
        key
    }

    /// True when messages are damaged, and a gate that holds asks for exactly that: a negative
    /// control, or a known fault.
    pub fn damage_is_expected(&self) -> bool {
        let asked = |gate: &GateResult| {
            let metric = gate.gate.rsplit('.').next().unwrap_or_default();
            let limit = gate.limit.trim_start();
            let of_damage = metric == "damaged"
                || Verdict::ALL
                    .iter()
                    .any(|verdict| *verdict != Verdict::Intact && verdict.word() == metric);
            gate.pass == Some(true)
                && ((of_damage && limit.starts_with('>'))
                    || (metric == "intact" && limit.starts_with('<')))
        };
        let failed =
            |gate: &GateResult| gate.family == Family::Integrity && gate.pass == Some(false);
        !self.is_intact() && self.gates.iter().any(asked) && !self.gates.iter().any(failed)
    }
}

fn is_framing(axis: &str) -> bool {
    within(axis, "framing")
}

/// Whether an axis is this key or stands below it.
fn within(axis: &str, key: &str) -> bool {
    axis.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
