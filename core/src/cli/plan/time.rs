//! How long rounds take: if all goes well, and at most.

use super::many;
use crate::run::paired_rounds;
use crate::scenario::{Foreign, Load, Scenario, Until};
use wirebench_search::most_points;
use wirebench_values::{Span, Written};

/// Starting the two processes of a round and collecting their reports takes about this long: the
/// median of what the rounds of `scenarios/sticky.toml` took beyond warm-up and duration, by
/// `took_ns` in the journal of a run, was 18.5 ms.
const PROCESSES_NS: u64 = 20_000_000;

/// What the rounds of a scenario, or of several, come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    cells: u64,
    rounds: u64,
    /// Rounds that both builds play where two are compared, those of the controls included.
    paired: u64,
    pairs: u64,
    usual_ns: u128,
    most_ns: u128,
    /// What all of that takes where two builds are compared.
    paired_ns: u128,
    /// Cells that end by their number of messages, whose time nobody knows.
    counted: u64,
}

impl Estimate {
    /// That of the cells of a scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut all = Self::default();
        for settings in scenario.cells.iter().map(|cell| &cell.settings) {
            let load = &settings.load;
            all.usual_ns += u128::from(least_ns(load));
            all.counted += u64::from(usual_ns(load).is_none());
            // Closing takes as long as draining at most.
            all.most_ns += u128::from(PROCESSES_NS) + u128::from(load.longest_ns());
            all.most_ns += u128::from(load.drain_ns);
            if let Some(Foreign::Command(server)) = &settings.server {
                all.most_ns += u128::from(server.start_timeout_ns);
            }
        }
        all.cells = scenario.cells.len() as u64;
        all.rounds = scenario.usual_rounds();
        (all.pairs, all.paired) = (all.rounds, paired_rounds(scenario));
        // Of a search, some of the cells are played; rounds of all take about as long as each other.
        let cells = u128::from(all.cells).max(1);
        all.usual_ns = all.usual_ns * u128::from(all.rounds) / cells;
        all.most_ns = all.most_ns * u128::from(most_rounds(scenario)) / cells;
        all.paired_ns = match u128::from(all.rounds) {
            0 => 0,
            played => all.usual_ns * u128::from(all.paired) / played,
        };
        all
    }

    /// Those of several scenarios together.
    pub(super) fn sum(all: &[Self]) -> Self {
        all.iter().fold(Self::default(), |sum, one| Self {
            cells: sum.cells.saturating_add(one.cells),
            rounds: sum.rounds.saturating_add(one.rounds),
            paired: sum.paired.saturating_add(one.paired),
            pairs: sum.pairs.saturating_add(one.pairs),
            usual_ns: sum.usual_ns.saturating_add(one.usual_ns),
            most_ns: sum.most_ns.saturating_add(one.most_ns),
            paired_ns: sum.paired_ns.saturating_add(one.paired_ns),
            counted: sum.counted + one.counted,
        })
    }

    /// `24 cells, 72 rounds`.
    pub(super) fn counts(&self) -> String {
        format!("{}, {}", many(self.cells, "cell"), many(self.rounds, "round"))
    }

    /// How long all rounds take: if all goes well, and if nothing is ever answered or closed.
    pub(super) fn time(&self) -> String {
        let (usual, most) = (spoken(self.usual_ns), spoken(self.most_ns));
        if self.counted > 0 {
            return format!(
                "takes over {usual}: {} of the cells end by their number of messages; \
                 at most about {most}",
                self.counted
            );
        }
        format!(
            "takes about {usual}; at most about {most}, if nothing is answered and nothing is closed"
        )
    }

    /// `72 pairs of rounds, 159 rounds with the controls`.
    pub(super) fn pairs(&self) -> String {
        let (pairs, rounds) = (many(self.pairs, "pair"), many(self.paired, "round"));
        format!("{pairs} of rounds, {rounds} with the controls")
    }

    /// How long these take, and for how long cells that look different may be measured again: for `budget`, or
    /// else for half as long.
    pub(super) fn paired_time(&self, budget: Option<&str>) -> String {
        let over = if self.counted > 0 { "over" } else { "about" };
        let given = budget.and_then(|text| Span::read(&Written::Text(text)).ok());
        let fresh = match given {
            Some(budget) => format!("{} a scenario at most", spoken(budget.ns().into())),
            None => format!("{over} {}", spoken(self.paired_ns / 2)),
        };
        let paired = spoken(self.paired_ns);
        format!(
            "takes {over} {paired}; then cells that look different are measured again for {fresh}"
        )
    }
}

/// Rounds of all cells at most.
fn most_rounds(scenario: &Scenario) -> u64 {
    if scenario.search.is_none() {
        return scenario.usual_rounds();
    }
    let points = scenario.search_points(most_points).map(|points| points as u64);
    points.fold(0, u64::saturating_add).saturating_mul(scenario.most_rounds().into())
}

/// How long a round takes at least if all goes well, in nanoseconds.
fn least_ns(load: &Load) -> u64 {
    let measured = match load.until {
        Until::Duration(ns) => ns,
        Until::Messages(_) => 0,
    };
    PROCESSES_NS.saturating_add(load.warmup_ns).saturating_add(measured)
}

/// How long a round takes if all goes well, in nanoseconds; `None`: it ends by its number of messages.
pub(in crate::cli) fn usual_ns(load: &Load) -> Option<u64> {
    matches!(load.until, Until::Duration(_)).then(|| least_ns(load))
}

/// Nanoseconds for a person: `8.9 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
fn spoken(ns: u128) -> String {
    let seconds = ns / 1_000_000_000;
    match seconds {
        0..60 => format!("{:.1} s", ns as f64 / 1e9),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}
