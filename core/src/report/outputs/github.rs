//! `github`: workflow commands, which GitHub shows beside the lines of the scenario that they are about.

use super::Output;
use super::told::{inconclusive, regressed, untold};
use crate::compare::{Comparison, Verdict};
use crate::report::attempts::earlier;
use crate::report::reasons::{Kind, reasons, worst_first};
use crate::report::search;
use crate::report::table::gate_words;
use crate::result::document::{CellResult, CellVerdict, GateResult};
use crate::result::{Document, Stored, StoredError};
use crate::text::{cleaned, plural};
use std::collections::HashMap;
use std::io::{self, Write};

/// Annotations that GitHub takes of one step, of each level.
const MOST: usize = 10;

/// Cells that one annotation names.
const NAMED: usize = 3;

/// The most characters of a message.
const LONGEST: usize = 4000;

/// Annotations of all results.
#[derive(Default)]
pub(super) struct GitHub {
    errors: Remarks,
    warnings: Remarks,
}

/// What is said once of all cells that it is true of.
#[derive(Default)]
struct Remarks {
    all: Vec<Remark>,
    known: HashMap<(String, String), usize>,
}

/// One annotation.
struct Remark {
    file: String,
    line: Option<u32>,
    title: String,
    /// What is said of the first cells, and how many there are besides.
    words: Vec<String>,
    more: usize,
}

impl Output for GitHub {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        self.result(&cleaned(result.document()));
        if let Some(compared) = compared {
            self.comparison(&cleaned(compared));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let errors = self.errors.all.iter().map(|remark| ("error", remark));
        let all: Vec<_> =
            errors.chain(self.warnings.all.iter().map(|remark| ("warning", remark))).collect();
        let shown = if all.len() > MOST { MOST - 1 } else { all.len() };
        for (level, remark) in &all[..shown] {
            to.write_all(remark.command(level).as_bytes())?;
        }
        if let Some((level, _)) = all.get(shown) {
            let more = (all.len() - shown) as u64;
            let words = format!(
                "{more} more {}: GitHub shows {MOST} of a step. result.json has all of them",
                plural(more, "annotation")
            );
            writeln!(to, "::{level} title=wirebench::{}", data(&words))?;
        }
        Ok(())
    }
}

impl GitHub {
    fn result(&mut self, document: &Document) {
        let name = &document.scenario.name;
        let at = Place { file: &document.scenario.source, line: None };
        if document.interrupted {
            let title = format!("{name}: ended early");
            let why = document.stopped.as_deref().unwrap_or("interrupted before its last round");
            self.errors.add(at, "early", title, [why.to_owned()]);
        }
        let worst = worst_first(document);
        for cell in &worst {
            for reason in reasons(cell).iter().filter(|reason| reason.kind != Kind::Gate) {
                let title = match reason.kind {
                    Kind::Crash => format!("{name}: crash"),
                    Kind::Round => format!("{name}: round not run"),
                    _ => format!("{name}: nothing to judge"),
                };
                let at = Place { line: reason.line, ..at };
                self.errors.add(at, reason.kind.word(), title, [reason.words.clone()]);
            }
        }
        for (cell, gate) in failed_gates(&worst) {
            let about = format!("{} {}", gate.gate, gate.limit);
            let title = format!("{name}: {about} does not hold");
            let words = gate_words(cell, gate);
            self.errors.add(Place { line: gate.line, ..at }, &about, title, [words]);
        }
        for found in search::failed(document) {
            let title = format!("{name}: the search found less than was expected");
            self.errors.add(at, "search", title, [found.words]);
        }
        // That a point of a search is more than can be kept is what was looked for.
        let looked_for =
            |cell: &CellResult| document.search.is_some() && cell.verdict == CellVerdict::Saturated;
        for cell in worst.iter().filter(|cell| cell.verdict != CellVerdict::Pass) {
            if reasons(cell).is_empty() && !looked_for(cell) {
                self.unsure(cell, at, name);
            }
        }
    }

