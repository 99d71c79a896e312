//! Exit codes: part of the interface, for scripts and CI.

/// How a run of the program ended. The numbers do not change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExitCode(u8);

impl ExitCode {
    /// No gate failed.
    pub const SUCCESS: Self = Self(0);
    /// An internal error: a bug, a panic included.
    pub const INTERNAL: Self = Self(1);
    /// Wrong usage of the command line.
    pub const USAGE: Self = Self(2);
    /// Nothing was selected to run.
    pub const NOTHING: Self = Self(4);
    /// A gate on latency, rate or cost failed, or a cell with such a gate is saturated.
    pub const COST: Self = Self(99);
    /// A gate on integrity or on the handler failed, a side crashed, torture found something, or a proof of
    /// the instrument does not hold.
    pub const INTEGRITY: Self = Self(100);
    /// A regression against the baseline.
    pub const REGRESSION: Self = Self(103);
    /// A scenario or a plugin is invalid.
    pub const INVALID: Self = Self(104);
    /// Interrupted by the user, or by a change of a file that all rounds share; what was finished
    /// is kept.
    pub const INTERRUPTED: Self = Self(105);
    /// A cell or a gate had nothing to judge, or a server sent more than it was asked for; with
    /// `--strict`, anything is inconclusive or saturated, or the machine should be changed.
    pub const INCONCLUSIVE: Self = Self(106);
    /// The baseline cannot be compared, or parts are not of one run.
    pub const INCOMPARABLE: Self = Self(107);
    /// Something could not be printed or kept as asked, or a result file is unreadable, incomplete
    /// or contradictory.
    pub const RESULT: Self = Self(108);

    /// Every code with its meaning, in the order of the numbers.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::SUCCESS, "no gate failed"),
        (Self::INTERNAL, "internal error (a bug)"),
        (Self::USAGE, "wrong usage"),
        (Self::NOTHING, "nothing selected"),
        (Self::COST, "a latency, rate or cost gate failed, or such a cell is saturated"),
        (
            Self::INTEGRITY,
            "an integrity or handler gate failed, a side crashed, a round could not be run, torture \
             found something, or a proof of doctor does not hold",
        ),
        (Self::REGRESSION, "regression against the baseline"),
        (Self::INVALID, "a scenario or plugin is invalid"),
        (Self::INTERRUPTED, "interrupted, or a measured file changed"),
        (
            Self::INCONCLUSIVE,
            "a cell, or one of its gates, had nothing to judge, or a server sent more than it was asked for; with --strict: anything is inconclusive or saturated, or doctor found something to change",
        ),
        (Self::INCOMPARABLE, "the baseline cannot be compared, or parts are not of one run"),
        (
            Self::RESULT,
            "the output could not be printed or kept as asked, or a result file is unreadable, \
             incomplete or contradictory",
        ),
    ];

    /// Where several apply, the first of these is told. Wrong usage ends a run before anything
    /// else can happen, and nothing selected before anything is measured. What a run found out
    /// comes before what could not be printed or kept of it.
    pub const PRECEDENCE: [Self; 11] = [
        Self::USAGE,
        Self::INTERRUPTED,
        Self::INTERNAL,
        Self::INVALID,
        Self::INTEGRITY,
        Self::REGRESSION,
        Self::COST,
        Self::RESULT,
        Self::INCOMPARABLE,
        Self::INCONCLUSIVE,
        Self::NOTHING,
    ];

    /// What a program that is not ours would have ended with, had it been started.
    pub(super) fn of_a_program(status: u8) -> Self {
        Self(status)
    }

    /// The number that the process exits with.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.0)
    }
}

/// The one code that is told where several apply; success when there is none.
pub fn worst(codes: &[ExitCode]) -> ExitCode {
    let told = ExitCode::PRECEDENCE.into_iter().find(|code| codes.contains(code));
    told.unwrap_or(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_code_is_told_whatever_the_order() {
        let order = [105, 1, 104, 100, 103, 99, 108, 107, 106].map(ExitCode);
        for (index, code) in order.iter().enumerate() {
            let mut codes = order[index..].to_vec();
            assert_eq!(worst(&codes), *code);
            codes.reverse();
            assert_eq!(worst(&codes), *code);
        }
    }

    #[test]
    fn nothing_and_success_alone_are_success() {
        assert_eq!(worst(&[]), ExitCode::SUCCESS);
        assert_eq!(worst(&[ExitCode::SUCCESS, ExitCode::SUCCESS]), ExitCode::SUCCESS);
        assert_eq!(worst(&[ExitCode::SUCCESS, ExitCode::COST]), ExitCode::COST);
    }

    #[test]
    fn every_code_but_success_has_a_place_in_the_order() {
        for (code, _) in ExitCode::ALL {
            let placed = ExitCode::PRECEDENCE.contains(&code);
            assert_eq!(placed, code != ExitCode::SUCCESS, "{code:?}");
        }
    }
}
