//! What `--sort`, `--top`, `--columns` and `--pivot` mean for the scenarios that are printed, settled before anything
//! starts.

use super::args::TableArgs;
use super::exit::ExitCode;
use crate::report::Choice;
use crate::text::clean;

/// The axes of a scenario.
pub(super) struct AxesOf<'a> {
    /// Its name.
    pub(super) scenario: &'a str,
    /// The keys.
    pub(super) axes: &'a [String],
}

/// What is chosen. The error is a code and why: an option has not its form, or names what a scenario does not have.
pub(super) fn choose<'a>(
    args: &TableArgs,
    scenarios: impl Iterator<Item = AxesOf<'a>>,
) -> Result<Choice, (ExitCode, String)> {
    let option = args.first().unwrap_or_default();
    let choice = args.read().map_err(|why| (ExitCode::USAGE, format!("{option}: {why}")))?;
    for AxesOf { scenario, axes } in scenarios {
        if let Err(why) = choice.fits(axes) {
            return Err((ExitCode::USAGE, format!("scenario {}: {why}", clean(scenario))));
        }
    }
    Ok(choice)
}
