//! `wirebench check`: are these scenarios valid?

use super::args::CheckArgs;
use super::config::effective;
use super::exit::{ExitCode, worst};
use super::files::named_files;
use super::machine::load_fitted;
use super::plugins;
use super::screen::Screen;
use crate::scenario::{PieceCount, Scenario, grouped, pieces_of};
use crate::text::{path, plural};

/// Checks every file, and asks its plugins; one line for each that is valid, all mistakes of each that is not.
pub(super) fn check(
    args: &CheckArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let scenario = match effective(&args.scenario, color, err)? {
        Ok(scenario) => scenario,
        Err(code) => return Ok(code),
    };
    let files = match named_files(&scenario, err)? {
        Ok(files) => files,
        Err(code) => return Ok(code),
    };
    let mut codes = Vec::new();
    let mut names = Vec::new();
    for file in files {
        match load_fitted(&file, &scenario, &[]) {
            Ok(loaded) if loaded.skipped => {
                names.push(loaded.named.clone());
                if !args.quiet {
                    writeln!(out, "{}: ok, and left out by the profile", path(&file))?;
                }
            }
            Ok(mut loaded) => {
                names.push(loaded.named.clone());
                if let Err(wrong) = plugins::locate(&mut loaded, &scenario.plugin_dir, color) {
                    err.page(&wrong)?;
                    codes.push(ExitCode::INVALID);
                } else if !args.quiet {
                    writeln!(out, "{}: {}", path(&file), summary(&loaded.scenario))?;
                }
            }
            Err(diagnostics) => {
                err.page(&diagnostics.page(color))?;
                codes.push(ExitCode::INVALID);
            }
        }
    }
    // What could not be read may be what profiles name.
    let strangers = scenario.applied.strangers(&names).filter(|_| codes.is_empty());
    if let Some(wrong) = strangers {
        err.page(&wrong.page(color))?;
        codes.push(ExitCode::INVALID);
    } else if let (Some(checked), false) = (scenario.applied.checked(), args.quiet) {
        writeln!(out, "{checked}")?;
    }
    Ok(worst(&codes))
}

/// `ok, 18 cells × 3 rounds`, and how many pieces the link makes of what is sent.
fn summary(scenario: &Scenario) -> String {
    let (cells, rounds) = (scenario.cells.len() as u64, u64::from(scenario.rounds));
    let (cell, round) = (plural(cells, "cell"), plural(rounds, "round"));
    let mut text = match &scenario.search {
        None => format!("ok, {cells} {cell} × {rounds} {round}"),
        Some(search) => {
            let groups = scenario.search_groups().len() as u64;
            let group = plural(groups, "group");
            let (vary, metric) = (&search.vary, &search.metric);
            format!(
                "ok, search for the highest {vary} with {metric} among {cells} candidates in {groups} {group}"
            )
        }
    };
    let counts: Vec<PieceCount> = scenario.cells.iter().filter_map(pieces_of).collect();
    let messages = counts.iter().map(|count| count.a_message.iter().sum::<u64>()).max();
    if let Some(most) = messages {
        let pieces = plural(most, "piece");
        text.push_str(&format!("; up to {} {pieces} an exchange", grouped(most)));
        let all: u64 = counts.iter().filter_map(|count| count.a_round).fold(0, u64::saturating_add);
        if counts.iter().all(|count| count.a_round.is_some()) {
            let all = grouped(all.saturating_mul(rounds));
            text.push_str(&format!(", {all} in all"));
        }
    }
    text
}
