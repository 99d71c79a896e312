//! What became of the plan of an open loop, in sentences.

use crate::load::Arrivals;
use crate::report::numbers;
use crate::result::document::{CellResult, OpenResult};
use crate::scenario::OpenLoad;
use crate::text::plural;

/// What is shown for a generator of which nothing is known.
const UNTOLD: &str = "Whether the generator was the limit cannot be told";

/// What was planned, what became of it, whether that was enough, and what the limit was; nothing of a closed loop.
pub(super) fn sentences(cell: &CellResult) -> Vec<String> {
    let Some(open) = &cell.open else { return Vec::new() };
    let mut sentences: Vec<String> = cell.setup.load.open.iter().map(plan).collect();
    if let Some(offered) = cell.rate.offered {
        let rate = numbers::rate(offered);
        sentences.push(format!("Offered in the measured part: {rate}."));
    }
    sentences.push(planned(open));
    sentences.push(waited(open));
    sentences.push(achieved(open, cell.is_saturated()));
    sentences.extend(generator(open));
    if cell.latency_ns.slower > 0 {
        sentences.push(format!(
            "{} {} without an answer or dropped: each counts as slower than all that were done, so percentiles among \
             them, the mean and the longest are not told.",
            numbers::count(cell.latency_ns.slower),
            plural(cell.latency_ns.slower, "exchange"),
        ));
    }
    sentences
}

/// `Planned: 20k/s over all connections, at random (Poisson); …`.
fn plan(load: &OpenLoad) -> String {
    let rate = match &load.stages[..] {
        [stage] => numbers::rate(stage.rate.per_second()),
        stages => {
            let rates = || stages.iter().map(|stage| stage.rate.per_second());
            let low = rates().min_by(f64::total_cmp).map_or(numbers::NOTHING.into(), numbers::rate);
            let high =
                rates().max_by(f64::total_cmp).map_or(numbers::NOTHING.into(), numbers::rate);
            format!("{} stages of {low} to {high}", stages.len())
        }
    };
    let arrivals = match load.arrivals {
        Arrivals::Constant => "at equal gaps".into(),
        Arrivals::Poisson => "at random (Poisson)".into(),
        Arrivals::Burst(size) => format!("in bursts of {size}"),
    };
    let late = match load.catch_up_ns {
        u64::MAX => String::new(),
        ns => format!(", and none starts more than {} late", numbers::time(ns)),
    };
    format!(
        "Planned: {rate} over all connections, {arrivals}; {} may wait for room{late}.",
        numbers::count(load.backlog.into()),
    )
}

fn planned(open: &OpenResult) -> String {
    let OpenResult { planned, dropped, .. } = open;
    let were = if *planned == 1 { "was" } else { "were" };
    let dropped_words = match dropped {
        0 => "none was dropped".into(),
        some => format!("{} dropped, never started", numbers::count(*some)),
    };
    format!(
        "{} {} {were} to start: {} started, {dropped_words}.",
        numbers::count(*planned),
        plural(*planned, "exchange"),
        numbers::count(planned.saturating_sub(*dropped)),
    )
}

fn waited(open: &OpenResult) -> String {
    match (open.waited, open.backlog_peak) {
        (0, 0) => "All found room when they were due; the backlog stayed empty.".into(),
        (waited, peak) => format!(
            "{} found no room when they were due and waited; the backlog held {} at most (warm-up included).",
            numbers::count(waited),
            numbers::count(peak)
        ),
    }
}

/// What was answered in time, against the least that is asked for.
fn achieved(open: &OpenResult, saturated: bool) -> String {
    let share = open.achieved_share.map_or(numbers::NOTHING.into(), numbers::share_of);
    let least = numbers::share_of(open.min_achieved);
    let answered = numbers::count(open.answered);
    let words = match (open.achieved_share, saturated) {
        (None, _) => "nothing was planned, so nothing can be said of it",
        (_, true) => {
            "saturated: its latencies are those of a queue that grows for as long as the round lasts, and say nothing \
             but that"
        }
        (_, false) => "not saturated",
    };
    format!(
        "{answered} answered within the measured part: {share} achieved, of at least {least} asked for (min-achieved); {words}."
    )
}

/// Whether the generator was the limit, with the evidence.
fn generator(open: &OpenResult) -> Option<String> {
    let answer = open.generator_limited.as_deref()?;
    let words = match answer {
        "yes" => "The generator was the limit, and not what is measured",
        "no" => "The generator was not the limit",
        _ => UNTOLD,
    };
    Some(match &open.limited_why {
        Some(why) => format!("{words}: {why}"),
        None => format!("{words}."),
    })
}
