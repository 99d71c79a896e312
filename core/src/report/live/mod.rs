//! The cells of a scenario while they are measured: a line for each, in as many lines as a terminal has.
//!
//! Pure: what is drawn where, and when, is a matter of whoever has the terminal. The work is bounded by the lines
//! that are shown, not by the cells.

mod block;
mod choice;
mod line;
mod row;

pub use block::{Block, Drawing};
pub use line::Line;

use super::numbers::{self, NOTHING};
use super::paint::Paint;
use super::text::{columns, cut, padded};
use crate::result::document::RoundSummary;
use crate::scenario::Scenario;
use crate::text::{clean, plural};
use choice::{Troubled, choose};
use row::Row;

/// Columns that are kept of a name: more has no room anywhere.
const LONGEST_NAME: usize = 200;

/// Columns that a name has at least; where it has not, columns are left out.
const SHORTEST_NAME: usize = 12;

/// Stands before the cell that runs.
const RUNS: &str = "> ";

/// Stands before the others.
const RESTS: &str = "  ";

/// Blanks between columns.
const GAP: &str = "  ";

/// The cells of a scenario.
#[derive(Debug)]
pub struct Live {
    rows: Vec<Row>,
    /// The one that runs, or ran last.
    at: usize,
    runs: bool,
    troubled: Troubled,
    /// Columns of the longest name, and of the longest short one.
    longest: (usize, usize),
}

impl Live {
    /// The cells of a scenario, of which none has begun. Each is measured in so many rounds.
    pub fn new(scenario: &Scenario, rounds: u32) -> Self {
        let name = |text: &str| cut(&clean(text), LONGEST_NAME);
        let row = |cell: &crate::scenario::Cell| {
            let values: Vec<&str> = cell.axes.iter().map(|(_, value)| &**value).collect();
            let short = if values.is_empty() { cell.id.clone() } else { values.join(", ") };
            Row::new(name(&cell.id), name(&short), rounds)
        };
        Self::of(scenario.cells.iter().map(row).collect())
    }

    fn of(rows: Vec<Row>) -> Self {
        let longest = |of: fn(&Row) -> &str| rows.iter().map(|row| columns(of(row))).max();
        let longest = (longest(|row| &row.name), longest(|row| &row.short));
        let longest = (longest.0.unwrap_or(0), longest.1.unwrap_or(0));
        Self { rows, at: 0, runs: false, troubled: Troubled::default(), longest }
    }

    /// A round of a cell begins.
    pub fn begins(&mut self, cell: usize) {
        (self.at, self.runs) = (cell, true);
    }

    /// A round of a cell is over. `shown`: its rate and its latency are among those that are shown.
    pub fn ended(&mut self, cell: usize, round: &RoundSummary, shown: bool) {
        let Some(row) = self.rows.get_mut(cell) else { return };
        row.add(round);
        if shown {
            row.add_figures(round);
        }
        if row.is_lost() {
            self.troubled.lost.insert(cell);
        }
        if row.is_lost() || row.is_damaged() {
            self.troubled.any.insert(cell);
        }
    }

    /// These cells are played again, for this attempt at them: what is shown of them begins anew.
    pub fn again(&mut self, cells: &[usize], attempt: u32) {
        for cell in cells {
            let Some(row) = self.rows.get_mut(*cell) else { continue };
            row.play_again(attempt);
            self.troubled.lost.remove(cell);
            self.troubled.any.remove(cell);
        }
    }

    /// More rounds of these cells are played, nobody knows how many.
    pub fn open_end(&mut self, cells: &[usize]) {
        for cell in cells {
            if let Some(row) = self.rows.get_mut(*cell) {
                row.planned = None;
            }
        }
    }

    /// No more rounds of a cell are played.
    pub fn is_enough(&mut self, cell: usize) {
        if let Some(row) = self.rows.get_mut(cell) {
            row.planned = Some(row.over);
        }
    }

    /// The lines for a terminal: at most `height` of them, each of at most `wide` columns. `title` stands above the
    /// names, `last` is the last line. Both are clean.
    pub fn lines(
        &self,
        title: &str,
        last: String,
        (wide, height): (usize, usize),
        paint: Paint,
    ) -> Vec<Line> {
        let last = Line::plain(cut(&last, wide));
        // A title, a cell, and the last line.
        if height < 3 {
            return std::iter::once(last).take(height).collect();
        }
        let mut room = height - 2;
        if self.rows.len() > room && room > 1 {
            // One is of those that have none.
            room -= 1;
        }
        let chosen = choose(self.rows.len(), room, self.at, &self.troubled);
        let texts: Vec<Texts> = chosen.iter().map(|cell| self.texts(*cell)).collect();
        let layout = Layout::fitting(&texts, self.longest, columns(title), wide);
        let mut lines = vec![layout.title(title, wide, paint)];
        lines.extend(chosen.iter().zip(&texts).map(|(cell, texts)| {
            let row = &self.rows[*cell];
            let name = if layout.short { &row.short } else { &row.name };
            let runs = self.runs && *cell == self.at;
            layout.line(row, (name, texts), runs, wide, paint)
        }));
        if chosen.len() < self.rows.len() && height > 3 {
            let shown = self.troubled.any.iter().filter(|cell| chosen.contains(cell)).count();
            let words = more(self.rows.len() - chosen.len(), self.troubled.any.len() - shown);
            let mut line = Line::default();
            line.push(&words, wide, |text| paint.quiet(text));
            lines.push(line);
        }
        lines.push(last);
        lines
    }