    fn unsure(&mut self, cell: &CellResult, at: Place<'_>, name: &str) {
        if cell.verdict == CellVerdict::Flaky {
            for reason in earlier(cell) {
                let title = format!("{name}: flaky");
                self.warnings.add(
                    Place { line: reason.line, ..at },
                    "flaky",
                    title,
                    [reason.words],
                );
            }
            return;
        }
        let line = cell.gates.iter().find(|gate| gate.pass.is_none()).and_then(|gate| gate.line);
        let title = format!("{name}: inconclusive");
        self.warnings.add(Place { line, ..at }, "inconclusive", title, inconclusive(cell));
    }

    fn comparison(&mut self, compared: &Comparison) {
        let name = &compared.scenario.name;
        let at = Place { file: &compared.scenario.source, line: None };
        if let Some(why) = &compared.unfit {
            let title = format!("{name}: cannot be compared");
            self.warnings.add(at, "unfit", title, [why.clone()]);
            return;
        }
        for cell in &compared.cells {
            match cell.verdict {
                Verdict::Regressed => {
                    let title = format!("{name}: slower than the baseline");
                    self.errors.add(at, "regressed", title, regressed(cell));
                }
                Verdict::Inconclusive => {
                    let title = format!("{name}: cannot be told from the baseline");
                    self.warnings.add(at, "untold", title, untold(cell));
                }
                Verdict::Same | Verdict::Improved => {}
            }
        }
    }
}

/// Where something is written down.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    line: Option<u32>,
}

impl Remarks {
    /// Says this too of that place. What stands on one line is one remark, whatever else it is about.
    fn add(
        &mut self,
        at: Place<'_>,
        about: &str,
        title: String,
        words: impl IntoIterator<Item = String>,
    ) {
        let about = at.line.map_or_else(|| about.to_owned(), |line| line.to_string());
        let next = self.all.len();
        let index = *self.known.entry((at.file.to_owned(), about)).or_insert(next);
        if index == next {
            let file = at.file.strip_prefix("./").unwrap_or(at.file).to_owned();
            self.all.push(Remark { file, line: at.line, title, words: Vec::new(), more: 0 });
        }
        let remark = &mut self.all[index];
        for words in words {
            if remark.words.len() < NAMED {
                remark.words.push(words);
            } else {
                remark.more += 1;
            }
        }
    }
}

impl Remark {
    fn command(&self, level: &str) -> String {
        let mut lines = self.words.clone();
        lines.extend((self.more > 0).then(|| format!("and {} more", self.more)));
        let words: String = lines.join("\n").chars().take(LONGEST).collect();
        let line = self.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let (file, title) = (property(&self.file), property(&self.title));
        format!("::{level} file={file}{line},title={title}::{}\n", data(&words))
    }
}

/// Gates that do not hold, of each the cells that are farthest from its limit first.
fn failed_gates<'a>(worst: &[&'a CellResult]) -> Vec<(&'a CellResult, &'a GateResult)> {
    let mut failed: Vec<_> = worst
        .iter()
        .flat_map(|cell| cell.gates.iter().map(move |gate| (*cell, gate)))
        .filter(|(_, gate)| gate.pass == Some(false))
        .collect();
    // Where a value may not be above its limit, the highest is the worst.
    let badness = |gate: &GateResult| {
        let value = gate.value.unwrap_or(f64::MAX);
        if gate.limit.starts_with('<') { value } else { -value }
    };
    failed.sort_by(|(_, a), (_, b)| {
        let by_name = (a.line, &a.gate, &a.limit).cmp(&(b.line, &b.gate, &b.limit));
        by_name.then(badness(b).total_cmp(&badness(a)))
    });
    failed
}

/// As GitHub reads a message: all on one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As GitHub reads the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_a_property_is_written_otherwise() {
        assert_eq!(data("50 % a:b,c\r\nd"), "50 %25 a:b,c%0D%0Ad");
        assert_eq!(property("%3A a:b,c\n"), "%253A a%3Ab%2Cc%0A");
    }
}
