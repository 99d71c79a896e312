//! The instrument's floor: what an exchange takes of which a server does nothing but copy. No figure of a run
//! means anything below it.

use super::plugins;
use crate::measure::P50;
use crate::result::document::{CellVerdict, FloorResult};
use crate::result::{Document, Host, Round, Tool};
use crate::run::{Runner, Watcher};
use crate::scenario::{Overrides, Scenario, Until, load};
use std::path::PathBuf;

/// Shorter runs have none: it would be most of what they do. In nanoseconds.
const SHORTEST_RUN_NS: u64 = 2_000_000_000;

/// What is played once. The handler's server has no part in it.
const SCENARIO: &str = r#"
schema = 1
name = "floor"
handler = { plugin = "echo" }
framing = "len32be"
load = { payload = "64 B", warmup = "50ms", duration = "200ms", rounds = 1 }
"#;

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
    let overrides = Overrides { set, ..Overrides::default() };
    let mut loaded = load("floor", SCENARIO, &overrides, &|_| Err("no files".into())).ok()?;
    let plugins = plugins::locate(&mut loaded, plugin_dirs, false).ok()?;
    let mut kept = Kept::default();
    let ran = runner.run(&loaded.scenario, &plugins, 0, &mut kept).ok()?;
    if ran.interrupted || ran.stopped.is_some() {
        return None;
    }
    let document = Document::build(&loaded.scenario, &kept.0, Host::default(), Tool::this());
    let cell = document.cells.first()?;
    let sound = cell.crashes.is_empty() && cell.verdict != CellVerdict::Crashed;
    let p50_ns = cell.latency_ns.histogram.as_ref().and_then(|times| P50.of(times));
    Some(FloorResult {
        p50_ns: p50_ns.filter(|_| sound)?,
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

/// The rounds that were played.
#[derive(Default)]
struct Kept(Vec<Round>);

impl Watcher for Kept {
    fn begins(&mut self, _: usize, _: u32) {}

    fn ended(&mut self, round: Round) {
        self.0.push(round);
    }
}
