//! Results of the same scenario, held against the first of them.

use crate::compare::{Comparison, KeptResult, Limits, Reading, Refusal, StoredOptions, stored};
use crate::measure::Compared;
use crate::result::{Document, Tool};

/// What pages need of results to hold one against another.
#[derive(Debug)]
pub(super) struct Beside {
    limits: Limits,
    kept: Vec<KeptResult>,
    names: Vec<String>,
}

/// Two results of one scenario.
#[derive(Debug)]
pub(super) struct Compare {
    /// The numbers of both on the page, from 1: what the other is held against comes first.
    pub(super) numbers: [usize; 2],
    /// What is said of them, or why nothing can be.
    pub(super) said: Result<Comparison, String>,
}

impl Default for Beside {
    fn default() -> Self {
        Self { limits: Limits::usual(), kept: Vec::new(), names: Vec::new() }
    }
}

impl Beside {
    /// The figures that are compared.
    pub(super) fn metrics(&self) -> Vec<Compared> {
        self.limits.metrics()
    }

    /// The cells of a result were read.
    pub(super) fn keep(&mut self, reading: Reading<'_>, document: &Document) {
        let name = match &document.run {
            Some(run) => run.id.clone(),
            None => format!("result {}", self.kept.len() + 1),
        };
        self.names.push(document.scenario.name.clone());
        let shell = document.without_cells();
        self.kept.push(reading.finish(name, shell));
    }

    /// Each result that is of the same scenario as one before it, against the first such.
    pub(super) fn compared(&self) -> Vec<Compare> {
        let options = StoredOptions {
            limits: self.limits.clone(),
            renames: Vec::new(),
            // The page says of each result what a debug build means.
            allow_debug: true,
        };
        let pairs = self.names.iter().enumerate().filter_map(|(at, name)| {
            let first = self.names[..at].iter().position(|other| other == name)?;
            Some((first, at))
        });
        pairs
            .map(|(first, at)| {
                let [base, new] = [first, at].map(|at| vec![self.kept[at].clone()]);
                let said =
                    stored(base, new, &options, Tool::this()).map_err(|refusal| match refusal {
                        Refusal::Usage(why) | Refusal::Incomparable(why) => why,
                    });
                Compare { numbers: [first + 1, at + 1], said }
            })
            .collect()
    }
}
