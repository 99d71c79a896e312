//! Nothing in a document is believed that its own figures contradict.

use super::document::{
    Attribution, CellResult, CellVerdict, Document, GateResult, Rate, Times, Verdicts,
};
use super::gates::GateOutcome;
use super::metrics::per_second;
use super::ratio::outcome;
use super::round::MOST_RETRIES;
use super::search;
use crate::judge::Verdict;
use crate::scenario::ratio_limit;
use std::collections::{HashMap, HashSet};

/// What cells say of each other.
#[derive(Debug, Default)]
pub(super) struct Ids {
    ids: HashSet<String>,
    /// Those that others are set beside.
    beside: HashSet<String>,
    worst: Option<CellVerdict>,
    /// The same, where that a cell is saturated is as it should be.
    worst_of_a_search: Option<CellVerdict>,
    /// Rounds of each cell that keep the limit of a search, and that do not.
    kept: HashMap<String, [u64; 2]>,
    /// One of them fails.
    fails: bool,
}

impl Ids {
    pub(super) fn add(&mut self, cell: &CellResult) -> Result<(), String> {
        self.worst = self.worst.max(Some(cell.verdict));
        if cell.verdict != CellVerdict::Saturated {
            self.worst_of_a_search = self.worst_of_a_search.max(Some(cell.verdict));
        }
        let count = |keeps| cell.rounds.iter().filter(|round| round.keeps == Some(keeps)).count();
        self.kept.insert(cell.id.clone(), [true, false].map(|keeps| count(keeps) as u64));
        self.fails |= cell.fails();
        self.beside.extend(cell.relative.as_ref().map(|relative| relative.against.clone()));
        let compared = cell.gates.iter().filter(|gate| gate.value.is_some());
        self.beside.extend(compared.filter_map(|gate| gate.against.clone()));
        if self.ids.insert(cell.id.clone()) { Ok(()) } else { Err("it is told twice".into()) }
    }

    pub(super) fn check_whole(&self, document: &Document) -> Result<(), String> {
        if let Some(none) = self.beside.difference(&self.ids).next() {
            return Err(format!("a cell is set beside `{none}`, which there is not"));
        }
        if document.interrupted && document.verdict < CellVerdict::Inconclusive {
            let word = if document.verdict == CellVerdict::Pass { "pass" } else { "flaky" };
            return Err(format!("the run was interrupted, so its verdict cannot be `{word}`"));
        }
        if document.aborted && !(document.interrupted && document.stopped.is_some() && self.fails) {
            return Err("the run ended because a cell failed, which none did".into());
        }
        // The run as a whole may be worse than its cells, never better.
        let worst = match &document.search {
            None => self.worst,
            Some(search) => {
                search::check(search, &self.kept)?;
                self.worst_of_a_search
            }
        };
        match worst {
            Some(worst) if document.verdict < worst => {
                Err("the verdict is better than that of the worst cell".into())
            }
            _ => Ok(()),
        }
    }
}

/// Checks what a cell says of itself.
pub(super) fn check(cell: &CellResult) -> Result<(), String> {
    verdicts("requests", &cell.integrity.request)?;
    if let Some(replies) = &cell.integrity.reply {
        verdicts("replies", replies)?;
    }
    if let Some(link) = &cell.link {
        attributed("requests", Some(&cell.integrity.request), link.request.attribution.as_ref())?;
        attributed("replies", cell.integrity.reply.as_ref(), link.reply.attribution.as_ref())?;
    }
    let ends = &cell.exchanges;
    let ended = [ends.done, ends.wrong, ends.rejected, ends.damaged, ends.unanswered];
    if sum(ended) != Some(ends.started) {
        return Err(format!("{} exchanges were started, but not as many ended", ends.started));
    }
    for (name, times) in cell.times() {
        let histogram = times.histogram.as_ref();
        let recomputed = match (histogram, times.slower) {
            (Some(histogram), slower) => Times::of_some(histogram, slower),
            (None, slower) => Times { slower, ..Times::default() },
        };
        if recomputed != *times {
            return Err(format!("`{name}` does not say what its own histogram says"));
        }
    }
    open(cell)?;
    rates(cell)?;
    pass(cell)?;
    attempts(cell)
}

