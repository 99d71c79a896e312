//! Looks that tell things apart without colour: shapes, dashes and patterns. What each is, `picture.css` and the
//! templates say.

use crate::judge::Verdict;

/// Shapes of points, which the templates can draw.
const SHAPES: [&str; 8] =
    ["circle", "square", "diamond", "up", "down", "cross", "plus", "hourglass"];

/// Hues of `picture.css`.
const HUES: usize = 8;

/// Dashes of `picture.css`.
const DASHES: usize = 4;

/// How one of several kinds looks, in all pictures alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look(pub(super) usize);

impl Look {
    /// The shape of its points. The 64 first kinds differ in hue or shape.
    pub(super) fn shape(self) -> &'static str {
        SHAPES[(self.0 + self.0 / HUES) % SHAPES.len()]
    }

    /// `hue-3`: what gives an element its colour.
    pub(super) fn hue(self) -> String {
        format!("hue-{}", self.0 % HUES + 1)
    }

    /// Of its lines: `hue-3 line dash-2`.
    pub(super) fn line(self) -> String {
        format!("{} line dash-{}", self.hue(), (self.0 + self.0 / HUES) % DASHES + 1)
    }
}

/// How the area of a verdict looks: its class and its pattern.
pub(super) fn of_verdict(verdict: Verdict) -> (&'static str, Option<usize>) {
    match verdict {
        Verdict::Intact => ("intact", None),
        Verdict::Merged => ("hatched hue-2", Some(1)),
        Verdict::Split => ("hatched hue-1", Some(2)),
        Verdict::Straddled => ("hatched hue-4", Some(3)),
        Verdict::Truncated => ("hatched hue-5", Some(4)),
        Verdict::Corrupted => ("hatched hue-2", Some(5)),
        Verdict::Lost => ("hatched hue-8", Some(6)),
        Verdict::Duplicated => ("hatched hue-3", Some(7)),
        Verdict::Reordered => ("hatched hue-6", Some(8)),
        Verdict::Unsendable => ("hatched hue-7", Some(9)),
        Verdict::Unjudged => ("untold", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn kinds_differ_in_hue_or_shape() {
        let looks: HashSet<_> =
            (0..64).map(|kind| (Look(kind).hue(), Look(kind).shape())).collect();
        assert_eq!(looks.len(), 64);
    }

    #[test]
    fn no_two_verdicts_look_alike_even_without_colour() {
        let hatches: HashSet<_> = Verdict::ALL.iter().map(|one| of_verdict(*one).1).collect();
        // Intact and unjudged are plain: one pale, one with a border.
        assert_eq!(hatches.len(), Verdict::ALL.len() - 1);
    }
}
