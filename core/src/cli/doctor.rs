//! `wirebench doctor`: is this machine fit to measure, and what should be changed?

use super::args::DoctorArgs;
use super::doctor_load;
use super::exit::{ExitCode, worst};
use super::machine::start_runner;
use super::screen::Screen;
use super::show::terminal_width;
use crate::doctor::{Examination, Finding, State, examine};
use crate::machine::Root;
use crate::report::wrap;
use crate::text::Page;
use std::io::{self, Write as _};

/// The width of lines that go to no terminal.
const USUAL_WIDTH: usize = 100;

/// Columns before what was found: the state, and the name within its section.
const STATE: usize = 15;
const NAME: usize = 13;

/// `wirebench doctor`.
pub(super) fn doctor(
    args: &DoctorArgs,
    out: &mut Screen,
    err: &mut Screen,
) -> io::Result<ExitCode> {
    // The guard of its rounds starts before there is any thread.
    let mut runner = match (!args.quick).then(|| start_runner(err)).transpose()? {
        Some(Err(code)) => return Ok(code),
        runner => runner.and_then(Result::ok),
    };
    let mut all = examine(&Root::this(), args.quick);
    if let Some(runner) = &mut runner {
        let (findings, proofs) = doctor_load::prove(runner, &args.plugin_dir);
        all.add(findings, proofs);
    }
    if args.json {
        let text = serde_json::to_string_pretty(&all)?;
        out.json().write_all(text.as_bytes())?;
        writeln!(out)?;
    } else {
        out.page(&page(&all, terminal_width().unwrap_or(USUAL_WIDTH)))?;
    }
    for broken in all.broken() {
        writeln!(err, "error: {} does not hold: {}", broken.key, broken.told)?;
    }
    Ok(code(&all, args.strict))
}

fn code(all: &Examination, strict: bool) -> ExitCode {
    let mut codes = Vec::new();
    if all.broken().next().is_some() {
        codes.push(ExitCode::INTEGRITY);
    }
    if strict && !all.change.is_empty() {
        codes.push(ExitCode::INCONCLUSIVE);
    }
    worst(&codes)
}

/// The lines, section by section, the proofs, and what to change.
fn page(all: &Examination, width: usize) -> Page {
    let mut page = Page::new();
    let mut section = "";
    for finding in &all.findings {
        if finding.section() != section {
            section = finding.section();
            page.line(section);
        }
        line(&mut page, finding, width);
    }
    page.line("proofs");
    for proven in &all.proofs {
        let word = if proven.holds { "holds" } else { "does not hold" };
        let told = format!("{}: {}", proven.claim, proven.told);
        entry(&mut page, word, name(proven.key), &told, width);
    }
    page.line("");
    changes(&mut page, all, width);
    page
}

fn line(page: &mut Page, finding: &Finding, width: usize) {
    entry(page, finding.state.word(), name(finding.key), &finding.found, width);
    // What is to be changed is told below, in its order.
    if let Some(advice) = finding.advice.as_ref().filter(|_| finding.state != State::ChangeThis) {
        entry(page, "", "", advice, width);
    }
}

/// The name of a line within its section.
fn name(key: &str) -> &str {
    key.split_once('.').map_or(key, |(_, name)| name)
}

fn entry(page: &mut Page, state: &str, name: &str, text: &str, width: usize) {
    behind(page, &format!("  {state:STATE$}{name:NAME$} "), text, width);
}

/// Text in lines of at most `width` columns, all of them behind what stands in front of the first.
fn behind(page: &mut Page, first: &str, text: &str, width: usize) {
    let indent = first.len();
    let text = wrap(text, width.saturating_sub(indent), 0);
    for (at, line) in text.lines().enumerate() {
        match at {
            0 => page.line(format!("{first}{line}")),
            _ => page.line(format!("{:indent$}{line}", "")),
        }
    }
}

/// What to change, the most important first, and the sentence on noise.
fn changes(page: &mut Page, all: &Examination, width: usize) {
    let findings: Vec<&Finding> = all.change.iter().filter_map(|key| all.finding(key)).collect();
    match findings.len() {
        0 => page.line("Nothing has to be changed."),
        _ => page.line("To be changed, the most important first:"),
    }
    for (at, finding) in findings.iter().enumerate() {
        let advice = finding.advice.as_deref().unwrap_or("see docs/doctor.md");
        behind(page, &format!("{:>3}. ", at + 1), &format!("{}: {advice}", finding.key), width);
    }
    page.line(match all.noise_percent {
        Some(percent) => format!("Differences under {percent:.1} % mean nothing here now."),
        None if all.quick => {
            "How noisy the machine is was not looked at: leave out --quick.".to_owned()
        }
        None => "How noisy the machine is could not be told.".to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination() -> Examination {
        let folder = tempfile::tempdir().unwrap();
        examine(&Root::at(folder.path()), true)
    }

    #[test]
    fn every_line_fits_and_what_is_to_be_changed_stands_last() {
        let mut all = examination();
        all.findings[0].state = State::ChangeThis;
        all.findings[0].advice = Some("give it a better one ".repeat(9));
        all.change = vec![all.findings[0].key];
        for width in [70, 100, 200] {
            let page = page(&all, width);
            assert!(page.lines().all(|line| line.chars().count() <= width), "{}", &*page);
            let at = page.find("  1. clock.source: give it a better one").expect("it is told");
            assert!(at > page.find("proofs").unwrap(), "{}", &*page);
            assert!(page.trim_end().ends_with("leave out --quick."), "{}", &*page);
        }
    }

    #[test]
    fn it_fails_only_where_that_is_asked_for_or_a_proof_does_not_hold() {
        let mut all = examination();
        all.change.clear();
        assert_eq!([false, true].map(|strict| code(&all, strict)), [ExitCode::SUCCESS; 2]);
        all.change.push("now.load");
        let codes = [false, true].map(|strict| code(&all, strict));
        assert_eq!(codes, [ExitCode::SUCCESS, ExitCode::INCONCLUSIVE]);
        all.proofs[0].holds = false;
        assert_eq!([false, true].map(|strict| code(&all, strict)), [ExitCode::INTEGRITY; 2]);
    }
}
