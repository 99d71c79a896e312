//! Did an open loop do what was planned, and what was the limit? What its client wrote down is held against the
//! plan, round by round (see the crate `wirebench-audit`), and told of the cell.

use super::document::AuditResult;
use super::round::{Disturbed, Outcome as RoundOutcome, Round};
use crate::audit::{
    Answer, Arrivals, Change, Check, Evidence, Lateness, Limited, Line, Outcome, Plan, dependence,
    dispersion, exponential, generator_limited, littles_law, mean_gap, rate, slip, spacing, steady,
};
use crate::load::Arrivals as Spacing;
use crate::measure::{ClientReport, OpenAudit, OpenReport, P99, Series};
use crate::scenario::OpenLoad;

/// The percentile whose certainty is told.
const TOLD_PERCENTILE: f64 = 0.99;

/// Smaller changes from the first to the last third of a round are no drift, as a share.
const SMALLEST_DRIFT: f64 = 0.1;

/// Bins that a third of a round has at least, for its median to mean something.
const BINS_OF_A_THIRD: usize = 3;

/// What the rounds of a cell say of its load.
#[derive(Clone, Debug, Default)]
pub struct CellAudit {
    checks: Vec<Checked>,
    changes: Vec<Change>,
    /// The worst answer of all rounds, with the round.
    limited: Option<(u32, Limited)>,
}

/// A check over the rounds of a cell.
#[derive(Clone, Debug)]
struct Checked {
    check: Check,
    held: u32,
    failed: u32,
    not_judged: u32,
    /// The line that is shown, and its round: the first that failed, or else held, or else was not judged.
    shown: (u32, Line),
}

impl CellAudit {
    /// Holds what the client of a round wrote down against the plan.
    pub(super) fn add(
        &mut self,
        round: u32,
        load: Option<&OpenLoad>,
        client: &ClientReport,
        disturbed: &Disturbed,
        spin: bool,
    ) {
        let (Some(open), Some(load)) = (&client.open, load) else {
            // Of a closed loop there is no plan, but it may drift.
            self.changes.extend(change_of_bins(&client.series));
            return;
        };
        let window_ns = client.window.length_ns;
        let Some(plan) = plan(load, open, window_ns) else { return };
        if let Some(audit) = &open.audit {
            for line in lines(load, &plan, open, audit) {
                self.note(round, line);
            }
            self.changes.extend(Change::of(&audit.batches));
        }
        let limited = limited(&plan, client, open, disturbed, spin);
        let worse = self.limited.as_ref().is_none_or(|(_, known)| weight(known) < weight(&limited));
        if worse {
            self.limited = Some((round, limited));
        }
    }

    fn note(&mut self, round: u32, line: Line) {
        let at = self.checks.iter().position(|checked| checked.check == line.check());
        let at = at.unwrap_or_else(|| {
            let (held, failed, not_judged) = (0, 0, 0);
            let shown = (round, line.clone());
            self.checks.push(Checked { check: line.check(), held, failed, not_judged, shown });
            self.checks.len() - 1
        });
        let checked = &mut self.checks[at];
        let better_shown = severity(line.outcome()) > severity(checked.shown.1.outcome());
        match line.outcome() {
            Outcome::Held => checked.held += 1,
            Outcome::Failed => checked.failed += 1,
            Outcome::NotJudged => checked.not_judged += 1,
        }
        if better_shown {
            checked.shown = (round, line);
        }
    }

    /// Checks that most rounds fail: one in many does by chance.
    pub(super) fn failed(&self) -> impl Iterator<Item = AuditResult> + '_ {
        self.results().into_iter().filter(|line| line.failed > line.held)
    }

    /// The lines of the document.
    pub(super) fn results(&self) -> Vec<AuditResult> {
        let of_rounds = self.checks.iter().map(|checked| {
            let (round, line) = &checked.shown;
            AuditResult {
                check: checked.check.name().into(),
                held: checked.held,
                failed: checked.failed,
                not_judged: checked.not_judged,
                round: Some(*round),
                expected: line.expected_text(),
                found: line.found_text(),
                sentence: line.sentence().into(),
            }
        });
        let of_cell = steady(&self.changes, SMALLEST_DRIFT);
        let count = |outcome| u32::from(of_cell.outcome() == outcome);
        let of_cell = AuditResult {
            check: of_cell.check().name().into(),
            held: count(Outcome::Held),
            failed: count(Outcome::Failed),
            not_judged: count(Outcome::NotJudged),
            round: None,
            expected: of_cell.expected_text(),
            found: of_cell.found_text(),
            sentence: of_cell.sentence().into(),
        };
        of_rounds.chain([of_cell]).collect()
    }

    /// Whether the generator was the limit in any round, and by what.
    pub(super) fn limited(&self) -> Option<&Limited> {
        self.limited.as_ref().map(|(_, limited)| limited)
    }

    /// The round of that, if the generator was the limit for certain.
    pub(super) fn limited_round(&self) -> Option<u32> {
        let (round, limited) = self.limited.as_ref()?;
        (limited.answer() == Answer::Yes).then_some(*round)
    }
}

