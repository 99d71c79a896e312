//! `wirebench torture`: every cut and fault of a framing. The framing runs in a child process; this
//! one survives whatever becomes of it.

mod child;
mod crash;
mod parent;
mod protocol;
mod subject;

pub(super) use child::main as child_main;

use super::ExitCode;
use super::args::{TortureArgs, USUAL_LIMIT, obeys};
use super::screen::Screen;
use super::target::Target;
use crate::framing::Capabilities;
use crate::host::Pinned;
use crate::report::torture as report;
use crate::text::{in_one_line, path};
use crate::torture::{CHECKS, Case, CheckReport, Verdict, check_named};
use parent::ask;
use protocol::{Request, Subject};
use serde_json::json;
use std::io::IsTerminal;
use std::time::Duration;

/// `wirebench torture`.
pub(super) fn run(
    args: &TortureArgs,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    if args.list {
        out.page(&report::checks_text())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(wrong) = usage(args) {
        writeln!(err, "error: {wrong}")?;
        return Ok(ExitCode::USAGE);
    }
    let subjects = match subject::subjects(args) {
        Ok(subjects) => subjects,
        Err(wrong) => {
            for text in wrong {
                writeln!(err, "error: {text}")?;
            }
            return Ok(ExitCode::INVALID);
        }
    };
    let mut json = match args.json.as_deref().map(Target::open).transpose() {
        Ok(json) => json,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            return Ok(ExitCode::RESULT);
        }
    };
    let mut codes = Vec::new();
    let mut documents = Vec::new();
    let tables = !json.as_ref().is_some_and(Target::is_stdout);
    for subject in &subjects {
        let tortured = match torture(args, subject, args.limit.duration(), err)? {
            Ok(tortured) => tortured,
            Err(refused) => {
                writeln!(err, "error: {}: {refused}", subject.name)?;
                codes.push(ExitCode::INVALID);
                continue;
            }
        };
        if tortured.reports.iter().any(|report| report.verdict == Verdict::Finding) {
            codes.push(ExitCode::INTEGRITY);
        }
        if tables {
            let heading = heading(subject);
            let again = |report: &CheckReport| command(args, subject, report);
            let text =
                report::text(&heading, tortured.capabilities.as_ref(), &tortured.reports, &again);
            out.page(&text)?;
            writeln!(out)?;
            out.flush()?;
        }
        documents.push(document(subject, &tortured));
    }
    if tables && subjects.len() > 1 {
        let found = codes.iter().filter(|code| **code == ExitCode::INTEGRITY).count();
        writeln!(out, "{} framings, {found} with findings; seed {}", subjects.len(), args.seed)?;
    }
    if let Some(target) = &mut json {
        let document = json!({
            "schema": "wirebench.torture/1",
            "version": env!("CARGO_PKG_VERSION"),
            "seed": args.seed,
            "quick": args.quick,
            "framings": documents,
        });
        let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
        if let Err(error) = target.write(|file| file.write_all(text.as_bytes()), out, err) {
            writeln!(err, "error: {}", target.cannot(&error))?;
            codes.push(ExitCode::RESULT);
        }
    }
    Ok(super::worst(&codes))
}

/// What clap cannot check.
fn usage(args: &TortureArgs) -> Result<(), String> {
    for name in &args.only {
        if check_named(name).is_none() {
            let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
            return Err(format!("there is no check `{name}`; there are {}", names.join(", ")));
        }
    }
    if let Some(case) = &args.case {
        Case::parse(case).map_err(|why| format!("--case: {why}"))?;
        if args.only.len() != 1 {
            return Err("--case needs exactly one --only, the check that judges it".into());
        }
    }
    Ok(())
}

/// A longer case is found again by its seed: nobody copies so much.
const LONGEST_CASE: usize = 2_000;

/// What became of one framing.
struct Tortured {
    capabilities: Option<Capabilities>,
    reports: Vec<CheckReport>,
}

