//! The limits of this process, as `/proc/self/limits` has them.

use crate::machine::Root;
use crate::scenario::grouped;
use std::fmt::{self, Display, Formatter};

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    /// So many.
    Of(u64),
    /// None.
    Unlimited,
}

impl Bound {
    /// `None`: there is none.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self::Of(number) => Some(number),
            Self::Unlimited => None,
        }
    }
}

impl Display for Bound {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(number) => f.write_str(&grouped(*number)),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// The soft and the hard limit of this name.
pub(super) fn limit(root: &Root, name: &str) -> Option<(Bound, Bound)> {
    let text = root.text("/proc/self/limits")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let mut words = line.split_ascii_whitespace();
    let mut bound = || match words.next()? {
        "unlimited" => Some(Bound::Unlimited),
        number => number.parse().ok().map(Bound::Of),
    };
    Some((bound()?, bound()?))
}
