//! Gaps between starts against those of the planned arrivals.

use crate::figure::{Unit, time};
use crate::line::{Bound, Check, Line, Numbers};
use crate::plan::{Arrivals, Plan};
use crate::starts::StartsReport;

/// Gaps that are needed to say anything of their spread.
pub const FEWEST_GAPS: u64 = 100;

/// Of constant arrivals at most this share of the gaps may be below half or above one and a half of the planned one.
/// Chosen to go with the slip: where 99 of 100 starts are late by less than a tenth of a gap, gaps that are half off
/// need two of the others.
pub const FAR_OFF: f64 = 0.01;

/// How far a mean gap may be off, as a share of the planned one: as a rate may.
const MEAN: f64 = super::rate::RATE;

/// Poisson arrivals: the coefficient of variation of n exponential gaps has a standard deviation of about 1/√n (delta
/// method with the third and fourth moments of the exponential distribution: variance 1/n), of which three are left to
/// chance.
const DEVIATIONS: f64 = 3.0;

/// And so much to a clock and a scheduler that are not perfect.
const CV_ALLOWED: f64 = 0.02;

/// The mean gap from the first to the last start, against the planned one. Unlike the rate it does not know the edges of
/// the window, so it tells a late beginning or an early end from a slow pace. Tolerance: 1 %, one arrival (of bursts:
/// one burst) over all gaps, and with Poisson arrivals three standard deviations of a mean, 3/√n.
pub fn mean_gap(starts: &StartsReport, plan: &Plan) -> Line {
    let Some((count, mean)) = enough(starts) else { return too_few(Check::MeanGap, starts) };
    let by_chance = match plan.arrivals() {
        Arrivals::Poisson => DEVIATIONS / count.sqrt(),
        _ => 0.0,
    };
    let edge = plan.arrivals().at_once() as f64 / count;
    let numbers = Numbers {
        bound: Bound::Within,
        expected: plan.gap_ns(),
        found: mean,
        tolerance: plan.gap_ns() * (MEAN + edge + by_chance),
        unit: Unit::Nanoseconds,
    };
    Line::judged(Check::MeanGap, &numbers, |held| {
        let (found, planned) = (time(mean), time(plan.gap_ns()));
        match (held, mean > plan.gap_ns()) {
            (true, _) => "starts followed each other at the planned pace".to_owned(),
            (false, true) => {
                format!("the pace was slower: a gap of {found} where {planned} was planned")
            }
            (false, false) => {
                format!("the pace was faster: a gap of {found} where {planned} was planned")
            }
        }
    })
}

/// How the gaps differ from each other, by what was planned:
///
/// - constant: at most [`FAR_OFF`] of them are far from the planned one,
/// - Poisson: their coefficient of variation is 1, within 3/√n + 0.02,
/// - bursts of k: k − 1 of k are short, within [`FAR_OFF`] and one burst.
pub fn spacing(starts: &StartsReport, plan: &Plan) -> Line {
    let Some((count, _)) = enough(starts) else { return too_few(Check::Spacing, starts) };
    match plan.arrivals() {
        Arrivals::Constant | Arrivals::Bursts { size: 0 | 1 } => constant(starts, count),
        Arrivals::Poisson => poisson(starts, count),
        Arrivals::Bursts { size } => bursts(starts, count, size as f64),
    }
}

fn constant(starts: &StartsReport, count: f64) -> Line {
    let far = starts.short_gaps.saturating_add(starts.long_gaps) as f64 / count;
    let numbers = Numbers {
        bound: Bound::AtMost,
        expected: FAR_OFF,
        found: far,
        tolerance: 0.0,
        unit: Unit::Share,
    };
    Line::judged(Check::Spacing, &numbers, |held| match held {
        true => "gaps are alike, as constant arrivals need them".to_owned(),
        false => format!(
            "{:.1} % of the gaps are less than half or more than one and a half of the planned one: these are no constant arrivals",
            100.0 * far
        ),
    })
}

fn poisson(starts: &StartsReport, count: f64) -> Line {
    let Some(cv) = starts.gaps.cv() else {
        return Line::not_judged(Check::Spacing, "the gaps have no coefficient of variation");
    };
    let numbers = Numbers {
        bound: Bound::Within,
        expected: 1.0,
        found: cv,
        tolerance: DEVIATIONS / count.sqrt() + CV_ALLOWED,
        unit: Unit::Plain,
    };
    Line::judged(Check::Spacing, &numbers, |held| match (held, cv < 1.0) {
        (true, _) => "gaps differ as those of Poisson arrivals do".to_owned(),
        (false, true) => format!(
            "gaps are more alike than those of Poisson arrivals (coefficient of variation {cv:.2})"
        ),
        (false, false) => format!(
            "gaps differ more than those of Poisson arrivals (coefficient of variation {cv:.2})"
        ),
    })
}

fn bursts(starts: &StartsReport, count: f64, size: f64) -> Line {
    let short = starts.short_gaps as f64 / count;
    let numbers = Numbers {
        bound: Bound::Within,
        expected: 1.0 - 1.0 / size,
        found: short,
        tolerance: FAR_OFF + 1.0 / count,
        unit: Unit::Share,
    };
    Line::judged(Check::Spacing, &numbers, |held| match held {
        true => format!("exchanges were started {size} at a time"),
        false if short >= 1.0 => "all exchanges were started in one burst".to_owned(),
        false => format!("exchanges were started some {:.1} at a time", 1.0 / (1.0 - short)),
    })
}

fn enough(starts: &StartsReport) -> Option<(f64, f64)> {
    let enough = starts.gaps.count >= FEWEST_GAPS;
    enough.then(|| Some((starts.gaps.count as f64, starts.gaps.positive_mean()?)))?
}

fn too_few(check: Check, starts: &StartsReport) -> Line {
    let found = starts.gaps.count;
    Line::not_judged(
        check,
        match found {
            FEWEST_GAPS.. => "all exchanges were started at one instant".to_owned(),
            _ => format!("{found} gaps say too little: {FEWEST_GAPS} are needed"),
        },
    )
}