/// What an open loop had planned was started or dropped; what it answered, it had planned or had begun before.
fn open(cell: &CellResult) -> Result<(), String> {
    let Some(open) = &cell.open else { return Ok(()) };
    if sum([cell.exchanges.started, open.dropped]) != Some(open.planned) {
        return Err(format!(
            "{} exchanges were planned, which is not what was started and dropped",
            open.planned
        ));
    }
    let share = (open.planned > 0).then(|| open.answered as f64 / open.planned as f64);
    if open.achieved_share.is_some() != share.is_some()
        || !open.achieved_share.zip(share).is_none_or(|(told, right)| (told - right).abs() < 1e-9)
    {
        return Err(
            "the share that was achieved is not what was answered of what was planned".into()
        );
    }
    let saturated = share.is_some_and(|share| share < open.min_achieved);
    if saturated && cell.verdict < CellVerdict::Saturated {
        return Err(
            "less was achieved than `load.min-achieved`, but it is not called saturated".into()
        );
    }
    Ok(())
}

/// A cell is played again because it failed, and until it passes; one that passed then is flaky.
fn attempts(cell: &CellResult) -> Result<(), String> {
    let (verdict, attempts) = (cell.verdict, &cell.attempts);
    match attempts.first() {
        None if verdict == CellVerdict::Flaky => {
            return Err("it is called flaky, but was not played again".into());
        }
        Some(_) if verdict == CellVerdict::Pass => {
            return Err("it failed and then passed, so its verdict cannot be `pass`".into());
        }
        Some(first) if first.family.is_none() => {
            return Err("it was played again, but had not failed".into());
        }
        _ => {}
    }
    if attempts.len() > MOST_RETRIES as usize {
        return Err(format!("it was played again more than {MOST_RETRIES} times"));
    }
    for (number, attempt) in (1u32..).zip(attempts) {
        let failed = attempt.gates.iter().any(|gate| gate.pass == Some(false));
        let least = if !attempt.crashes.is_empty() {
            CellVerdict::Crashed
        } else if failed {
            CellVerdict::Fail
        } else {
            CellVerdict::Inconclusive
        };
        if attempt.family != attempt.family_of_its_parts() || attempt.verdict < least {
            return Err(format!("what attempt {number} came to is not what it holds"));
        }
    }
    Ok(())
}

/// Rates are what was completed over the length of the windows, and no more fits into them than there
/// are slots.
fn rates(cell: &CellResult) -> Result<(), String> {
    let (ends, slots) = (&cell.exchanges, cell.setup.load.slots());
    let Rate { achieved, window_ns, busy_ns, .. } = cell.rate;
    window("its windows", achieved, ends.completed, window_ns, busy_ns, slots)?;
    let (mut done, mut completed, mut length_ns) = (0u64, 0u64, 0u64);
    for round in &cell.rounds {
        let [its_done, its_completed, its_ns, its_busy_ns] =
            [round.done, round.completed, round.window_ns, round.busy_ns]
                .map(Option::unwrap_or_default);
        let name = format!("round {}", round.round);
        window(&name, round.rate, its_completed, its_ns, its_busy_ns, slots)?;
        done = done.saturating_add(its_done);
        completed = completed.saturating_add(its_completed);
        length_ns = length_ns.saturating_add(its_ns);
    }
    if (done, completed, length_ns) != (ends.done, ends.completed, window_ns) {
        return Err("its rounds do not add up to its exchanges and windows".into());
    }
    Ok(())
}

