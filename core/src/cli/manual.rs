//! `wirebench man`: a page of the manual for each verb.

use super::args::ManArgs;
use super::exit::ExitCode;
use super::grammar::grammar;
use super::screen::Screen;
use crate::text::{Page, path as shown};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::Path;
use wirebench_values::similar;

/// Prints one page, or writes all.
pub(super) fn manual(args: &ManArgs, out: &mut Screen, err: &mut Screen) -> io::Result<ExitCode> {
    let mut program = grammar().disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &args.out {
        return Ok(match write(&program, folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                writeln!(err, "error: {why}")?;
                ExitCode::RESULT
            }
        });
    }
    let mut command = &program;
    for verb in &args.verb {
        match command.find_subcommand(verb) {
            Some(found) => command = found,
            None => {
                writeln!(err, "error: {}", unknown(command, verb))?;
                return Ok(ExitCode::USAGE);
            }
        }
    }
    out.page(&page(command)?)?;
    Ok(ExitCode::SUCCESS)
}

fn unknown(command: &Command, verb: &str) -> String {
    let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let meant = similar(verb, verbs.iter().copied());
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    let there = match verbs.as_slice() {
        [] => "it has none".to_owned(),
        verbs => format!("there are {}", verbs.join(", ")),
    };
    format!("{} has no verb `{verb}`{meant} ({there})", command_name(command))
}

fn command_name(command: &Command) -> &str {
    command.get_bin_name().unwrap_or_else(|| command.get_name())
}

/// Writes the page of a command and of all below it.
fn write(command: &Command, folder: &Path) -> Result<(), String> {
    let cannot = |path: &Path, error: io::Error| {
        format!("cannot write {}: {error}; name a folder that you may write to", shown(path))
    };
    fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let file = folder.join(format!("{}.1", page_name(command)));
    let page = page(command).map_err(|error| cannot(&file, error))?;
    fs::write(&file, page.as_bytes()).map_err(|error| cannot(&file, error))?;
    command.get_subcommands().try_for_each(|verb| write(verb, folder))
}

fn page_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of one command, as `man` reads it.
fn page(command: &Command) -> io::Result<Page> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    sections(&below).to_writer(&mut text)?;
    let mut page = Page::new();
    page.line(title(command));
    // Several breaks in a row are one gap, which is what readers of pages want to see.
    let mut gap = false;
    for line in String::from_utf8_lossy(&text).lines() {
        if line.is_empty() || line == ".br" {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            page.line(".sp");
        }
        page.line(line);
    }
    Ok(page)
}

/// The first line, with each field in quotes, since the date may be empty: it is that of the sources where
/// whoever makes a package has told it, so that the same sources make the same page.
fn title(command: &Command) -> String {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let date = told.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let date = date.map_or_else(String::new, |date| date.strftime("%Y-%m-%d").to_string());
    let (name, version) = (page_name(command).to_uppercase(), env!("CARGO_PKG_VERSION"));
    format!(".TH \"{name}\" \"1\" \"{date}\" \"wirebench {version}\" \"wirebench\"")
}

/// What `--help` says below the options, each paragraph a section of the manual, its lines as they are.
fn sections(below: &str) -> Roff {
    let mut roff = Roff::new();
    let mut last = "";
    for paragraph in below.split("\n\n") {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let (title, lines) = match first {
            "Examples:" => ("EXAMPLES", rest),
            "Exit codes:" => ("EXIT STATUS", rest),
            _ => ("NOTES", paragraph),
        };
        // An empty paragraph would be one too many.
        if lines.trim().is_empty() {
            continue;
        }
        let begin =
            if title == last { roff.control("PP", []) } else { roff.control("SH", [title]) };
        begin.control("nf", []);
        lines.lines().for_each(|line| {
            roff.text([roman(line)]);
        });
        roff.control("fi", []);
        last = title;
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_options_becomes_sections() {
        let text = sections("Examples:\n  one\n  two\n\nMore.\n\nAnd more.").to_roff();
        let lines: Vec<&str> = text.lines().collect();
        let right = [
            ".SH EXAMPLES",
            ".nf",
            "  one",
            "  two",
            ".fi",
            ".SH NOTES",
            ".nf",
            "More.",
            ".fi",
            ".PP",
            ".nf",
            "And more.",
            ".fi",
        ];
        assert_eq!(lines, right);
    }
}
