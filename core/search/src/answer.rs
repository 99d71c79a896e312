//! What a search has found.

/// What the points that were played say. Points are numbers in the grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The highest point that holds; `None`: none does.
    pub holds: Option<usize>,
    /// The lowest point above it that fails; `None`: none does.
    pub fails: Option<usize>,
    /// Points between these two whose rounds do not agree or do not tell.
    pub undecided: Vec<usize>,
    /// Points below the highest that holds, which fail all the same: more load is not worse there.
    pub fails_below: Vec<usize>,
    /// Points that were played.
    pub points: usize,
    /// Rounds at all of them.
    pub rounds: u64,
    /// Nothing more is to be played. Otherwise the search was ended before, and the truth lies between what is known.
    pub over: bool,
}

impl Answer {
    /// True where nothing lies between the highest point that holds and the lowest that fails.
    pub fn is_exact(&self) -> bool {
        match (self.holds, self.fails) {
            (Some(holds), Some(fails)) => holds + 1 == fails,
            _ => false,
        }
    }

    /// True where the least load fails, and nothing above it holds.
    pub fn fails_at_the_start(&self) -> bool {
        self.holds.is_none() && self.fails == Some(0)
    }
}