/// The mean of the median latencies of the bins in the first and in the last third of a round.
fn change_of_bins(series: &Series) -> Option<Change> {
    let bins: Vec<f64> = series.p50_ns.iter().flatten().map(|ns| *ns as f64).collect();
    let third = bins.len() / 3;
    if third < BINS_OF_A_THIRD {
        return None;
    }
    let mean = |bins: &[f64]| bins.iter().sum::<f64>() / bins.len() as f64;
    Change::new(mean(&bins[..third]), mean(&bins[bins.len() - third..]))
}

/// What was planned in the window.
fn plan(load: &OpenLoad, open: &OpenReport, window_ns: u64) -> Option<Plan> {
    let per_s = match &load.stages[..] {
        [one] => one.rate.per_second(),
        _ => load.rate_over(window_ns),
    };
    let arrivals = match load.arrivals {
        Spacing::Constant => Arrivals::Constant,
        Spacing::Poisson => Arrivals::Poisson,
        Spacing::Burst(size) => Arrivals::Bursts { size: size.into() },
    };
    Some(Plan::new(arrivals, per_s)?.with_due(open.planned))
}

/// How late the generator itself was.
fn lateness(open: &OpenReport) -> Lateness {
    let p99_ns = P99.of(&open.lateness).unwrap_or_default();
    Lateness { count: open.lateness.count(), p99_ns }
}

fn lines(load: &OpenLoad, plan: &Plan, open: &OpenReport, audit: &OpenAudit) -> Vec<Line> {
    let lateness = lateness(open);
    let mut lines = vec![rate(&audit.starts, plan)];
    // Of stages, each has gaps of its own.
    if load.stages.len() == 1 {
        lines.extend([
            mean_gap(&audit.starts, plan),
            spacing(&audit.starts, plan),
            dispersion(&audit.starts, plan),
            exponential(&audit.starts, plan, lateness.p99_ns.max(1)),
        ]);
    }
    lines.push(slip(&lateness, plan));
    lines.extend(audit.in_flight.as_ref().map(littles_law));
    lines.push(dependence(&audit.batches, TOLD_PERCENTILE));
    lines
}

fn limited(
    plan: &Plan,
    client: &ClientReport,
    open: &OpenReport,
    disturbed: &Disturbed,
    spin: bool,
) -> Limited {
    generator_limited(&Evidence {
        gap_ns: plan.gap_ns(),
        window_ns: client.window.length_ns,
        due: open.planned,
        started: client.exchanges.started,
        no_room: open.waited.max(open.dropped),
        lateness: lateness(open),
        // One that spins uses all of its processor, whatever there is to do.
        cpu_ns: (!spin).then_some(client.side.usage.cpu_ns),
        stolen_ns: disturbed.stolen_ns,
        throttled_ns: disturbed.throttled_ns,
    })
}

/// Whether the generator was the limit of a round, in a word.
pub(super) fn limited_in(
    load: Option<&OpenLoad>,
    round: &Round,
    spin: bool,
) -> Option<&'static str> {
    let RoundOutcome::Finished { client, .. } = &round.outcome else { return None };
    let (open, load) = (client.open.as_ref()?, load?);
    let plan = plan(load, open, client.window.length_ns)?;
    Some(word(&limited(&plan, client, open, &round.disturbed, spin)))
}

/// An answer, in a word.
pub(super) fn word(limited: &Limited) -> &'static str {
    match limited.answer() {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::CannotTell => "cannot-tell",
    }
}

fn weight(limited: &Limited) -> u8 {
    match limited.answer() {
        Answer::No => 0,
        Answer::CannotTell => 1,
        Answer::Yes => 2,
    }
}

fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotJudged => 0,
        Outcome::Held => 1,
        Outcome::Failed => 2,
    }
}
