//! Cells beside each other.

use crate::result::document::{CellResult, Relative, Verdicts};
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
                && verdicts.unexpected_bytes == 0
                && verdicts.unexpected_messages == 0
        };
        let sent = self.integrity.request.sent > 0 || self.integrity.reply.sent > 0;
        sent && whole(&self.integrity.request)
            && whole(&self.integrity.reply)
            && self.exchanges.done > 0
    }

    /// CPU time per message of both sides together; `None` unless both are known.
    pub fn cpu_ns_per_message(&self) -> Option<u64> {
        self.cpu.client_ns_per_message?.checked_add(self.cpu.server_ns_per_message?)
    }

    /// What two cells must share to be compared: every axis but the framing (all, when nothing but
    /// other axes is multiplied), the placement, and the way to wait.
    pub fn group(&self) -> String {
        let compares_framings = self.axes.keys().any(|axis| is_framing(axis));
        let mut key = format!("{:?} {:?}", self.setup.cpu.placement, self.setup.cpu.wait);
        if compares_framings {
            for (axis, value) in self.axes.iter().filter(|(axis, _)| !is_framing(axis)) {
                key.push_str(&format!("\n{axis}={value}"));
            }
        }
        key
    }
}

fn is_framing(axis: &str) -> bool {
    axis == "framing" || axis.starts_with("framing.")
}
