//! What several rounds at a point say together.

/// What one round says of its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It kept the limit.
    Holds,
    /// It did not.
    Fails,
    /// It cannot be told: the round could not be run, or was disturbed.
    Untold,
}

/// What the rounds at a point said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rounds that kept the limit.
    pub holds: u32,
    /// Rounds that did not.
    pub fails: u32,
    /// Rounds of which it cannot be told.
    pub untold: u32,
}

impl Tally {
    /// Counts a round.
    pub fn add(&mut self, heard: Heard) {
        let count = match heard {
            Heard::Holds => &mut self.holds,
            Heard::Fails => &mut self.fails,
            Heard::Untold => &mut self.untold,
        };
        *count = count.saturating_add(1);
    }

    /// Rounds that were played.
    pub fn played(&self) -> u32 {
        self.holds.saturating_add(self.fails).saturating_add(self.untold)
    }
}

/// What is known of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// More rounds are to be played.
    Open,
    /// It keeps the limit.
    Holds,
    /// It does not.
    Fails,
    /// The rounds do not agree, or do not tell, and no more are played.
    Undecided,
}

/// Rounds at a point at most, for each round of the lead.
pub const MOST_PER_LEAD: u32 = 3;

/// When a point is decided: one side, those that kept the limit or those that did not, leads by so many rounds.
///
/// That is A. Wald's sequential test of a share (*Sequential Analysis*, 1947) with equal errors on both sides: as
/// many rounds as it takes, and no more. The usual case, in which all rounds agree, ends after as few as the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    lead: u32,
}

impl Rule {
    /// A point is decided when one side leads by so many rounds, and undecided after three times as many.
    pub fn new(lead: u32) -> Self {
        Self { lead: lead.max(1) }
    }

    /// The lead.
    pub fn lead(self) -> u32 {
        self.lead
    }

    /// Rounds at a point at most.
    pub fn most(self) -> u32 {
        self.lead.saturating_mul(MOST_PER_LEAD)
    }

    /// What rounds say together.
    pub fn standing(self, tally: &Tally) -> Standing {
        let Tally { holds, fails, .. } = *tally;
        if holds.saturating_sub(fails) >= self.lead {
            Standing::Holds
        } else if fails.saturating_sub(holds) >= self.lead {
            Standing::Fails
        } else if tally.played() >= self.most() {
            Standing::Undecided
        } else {
            Standing::Open
        }
    }

    /// Rounds that a point needs at least until it is decided, or undecided for good.
    pub fn left(self, tally: &Tally) -> u32 {
        if self.standing(tally) != Standing::Open {
            return 0;
        }
        let lead = tally.holds.abs_diff(tally.fails);
        self.lead.saturating_sub(lead).min(self.most().saturating_sub(tally.played()))
    }

    /// The chance at most that a point is called the opposite of what it is, whose rounds tell it right with this
    /// chance each: the ruin of a gambler who has the lead to lose and plays until then. That the number of rounds is bounded
    /// only lowers it.
    pub fn error(self, right: f64) -> f64 {
        let odds = right / (1.0 - right);
        1.0 / (1.0 + odds.powf(f64::from(self.lead)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(holds: u32, fails: u32, untold: u32) -> Tally {
        Tally { holds, fails, untold }
    }

    #[test]
    fn a_point_is_decided_by_a_lead_and_undecided_when_its_rounds_are_over() {
        let rule = Rule::new(3);
        for (seen, standing) in [
            (tally(0, 0, 0), Standing::Open),
            (tally(2, 0, 0), Standing::Open),
            (tally(3, 0, 0), Standing::Holds),
            (tally(0, 3, 0), Standing::Fails),
            (tally(3, 1, 0), Standing::Open),
            (tally(4, 1, 0), Standing::Holds),
            (tally(2, 5, 0), Standing::Fails),
            (tally(5, 4, 0), Standing::Undecided),
            (tally(2, 0, 7), Standing::Undecided),
            (tally(3, 0, 6), Standing::Holds),
        ] {
            assert_eq!(rule.standing(&seen), standing, "{seen:?}");
        }
        assert_eq!(Rule::new(0).standing(&tally(0, 1, 0)), Standing::Fails, "one round decides");
    }

    #[test]
    fn what_is_left_of_a_point_is_the_lead_that_it_lacks() {
        let rule = Rule::new(3);
        assert_eq!(rule.left(&tally(0, 0, 0)), 3);
        assert_eq!(rule.left(&tally(2, 1, 0)), 2);
        assert_eq!(rule.left(&tally(3, 0, 0)), 0);
        assert_eq!(rule.left(&tally(0, 0, 8)), 1, "no more than are played");
    }

    #[test]
    fn the_error_is_that_of_a_gamblers_ruin() {
        assert!((Rule::new(3).error(0.75) - 1.0 / 28.0).abs() < 1e-12);
        assert!((Rule::new(1).error(0.9) - 0.1).abs() < 1e-12);
        assert!(Rule::new(3).error(1.0) == 0.0);
    }
}
