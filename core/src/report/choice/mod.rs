//! Which rows and columns of a comparison are shown, in which order, or which pivot of it.

mod order;

use super::asked::{self, Asked};
use super::columns::{Column, Shows};
use crate::text::clean;

pub(super) use order::Chosen;

/// `--sort`, `--top`, `--columns` and `--pivot`. Usually nothing is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    sort: Option<Sort>,
    /// Rows; 0: all.
    top: usize,
    columns: Vec<String>,
    pivot: Option<PivotNames>,
}

/// By which column or axis, and from which end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sort {
    name: String,
    descending: bool,
}

/// `ROW,COL:METRIC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PivotNames {
    /// The axis whose values are rows.
    pub(super) row: String,
    /// The axis whose values are columns.
    pub(super) column: String,
    /// The column of the table whose figures stand in it.
    pub(super) metric: String,
}

/// The form of a pivot.
const PIVOT: &str = "ROW,COL:METRIC, such as `framing,payload:p50`";

impl Choice {
    /// Reads what was asked for: the name of a column or an axis, with `-` before it from the highest down; rows, 0 for
    /// all; names of columns; and `ROW,COL:METRIC`. The error says what is wrong with the form; whether there
    /// are such axes and columns says [`fits`](Self::fits).
    pub fn read(
        sort: Option<&str>,
        top: usize,
        columns: &[String],
        pivot: Option<&str>,
    ) -> Result<Self, String> {
        let sort = sort.map(|text| {
            let text = text.trim();
            let (name, descending) =
                text.strip_prefix('-').map_or((text, false), |name| (name, true));
            Sort { name: name.to_owned(), descending }
        });
        if sort.as_ref().is_some_and(|sort| sort.name.is_empty()) {
            return Err("a name is missing: `p99`, or `-rate` from the highest down".into());
        }
        if columns.iter().any(|name| name.trim().is_empty()) {
            return Err("a name is missing between commas: `p50,p99,rate`".into());
        }
        let pivot = pivot.map(read_pivot).transpose()?;
        Ok(Self { sort, top, columns: columns.to_vec(), pivot })
    }

    /// True where nothing is chosen.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Holds the names against the axes of a scenario; the error names one that is not there, those that are, and
    /// which was perhaps meant.
    pub fn fits(&self, axes: &[String]) -> Result<(), String> {
        if let Some(Sort { name, .. }) = &self.sort
            && let Asked::Column(Column { key, shows: Shows::Words(_), .. }) =
                asked::find(name, axes)?
        {
            return Err(format!("`{key}` has no order: it is words, not a figure"));
        }
        for name in &self.columns {
            asked::find(name, axes)?;
        }
        let Some(PivotNames { row, column, metric }) = &self.pivot else { return Ok(()) };
        let (rows, columns) = (asked::axis(row, axes)?, asked::axis(column, axes)?);
        if rows == columns {
            let axis = clean(&axes[rows]);
            return Err(format!("`{axis}` cannot be both the rows and the columns of a pivot"));
        }
        asked::column(metric).map(|_| ())
    }

    /// The columns that were asked for, in that order, each once; `None`: the usual ones. What always stands is
    /// not among them: the names of cells, and their verdict.
    pub(super) fn columns(&self, axes: &[String]) -> Option<Vec<&'static Column>> {
        if self.columns.is_empty() {
            return None;
        }
        let mut columns: Vec<&'static Column> = Vec::new();
        for name in &self.columns {
            if let Ok(Asked::Column(column)) = asked::find(name, axes)
                && column.key != "verdict"
                && !columns.iter().any(|known| known.key == column.key)
            {
                columns.push(column);
            }
        }
        Some(columns)
    }

    /// The pivot that was asked for.
    pub(super) fn pivot(&self) -> Option<&PivotNames> {
        self.pivot.as_ref()
    }
}

fn read_pivot(text: &str) -> Result<PivotNames, String> {
    let wrong = || format!("it has the form {PIVOT}");
    let (axes, metric) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (row, column) = axes.split_once(',').ok_or_else(wrong)?;
    let names = [row, column, metric].map(|name| name.trim().to_owned());
    if names.iter().any(String::is_empty) {
        return Err(wrong());
    }
    let [row, column, metric] = names;
    Ok(PivotNames { row, column, metric })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sort: Option<&str>, columns: &[&str], pivot: Option<&str>) -> Result<Choice, String> {
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        Choice::read(sort, 0, &columns, pivot)
    }

    #[test]
    fn what_has_not_the_form_is_refused_with_the_form() {
        for pivot in [
            "",
            "framing",
            "framing,payload",
            "framing:p50",
            "framing,:p50",
            ",payload:p50",
            "a,b:",
        ] {
            let why = read(None, &[], Some(pivot)).expect_err(pivot);
            assert!(why.contains("ROW,COL:METRIC"), "{pivot}: {why}");
        }
        assert!(read(Some("-"), &[], None).is_err());
        assert!(read(None, &["p50", " "], None).is_err());
    }

    #[test]
    fn names_that_are_not_there_do_not_fit() {
        let axes = ["framing".to_owned(), "load.payload".to_owned()];
        let fits = |sort, columns: &[&str], pivot| {
            read(sort, columns, pivot).and_then(|choice| choice.fits(&axes))
        };
        assert_eq!(fits(Some("-p99.9"), &["payload", "segs/msg"], None), Ok(()));
        assert_eq!(fits(None, &[], Some("payload, framing : cpu")), Ok(()));
        for (sort, columns, pivot, word) in [
            (Some("p05"), &[][..], None, "`p50`"),
            (Some("wrong"), &[], None, "no order"),
            (None, &["p50", "rat"], None, "`rate`"),
            (None, &[], Some("framing,paylaod:p50"), "`payload`"),
            (None, &[], Some("framing,payload:p05"), "`p50`"),
            (None, &[], Some("payload,load.payload:p50"), "both"),
        ] {
            let why = fits(sort, columns, pivot).expect_err(word);
            assert!(why.contains(word), "{why}");
        }
    }
}
