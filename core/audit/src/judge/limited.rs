//! Whether the generator itself was what limited the load.

use super::slip::{Lateness, SLIP};
use crate::figure::{Unit, count, time};
use crate::line::{Bound, Check, Line, Numbers};
use serde::{Deserialize, Serialize};

/// A generator that uses this share of one core is busy: its one thread has nothing left. Not all of it, as what the
/// kernel books for it is not exact.
pub const BUSY: f64 = 0.95;

/// Time that others took from the generator's processor counts from this share of the window on: less makes p99 no later.
pub const TAKEN: f64 = 0.01;

/// Arrivals that nothing accounts for count from this share on: as for a [rate](super::rate::RATE).
const LEFT_OVER: f64 = super::rate::RATE;

/// What is known of the generator in the measured part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The planned mean gap, in nanoseconds.
    pub gap_ns: f64,
    /// How long the measured part was, in nanoseconds.
    pub window_ns: u64,
    /// Arrivals that were due in it.
    pub due: u64,
    /// Those that were started.
    pub started: u64,
    /// Those that found no room: as many were under way as may be. That is the server's doing, or the window's.
    pub no_room: u64,
    /// How late those were started that found room: the generator's own lateness.
    pub lateness: Lateness,
    /// CPU time that the generator used, in nanoseconds; `None`: not known.
    pub cpu_ns: Option<u64>,
    /// Time that a hypervisor took from its processor, in nanoseconds; `None`: not known.
    pub stolen_ns: Option<u64>,
    /// Time that it was throttled, in nanoseconds; `None`: not known.
    pub throttled_ns: Option<u64>,
}

impl Evidence {
    fn share(&self, ns: u64) -> f64 {
        if self.window_ns == 0 { 0.0 } else { ns as f64 / self.window_ns as f64 }
    }

    /// Arrivals that were neither started nor without room.
    fn left_over(&self) -> u64 {
        self.due.saturating_sub(self.started).saturating_sub(self.no_room)
    }
}

/// Whether it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It was.
    Yes,
    /// It was not.
    No,
    /// The evidence says neither.
    CannotTell,
}

/// An answer with the evidence for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limited {
    answer: Answer,
    sentence: String,
}

impl Limited {
    /// Whether the generator was the limit.
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// The evidence: one plain sentence without a full stop.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

/// Whether the generator, its machine included, could not do what was planned.
///
/// It could where what found room was started in time (p99 of its own lateness below a tenth of the gap), however busy
/// it was: a loop that spins is always busy. It could not where it was late, or left arrivals over, *and* was
/// [busy](BUSY) or had time [taken](TAKEN) from it. Late without either, it may have been timers, other processes or a
/// pause of its own: that cannot be told.
pub fn generator_limited(evidence: &Evidence) -> Limited {
    let limited = |answer, sentence| Limited { answer, sentence };
    let gap_is_one = evidence.gap_ns.is_finite() && evidence.gap_ns > 0.0;
    let (true, true, Some(p99)) = (gap_is_one, evidence.window_ns > 0, evidence.lateness.p99())
    else {
        let reason = "too few starts that found room to know how late the generator was";
        return limited(Answer::CannotTell, reason.to_owned());
    };
    let late = p99 > SLIP * evidence.gap_ns;
    let left_over = evidence.left_over();
    let behind = late || left_over as f64 > LEFT_OVER * evidence.due as f64;
    let mut seen = vec![format!(
        "p99 of its own lateness is {} at a gap of {}",
        time(p99),
        time(evidence.gap_ns)
    )];
    if !behind {
        if evidence.no_room > 0 {
            seen.push(format!("{} arrivals found no room", count(evidence.no_room)));
        }
        return limited(Answer::No, format!("the generator was in time: {}", seen.join(", ")));
    }
    if left_over > 0 {
        seen.push(format!("it left {} of {} arrivals over", count(left_over), count(evidence.due)));
    }
    let cpu = evidence.cpu_ns.map(|ns| evidence.share(ns));
    if let Some(cpu) = cpu {
        seen.push(format!("it used {:.0} % of one core", 100.0 * cpu));
    }
    let taken = [(evidence.stolen_ns, "stolen"), (evidence.throttled_ns, "throttled")];
    let taken = taken.map(|(ns, how)| (evidence.share(ns.unwrap_or(0)), how));
    for (share, how) in taken.iter().filter(|(share, _)| *share >= TAKEN) {
        seen.push(format!("its processor was {how} for {:.1} % of the time", 100.0 * share));
    }
    let busy = cpu.is_some_and(|cpu| cpu >= BUSY);
    let robbed = taken.iter().map(|(share, _)| share).sum::<f64>() >= TAKEN;
    let (answer, how) = match (busy || robbed, cpu) {
        (true, _) => (Answer::Yes, "the generator was the limit"),
        (false, Some(_)) => {
            (Answer::CannotTell, "the generator was behind, though it was not busy")
        }
        (false, None) => {
            (Answer::CannotTell, "the generator was behind, and how busy it was is not known")
        }
    };
    limited(answer, format!("{how}: {}", seen.join(", ")))
}

/// What kept a load below what was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// The generator or its machine.
    Generator,
    /// The server, or how many exchanges may be under way: arrivals found no room.
    Server,
    /// The evidence says neither.
    CannotTell,
}

/// How much of the load came about; below the least share it is saturated, and what the limit was follows from the
/// evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Achieved {
    line: Line,
    limit: Option<Limit>,
}

impl Achieved {
    /// The share, against the least one.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The load was not what was planned: whatever was measured, it was measured under another one.
    pub fn is_saturated(&self) -> bool {
        self.limit.is_some()
    }

    /// What the limit was; `None` where there was none, or where nothing could be judged.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }
}

/// Arrivals started of those due, against `min_achieved` (a share, from 0 to 1). Below, it is the generator's limit where
/// [`generator_limited`] says so; otherwise the server's where at least half of what is missing found no room.
pub fn achieved(evidence: &Evidence, min_achieved: f64) -> Achieved {
    let not_judged =
        |reason: &str| Achieved { line: Line::not_judged(Check::Achieved, reason), limit: None };
    if evidence.due == 0 {
        return not_judged("nothing was due");
    }
    if !(0.0..=1.0).contains(&min_achieved) {
        return not_judged("the least share is none");
    }
    let share = evidence.started as f64 / evidence.due as f64;
    let missing = evidence.due.saturating_sub(evidence.started);
    let generator = generator_limited(evidence);
    let no_room = evidence.no_room > 0 && evidence.no_room >= missing - missing / 2;
    let limit = (share < min_achieved).then_some(match generator.answer {
        Answer::Yes => Limit::Generator,
        _ if no_room => Limit::Server,
        Answer::No | Answer::CannotTell => Limit::CannotTell,
    });
    let numbers = Numbers {
        bound: Bound::AtLeast,
        expected: min_achieved,
        found: share,
        tolerance: 0.0,
        unit: Unit::Share,
    };
    let line = Line::judged(Check::Achieved, &numbers, |_| match limit {
        None => "the load came about".to_owned(),
        Some(Limit::Generator) => format!("saturated: {}", generator.sentence),
        Some(Limit::Server) => format!(
            "saturated: {} of {} missing arrivals found no room, which is the server's doing or the window's",
            count(evidence.no_room.min(missing)),
            count(missing)
        ),
        Some(Limit::CannotTell) => {
            format!("saturated, and the limit cannot be told: {}", generator.sentence)
        }
    });
    Achieved { line, limit }
}
