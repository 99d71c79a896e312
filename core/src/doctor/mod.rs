//! Is this machine fit to measure, and what should be changed?
//!
//! Each file looks at one thing and says what it means, for a machine of made-up files as well. What has to be
//! timed (`clock`, `timers`, `noise`) is timed first and judged by itself. `proofs` are of the instrument.

mod buffers;
mod clock;
mod descriptors;
mod finding;
mod limits;
mod memory;
mod noise;
mod now;
mod ports;
mod processes;
mod processors;
mod proofs;
mod queues;
mod timers;

pub use finding::{Finding, State};
pub use proofs::Proven;

use crate::machine::{Root, affinity};
use crate::net::clock::Clock;
use nix::unistd::Pid;
use serde::Serialize;

/// The most connections that a scenario may have.
const CONNECTIONS: u64 = 10_000;

/// Descriptors of a side besides its connections.
const SPARE: u64 = crate::host::limits::ORDINARY;

/// The schema of the document.
const SCHEMA: &str = "wirebench.doctor/1";

/// What is to be changed, the most important first: what makes figures wrong, then what makes them noise, then
/// what ends rounds of many connections. Keys that never ask for a change stand at the end.
const IMPORTANCE: [&str; 29] = [
    "clock.monotonic",
    "clock.agreement",
    "clock.source",
    "clock.cost",
    "processors.quota",
    "processors.usable",
    "now.swap",
    "now.load",
    "now.pressure",
    "processors.stolen",
    "processors.threads",
    "processors.governor",
    "noise.spread",
    "timers.sleep",
    "timers.spin",
    "processors.isolated",
    "budgets.memory",
    "budgets.descriptors",
    "budgets.processes",
    "budgets.ports",
    "budgets.queues",
    "budgets.buffers",
    "processors.turbo",
    "processors.hypervisor",
    "processors.container",
    "proofs.percentiles",
    "proofs.codec",
    "proofs.stall",
    "load.reach",
];

/// All that was found; `docs/doctor.md` explains every field, and a test holds the two together.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// `wirebench.doctor/1`.
    pub schema: &'static str,
    /// The version of wirebench.
    pub version: &'static str,
    /// What takes more than a second was left out.
    pub quick: bool,
    /// The gravest state of all lines.
    pub state: State,
    /// Keys of what is to be changed, the most important first.
    pub change: Vec<&'static str>,
    /// Differences under so many percent mean nothing here now; `None`: not known.
    pub noise_percent: Option<f64>,
    /// The lines.
    pub findings: Vec<Finding>,
    /// The proofs.
    pub proofs: Vec<Proven>,
}

/// Looks at everything. `root` is where the kernel's files are read; what is timed is timed on this machine.
pub fn examine(root: &Root, quick: bool) -> Examination {
    let clock = Clock::calibrate();
    let usable = affinity(Pid::from_raw(0));
    let usable = usable.as_ref().map_or(&[][..], |list| list.numbers());
    // Before anything of ours is in the load.
    let now = now::look(root);
    let noise = (!quick).then(|| noise::measure(clock, usable));
    let mut findings = clock::look(root, &clock::measure(clock, usable));
    findings.extend(timers::look(root, &timers::measure(clock)));
    findings.extend([
        descriptors::look(root),
        ports::look(root),
        buffers::look(root),
        queues::look(root),
        memory::look(root),
        processes::look(root),
    ]);
    findings.extend(processors::look(root));
    findings.extend(now);
    findings.push(noise::look(noise.as_ref()));
    Examination::of(findings, proofs::prove_all(), quick)
}

impl Examination {
    fn of(findings: Vec<Finding>, proofs: Vec<Proven>, quick: bool) -> Self {
        let mut change: Vec<&'static str> = findings
            .iter()
            .filter(|finding| finding.state == State::ChangeThis)
            .map(|finding| finding.key)
            .collect();
        change.sort_by_key(|key| IMPORTANCE.iter().position(|one| one == key));
        let gravest = findings.iter().map(|finding| finding.state).max();
        let broken = proofs.iter().any(|proven| !proven.holds);
        let state = if broken { State::ChangeThis } else { gravest.unwrap_or(State::NotKnown) };
        let noise = findings.iter().find(|finding| finding.key == "noise.spread");
        let noise_percent = noise.and_then(|noise| noise.figures.get("percent")?.as_f64());
        let version = env!("CARGO_PKG_VERSION");
        Self { schema: SCHEMA, version, quick, state, change, noise_percent, findings, proofs }
    }

    /// Adds what took rounds to find out.
    pub fn add(&mut self, findings: Vec<Finding>, proofs: Vec<Proven>) {
        let mut all = std::mem::take(&mut self.findings);
        all.extend(findings);
        let mut proven = std::mem::take(&mut self.proofs);
        proven.extend(proofs);
        *self = Self::of(all, proven, self.quick);
    }

    /// The line of this key.
    pub fn finding(&self, key: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.key == key)
    }

    /// Proofs that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Proven> {
        self.proofs.iter().filter(|proven| !proven.holds)
    }
}

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_and_proof_has_its_place_in_the_order() {
        let folder = tempfile::tempdir().unwrap();
        let all = examine(&Root::at(folder.path()), true);
        let lines = all.findings.iter().map(|finding| finding.key);
        let mut keys: Vec<&str> = lines.chain(all.proofs.iter().map(|proven| proven.key)).collect();
        // These are told of rounds, which somebody else plays.
        keys.extend(["load.reach", "proofs.stall"]);
        let mut known = IMPORTANCE.to_vec();
        keys.sort_unstable();
        known.sort_unstable();
        assert_eq!(keys, known);
    }

    #[test]
    fn on_a_machine_without_any_file_nothing_is_to_be_changed_and_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let all = examine(&Root::at(folder.path()), true);
        let timed = ["clock.", "timers."];
        for finding in &all.findings {
            let is_timed = timed.iter().any(|begin| finding.key.starts_with(begin));
            assert!(is_timed || finding.state <= State::NotKnown, "{finding:?}");
        }
    }

    #[test]
    fn what_is_to_be_changed_is_told_in_the_order_of_its_weight() {
        let change = |key| Finding::change(key, "x", "y");
        let findings = vec![
            change("budgets.ports"),
            Finding::fine("clock.cost", "x"),
            change("now.load"),
            change("clock.monotonic"),
        ];
        let all = Examination::of(findings, Vec::new(), false);
        assert_eq!(all.change, ["clock.monotonic", "now.load", "budgets.ports"]);
        assert_eq!(all.state, State::ChangeThis);
        let fine = Examination::of(vec![Finding::fine("clock.cost", "x")], Vec::new(), false);
        assert_eq!((fine.state, fine.change.len(), fine.noise_percent), (State::Fine, 0, None));
    }
}
