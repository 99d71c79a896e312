//! What the rounds of a search say: of each point, and of each group together.

use super::cell::CellData;
use super::document::{
    CellResult, CellVerdict, RoundOutcome, SearchGroup, SearchPoint, SearchResult,
};
use super::gates::{Evaluated, GateOutcome, evaluate};
use super::metrics::Value;
use super::{Outcome, Round};
use crate::measure::{LoadEnd, Metric, find};
use crate::scenario::{Cell, Op, Scenario, Search, SearchExpect};
use crate::text::plural;
use std::collections::HashMap;
use wirebench_search::{Answer, Heard, Rule};

/// What a round by itself says of its point. One in which a side crashed, or less was answered than the load asks for,
/// does not keep the limit, whatever it is.
pub fn heard(search: &Search, cell: &Cell, round: &Round) -> Heard {
    let (client, crash) = match &round.outcome {
        Outcome::Finished { client, crash, .. } => (client, crash),
        Outcome::Crashed(_) => return Heard::Fails,
        Outcome::Failed { .. } => return Heard::Untold,
    };
    if client.load_end == LoadEnd::Interrupted {
        return Heard::Untold;
    }
    let mut alone = CellData::new(cell, 1);
    alone.add(round);
    if crash.is_some() || alone.is_saturated() {
        return Heard::Fails;
    }
    let limits = evaluate(&alone, &search.bound);
    let fails = |one: &Evaluated| one.outcome == GateOutcome::Fail || is_of_the_lost(one, &alone);
    if limits.iter().any(fails) {
        Heard::Fails
    } else if limits.iter().all(|one| one.outcome == GateOutcome::Pass) {
        Heard::Holds
    } else {
        Heard::Untold
    }
}

/// True where the value is that of an exchange which was not answered or not started: it kept no limit from above.
fn is_of_the_lost(one: &Evaluated, alone: &CellData) -> bool {
    let from_above = matches!(one.gate.op, Op::Less | Op::AtMost);
    if !from_above || alone.slower() == 0 || !matches!(one.value, Value::Unclear(_)) {
        return false;
    }
    let enough = |needs: u64| alone.latency.count().saturating_add(alone.slower()) >= needs;
    match find(&one.gate.metric) {
        Some((Metric::Max, _)) => true,
        Some((Metric::Latency(percentile) | Metric::ServiceTime(percentile), _)) => {
            enough(percentile.needs())
        }
        _ => false,
    }
}

/// The search of one group of cells.
#[derive(Clone, Debug)]
pub struct GroupSearch {
    /// The cells that are its points.
    cells: Vec<usize>,
    search: wirebench_search::Search,
}

impl GroupSearch {
    /// Those of a scenario, of which nothing was played; empty: it has no search.
    pub fn all(scenario: &Scenario) -> Vec<Self> {
        let Some(search) = &scenario.search else { return Vec::new() };
        let value = |cell: &usize| search.value(&scenario.cells[*cell].settings);
        let group = |mut cells: Vec<usize>| {
            // A plan that is read from a file may be of anything.
            cells.retain(|cell| value(cell).is_some_and(f64::is_finite));
            let values = cells.iter().filter_map(value).collect();
            let search = wirebench_search::Search::new(values, Rule::new(search.rounds));
            Self { cells, search }
        };
        scenario.search_groups().into_iter().map(group).collect()
    }

    /// The cell and the round of it that are to be played now; `None`: the search is over.
    pub fn next(&self) -> Option<(usize, u32)> {
        let next = self.search.next()?;
        Some((*self.cells.get(next.point)?, next.round))
    }

    /// A round of this cell is over; one of a cell of another group is left out.
    pub fn tell(&mut self, cell: usize, heard: Heard) {
        if let Ok(point) = self.cells.binary_search(&cell) {
            self.search.tell(point, heard);
        }
    }

    /// About how many more rounds there are.
    pub fn left(&self) -> u64 {
        self.search.left()
    }
}

