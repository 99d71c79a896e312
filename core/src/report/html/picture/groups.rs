//! Which cells stand beside each other in pictures, how they are called there, and which are drawn where all are too
//! many.

use super::looks::Look;
use crate::report::axes::section_title;
use crate::report::table::kind_name;
use crate::result::Document;
use std::collections::HashMap;

/// The cells of a document by what is compared and what divides, in its order. Cells are named by their place.
#[derive(Debug)]
pub(super) struct Groups {
    /// Those that stand in one section.
    pub(super) all: Vec<Group>,
    /// The kind of each cell: its point on the compared axes.
    kinds: Vec<usize>,
    /// Names of the kinds.
    names: Vec<String>,
}

/// Cells under one title.
#[derive(Debug)]
pub(super) struct Group {
    /// `payload 64 B`; empty where nothing divides.
    pub(super) title: String,
    pub(super) cells: Vec<usize>,
}

impl Groups {
    pub(super) fn of(document: &Document) -> Self {
        let mut groups = Self { all: Vec::new(), kinds: Vec::new(), names: Vec::new() };
        let mut sections: HashMap<String, usize> = HashMap::new();
        let mut kinds: HashMap<String, usize> = HashMap::new();
        for (at, cell) in document.cells.iter().enumerate() {
            let section = *sections.entry(cell.group()).or_insert(groups.all.len());
            match groups.all.get_mut(section) {
                Some(group) => group.cells.push(at),
                None => {
                    groups.all.push(Group { title: section_title(document, cell), cells: vec![at] })
                }
            }
            let name = kind_name(document, cell);
            let kind = *kinds.entry(name.clone()).or_insert(groups.names.len());
            if kind == groups.names.len() {
                groups.names.push(name);
            }
            groups.kinds.push(kind);
        }
        groups
    }

    /// How the cells of a kind look.
    pub(super) fn look(&self, cell: usize) -> Look {
        Look(self.kinds.get(cell).copied().unwrap_or(0))
    }

    /// What a cell is called in its group: its kind.
    pub(super) fn name(&self, cell: usize) -> &str {
        let kind = self.kinds.get(cell).copied().unwrap_or(0);
        self.names.get(kind).map_or("", String::as_str)
    }

    /// What a cell is called where cells of several groups stand: `len32be at payload 64 B`.
    pub(super) fn full_name(&self, group: &Group, cell: usize) -> String {
        let name = self.name(cell);
        if group.title.is_empty() { name.to_owned() } else { format!("{name} at {}", group.title) }
    }

    /// At most so many of the cells that can be drawn, in their groups, those that decide first.
    pub(super) fn chosen(
        &self,
        document: &Document,
        most: usize,
        first: First,
        drawn: impl Fn(usize) -> bool,
    ) -> Chosen<'_> {
        let mut ranked: Vec<(u8, usize, usize, usize)> = Vec::new();
        for (section, group) in self.all.iter().enumerate() {
            let there: Vec<usize> = group.cells.iter().copied().filter(|at| drawn(*at)).collect();
            let ranks = ranks(document, first, &there);
            // Turn by turn, so that every group has a part.
            let cells = there.iter().zip(ranks).enumerate();
            ranked.extend(cells.map(|(turn, (cell, rank))| (rank, turn, section, *cell)));
        }
        let all = ranked.len();
        ranked.sort_unstable();
        ranked.truncate(most);
        ranked.sort_unstable_by_key(|(_, _, section, cell)| (*section, *cell));
        let mut groups: Vec<(&Group, Vec<usize>)> = Vec::new();
        let mut last = None;
        for (_, _, section, cell) in ranked {
            if last.replace(section) != Some(section) {
                groups.push((&self.all[section], Vec::new()));
            }
            if let Some((_, cells)) = groups.last_mut() {
                cells.push(cell);
            }
        }
        let open = document.cells.iter().any(|cell| cell.open.is_some());
        Chosen { groups, all, most, first, open }
    }
}

/// Which cells are drawn first where not all can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// Of each group the fastest and the slowest one (of open loops by p99), then damaged, crashed and saturated ones.
    Extremes,
    /// Damaged, crashed and saturated ones, then of each group the fastest and the slowest.
    Damaged,
}

/// What each cell of a group is worth drawing; the lowest is drawn first.
pub(super) fn ranks(document: &Document, first: First, cells: &[usize]) -> Vec<u8> {
    let speed = |at: usize| {
        let cell = &document.cells[at];
        match cell.open {
            // The rate of an open loop is what was asked for.
            Some(_) => cell.latency_ns.p99.map(|ns| (ns.max(1) as f64).recip()),
            None => cell.rate.achieved.filter(|rate| *rate > 0.0),
        }
    };
    let rates = || cells.iter().filter_map(|at| Some((*at, speed(*at)?)));
    let fastest = rates().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at);
    let slowest = rates().min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at);
    let rank = |at: usize| {
        let cell = &document.cells[at];
        let extreme = Some(at) == fastest || Some(at) == slowest;
        let damaged = cell.is_damaged() || !cell.crashes.is_empty() || cell.is_saturated();
        match first {
            First::Extremes if extreme => 0,
            First::Damaged if damaged => 0,
            _ if extreme || damaged => 1,
            _ => 2,
        }
    };
    cells.iter().map(|at| rank(*at)).collect()
}

/// The cells that are drawn, by group.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    pub(super) groups: Vec<(&'a Group, Vec<usize>)>,
    all: usize,
    most: usize,
    first: First,
    /// Some are open loops.
    open: bool,
}

impl Chosen<'_> {
    /// What is not drawn; `None`: everything is.
    pub(super) fn left_out(&self) -> Option<String> {
        (self.all > self.most).then(|| {
            let order = match self.first {
                First::Extremes => "of each group the fastest and the slowest, then damaged ones",
                First::Damaged => "damaged ones, then of each group the fastest and the slowest",
            };
            let by = if self.open { " (open loops by p99, and saturated ones)" } else { "" };
            let Self { all, most, .. } = self;
            format!("{all} cells; {most} are drawn: {order}{by}, then the others in the order of the scenario")
        })
    }
}
