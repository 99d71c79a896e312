//! The answer in a few words: what keeps messages whole, what does not, and what is fastest.

use super::Paint;
use super::extremes::{Extremes, GROUPS_NAMED};
use crate::report::answer::{ABOUT, Answer, Entry, entries};
use crate::report::axes::{axis_titles, axis_value, section_title};
use crate::report::numbers;
use crate::report::search;
use crate::report::text::wrap;
use crate::result::Document;
use crate::result::document::{CellResult, JudgedBy, RoundOutcome};
use std::collections::HashMap;

/// One thing that is said.
pub(crate) struct Said {
    /// One word or two.
    pub(crate) title: &'static str,
    /// All that has it.
    pub(crate) words: String,
    /// How it sounds.
    pub(crate) tone: Tone,
}

/// How something sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Neither good nor bad.
    Plain,
    /// To be looked at.
    Doubtful,
    /// Broken.
    Bad,
}

impl Tone {
    fn paint(self) -> fn(Paint, &str) -> String {
        match self {
            Self::Good => Paint::good,
            Self::Plain => Paint::title,
            Self::Doubtful => Paint::doubtful,
            Self::Bad => Paint::bad,
        }
    }
}

/// A line for each thing there is to say; none for a single cell, whose row says it all. Of many cells what
/// each axis does, too.
pub(super) fn lines(
    document: &Document,
    answer: &Answer,
    width: usize,
    paint: Paint,
) -> Vec<String> {
    let line = |title: String, words: &str| {
        format!("{title}{}", wrap(words, width.saturating_sub(TITLE), TITLE))
    };
    let said = headline(document, answer).into_iter();
    let mut lines: Vec<String> = said
        .map(|Said { title, words, tone }| {
            line((tone.paint())(paint, &format!("{title:TITLE$}")), &words)
        })
        .collect();
    let of_axes = of_axes(document, answer);
    if !of_axes.is_empty() {
        lines.push(paint.quiet(&wrap(&format!("{ABOUT}:"), width, 2)));
    }
    for Entry { title, words } in &of_axes {
        let room = TITLE.saturating_sub(crate::text::width(title)).max(1);
        lines.push(line(format!("{}{}", paint.title(title), " ".repeat(room)), words));
    }
    lines
}

/// What each axis does by itself, where there are many cells.
pub(crate) fn of_axes(document: &Document, answer: &Answer) -> Vec<Entry> {
    // What the axes of a search do to its points follows from which points were played.
    if document.cells.len() < 2 || !answer.is_worth_a_word() || document.search.is_some() {
        return Vec::new();
    }
    // That all messages arrived whole has been said.
    let said = usize::from(answer.whole == answer.cells);
    entries(answer).into_iter().skip(said).collect()
}

/// Each thing there is to say of all cells together; nothing of a single one.
pub(crate) fn headline(document: &Document, answer: &Answer) -> Vec<Said> {
    let mut all = of_search(document);
    if document.cells.len() < 2 {
        return all;
    }
    let kinds = kinds(document);
    let mut say = |title: &'static str, words: String, tone: Tone| {
        if !words.is_empty() {
            all.push(Said { title, words, tone });
        }
    };
    let many = answer.is_worth_a_word();
    for state in State::ALL {
        let mut of_state = kinds.iter().filter(|kind| kind.state() == state).peekable();
        let words = if of_state.peek().is_some() && kinds.iter().all(|kind| kind.state() == state) {
            state.of_all(document.cells.len())
        } else {
            None
        };
        let words = words.unwrap_or_else(|| {
            let all: Vec<String> = of_state.map(|kind| kind.words(document)).collect();
            listed(&all, if many { KINDS_NAMED } else { usize::MAX })
        });
        say(state.word(), words, state.tone());
    }
    let extremes = Extremes::of(document);
    // What stands in some of very many places is no answer.
    // Nor who is fastest at some point of a search.
    if document.search.is_none() && (!many || extremes.places() <= GROUPS_NAMED) {
        say("fastest", extremes.fastest(), Tone::Plain);
        say("slowest", extremes.slowest(), Tone::Plain);
    }
    all
}

