//! What torture found, for a terminal: a line for each check, then each finding with its bytes.

use super::hexdump::with_cuts;
use super::numbers;
use super::text::wrap;
use crate::framing::Capabilities;
use crate::text::{Page, clean, width};
use crate::torture::{CHECKS, CheckReport, Finding, Verdict};

/// Columns of the output, and bytes of a stream that are shown: as many as the cuts need.
const COLUMNS: usize = 100;
const FEW: usize = 64;
const SHOWN: usize = 256;

/// What `--list` prints.
pub fn checks_text() -> Page {
    let widest = CHECKS.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let mut page = Page::new();
    for check in CHECKS {
        page.line(format_args!("{:widest$}  {}", check.name, check.about));
    }
    page
}

/// One framing's table and findings. `again` makes the command that shows a finding again.
pub fn text(
    heading: &str,
    capabilities: Option<&Capabilities>,
    reports: &[CheckReport],
    again: &dyn Fn(&CheckReport) -> String,
) -> Page {
    let mut page = Page::new();
    page.line(format_args!("{heading}{}", read_bound(capabilities)));
    let names = reports.iter().map(|report| report.check.len()).max().unwrap_or(0);
    let counts: Vec<String> = reports.iter().map(|report| numbers::count(report.tried)).collect();
    let tried = counts.iter().map(|count| width(count)).max().unwrap_or(0).max("tried".len());
    let verdicts = reports.iter().map(|report| word(report.verdict).len()).max().unwrap_or(0);
    page.line(format_args!(
        "  {:names$}  {:>tried$}  {:verdicts$}  note",
        "check", "tried", "verdict"
    ));
    for (report, count) in reports.iter().zip(&counts) {
        let note = report.finding.as_ref().map_or(&report.note, |finding| &finding.what);
        let word = word(report.verdict);
        let start = format!("  {:names$}  {count:>tried$}  {word:verdicts$}  ", report.check);
        wrapped(&mut page, &start, note);
    }
    for report in reports {
        if let Some(finding) = &report.finding {
            page.line("");
            page.line(format_args!("{}: {}", report.check, finding.what));
            details(&mut page, finding);
            page.line(format_args!("  again     {}", again(report)));
        }
    }
    page
}

/// Words behind `start`, in as many lines as they need.
fn wrapped(page: &mut Page, start: &str, words: &str) {
    let start_wide = width(start);
    let lines = wrap(&clean(words), COLUMNS.saturating_sub(start_wide), 0);
    for (at, line) in lines.split('\n').enumerate() {
        let before = if at == 0 { start } else { &" ".repeat(start_wide) };
        page.line(format_args!("{before}{line}"));
    }
}

fn read_bound(capabilities: Option<&Capabilities>) -> &'static str {
    match capabilities {
        Some(capabilities) if !capabilities.invariant => ": read-bound",
        _ => "",
    }
}

fn details(page: &mut Page, finding: &Finding) {
    // The last cut is what it is about.
    let last = finding.cuts.last().map_or(0, |cut| cut + 8);
    let shown = &finding.bytes[..finding.bytes.len().min(last.clamp(FEW, SHOWN))];
    for line in with_cuts(shown, &finding.cuts) {
        page.line(format_args!("  {line}"));
    }
    if shown.len() < finding.bytes.len() {
        page.line(format_args!("  … {} B in all", finding.bytes.len()));
    }
    for (name, lines) in [("expected", &finding.expected), ("got", &finding.got)] {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            wrapped(page, &format!("  {name:8}  "), line);
        }
    }
    if !finding.found_as.is_empty() {
        page.line(format_args!("  found as  {}", finding.found_as));
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Finding => "FINDING",
        Verdict::NotApplicable => "n/a",
        Verdict::Measured => "measured",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: Verdict, note: &str, finding: Option<Finding>) -> CheckReport {
        let (check, note) = ("every-cut".to_owned(), note.to_owned());
        CheckReport { check, verdict, tried: 12_345, note, figures: Vec::new(), finding }
    }

    #[test]
    fn a_finding_shows_its_bytes_with_the_cut_and_how_to_see_it_again() {
        let finding = Finding {
            what: "cut at 1, the same bytes lead elsewhere".into(),
            case: Some("800161@1".into()),
            bytes: vec![0x80, 0x01, b'a'],
            cuts: vec![1],
            expected: vec!["no message".into(), "at the end, an error".into()],
            got: vec!["message of 1 B".into()],
            found_as: "6 messages".into(),
        };
        let found = report(Verdict::Finding, "", Some(finding));
        let text = text("varint", None, &[found], &|_| "wirebench torture …".into());
        assert_eq!(
            text,
            "\
varint
  check       tried  verdict  note
  every-cut  12,345  FINDING  cut at 1, the same bytes lead elsewhere

every-cut: cut at 1, the same bytes lead elsewhere
  0x0000  80|01 61                  .|.a
  expected  no message
            at the end, an error
  got       message of 1 B
  found as  6 messages
  again     wirebench torture …
"
        );
    }

    #[test]
    fn what_a_plugin_says_cannot_take_over_the_terminal() {
        let held = report(Verdict::Holds, "\u{1b}[31mred", None);
        assert!(!text("a\u{1b}", None, &[held], &|_| String::new()).contains('\u{1b}'));
    }
}
