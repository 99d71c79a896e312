//! What a search would play: as far as that is known before it does.

use super::many;
use crate::scenario::{Scenario, Search};
use wirebench_search::{Rule, most_points, usual_points};

/// What it looks for, and how many points and rounds that takes.
pub(super) fn lines(scenario: &Scenario, search: &Search) -> Vec<String> {
    let sum =
        |of: fn(&[f64]) -> usize| scenario.search_points(of).map(|points| points as u64).sum();
    let (usual, most): (u64, u64) = (sum(usual_points), sum(most_points));
    let rule = Rule::new(search.rounds);
    let groups = scenario.search_groups().len() as u64;
    let mut lines = vec![
        format!(
            "  searches for the highest {} from {} to {} that keeps {}, for {}, seed {}",
            search.vary,
            search.from,
            search.to,
            search.metric,
            many(groups, "group"),
            scenario.seed,
        ),
        format!(
            "  {}: plays about {} of {} to {} each, at most {}",
            many(scenario.cells.len() as u64, "candidate"),
            many(usual, "point"),
            many(rule.lead().into(), "round"),
            rule.most(),
            many(most, "point"),
        ),
    ];
    lines.extend(search.expect.as_ref().map(|expect| format!("  expects {}", expect.text)));
    lines
}

/// The cells that are described: all, and of a search the first and the last candidate of each group.
pub(super) fn shown(scenario: &Scenario) -> Vec<usize> {
    if scenario.search.is_none() {
        return (0..scenario.cells.len()).collect();
    }
    let groups = scenario.search_groups();
    let ends = groups.iter().flat_map(|group| {
        let (first, last) = (group.first().copied(), group.last().copied());
        first.into_iter().chain(last.filter(|last| Some(*last) != first))
    });
    ends.collect()
}
