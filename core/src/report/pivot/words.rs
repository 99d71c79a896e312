//! What is said of a pivot, and the marks in it.

use super::{Pivot, PivotPlace};
use crate::report::columns::NOT_TOLD;
use crate::text::plural;

/// The best of its column, of its row, and what cannot be compared.
const BEST_OF_COLUMN: &str = "*";
const BEST_OF_ROW: &str = "°";
const NOT_COMPARABLE: &str = "†";

/// What stands in the place of a section's table that nearly nothing would stand in.
pub(in crate::report) const TOO_SPARSE: &str =
    "nearly all places would be empty: the usual table has these cells";

impl Pivot {
    /// `p50: a row for each framing, a column for each payload`.
    pub(in crate::report) fn about(&self) -> String {
        let Self { row_title, column_title, metric, .. } = self;
        format!("{metric}: a row for each {row_title}, a column for each {column_title}")
    }

    /// What the marks in it mean, and what is not shown; empty where there is nothing to say.
    pub(in crate::report) fn legend(&self) -> String {
        let any = |is: fn(&PivotPlace) -> bool| self.places().any(is);
        let hidden: usize = self.sections.iter().map(|section| section.hidden).sum();
        let hidden_words = format!(
            "{hidden} {} not shown: another stands at the same place",
            plural(hidden as u64, "cell")
        );
        let legend = [
            (
                any(|place| place.best_of_column),
                format!("{BEST_OF_COLUMN}: best of its column, or not told apart from it"),
            ),
            (
                any(|place| place.best_of_row),
                format!("{BEST_OF_ROW}: best of its row, or not told apart from it"),
            ),
            (
                any(|place| place.not_comparable),
                format!(
                    "{NOT_COMPARABLE}: damaged, crashed or not done, so its figure cannot be compared"
                ),
            ),
            (
                any(|place| place.text == NOT_TOLD),
                format!("{NOT_TOLD}: the rounds do not tell it apart from the fastest"),
            ),
            (
                any(|place| place.text.starts_with('±')),
                "±: 95 % confidence, from the differences between rounds".into(),
            ),
            (hidden > 0, hidden_words),
        ];
        let legend = legend.into_iter().filter_map(|(stands, words)| stands.then_some(words));
        legend.collect::<Vec<_>>().join("; ")
    }
}

impl PivotPlace {
    /// The figure with its marks: `*13.8 us°`.
    pub(in crate::report) fn marked(&self) -> String {
        let mark = |stands: bool, mark: &'static str| if stands { mark } else { "" };
        format!(
            "{}{}{}{}",
            mark(self.best_of_column, BEST_OF_COLUMN),
            self.text,
            mark(self.best_of_row, BEST_OF_ROW),
            mark(self.not_comparable, NOT_COMPARABLE)
        )
    }
}