/// Groups of a search that are told by themselves.
const SEARCHED: usize = 40;

/// What a search has found, before anything else.
fn of_search(document: &Document) -> Vec<Said> {
    let found = search::found(document);
    let more = found.len().saturating_sub(SEARCHED);
    let tone = |pass| match pass {
        Some(true) => Tone::Good,
        Some(false) => Tone::Bad,
        None => Tone::Plain,
    };
    let shown = found.into_iter().take(SEARCHED);
    let mut all: Vec<Said> = shown
        .map(|one| Said { title: "found", words: one.words, tone: tone(one.group.pass) })
        .collect();
    if more > 0 {
        let words = format!("and {more} more groups; result.json has them");
        all.push(Said { title: "found", words, tone: Tone::Plain });
    }
    all
}

/// The first of them, and how many more there are.
fn listed(all: &[String], most: usize) -> String {
    match all.len().saturating_sub(most) {
        0 => all.join(", "),
        more => format!("{} and {more} more", all[..most].join(", ")),
    }
}

/// Kinds of cells that are named of one state where there are many cells.
const KINDS_NAMED: usize = 12;

/// Columns before the words.
const TITLE: usize = 11;

/// What became of a cell. In this order, a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// All messages are intact, and exchanges were done.
    Whole,
    /// Nobody but the handler judges, and it was content with all exchanges.
    Answered,
    /// No message is known to be damaged, but no exchange was measured.
    Unmeasured,
    /// No message is known to be damaged, but the server refused all exchanges.
    Refused,
    /// No message is known to be damaged, but not all exchanges that count were done.
    NotDone,
    /// Messages are damaged.
    Damaged,
    /// A side crashed, so that the rest says nothing of the whole.
    Crashed,
    /// No round finished.
    Unknown,
}

impl State {
    const ALL: [Self; 8] = [
        Self::Whole,
        Self::Answered,
        Self::Damaged,
        Self::NotDone,
        Self::Refused,
        Self::Unmeasured,
        Self::Crashed,
        Self::Unknown,
    ];

    fn of(cell: &CellResult) -> Self {
        let ends = &cell.exchanges;
        if !cell.crashes.is_empty() {
            Self::Crashed
        } else if !cell.rounds.iter().any(|round| round.outcome == RoundOutcome::Finished) {
            Self::Unknown
        } else if cell.is_damaged() {
            Self::Damaged
        } else if ends.started == 0 {
            Self::Unmeasured
        } else if ends.rejected == ends.started {
            Self::Refused
        } else if cell.is_answered() {
            Self::Answered
        } else if cell.is_intact() {
            Self::Whole
        } else {
            Self::NotDone
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Answered => "answered",
            Self::Unmeasured => "unmeasured",
            Self::Refused => "refused",
            Self::NotDone => "not done",
            Self::Damaged => "damaged",
            Self::Crashed => "crashed",
            Self::Unknown => "no result",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Whole => Tone::Good,
            Self::Answered => Tone::Plain,
            Self::Unmeasured | Self::Refused | Self::NotDone | Self::Damaged => Tone::Doubtful,
            Self::Crashed | Self::Unknown => Tone::Bad,
        }
    }

    /// What is said when all cells are the same in this.
    fn of_all(self, cells: usize) -> Option<String> {
        match self {
            Self::Whole => Some(format!("every message of all {cells} cells arrived whole")),
            Self::Answered => Some(format!(
                "every exchange of all {cells} cells, as far as the handler checks it \
                 (handler-only: the server is not ours)"
            )),
            _ => None,
        }
    }
}

/// The cells with one point on the axes that are compared: those of one framing, for example.
pub(crate) struct Kind<'a> {
    name: String,
    cells: Vec<&'a CellResult>,
}

