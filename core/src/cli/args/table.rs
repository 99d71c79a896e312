//! What is shown of a comparison: options that `run`, `report` and `merge` share.

use crate::report::Choice;
use clap::Args;

/// Rows and columns of the table, or a pivot in its place.
#[derive(Args, Clone, Debug, Default)]
pub struct TableArgs {
    /// Order the rows by a column or an axis, all places in one list: `p99`, or `-rate` from the highest down. Cells that
    /// are damaged stand behind others, those without the figure last. For table and markdown, as the following
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub sort: Option<String>,

    /// Show the first N rows of each scenario only, in the order of --sort; 0 shows all
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,

    /// Show these columns, in this order, whatever room there is: `p50,p99,rate`. Names are those above the table, or
    /// intact, wrong, p50, p50-spread, p90, p99, p99.9, max, rate, rate-spread, slower, wire, segs, writes, cpu,
    /// cpu-sides, cpu-client, cpu-server, memory, grown. Axes and the verdict always stand
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub columns: Vec<String>,

    /// Show one column as a table of two axes, a section for each point of the others: `framing,payload:p50`
    #[arg(long, value_name = "ROW,COL:METRIC", conflicts_with_all = ["sort", "top", "columns"])]
    pub pivot: Option<String>,
}

impl TableArgs {
    /// What they mean; the error says which option is wrong, and why.
    pub fn read(&self) -> Result<Choice, String> {
        let Self { sort, top, columns, pivot } = self;
        let top = top.unwrap_or_default();
        Choice::read(sort.as_deref(), top, columns, pivot.as_deref())
    }

    /// The first of them that was given, as it is written.
    pub fn first(&self) -> Option<&'static str> {
        let Self { sort, top, columns, pivot } = self;
        let given = [
            ("--sort", sort.is_some()),
            ("--top", top.is_some()),
            ("--columns", !columns.is_empty()),
            ("--pivot", pivot.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}
