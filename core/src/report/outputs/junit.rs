//! `junit`: JUnit XML, which nearly every CI system shows as tests. A suite is a scenario, a test is a cell.

use super::Output;
use super::told::{inconclusive, regressed, untold};
use crate::compare::{CellComparison, Comparison, Verdict};
use crate::report::attempts::earlier;
use crate::report::excerpt::excerpt;
use crate::report::reasons::{Kind, Reason, reasons};
use crate::report::search;
use crate::result::document::{CellResult, CellVerdict};
use crate::result::{Document, Stored, StoredError};
use crate::text::cleaned;
use quick_junit::{
    NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite, XmlString,
};
use std::io::{self, Write};
use std::time::Duration;

/// Lines of a crashed side's stderr in the body of its error: from its beginning, and from its end.
const STDERR_LINES: (usize, usize) = (40, 20);

/// The test that fails where a run ended before its last round.
const WHOLE: &str = "the whole run";

/// A file of suites.
pub(super) struct JUnit(Report);

impl JUnit {
    pub(super) fn new() -> Self {
        Self(Report::new("wirebench"))
    }

    fn suite(&mut self, mut suite: TestSuite) {
        let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(time);
        let all = self.0.time.unwrap_or_default().saturating_add(time);
        self.0.set_time(all);
        self.0.add_test_suite(suite);
    }
}

impl Output for JUnit {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        self.suite(of_result(&cleaned(result.document())));
        if let Some(compared) = compared {
            self.suite(of_comparison(&cleaned(compared)));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let text = self.0.to_string().map_err(io::Error::other)?;
        writeln!(to, "{}", text.trim_end())
    }
}

fn of_result(document: &Document) -> TestSuite {
    let scenario = &document.scenario;
    let mut suite = TestSuite::new(xml(&scenario.name));
    for (name, value) in [
        ("source", scenario.source.clone()),
        ("seed", scenario.seed.to_string()),
        ("rounds", scenario.rounds.to_string()),
        ("wirebench", document.tool.version.clone()),
    ] {
        suite.add_property((xml(name), xml(&value)));
    }
    suite.add_test_cases(document.cells.iter().map(|cell| of_cell(document, cell)));
    suite.add_test_cases(search::found(document).iter().map(|found| of_search(document, found)));
    if document.interrupted {
        let why = match &document.stopped {
            Some(why) => format!("stopped early: {why}"),
            None => {
                "interrupted before its last round: figures are those of the rounds so far".into()
            }
        };
        let status =
            said(TestCaseStatus::non_success(NonSuccessKind::Error), "interrupted", &[why]);
        suite.add_test_case(case(WHOLE, &scenario.name, status));
    }
    suite
}

/// What a search has found for a group: its gate, or that it has none.
fn of_search(document: &Document, found: &search::Found<'_>) -> TestCase {
    let words = std::slice::from_ref(&found.words);
    let gated = document.search.as_ref().is_some_and(|search| search.expect.is_some());
    let status = match found.group.pass {
        Some(false) => said(TestCaseStatus::non_success(NonSuccessKind::Failure), "search", words),
        None if gated => said(TestCaseStatus::skipped(), "inconclusive", words),
        _ => TestCaseStatus::success(),
    };
    let name = format!("search: {}", found.group.group);
    let mut case = case(&name, &document.scenario.name, status);
    case.add_property(("answer", xml(&found.words).as_str()));
    for (name, point) in [("holds", &found.group.holds), ("fails", &found.group.fails)] {
        if let Some(point) = point {
            case.add_property((name, point.number.to_string().as_str()));
        }
    }
    case
}

