//! Two builds side by side, for people: the worst first.

use super::literal::literal;
use super::numbers::{self, NOTHING};
use super::text::wrap;
use crate::compare::{
    CellComparison, Comparison, How, MOVED_TOGETHER, Row, Standing, Subject, TOO_FEW_RESULTS,
};
use crate::text::{Page, cleaned, plural, width};
use std::collections::BTreeMap;
use wirebench_verdict::Verdict;

/// Rows of one verdict that are printed one by one; of the others it is said how many there are.
const ROWS_SHOWN: usize = 40;

/// How wide lines of words are where there is no terminal.
const USUAL_WIDTH: usize = 120;

const TITLES: [&str; 8] =
    ["verdict", "cell", "metric", "baseline", "new", "ratio", "90 %", "finds from"];

/// A table, with what was compared above it and what it means below.
pub fn comparison(comparison: &Comparison, color: bool, wide: Option<usize>) -> Page {
    let comparison = &*cleaned(comparison);
    let wide = wide.unwrap_or(USUAL_WIDTH).max(40);
    let mut lines: Vec<String> = head(comparison).iter().map(|line| wrap(line, wide, 2)).collect();
    lines.push(String::new());
    let (rows, left_out) = rows(comparison);
    let texts: Vec<[String; 8]> = rows.iter().map(|(cell, row)| fields(cell, row)).collect();
    let widths: Vec<usize> = (0..TITLES.len())
        .map(|at| {
            let texts = texts.iter().map(|fields| width(&fields[at]));
            texts.chain([width(TITLES[at])]).max().unwrap_or(0)
        })
        .collect();
    let line = |fields: &[&str]| {
        let padded: Vec<String> = fields
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (text, wide))| {
                let blanks = " ".repeat(wide.saturating_sub(width(text)));
                if at < 3 { format!("{text}{blanks}") } else { format!("{blanks}{text}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.push(styled(&line(&TITLES), color, anstyle::Style::new().bold()));
    for ((_, row), fields) in rows.iter().zip(&texts) {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        lines.push(styled(&line(&fields), color, style(row)));
        let why = row.why.as_ref().filter(|_| row.decides && !is_of_all(row));
        lines.extend(why.map(|why| format!("  └ {}", wrap(why, wide.saturating_sub(4), 4))));
    }
    lines.extend(left_out);
    lines.push(String::new());
    lines.extend(foot(comparison).iter().map(|line| wrap(line, wide, 2)));
    Page::of_clean(lines.join("\n") + "\n")
}

/// The same for Markdown.
pub fn comparison_in_markdown(comparison: &Comparison) -> Page {
    let comparison = &*cleaned(comparison);
    let mut text = String::new();
    for line in head(comparison) {
        text.push_str(&format!("{}\n\n", literal(&line)));
    }
    let row = |fields: &[String]| {
        let fields: Vec<String> = fields.iter().map(|field| literal(field)).collect();
        format!("| {} |\n", fields.join(" | "))
    };
    text.push_str(&row(&TITLES.map(String::from)));
    text.push_str("| :-- | :-- | :-- | --: | --: | --: | --: | --: |\n");
    let (rows, left_out) = rows(comparison);
    rows.iter().for_each(|(cell, one)| text.push_str(&row(&fields(cell, one))));
    for line in left_out.into_iter().chain(foot(comparison)) {
        text.push_str(&format!("\n{}\n", literal(&line)));
    }
    Page::of_clean(text)
}

/// In a sentence: what is worse, or why nothing can be said. `None` where all is well.
pub fn reason(comparison: &Comparison) -> Option<String> {
    let comparison = &*cleaned(comparison);
    let against = &comparison.baseline.what;
    match comparison.standing {
        Standing::Regressed => {
            let (rows, _) = rows(comparison);
            let worse: Vec<_> = rows
                .iter()
                .filter(|(_, row)| row.decides && row.verdict == Verdict::Regressed)
                .collect();
            let (cell, row) = worse.first()?;
            let more = worse.len() - 1;
            let and = if more > 0 {
                format!(", and {more} more {}", plural(more as u64, "figure"))
            } else {
                String::new()
            };
            let words = row_words(row);
            Some(format!("regressed against {against}: {} of {cell} {words}{and}", row.metric))
        }
        Standing::Inconclusive => {
            Some(format!("inconclusive against {against}: {}", untold(comparison)))
        }
        _ => None,
    }
}

/// Why nothing that decides could be told.
fn untold(comparison: &Comparison) -> String {
    if let Some(why) = &comparison.unfit {
        return why.clone();
    }
    if has_too_few(comparison) {
        return TOO_FEW.to_owned();
    }
    let lost = |cell: &CellComparison| Some(format!("{}: {}", cell.id, cell.lost.first()?));
    let missing = |cell: &CellComparison| {
        let row = cell.rows.iter().find(|row| row.decides && row.ratio.is_none())?;
        Some(format!("{} of {}: {}", row.metric, cell.id, row.why.as_ref()?))
    };
    let cells = &comparison.cells;
    cells.iter().find_map(lost).or_else(|| cells.iter().find_map(missing)).unwrap_or_else(|| {
        "no figure that decides could be told; the table says from which change on each would have been \
         found"
            .to_owned()
    })
}

/// What would decide where results are too few.
const TOO_FEW: &str = "times and costs of single results decide nothing, because two runs of the same build \
    differ too, and by how much one of each does not show; three results or more of each side would decide, or better a \
    paired run (`wirebench run … --baseline-plugins DIR`, or `--baseline-server`)";

/// True where something that decides has too few results.
fn has_too_few(comparison: &Comparison) -> bool {
    let rows = comparison.cells.iter().flat_map(|cell| &cell.rows);
    rows.into_iter().any(|row| row.decides && row.why.as_deref() == Some(TOO_FEW_RESULTS))
}

/// True where why a row is inconclusive is said once of all such rows.
fn is_of_all(row: &Row) -> bool {
    matches!(row.why.as_deref(), Some(TOO_FEW_RESULTS | MOVED_TOGETHER))
}

/// `is 1.24 [1.19–1.29] times that of the baseline, limit 1.05`.
pub(super) fn row_words(row: &Row) -> String {
    let ratio = row.ratio.map_or(NOTHING.into(), |ratio| format!("{ratio:.3}"));
    match (row.low, row.high, row.limit) {
        (Some(low), Some(high), Some(limit)) => format!(
            "is {ratio} [{low:.3}–{high:.3}] times the baseline's, and may be {:.3} at most",
            1.0 + limit
        ),
        _ => format!(
            "went from {} to {}",
            numbers::figure(row.baseline, Some(&row.unit)),
            numbers::figure(row.new, Some(&row.unit))
        ),
    }
}

fn head(comparison: &Comparison) -> Vec<String> {
    let rounds = comparison.scenario.rounds;
    let how = match comparison.how {
        How::Paired => format!(
            "{rounds} {} of both, each pair one behind the other, either first equally often",
            plural(rounds.into(), "round")
        ),
        How::Stored => format!(
            "{} of the baseline, {} of the new build, each of them one sample",
            results(&comparison.baseline),
            results(&comparison.new)
        ),
    };
    let mut lines = vec![
        format!(
            "{}: {} against {}",
            comparison.scenario.name, comparison.new.what, comparison.baseline.what
        ),
        how,
    ];
    lines.extend(comparison.unfit.clone());
    lines.extend(comparison.notes.iter().map(|note| format!("note: {note}")));
    for cell in comparison.cells.iter().filter(|cell| !cell.lost.is_empty()) {
        lines.push(format!("note: {}: {}", cell.id, cell.lost.join("; ")));
    }
    lines
}

fn results(subject: &Subject) -> String {
    let count = subject.results.len() as u64;
    format!("{count} {}", plural(count, "result"))
}

fn foot(comparison: &Comparison) -> Vec<String> {
    let mut lines = vec![
        "ratio: new over baseline; 90 %: it lies between these, but for a chance of 5 % on each side; finds \
         from: a change to this ratio is found in four of five runs, a smaller one less often; (…): shown, \
         decides nothing; =: counted, compared exactly"
            .to_owned(),
    ];
    if !comparison.controls.is_empty() {
        let controls: Vec<String> = comparison
            .controls
            .iter()
            .map(|control| {
                format!(
                    "{} {:.3} [{:.3}–{:.3}]",
                    control.metric, control.ratio, control.low, control.high
                )
            })
            .collect();
        let pairs = comparison.controls.iter().map(|control| control.pairs.len()).max();
        lines.push(format!(
            "the baseline against itself, {} pairs: {}",
            pairs.unwrap_or(0),
            controls.join(", ")
        ));
    }
    if has_too_few(comparison) {
        lines.push(TOO_FEW.to_owned());
    }
    let told = match comparison.standing {
        Standing::Regressed => "regressed",
        Standing::Improved => "improved",
        Standing::Same => "the same, within the limits",
        Standing::PartlyTold => "not worse, as far as it can be told",
        Standing::Inconclusive => "inconclusive",
    };
    lines.push(told.to_owned());
    lines
}

/// What is printed, the worst first: what decides, then what is shown; and how many are left out.
fn rows(comparison: &Comparison) -> (Vec<(&str, &Row)>, Option<String>) {
    let mut rows: Vec<(&str, &Row)> = comparison
        .cells
        .iter()
        .flat_map(|cell| cell.rows.iter().map(move |row| (cell.id.as_str(), row)))
        .filter(|(_, row)| tells(row))
        .collect();
    let distance = |row: &Row| row.ratio.map_or(0.0, |ratio| ratio.ln().abs());
    rows.sort_by(|(_, a), (_, b)| {
        let group = |row: &Row| (row.decides, row.verdict);
        group(b).cmp(&group(a)).then(distance(b).total_cmp(&distance(a)))
    });
    let (mut shown, mut left_out) = (Vec::new(), 0);
    let mut count = BTreeMap::new();
    for (cell, row) in rows {
        let printed = count.entry((row.decides, row.verdict)).or_insert(0);
        if *printed < ROWS_SHOWN {
            shown.push((cell, row));
        } else {
            left_out += 1;
        }
        *printed += 1;
    }
    let told = (left_out > 0).then(|| {
        let has = match comparison.how {
            How::Paired => "comparison.json has them",
            How::Stored => "--json FILE has them",
        };
        format!("and {left_out} more {}: {has}", plural(left_out, "row"))
    });
    (shown, told)
}

/// Counts that are as they were say nothing.
fn tells(row: &Row) -> bool {
    !row.exact || (row.decides && row.verdict != Verdict::Same)
}

fn fields(cell: &str, row: &Row) -> [String; 8] {
    let verdict = match row.verdict {
        Verdict::Regressed => "regressed",
        Verdict::Improved => "improved",
        Verdict::Same => "same",
        Verdict::Inconclusive => "inconclusive",
    };
    let figure = |value: Option<f64>| match value {
        None => NOTHING.to_owned(),
        value => numbers::figure(value, Some(&row.unit)),
    };
    let interval = match (row.low, row.high) {
        (Some(low), Some(high)) => format!("{low:.3}–{high:.3}"),
        _ if row.exact => "=".to_owned(),
        _ => NOTHING.to_owned(),
    };
    let ratio =
        |value: Option<f64>| value.map_or(NOTHING.to_owned(), |value| format!("{value:.3}"));
    [
        if row.decides { verdict.to_owned() } else { format!("({verdict})") },
        cell.to_owned(),
        row.metric.clone(),
        figure(row.baseline),
        figure(row.new),
        ratio(row.ratio),
        interval,
        ratio(row.visible),
    ]
}

fn style(row: &Row) -> anstyle::Style {
    let plain = anstyle::Style::new();
    match row.verdict {
        _ if !row.decides => plain.dimmed(),
        Verdict::Regressed => anstyle::AnsiColor::Red.on_default().bold(),
        Verdict::Improved => anstyle::AnsiColor::Green.on_default(),
        Verdict::Inconclusive => anstyle::AnsiColor::Yellow.on_default(),
        Verdict::Same => plain,
    }
}

fn styled(text: &str, color: bool, style: anstyle::Style) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.into() }
}
