//! The instrument's floor: what an exchange takes of which a server does nothing but copy. No figure of a run
//! means anything below it.

use super::one_round::play;
use crate::result::document::FloorResult;
use crate::run::Runner;
use crate::scenario::{Scenario, Until};
use std::path::PathBuf;

/// Shorter runs have none: it would be most of what they do. In nanoseconds.
const SHORTEST_RUN_NS: u64 = 2_000_000_000;

/// What is played once. The handler's server has no part in it.
const SCENARIO: &str = include_str!("own/floor.toml");

/// Plays it before a run that is long enough. `None`: the run is short, or there is no `echo`, no port, or no
/// answer: a run does not fail for want of a floor.
pub(super) fn measure(
    runner: &mut Runner,
    scenario: &Scenario,
    plugin_dirs: &[PathBuf],
) -> Option<FloorResult> {
    if planned_ns(scenario) < SHORTEST_RUN_NS {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let command = format!("server.command=[{:?}, \"__copy\", \"{{port}}\"]", program.to_str()?);
    let mut set = vec![command];
    let cpu = &scenario.cells.first()?.settings.cpu;
    let word = |value: serde_json::Value| value.as_str().map(str::to_owned);
    set.push(format!("cpu.wait={}", word(serde_json::to_value(cpu.wait).ok()?)?));
    let cell = play(runner, SCENARIO, set, plugin_dirs).ok()?;
    Some(FloorResult {
        p50_ns: cell.latency_ns.p50?,
        p99_ns: cell.latency_ns.p99,
        rate: cell.rate.achieved,
        client_cpu_ns_per_message: cell.cpu.client_ns_per_message,
    })
}

/// What a run plans to measure, in nanoseconds.
fn planned_ns(scenario: &Scenario) -> u64 {
    let each = scenario.cells.iter().map(|cell| {
        let load = &cell.settings.load;
        match load.until {
            Until::Duration(ns) => load.warmup_ns.saturating_add(ns),
            Until::Messages(_) => load.warmup_ns,
        }
    });
    each.fold(0, u64::saturating_add).saturating_mul(scenario.rounds.into())
}