/// True where nothing more is to be played of a search, by what its cells say.
pub(super) fn is_over(scenario: &Scenario, cells: &[CellResult]) -> bool {
    groups(scenario, cells).iter().all(|group| group.next().is_none())
}

/// What was found, by the rounds of the cells, which are all of the scenario and in its order; `None`: it has no search.
pub(super) fn found(scenario: &Scenario, cells: &[CellResult]) -> Option<SearchResult> {
    let search = scenario.search.as_ref()?;
    let groups = groups(scenario, cells);
    Some(SearchResult {
        metric: search.metric.clone(),
        vary: search.vary.clone(),
        from: search.from.clone(),
        to: search.to.clone(),
        resolution: search.resolution,
        rounds: search.rounds,
        expect: search.expect.as_ref().map(|expect| expect.text.clone()),
        groups: groups.iter().map(|group| of_group(scenario, search, group)).collect(),
    })
}

fn groups(scenario: &Scenario, cells: &[CellResult]) -> Vec<GroupSearch> {
    let mut groups = GroupSearch::all(scenario);
    for group in &mut groups {
        for cell in group.cells.clone() {
            let rounds = cells.get(cell).map_or(&[][..], |cell| &cell.rounds);
            rounds.iter().for_each(|round| group.tell(cell, said(round)));
        }
    }
    groups
}

/// What a round said, as it is kept.
fn said(round: &super::document::RoundSummary) -> Heard {
    match (round.outcome, round.keeps) {
        (RoundOutcome::Failed, _) | (_, None) => Heard::Untold,
        (_, Some(true)) => Heard::Holds,
        (_, Some(false)) => Heard::Fails,
    }
}

fn of_group(scenario: &Scenario, search: &Search, group: &GroupSearch) -> SearchGroup {
    let answer = group.search.answer();
    let point = |point: &usize| {
        let cell = &scenario.cells[group.cells[*point]];
        let value = cell.axes.iter().find(|(axis, _)| *axis == search.vary);
        SearchPoint {
            value: value.map(|(_, value)| value.clone()).unwrap_or_default(),
            number: search.value(&cell.settings).unwrap_or_default(),
            cell: cell.id.clone(),
        }
    };
    let name = group.cells.first().map(|cell| search.group(&scenario.cells[*cell].axes));
    let mut found = SearchGroup {
        group: name.unwrap_or_default(),
        answer: String::new(),
        holds: answer.holds.as_ref().map(point),
        fails: answer.fails.as_ref().map(point),
        undecided: answer.undecided.iter().map(point).collect(),
        fails_below: answer.fails_below.iter().map(point).collect(),
        unfinished: !answer.over,
        points: answer.points as u64,
        rounds: answer.rounds,
        pass: None,
    };
    found.pass = search.expect.as_ref().and_then(|expect| passes(&found, expect));
    found.answer = sentence(&found, search, &answer);
    found
}

/// What the gate says: it holds where the highest value that holds is high enough, and fails where one fails that is not
/// higher than what is asked for.
fn passes(found: &SearchGroup, expect: &SearchExpect) -> Option<bool> {
    let keeps = |number: f64| match expect.op {
        Op::More => number > expect.value,
        _ => number >= expect.value,
    };
    if found.holds.as_ref().is_some_and(|point| keeps(point.number)) {
        return Some(true);
    }
    // Of more load than this nothing holds, so it is no use that something between may.
    let lower = found.fails.as_ref().is_some_and(|point| point.number <= expect.value);
    let end = !found.unfinished && found.fails.is_none() && found.undecided.is_empty();
    (lower || end).then_some(false)
}