fn window(
    of: &str,
    rate: Option<f64>,
    completed: u64,
    window_ns: u64,
    busy_ns: u64,
    slots: u64,
) -> Result<(), String> {
    let right = per_second(completed, window_ns);
    let close = |(told, right): (f64, f64)| (told - right).abs() <= right * 1e-9;
    if rate.is_some() != right.is_some() || !rate.zip(right).is_none_or(close) {
        return Err(format!("the rate of {of} is not what was completed over the time it took"));
    }
    if u128::from(busy_ns) > u128::from(slots) * u128::from(window_ns) {
        return Err(format!(
            "{of}: exchanges were busy for {busy_ns} ns, but {slots} at a time in {window_ns} ns \
             cannot be"
        ));
    }
    Ok(())
}

/// A verdict is no better than the gates and crashes that it is made of.
fn pass(cell: &CellResult) -> Result<(), String> {
    let any = |pass| cell.gates.iter().any(|gate| gate.pass == pass);
    let least = if !cell.crashes.is_empty() {
        CellVerdict::Crashed
    } else if any(Some(false)) {
        CellVerdict::Fail
    } else if any(None) {
        CellVerdict::Inconclusive
    } else {
        CellVerdict::Pass
    };
    let untold =
        |gate: &&GateResult| gate.pass.is_some() && (gate.value.is_none() || gate.unsampled);
    if let Some(gate) = cell.gates.iter().find(untold) {
        return Err(format!("the gate on `{}` is decided without a value", gate.gate));
    }
    if let Some(gate) = cell.gates.iter().find(|gate| !is_as_its_ratio(gate)) {
        return Err(format!("the gate on `{}` does not say what its ratio says", gate.gate));
    }
    if cell.verdict < least { Err("its verdict is better than its gates".into()) } else { Ok(()) }
}

/// A gate that holds two cells against each other is decided by where their ratio lies.
fn is_as_its_ratio(gate: &GateResult) -> bool {
    let (Some(_), Some(ratio)) = (&gate.against, gate.value) else { return true };
    let Some((op, limit)) = ratio_limit(&gate.limit) else { return false };
    // One round has a ratio and does not say how far it may be off.
    if gate.rounds.is_some() && gate.interval.is_none() {
        return gate.pass.is_none();
    }
    let [low, high] = gate.interval.unwrap_or([ratio; 2]);
    let lies_between = low <= ratio && ratio <= high;
    let pass = match outcome([low, high], op, limit) {
        GateOutcome::Pass => Some(true),
        GateOutcome::Fail => Some(false),
        GateOutcome::Inconclusive => None,
    };
    lies_between && gate.pass == pass
}

fn verdicts(name: &str, verdicts: &Verdicts) -> Result<(), String> {
    if sum(Verdict::ALL.map(|verdict| verdicts.get(verdict))) == Some(verdicts.sent) {
        Ok(())
    } else {
        Err(format!("{} {name} were sent, but their verdicts do not add up to that", verdicts.sent))
    }
}

/// Everything that is not intact is somebody's, where it can be told.
fn attributed(
    name: &str,
    verdicts: Option<&Verdicts>,
    attribution: Option<&Attribution>,
) -> Result<(), String> {
    use Verdict::{Intact, Unjudged, Unsendable};
    let Some((verdicts, attribution)) = verdicts.zip(attribution) else { return Ok(()) };
    let left_out = sum([Intact, Unjudged, Unsendable].map(|verdict| verdicts.get(verdict)));
    let damaged = left_out.and_then(|left_out| verdicts.sent.checked_sub(left_out));
    let parts =
        [attribution.header, attribution.payload, attribution.between, attribution.collateral];
    if damaged.is_some()
        && sum([attribution.framing, attribution.link, attribution.nobody]) == damaged
        && sum(parts) == Some(attribution.link)
    {
        Ok(())
    } else {
        Err(format!("what is to blame for {name} that are not intact does not add up to them"))
    }
}

fn sum(counts: impl IntoIterator<Item = u64>) -> Option<u64> {
    counts.into_iter().try_fold(0u64, u64::checked_add)
}
