//! A result that is there: printed, written, judged. What `report` and `merge` have in common.

use super::args::FlakyArgs;
use super::compared::{print_below, tell, verdict};
use super::exit::{ExitCode, worst};
use super::flaky::tell_flaky;
use super::outputs::Outputs;
use super::screen::Screen;
use super::show::{ShowOptions, complain, judged, show, told};
use crate::compare::Comparison;
use crate::result::Stored;
use std::path::PathBuf;

/// How results are printed and judged.
pub(super) struct Printed {
    /// Where they go.
    pub(super) outputs: Outputs,
    /// `--strict`.
    pub(super) strict: bool,
    /// `--flaky`.
    pub(super) flaky: FlakyArgs,
    /// `--trace`.
    pub(super) trace: u32,
    /// Whether to print in colour.
    pub(super) color: bool,
}

impl Printed {
    /// Prints the result of scenario number `at`, and what it was held against; `kept_in`: the folder that it is kept
    /// in. Returns what it means.
    pub(super) fn result(
        &mut self,
        at: usize,
        (result, compared): (&mut Stored<'_>, Option<&Comparison>),
        kept_in: Option<PathBuf>,
        out: &mut Screen,
        err: &mut Screen,
    ) -> std::io::Result<ExitCode> {
        let Self { outputs, trace, color, .. } = self;
        if at > 0 && outputs.are_texts() {
            writeln!(out)?;
        }
        let mut codes = vec![judged(result.document(), self.strict)];
        if let Some(format) = outputs.printed {
            let choice = outputs.choice.clone();
            let shown = ShowOptions { format, trace: *trace, color: *color, kept_in, choice };
            codes.push(told(show(result, shown, out), err)?);
            if let Some(compared) = compared {
                print_below(compared, format, *color, out)?;
            }
        }
        complain(result.document(), outputs.printed, err)?;
        codes.push(tell_flaky(result.document(), self.flaky, err)?);
        codes.push(outputs.add(at, result, compared, out, err)?);
        if let Some(compared) = compared {
            let lost = compared.lost_the_baseline();
            codes.push(verdict(compared, lost, self.strict));
            tell(compared, lost, err)?;
        }
        Ok(worst(&codes))
    }
}
