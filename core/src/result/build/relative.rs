//! Cells beside each other.

use crate::judge::Verdict;
use crate::measure::{Family, Metric, find};
use crate::result::document::{
    CellResult, GateResult, JudgedBy, Relative, RoundSummary, Setup, Spread, Verdicts,
};
use crate::result::spread::{Contest, half_width};
use std::collections::HashMap;

/// Sets every cell that can be compared beside the fastest one of its group.
pub(super) fn relate(cells: &mut [CellResult]) {
    for rows in groups(cells) {
        // In an open loop the rate is what was asked for: it says nothing of who is faster.
        if rows.iter().any(|row| cells[*row].open.is_some()) {
            continue;
        }
        let rate = |row: usize| cells[row].rate.achieved.filter(|rate| *rate > 0.0);
        let rates = rows.iter().enumerate().filter_map(|(at, row)| Some((at, rate(*row)?)));
        let Some((best, best_rate)) = rates.max_by(|(_, a), (_, b)| a.total_cmp(b)) else {
            continue;
        };
        let contest = contest(cells, &rows, |round| round.rate, 0.0);
        let fastest = &cells[rows[best]];
        let (against, best_cpu) = (fastest.id.clone(), fastest.cpu_ns_per_message());
        let mut told: Vec<Option<bool>> =
            (0..rows.len()).map(|at| Some(contest.compare(at, best)?.is_lt())).collect();
        if told.contains(&Some(true)) {
            told[best] = Some(true);
        } else if told.iter().flatten().count() < 2 {
            // There is nobody to tell it from.
            told[best] = None;
        }
        for (row, told_apart) in rows.iter().zip(told) {
            let cell = &mut cells[*row];
            let cpu = cell.cpu_ns_per_message().zip(best_cpu.filter(|cpu| *cpu > 0));
            cell.relative = Some(Relative {
                against: against.clone(),
                slower: cell.rate.achieved.filter(|rate| *rate > 0.0).map(|rate| best_rate / rate),
                told_apart,
                cpu: cpu.map(|(mine, best)| mine as f64 / best as f64),
            });
        }
    }
}

/// Gives the cells of a document of an earlier program what that did not compute yet.
pub(crate) fn complete(cells: &mut [CellResult]) {
    let lacks = |cell: &CellResult| {
        let rates = cell.rounds.iter().filter_map(|round| round.rate);
        rates.filter(|rate| *rate > 0.0).count() > 1 && cell.spread.rate.is_none()
    };
    if cells.iter().any(lacks) {
        for cell in cells.iter_mut() {
            cell.spread = spread(&cell.rounds);
            cell.relative = None;
        }
        relate(cells);
    }
}

/// How far the figures of a cell may be off, by its rounds.
pub(super) fn spread(rounds: &[RoundSummary]) -> Spread {
    Spread {
        p50: half_width(rounds.iter().filter_map(|round| Some(round.p50_ns? as f64))),
        rate: half_width(rounds.iter().filter_map(|round| round.rate)),
    }
}