/// Runs all checks that are wanted. The inner error says why the framing cannot be made, or that
/// its plugin has changed meanwhile: each child process loads the file anew.
fn torture(
    args: &TortureArgs,
    subject: &Subject,
    limit: Duration,
    err: &mut Screen,
) -> std::io::Result<Result<Tortured, String>> {
    let mut pinned = match subject.file.as_deref().map(Pinned::open).transpose() {
        Ok(pinned) => pinned,
        Err(error) => return Ok(Err(format!("the plugin file cannot be read: {error}"))),
    };
    let tortured = all_checks(args, subject, limit, err)?;
    Ok(match pinned.as_mut().and_then(Pinned::changed) {
        Some(why) => Err(format!("the plugin file {why}; torture it again")),
        None => tortured,
    })
}

/// In as many child processes as that takes.
fn all_checks(
    args: &TortureArgs,
    subject: &Subject,
    limit: Duration,
    err: &mut Screen,
) -> std::io::Result<Result<Tortured, String>> {
    let wanted = |name: &&str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let mut left: Vec<String> =
        CHECKS.iter().map(|check| check.name).filter(wanted).map(str::to_owned).collect();
    let mut tortured = Tortured { capabilities: None, reports: Vec::new() };
    let progress = std::io::stderr().is_terminal() && obeys();
    while !left.is_empty() {
        let request = Request {
            subject: subject.clone(),
            seed: args.seed,
            quick: args.quick,
            checks: left.clone(),
            case: args.case.clone(),
            trace: None,
        };
        let mut begins = |check: &str| {
            if progress {
                let _ = err.status(&format!("{}: {check}", subject.name));
            }
        };
        let mut answered = ask(&request, limit, &mut begins)?;
        if let Some(refused) = answered.refused {
            clear(progress, err);
            return Ok(Err(refused));
        }
        tortured.capabilities = tortured.capabilities.or(answered.capabilities);
        tortured.reports.append(&mut answered.reports);
        let Some(check) = answered.under_way.clone() else {
            if let Some(death) = &answered.death {
                clear(progress, err);
                let stderr = in_one_line(&answered.stderr);
                return Ok(Err(format!("before its first check, {death}; {stderr}")));
            }
            break;
        };
        // The other checks go on in another process.
        tortured.reports.push(crash::report(&request, &check, &answered, limit)?);
        left.drain(..=left.iter().position(|name| *name == check).unwrap_or(0));
    }
    clear(progress, err);
    Ok(Ok(tortured))
}

fn clear(progress: bool, err: &mut Screen) {
    if progress {
        let _ = err.status("");
    }
}

fn heading(subject: &Subject) -> String {
    let settings = &subject.spec.settings;
    if settings.is_empty() {
        return subject.name.clone();
    }
    let all: Vec<String> = settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{} ({})", subject.name, all.join(", "))
}

/// The command that shows a finding again.
fn command(args: &TortureArgs, subject: &Subject, report: &CheckReport) -> String {
    let case = report.finding.as_ref().and_then(|finding| finding.case.as_deref());
    let case = case.filter(|case| case.len() <= LONGEST_CASE);
    let mut words = vec!["wirebench".to_owned(), "torture".into(), quoted(&subject.name)];
    for set in &args.set {
        words.extend(["--set".into(), quoted(set)]);
    }
    for dir in &args.plugin_dir {
        words.extend(["--plugin-dir".into(), quoted(&path(dir))]);
    }
    words.extend(["--only".into(), report.check.clone()]);
    match case {
        Some(case) => words.extend(["--case".into(), quoted(case)]),
        None => {
            words.extend(["--seed".into(), args.seed.to_string()]);
            words.extend(args.quick.then(|| "--quick".into()));
        }
    }
    let limit = args.limit.to_string().replace(' ', "");
    if limit != USUAL_LIMIT {
        words.extend(["--limit".into(), limit]);
    }
    words.join(" ")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:=,@+-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn document(subject: &Subject, tortured: &Tortured) -> serde_json::Value {
    json!({
        "name": subject.name,
        "kind": subject.spec.kind,
        "plugin": subject.spec.plugin,
        "settings": subject.spec.settings,
        "nature": tortured.capabilities,
        "checks": tortured.reports,
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(quoted("800161@1"), "800161@1");
        assert_eq!(quoted("{ kind = \"line\" }"), "'{ kind = \"line\" }'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