/// `keeps p99 < 1ms up to 182k/s, fails at 191k/s; 9 points, 31 rounds`.
fn sentence(found: &SearchGroup, search: &Search, answer: &Answer) -> String {
    let metric = &search.metric;
    let SearchGroup { holds, fails, .. } = found;
    let mut text = match (holds, fails) {
        (Some(holds), Some(fails)) => {
            let surely = if answer.is_exact() { "" } else { " surely" };
            format!(
                "keeps {metric}{surely} up to {}, fails{surely} at {}",
                holds.value, fails.value
            )
        }
        (Some(holds), None) if answer.over && answer.undecided.is_empty() => {
            format!("keeps {metric} everywhere up to {}", holds.value)
        }
        (Some(holds), None) => {
            format!("keeps {metric} surely up to {}, and fails surely nowhere", holds.value)
        }
        (None, Some(fails)) if answer.fails_at_the_start() => {
            format!("fails {metric} already at {}", fails.value)
        }
        (None, Some(fails)) => {
            format!("keeps {metric} surely nowhere, fails surely at {}", fails.value)
        }
        (None, None) => format!("tells nothing of {metric}"),
    };
    if !found.undecided.is_empty() {
        let values = listed(&found.undecided);
        text.push_str(&format!("; not decided in between: {values}"));
    }
    if !found.fails_below.is_empty() {
        let values = listed(&found.fails_below);
        text.push_str(&format!(
            "; more load is not always worse: it fails below that, at {values}"
        ));
    }
    if found.unfinished {
        text.push_str("; ended before it was found");
    }
    let (points, rounds) = (found.points, found.rounds);
    text.push_str(&format!(
        "; {points} {}, {rounds} {}",
        plural(points, "point"),
        plural(rounds, "round")
    ));
    if let Some(expect) = &search.expect {
        text.push_str(match found.pass {
            Some(true) => "; expected ",
            Some(false) => "; not as expected: ",
            None => "; cannot be held against what is expected: ",
        });
        text.push_str(&expect.text);
    }
    text
}

/// Values that are named of many.
const NAMED: usize = 4;

fn listed(points: &[SearchPoint]) -> String {
    let named: Vec<&str> = points.iter().take(NAMED).map(|point| point.value.as_str()).collect();
    match points.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The worst verdict of a run: that a point of a search is more than can be kept is what was looked for.
pub(super) fn worst<'a>(
    cells: impl Iterator<Item = &'a CellResult>,
    search: Option<&SearchResult>,
) -> Option<CellVerdict> {
    let looked_for = |verdict| search.is_some() && verdict == CellVerdict::Saturated;
    let verdicts = cells.map(|cell| cell.verdict);
    let worst = verdicts.map(|one| if looked_for(one) { CellVerdict::Pass } else { one }).max();
    let gate = match search.and_then(SearchResult::pass) {
        Some(Some(false)) => Some(CellVerdict::Fail),
        Some(None) => Some(CellVerdict::Inconclusive),
        Some(Some(true)) | None => None,
    };
    worst.max(gate)
}

/// Why a search cannot have found this in these cells, if so. `ids`: the cells of the document with what their rounds
/// said.
pub(super) fn check(
    search: &SearchResult,
    cells: &HashMap<String, [u64; 2]>,
) -> Result<(), String> {
    let mut points = 0_u64;
    for group in &search.groups {
        let told = |point: &SearchPoint, right: fn(&[u64; 2]) -> bool| {
            cells.get(&point.cell).is_some_and(right) && point.number.is_finite()
        };
        let holds = group.holds.iter().all(|point| told(point, |[kept, missed]| kept > missed));
        let fails = group.fails.iter().chain(&group.fails_below);
        let fails = fails.into_iter().all(|point| told(point, |[kept, missed]| missed > kept));
        if !holds || !fails || !group.undecided.iter().all(|point| told(point, |_| true)) {
            let name = &group.group;
            return Err(format!("what the search found for `{name}` is not what its rounds say"));
        }
        if group.pass.is_some() && search.expect.is_none() {
            return Err("a gate of the search is decided that there is not".into());
        }
        points = points.saturating_add(group.points);
    }
    if points == cells.len() as u64 {
        Ok(())
    } else {
        Err(format!("the search is said to have {points} points, which is not the number of cells"))
    }
}