/// The cells that can be compared with each other, by row, in the order of the first of each group.
pub(crate) fn groups(cells: &[CellResult]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (row, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.is_comparable()) {
        let group = *known.entry(cell.group()).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(rows) => rows.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// A figure of the cells in `rows`, in that order, with all their rounds.
pub(crate) fn contest(
    cells: &[CellResult],
    rows: &[usize],
    figure: impl Fn(&RoundSummary) -> Option<f64>,
    resolution: f64,
) -> Contest {
    let all = || rows.iter().map(|row| &cells[*row].rounds);
    let mut rounds: Vec<u32> = all().flatten().map(|round| round.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let of_cell = |summaries: &Vec<RoundSummary>| {
        let mut figures = vec![None; rounds.len()];
        for summary in summaries {
            if let Ok(at) = rounds.binary_search(&summary.round) {
                figures[at] = figure(summary);
            }
        }
        figures
    };
    Contest::new(&all().map(of_cell).collect::<Vec<_>>(), resolution)
}

impl CellResult {
    /// True when every message sent is intact, and nothing came that nobody sent, as far as a judge of ours
    /// looked. False where none did.
    pub fn messages_are_whole(&self) -> bool {
        let whole = |verdicts: &Verdicts| {
            verdicts.sent == verdicts.intact
                && verdicts.unexpected_bytes == Some(0)
                && verdicts.unexpected_messages == Some(0)
        };
        let judged = self.integrity.judged();
        judged.iter().any(|(_, one)| one.sent > 0) && judged.iter().all(|(_, one)| whole(one))
    }

    /// True when [`messages_are_whole`](Self::messages_are_whole), and exchanges were done.
    pub fn is_intact(&self) -> bool {
        self.messages_are_whole() && self.exchanges.done > 0
    }

    /// True when messages are known not to be intact, or something came that nobody sent.
    pub fn is_damaged(&self) -> bool {
        let some = |count: Option<u64>| count.is_some_and(|count| count > 0);
        let anything = |one: &Verdicts| {
            one.sent > 0 || some(one.unexpected_bytes) || some(one.unexpected_messages)
        };
        let known = self.integrity.judged().iter().any(|(_, one)| anything(one));
        known && !self.messages_are_whole()
    }

    /// True where only the client's handler judges, and it was content with every exchange: done, or
    /// refused as a protocol may.
    pub fn is_answered(&self) -> bool {
        let ends = &self.exchanges;
        self.integrity.judge == JudgedBy::HandlerOnly
            && ends.done > 0
            && ends.done.checked_add(ends.rejected) == Some(ends.started)
    }

    /// True when the cell did what it was asked for, so that its speed can be held against that of
    /// others: its messages are intact (or its answers right, where only the handler judges), and no
    /// side crashed.
    pub fn is_comparable(&self) -> bool {
        (self.is_intact() || self.is_answered()) && self.crashes.is_empty()
    }

    /// Intact messages and messages sent, in the directions that a judge of ours looked at.
    pub fn intact_of_sent(&self) -> (u64, u64) {
        self.integrity.judged().into_iter().fold((0, 0), |(intact, sent), (_, one)| {
            (intact.saturating_add(one.intact), sent.saturating_add(one.sent))
        })
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
    /// [dividing axes](Self::dividing_axes), the placement, the way to wait, and who judges. Where only
    /// the handler judges, also the handler and what it is told.
    pub fn group(&self) -> String {
        let Setup { cpu, .. } = &self.setup;
        let mut key = format!("{:?} {:?} {:?}", self.part, cpu.placed(), cpu.wait);
        let mut axes = self.dividing_axes();
        if self.integrity.judge == JudgedBy::HandlerOnly {
            key.push_str(&format!("\nanswers to {}", self.setup.handler));
            axes.extend(
                self.axes.keys().map(String::as_str).filter(|axis| within(axis, "handler")),
            );
        }
        for axis in axes {
            key.push_str(&format!("\n{axis}={}", self.axes[axis]));
        }
        key
    }

    /// What two cells must share so that they differ in nothing but this axis: the points on all others, the
    /// placement and the way to wait unless that is the axis, the part, and who judges. `None`: they can never be held
    /// against each other, because only the handler judges and the axis is what it is told, or the cell is not on
    /// the axis.
    pub fn place(&self, axis: &str) -> Option<String> {
        let of_handler = self.integrity.judge == JudgedBy::HandlerOnly;
        if !self.axes.contains_key(axis) || (of_handler && within(axis, "handler")) {
            return None;
        }
        let Setup { cpu, handler, .. } = &self.setup;
        let mut key = format!("{:?} {:?}", self.part, self.integrity.judge);
        if of_handler {
            key.push_str(&format!("\nanswers to {handler}"));
        }
        // A whole table of them is one axis, too.
        let is_axis = |key: &str| within(key, axis);
        if !["cpu.placement", "cpu.server", "cpu.client"].into_iter().any(is_axis) {
            key.push_str(&format!("\n{}", cpu.placed()));
        }
        if !is_axis("cpu.wait") {
            key.push_str(&format!("\n{:?}", cpu.wait));
        }
        for (other, value) in self.axes.iter().filter(|(other, _)| *other != axis) {
            key.push_str(&format!("\n{other}={value}"));
        }
        Some(key)
    }

    /// True when messages are damaged, and a gate that holds asks for exactly that: a negative
    /// control, or a known fault.
    pub fn damage_is_expected(&self) -> bool {
        let asked = |gate: &GateResult| {
            let limit = gate.limit.trim_start();
            let asks = match find(&gate.gate) {
                Some((Metric::Verdict(Verdict::Intact), _)) => limit.starts_with('<'),
                Some((Metric::Damaged | Metric::Verdict(_), _)) => limit.starts_with('>'),
                _ => false,
            };
            gate.pass == Some(true) && asks
        };
        let failed =
            |gate: &GateResult| gate.family == Family::Integrity && gate.pass == Some(false);
        self.is_damaged() && self.gates.iter().any(asked) && !self.gates.iter().any(failed)
    }
}

fn is_framing(axis: &str) -> bool {
    within(axis, "framing")
}

/// Whether an axis is this key or stands below it.
fn within(axis: &str, key: &str) -> bool {
    axis.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
