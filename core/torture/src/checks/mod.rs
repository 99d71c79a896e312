//! The checks: what each tries, and what it calls a finding.

mod both_ways;
mod cuts;
mod empty;
mod garbage;
mod headers;
mod memory;
mod recovery;
mod round_trip;
mod truncation;
mod work;

use super::check_context::{CheckContext, Ended};
use super::{Case, Finding};

/// One thing that is checked.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name, as `--only` takes it.
    pub name: &'static str,
    /// What it checks, in one line.
    pub about: &'static str,
    pub(super) run: fn(&mut CheckContext<'_>) -> Ended,
    pub(super) judge: fn(&mut CheckContext<'_>, &Case) -> Option<Finding>,
}

/// All checks, in the order in which they run.
pub const CHECKS: &[Check] = &[
    Check {
        name: "round-trip",
        about: "what is sent arrives: sizes at the edges, boundary bytes, frames within messages",
        run: round_trip::run,
        judge: round_trip::judge,
    },
    Check {
        name: "empty",
        about: "messages of no bytes: each arrives, or none can be sent and none is ever delivered",
        run: empty::run,
        judge: empty::judge,
    },
    Check {
        name: "every-cut",
        about: "all cuts of short streams into two and three reads, and one byte a read",
        run: cuts::every,
        judge: stream,
    },
    Check {
        name: "random-cuts",
        about: "long streams of random messages, cut anywhere",
        run: cuts::random,
        judge: stream,
    },
    Check {
        name: "headers",
        about: "every value in every header byte, and lengths that are negative, huge or endless",
        run: headers::run,
        judge: stream,
    },
    Check {
        name: "garbage",
        about: "random bytes: no panic, no hang, the same error however they are cut",
        run: garbage::run,
        judge: stream,
    },
    Check {
        name: "truncation",
        about: "a stream that ends anywhere delivers only whole messages, and the end is told",
        run: truncation::run,
        judge: truncation::judge,
    },
    Check {
        name: "both-ways",
        about: "two ends that send at once, with cuts in both directions and a virtual clock",
        run: both_ways::run,
        judge: both_ways::judge,
    },
    Check {
        name: "linear-work",
        about: "twice the bytes, one at a time, are no more than about twice the work",
        run: work::run,
        judge: stream,
    },
    Check {
        name: "memory",
        about: "a claimed length reserves nothing: peak memory against bytes received",
        run: memory::run,
        judge: memory::judge,
    },
    Check {
        name: "recovery",
        about: "what one flipped bit does: noticed or not, and how many messages it costs",
        run: recovery::run,
        judge: stream,
    },
];

/// The check of that name.
pub fn check_named(name: &str) -> Option<Check> {
    CHECKS.iter().copied().find(|check| check.name == name)
}

/// What is wrong with a stream or messages, as most checks see it.
fn stream(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Stream { bytes, cuts, role } => cx.judge_stream(*role, bytes, cuts),
        Case::Messages(_) => round_trip::judge(cx, case),
        Case::Talk { .. } => both_ways::judge(cx, case),
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