fn of_cell(document: &Document, cell: &CellResult) -> TestCase {
    let reasons = reasons(cell);
    let mut status = match (reasons.first(), cell.verdict) {
        (Some(first), _) => {
            let lines = lines(document, cell, &reasons);
            let status = TestCaseStatus::non_success(non_success(first.kind));
            said(status, first.kind.word(), &lines)
        }
        (None, CellVerdict::Pass | CellVerdict::Flaky) => TestCaseStatus::success(),
        (None, _) => said(TestCaseStatus::skipped(), "inconclusive", &inconclusive(cell)),
    };
    // Of a cell that passes, these are what makes it flaky.
    status.add_reruns(earlier(cell).iter().map(rerun));
    let mut case = case(&cell.id, &document.scenario.name, status);
    let took = cell.rounds.iter().fold(0_u64, |sum, round| sum.saturating_add(round.took_ns));
    case.set_time(Duration::from_nanos(took));
    let (intact, sent) = cell.intact_of_sent();
    for (name, value) in [
        ("intact", (sent > 0).then(|| (intact as f64 / sent as f64).to_string())),
        ("p50_ns", cell.latency_ns.p50.map(|ns| ns.to_string())),
        ("p99_ns", cell.latency_ns.p99.map(|ns| ns.to_string())),
        ("rate_per_second", cell.rate.achieved.map(|rate| rate.to_string())),
        ("cpu_ns_per_message", cell.cpu_ns_per_message().map(|ns| ns.to_string())),
    ] {
        if let Some(value) = value {
            case.add_property((name, value.as_str()));
        }
    }
    case
}

/// Why an earlier attempt at a cell did not pass.
fn rerun(reason: &Reason) -> TestRerun {
    let mut rerun = TestRerun::new(non_success(reason.kind));
    rerun.set_type(xml(reason.kind.word())).set_message(xml(&reason.words));
    rerun
}

fn non_success(kind: Kind) -> NonSuccessKind {
    match kind {
        Kind::Crash | Kind::Round => NonSuccessKind::Error,
        Kind::Gate | Kind::Unsampled => NonSuccessKind::Failure,
    }
}

/// Each reason, with the line of the scenario that it is about; below them what crashed sides printed.
fn lines(document: &Document, cell: &CellResult, reasons: &[Reason]) -> Vec<String> {
    let line = |reason: &Reason| match reason.line {
        Some(line) => format!("{} ({}:{line})", reason.words, document.scenario.source),
        None => reason.words.clone(),
    };
    let mut lines: Vec<String> = reasons.iter().map(line).collect();
    for crash in cell.crashes.iter().filter(|crash| !crash.stderr.is_empty()) {
        lines.push(format!("the {} printed in round {}:", crash.side, crash.round));
        let stderr = excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1);
        lines.extend(stderr.iter().map(|line| format!("    {line}")));
    }
    lines
}

fn of_comparison(compared: &Comparison) -> TestSuite {
    let name = format!("{} vs baseline", compared.scenario.name);
    let mut suite = TestSuite::new(xml(&name));
    for (property, value) in [("baseline", &compared.baseline.what), ("new", &compared.new.what)] {
        suite.add_property((xml(property), xml(value)));
    }
    suite.add_test_cases(compared.cells.iter().map(|cell| {
        let mut case = case(&cell.id, &name, compared_status(compared, cell));
        for row in cell.rows.iter().filter(|row| row.decides) {
            if let (Some(ratio), Some(low), Some(high)) = (row.ratio, row.low, row.high) {
                let name = format!("ratio of {}", row.metric);
                case.add_property((xml(&name), xml(&format!("{ratio:.4} [{low:.4}, {high:.4}]"))));
            }
        }
        case
    }));
    suite
}

fn compared_status(compared: &Comparison, cell: &CellComparison) -> TestCaseStatus {
    match cell.verdict {
        _ if compared.unfit.is_some() => {
            let why: Vec<String> = compared.unfit.clone().into_iter().collect();
            said(TestCaseStatus::skipped(), "unfit", &why)
        }
        Verdict::Regressed => {
            let status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            said(status, "regressed", &regressed(cell))
        }
        Verdict::Inconclusive => said(TestCaseStatus::skipped(), "inconclusive", &untold(cell)),
        Verdict::Same | Verdict::Improved => TestCaseStatus::success(),
    }
}

/// A status that says the first line, and how many more there are; all of them in its body.
fn said(mut status: TestCaseStatus, kind: &str, lines: &[String]) -> TestCaseStatus {
    status.set_type(xml(kind));
    if let Some((first, more)) = lines.split_first() {
        let and = if more.is_empty() { "" } else { " …" };
        status.set_message(xml(&format!("{first}{and}")));
        status.set_description(xml(&lines.join("\n")));
    }
    status
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(xml(name), status);
    case.set_classname(xml(class));
    case
}

/// Characters that XML 1.0 has no place for. Control characters are none of these texts' any more: they are
/// cleaned.
fn xml(text: &str) -> XmlString {
    XmlString::new(text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}