impl Kind<'_> {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    /// Its cells.
    pub(crate) fn cells(&self) -> &[&CellResult] {
        &self.cells
    }

    /// The worst of its cells.
    pub(crate) fn state(&self) -> State {
        self.cells.iter().map(|cell| State::of(cell)).max().unwrap_or(State::Unknown)
    }

    /// `raw (1.34 % to 10.8 % intact, as expected; whole at kind seqpacket)`.
    fn words(&self, document: &Document) -> String {
        let worst = self.state();
        let others = [State::Damaged, State::NotDone, State::Refused, State::Unmeasured]
            .into_iter()
            .chain([State::Answered, State::Whole])
            .filter(|state| *state != worst)
            .filter_map(|state| Some((state.word(), self.places(document, state)?)))
            .map(|(word, places)| format!("{word} at {places}"));
        let mut words: Vec<String> = self.figures(worst).into_iter().collect();
        if words.is_empty() && self.cells.iter().any(|cell| State::of(cell) != worst) {
            words.extend(self.places(document, worst).map(|places| format!("at {places}")));
        }
        words.extend(others);
        if words.is_empty() {
            return self.name.clone();
        }
        format!("{} ({})", self.name, words.join("; "))
    }

    /// How many messages are intact where some are damaged, and how many exchanges were done where
    /// some were not.
    fn figures(&self, state: State) -> Option<String> {
        let of_state: Vec<&CellResult> =
            self.cells.iter().copied().filter(|cell| State::of(cell) == state).collect();
        let range = |share: fn(&CellResult) -> (u64, u64)| {
            let shares = of_state.iter().map(|cell| share(cell));
            let shares = shares.map(|(part, whole)| part as f64 / whole.max(1) as f64);
            let least = numbers::share_of(shares.clone().fold(1.0, f64::min));
            let most = numbers::share_of(shares.fold(0.0, f64::max));
            if least == most { least } else { format!("{least} to {most}") }
        };
        match state {
            State::Damaged => {
                let expected = of_state.iter().all(|cell| cell.damage_is_expected());
                let as_expected = if expected { ", as expected" } else { "" };
                Some(format!("{} intact{as_expected}", range(CellResult::intact_of_sent)))
            }
            State::NotDone => {
                let done = range(|cell| (cell.exchanges.done, cell.exchanges.started));
                let sent = |cell: &&CellResult| {
                    cell.integrity.judged().iter().any(|(_, one)| one.sent > 0)
                };
                let judged = of_state
                    .iter()
                    .all(|cell| cell.integrity.judge != JudgedBy::HandlerOnly && sent(cell));
                let whole = if judged { "every message whole, but " } else { "" };
                Some(format!("{whole}{done} of the exchanges done"))
            }
            _ => None,
        }
    }

    /// Where its cells in one state stand: `payload 64 B and payload 1 KiB`.
    fn places(&self, document: &Document, state: State) -> Option<String> {
        let wanted = self.cells.iter().filter(|cell| State::of(cell) == state);
        let titles: Vec<String> = wanted
            .map(|cell| section_title(document, cell))
            .filter(|title| !title.is_empty())
            .take(GROUPS_NAMED)
            .collect();
        (!titles.is_empty()).then(|| titles.join(" and "))
    }
}

/// The cells of a document by their point on the axes that are compared.
pub(crate) fn kinds(document: &Document) -> Vec<Kind<'_>> {
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for cell in &document.cells {
        let name = name(document, cell);
        let at = *known.entry(name.clone()).or_insert(kinds.len());
        match kinds.get_mut(at) {
            Some(kind) => kind.cells.push(cell),
            None => kinds.push(Kind { name, cells: vec![cell] }),
        }
    }
    kinds
}

/// The point of a cell on the axes that are compared: `len32be`, `nodelay false + write message`.
pub(crate) fn name(document: &Document, cell: &CellResult) -> String {
    let dividing = cell.dividing_axes();
    let axes = document.scenario.axes.iter().zip(axis_titles(document));
    let compared: Vec<(String, String)> = axes
        .filter(|(axis, _)| !dividing.contains(&axis.as_str()))
        .map(|(axis, title)| (title, axis_value(cell, axis)))
        .collect();
    match &compared[..] {
        [] => cell.id.clone(),
        [(title, value)] if title == "framing" => value.clone(),
        all => {
            let parts: Vec<String> =
                all.iter().map(|(title, value)| format!("{title} {value}")).collect();
            parts.join(" + ")
        }
    }
}
