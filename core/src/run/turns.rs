//! Which round is played next.

use crate::load;
use crate::result::Round;
use crate::result::search::{GroupSearch, heard};
use crate::scenario::Scenario;
use std::collections::{BTreeSet, VecDeque};

/// The rounds of a run, one after the other.
pub(super) enum Turns<'a> {
    /// All of these cells, each round number in an order of its own.
    Planned(&'a Scenario, VecDeque<(u32, usize)>, u32, BTreeSet<usize>),
    /// Those that a search asks for.
    Searched(SearchTurns<'a>),
}

impl<'a> Turns<'a> {
    /// Those of all cells, for the first time.
    pub(super) fn all(scenario: &'a Scenario) -> Self {
        if scenario.search.is_some() {
            return Self::Searched(SearchTurns::new(scenario));
        }
        Self::again(scenario, (0..scenario.cells.len()).collect())
    }

    /// Those of these cells, with all their rounds.
    pub(super) fn again(scenario: &'a Scenario, cells: BTreeSet<usize>) -> Self {
        Self::Planned(scenario, VecDeque::new(), 0, cells)
    }

    /// The number of a round, from 0, and its cell; `None`: all are over.
    pub(super) fn next(&mut self) -> Option<(u32, usize)> {
        match self {
            Self::Planned(scenario, turns, number, cells) => {
                while turns.is_empty() && *number < scenario.rounds && !cells.is_empty() {
                    let order = load::order(scenario.seed, *number, scenario.cells.len());
                    let those = order.into_iter().filter(|cell| cells.contains(cell));
                    turns.extend(those.map(|cell| (*number, cell)));
                    *number += 1;
                }
                turns.pop_front()
            }
            Self::Searched(search) => search.next(),
        }
    }

    /// A round is over.
    pub(super) fn ended(&mut self, round: &Round) {
        if let Self::Searched(search) = self {
            search.ended(round);
        }
    }

    /// About how many more rounds there are, where that is found out while they are played.
    pub(super) fn left(&self) -> Option<u64> {
        match self {
            Self::Planned(..) => None,
            Self::Searched(search) => Some(search.groups.iter().map(GroupSearch::left).sum()),
        }
    }
}

/// All groups go on together, a round each in turn, so that what happens meanwhile happens to all alike.
pub(super) struct SearchTurns<'a> {
    scenario: &'a Scenario,
    groups: Vec<GroupSearch>,
    /// How often each group had its turn.
    sweep: u32,
    turns: VecDeque<usize>,
}

impl<'a> SearchTurns<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let (groups, turns) = (GroupSearch::all(scenario), VecDeque::new());
        Self { scenario, groups, sweep: 0, turns }
    }

    fn next(&mut self) -> Option<(u32, usize)> {
        loop {
            if self.turns.is_empty() {
                let order = load::order(self.scenario.seed, self.sweep, self.groups.len());
                let goes_on = |group: &usize| self.groups[*group].next().is_some();
                self.turns = order.into_iter().filter(goes_on).collect();
                self.sweep = self.sweep.wrapping_add(1);
            }
            let group = self.turns.pop_front()?;
            if let Some((cell, round)) = self.groups[group].next() {
                return Some((round, cell));
            }
        }
    }

    fn ended(&mut self, round: &Round) {
        let Some(search) = &self.scenario.search else { return };
        let Some(cell) = self.scenario.cells.get(round.cell) else { return };
        let heard = heard(search, cell, round);
        self.groups.iter_mut().for_each(|group| group.tell(round.cell, heard));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Overrides, load};

    fn scenario(more: &str) -> Scenario {
        let text = format!(
            "schema = 1\nname = \"t\"\nhandler = {{ plugin = \"echo\" }}\n{more}\n\
             [matrix]\nframing = [\"raw\", \"len32be\", \"line\"]\n"
        );
        match load("t.toml", &text, &Overrides::default(), &|_| Err(String::new())) {
            Ok(loaded) => loaded.scenario,
            Err(diagnostics) => panic!("{}", diagnostics.render(false)),
        }
    }

    #[test]
    fn all_cells_of_a_round_number_come_before_those_of_the_next() {
        let scenario = scenario("load.rounds = 2");
        let mut turns = Turns::all(&scenario);
        let played: Vec<(u32, usize)> = std::iter::from_fn(|| turns.next()).collect();
        let numbers: Vec<u32> = played.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [0, 0, 0, 1, 1, 1]);
        let mut again = Turns::again(&scenario, BTreeSet::from([1]));
        assert_eq!(std::iter::from_fn(|| again.next()).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
        assert_eq!(again.left(), None);
    }

    #[test]
    fn groups_of_a_search_take_turns_and_each_goes_its_own_way() {
        let search = "[search]\nmetric = \"rate > 1/s\"\nvary = \"load.in-flight\"\nfrom = 1\nto = 64\n\
                      resolution = \"100%\"\nrounds = 2";
        let scenario = scenario(search);
        let mut turns = Turns::all(&scenario);
        let Turns::Searched(search) = &mut turns else { panic!("it is a search") };
        let mut of_groups = vec![Vec::new(); 3];
        let mut row = Vec::new();
        while let Some((number, cell)) = search.next() {
            // Candidates of a group stand together.
            let (group, point) = (cell / 7, cell % 7);
            of_groups[group].push((point, number));
            row.push(group);
            let keeps = point < 2 + 2 * group;
            let heard =
                if keeps { wirebench_search::Heard::Holds } else { wirebench_search::Heard::Fails };
            search.groups.iter_mut().for_each(|group| group.tell(cell, heard));
        }
        assert!(
            row.chunks(3).take(6).all(|turn| (0..3).all(|group| turn.contains(&group))),
            "{row:?}"
        );
        for (group, played) in of_groups.iter().enumerate() {
            let points: BTreeSet<usize> = played.iter().map(|(point, _)| *point).collect();
            assert!(
                points.contains(&(1 + 2 * group)) && points.contains(&(2 + 2 * group)),
                "{played:?}"
            );
            assert_eq!(played.len(), 2 * points.len(), "rounds that agree decide at once");
        }
        assert_eq!(turns.left(), Some(0));
    }
}