    fn texts(&self, cell: usize) -> Texts {
        let row = &self.rows[cell];
        let figure = |text: Option<String>| text.unwrap_or_else(|| NOTHING.into());
        let rounds = match row.planned {
            Some(planned) => format!("{}/{planned}", row.over),
            None => row.over.to_string(),
        };
        [
            rounds,
            figure(row.rate().map(numbers::rate)),
            figure(row.p50_ns().map(numbers::time)),
            figure(row.p99_ns().map(numbers::time)),
            figure(row.damaged.map(numbers::count)),
            state(row, self.runs && cell == self.at),
        ]
    }
}

/// The lines for a terminal of so many rows where a bar stands alone; it is clean.
pub fn bar_line(bar: String, rows: usize) -> Vec<Line> {
    std::iter::once(Line::plain(bar)).take(rows).collect()
}

/// What the columns show of a cell.
type Texts = [String; 6];

/// What stands above them.
const TITLES: [&str; 6] = ["rounds", "rate", "p50", "p99", "damaged", ""];

/// Columns that each has at least, so that they seldom move.
const LEAST: [usize; 6] = [6, 8, 7, 7, 7, 5];

/// Those that are left out one by one where there is no room for all.
const LEFT_OUT: [usize; 5] = [P50, RATE, DAMAGED, P99, ROUNDS];

const ROUNDS: usize = 0;
const RATE: usize = 1;
const P50: usize = 2;
const P99: usize = 3;
const DAMAGED: usize = 4;
const STATE: usize = 5;

/// How the columns stand in the lines.
struct Layout {
    /// The short names are shown.
    short: bool,
    name: usize,
    /// Columns of each; `None`: it is left out.
    widths: [Option<usize>; 6],
}

impl Layout {
    fn fitting(texts: &[Texts], (long, short): (usize, usize), title: usize, wide: usize) -> Self {
        let mut widths: [Option<usize>; 6] = std::array::from_fn(|at| {
            let widths = texts.iter().map(|texts| columns(&texts[at]));
            widths.chain([LEAST[at], columns(TITLES[at])]).max()
        });
        let room = |widths: &[Option<usize>; 6]| {
            let used: usize = widths.iter().flatten().map(|width| width + GAP.len()).sum();
            wide.saturating_sub(used + RUNS.len())
        };
        for column in LEFT_OUT {
            if room(&widths) < short.min(SHORTEST_NAME) {
                widths[column] = None;
            }
        }
        let room = room(&widths);
        let is_short = long > room;
        let name = if is_short { short } else { long }.max(title).min(room);
        Self { short: is_short, name, widths }
    }

    fn title(&self, title: &str, wide: usize, paint: Paint) -> Line {
        let mut text = format!("{RESTS}{}", padded(&cut(title, self.name), self.name));
        for (title, width) in TITLES.iter().zip(self.widths) {
            if let Some(width) = width {
                text += &format!("{GAP}{title:>width$}");
            }
        }
        let mut line = Line::default();
        line.push(text.trim_end(), wide, |text| paint.title(text));
        line
    }

    fn line(
        &self,
        row: &Row,
        (name, texts): (&str, &Texts),
        runs: bool,
        wide: usize,
        paint: Paint,
    ) -> Line {
        let mut line = Line::default();
        line.push(if runs { RUNS } else { RESTS }, wide, str::to_owned);
        let name = padded(&cut(name, self.name), self.name);
        line.push(&name, wide, |text| if runs { paint.title(text) } else { text.into() });
        for (at, (text, width)) in texts.iter().zip(self.widths).enumerate() {
            let Some(width) = width else { continue };
            let blanks = " ".repeat(width.saturating_sub(columns(text)));
            let before = if at == STATE { "" } else { &*blanks };
            line.push(&format!("{GAP}{before}"), wide, str::to_owned);
            line.push(text, wide, |text| match at {
                DAMAGED if row.is_damaged() => paint.doubtful(text),
                STATE if row.is_lost() => paint.bad(text),
                STATE if row.attempt > 0 => paint.doubtful(text),
                STATE if !runs => paint.quiet(text),
                _ => text.into(),
            });
        }
        line
    }
}

/// What is told of a cell in words.
fn state(row: &Row, runs: bool) -> String {
    let mut words = Vec::new();
    if row.attempt > 0 {
        words.push(format!("attempt {}", row.attempt.saturating_add(1)));
    }
    if row.crashed > 0 {
        words.push(format!("{} crashed", row.crashed));
    }
    if row.unrun > 0 {
        words.push(format!("{} not run", row.unrun));
    }
    if !row.is_lost() {
        words.push(
            if runs {
                "runs"
            } else if row.is_done() {
                "done"
            } else {
                "waits"
            }
            .into(),
        );
    }
    words.join(", ")
}

/// What is told of cells that have no room.
fn more(cells: usize, troubled: usize) -> String {
    let noun = plural(cells as u64, "cell");
    match troubled {
        0 => format!("… {cells} more {noun}"),
        troubled => format!("… {cells} more {noun}, {troubled} of them damaged or crashed"),
    }
}

#[cfg(test)]
mod tests;
