//! What takes rounds to find out: whether latency is counted from when exchanges were due, and up to which rate this
//! machine offers what it is asked for.

use super::one_round::play;
use crate::doctor::{Finding, Proven};
use crate::measure::{P90, P99, Percentile};
use crate::result::document::{CellResult, OpenResult};
use crate::run::Runner;
use crate::scenario::grouped;
use std::path::PathBuf;
use wirebench_values::Span;

const MS: u64 = 1_000_000;

/// A server that stops once, in the midst of an open loop.
const STALL: &str = include_str!("own/stall.toml");

/// How long it stops, out of how long, in nanoseconds.
const STOPPED_NS: u64 = 200 * MS;
const WINDOW_NS: u64 = 1_000 * MS;

/// A percentile may be so much below what the stall makes it: an arrival on either side of a quantile.
const BELOW_NS: u64 = 10 * MS;

/// What is offered in turn.
const OFFERED: &str = include_str!("own/offered.toml");

/// Six decades, in exchanges a second.
const RATES: [u64; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// One in so many may be answered too late for the window, and the last two of it besides.
const MISSING: u64 = 100;
const LAST: u64 = 2;

/// A machine that does not reach this rate, in exchanges a second, is too busy for any.
const LEAST_REACH: u64 = 1_000;

/// Plays them.
pub(super) fn prove(runner: &mut Runner, plugin_dirs: &[PathBuf]) -> (Vec<Finding>, Vec<Proven>) {
    let stalled = play(runner, STALL, Vec::new(), plugin_dirs);
    let proven = stalled.map(|cell| of_stall(&cell));
    let offered = |rate: &u64| {
        let set = vec![format!("load.rate={rate}/s")];
        Ok((*rate, play(runner, OFFERED, set, plugin_dirs)?))
    };
    let reach = match proven {
        Ok(_) => RATES.iter().map(offered).collect::<Result<Vec<_>, String>>(),
        Err(ref why) => Err(why.clone()),
    };
    let reach = match reach {
        Ok(cells) => reached(&cells),
        Err(why) => Finding::unknown("load.reach", &format!("no round could be played: {why}")),
    };
    (vec![reach], proven.into_iter().collect())
}

/// Of all arrivals in a window of T, the share (S - x) / T waits for more than x while the server stops for S: the
/// quantile q of their latencies is S - (1 - q) T, and what the machine adds.
fn of_stall(cell: &CellResult) -> Proven {
    let mut told = Vec::new();
    let mut holds = true;
    for (percentile, share) in [(P90, 0.1), (P99, 0.01)] {
        let least = STOPPED_NS - (share * WINDOW_NS as f64) as u64;
        let found = found(cell, percentile);
        holds &= found.is_none_or(|ns| ns >= least - BELOW_NS);
        told.push(format!(
            "{percentile} is {}, and has to be {} or what the machine adds to that",
            found.map_or("beyond what was answered".into(), |ns| rounded(ns).to_string()),
            Span::from_ns(least),
        ));
    }
    Proven {
        key: "proofs.stall",
        claim: "a server that stops for 200 ms in an open loop shows in the percentiles as long as it stopped",
        holds,
        told: told.join("; "),
    }
}

fn found(cell: &CellResult, percentile: Percentile) -> Option<u64> {
    let times = &cell.latency_ns;
    percentile.of_some(times.histogram.as_ref()?, times.slower)
}

/// To a tenth of a millisecond.
fn rounded(ns: u64) -> Span {
    Span::from_ns(ns / (MS / 10) * (MS / 10))
}

/// Up to which rate what was offered was answered, rate by rate.
fn reached(cells: &[(u64, CellResult)]) -> Finding {
    let share = |cell: &CellResult| cell.open.as_ref().and_then(|open| open.achieved_share);
    let kept = |(_, cell): &&(u64, CellResult)| {
        let missing = |open: &OpenResult| open.planned.saturating_sub(open.answered);
        let fits = |open: &OpenResult| missing(open) <= LAST + open.planned / MISSING;
        cell.open.as_ref().is_some_and(fits)
    };
    let most = cells.iter().take_while(kept).last().map_or(0, |(rate, _)| *rate);
    let beyond = cells.iter().find(|(rate, _)| *rate > most);
    let mut found = match most {
        0 => "not even 10 exchanges a second are answered as they are offered".to_owned(),
        most => {
            format!("what is offered is answered up to {}/s over one connection", grouped(most))
        }
    };
    if let Some((rate, cell)) = beyond {
        let share = share(cell).map_or("nothing".into(), |share| format!("{:.1} %", 100.0 * share));
        found.push_str(&format!("; of {}/s it is {share}", grouped(*rate)));
        let limited = cell.open.as_ref().and_then(|open| open.generator_limited.as_deref());
        if limited == Some("yes") {
            found.push_str(", and the generator is the limit");
        }
    }
    let finding = match most < LEAST_REACH {
        true => Finding::change(
            "load.reach",
            found,
            "something else takes this machine's processors: end it",
        ),
        false => Finding::fine("load.reach", found),
    };
    finding.with("reached_per_second", most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Histogram;
    use crate::result::document::Times;
    use crate::result::{Document, Host, Tool};
    use crate::scenario::{Overrides, load};

    /// A cell of which `latencies` were taken, in milliseconds, each so many times.
    fn cell(latencies: &[(u64, u64)]) -> CellResult {
        let loaded = load("t.toml", STALL, &Overrides::default(), &|_| Err(String::new()));
        let scenario = loaded.expect("it is valid").scenario;
        let mut document = Document::build(&scenario, &[], Host::default(), Tool::this());
        let mut cell = document.cells.remove(0);
        let mut histogram = Histogram::new();
        latencies.iter().for_each(|(ms, count)| histogram.record_n(ms * MS, *count));
        cell.latency_ns = Times::of(&histogram);
        cell
    }

    #[test]
    fn a_stall_that_does_not_show_is_a_proof_that_does_not_hold() {
        let ramp: Vec<(u64, u64)> = (1..=200).map(|ms| (ms, 1)).chain([(1, 800)]).collect();
        assert!(of_stall(&cell(&ramp)).holds);
        // As a closed loop tells it: one exchange saw the stall.
        let proven = of_stall(&cell(&[(1, 999), (200, 1)]));
        assert!(!proven.holds && proven.told.contains("p99 is 1 ms"), "{}", proven.told);
        // A machine that adds to it breaks nothing.
        assert!(of_stall(&cell(&[(400, 1_000)])).holds);
    }

    #[test]
    fn the_reach_ends_at_the_first_rate_that_is_not_answered() {
        let of = |rate, share| {
            let mut cell = cell(&[(1, 1)]);
            let limited = Some("yes".to_owned());
            let planned = 1_000;
            cell.open = Some(OpenResult {
                planned,
                answered: (share * planned as f64) as u64,
                achieved_share: Some(share),
                generator_limited: limited,
                ..OpenResult::default()
            });
            (rate, cell)
        };
        let fine = reached(&[of(10, 1.0), of(100, 1.0), of(1_000, 0.995), of(10_000, 0.4)]);
        assert_eq!(fine.figures["reached_per_second"], 1_000);
        for words in ["up to 1,000/s", "of 10,000/s it is 40.0 %", "the generator is the limit"] {
            assert!(fine.found.contains(words), "{}", fine.found);
        }
        let busy = reached(&[of(10, 1.0), of(100, 0.2), of(1_000, 1.0)]);
        assert_eq!(busy.figures["reached_per_second"], 10);
        assert!(busy.advice.is_some(), "{}", busy.found);
        assert_eq!(reached(&[of(10, 0.0)]).figures["reached_per_second"], 0);
    }
}
