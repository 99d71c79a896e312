//! Which framing to take, or whatever else was compared, and why. It says no more than the rounds do: what was not
//! held against each other is not equal, and what is not known to work is not taken.

use super::by_latency::of_open;
use crate::report::numbers;
use crate::report::table::{Kind, State, kinds};
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict};
use std::collections::HashMap;

/// Names in one sentence.
const NAMED: usize = 8;

/// Sentences that say which to take; none where there is nothing to choose from: one thing only was measured, or what
/// differs is what the load and the link are.
pub(super) fn choice(document: &Document) -> Vec<String> {
    let kinds = kinds(document);
    if kinds.len() < 2 || nobody_chooses(document) || document.search.is_some() {
        return Vec::new();
    }
    let unknown: Vec<&Kind<'_>> = kinds.iter().filter(|kind| is_unknown(kind)).collect();
    if !unknown.is_empty() {
        return vec![format!(
            "It cannot be told yet which to take: of {} there is no result everywhere.",
            listed(&unknown, "and")
        )];
    }
    let works: Vec<&Kind<'_>> = kinds.iter().filter(|kind| works(kind)).collect();
    if works.is_empty() {
        return vec!["None: nothing that was measured kept every message whole everywhere.".into()];
    }
    let sound: Vec<&Kind<'_>> = works.iter().copied().filter(|kind| passes(kind)).collect();
    if sound.is_empty() {
        let fails =
            |kind: &&Kind<'_>| kind.cells().iter().any(|cell| cell.verdict >= CellVerdict::Fail);
        let gates = works.iter().any(fails);
        let why = match (works.iter().any(|kind| is_saturated(kind)), gates) {
            (false, _) => "not every gate holds",
            (true, false) => "did not keep up everywhere with what was asked for",
            (true, true) => {
                "did not keep up everywhere with what was asked for, or not every gate holds"
            }
        };
        return vec![format!(
            "None as it stands: {} kept every message whole, but {why}.",
            listed(&works, "and")
        )];
    }
    let is_open = sound.iter().flat_map(|kind| kind.cells()).any(|cell| cell.open.is_some());
    let mut sentences =
        if is_open { of_open(document, &sound, whole(&sound)) } else { of_sound(&sound) };
    let failing: Vec<&Kind<'_>> =
        works.iter().copied().filter(|kind| !passes(kind) && !is_saturated(kind)).collect();
    let full: Vec<&Kind<'_>> = works.iter().copied().filter(|kind| is_saturated(kind)).collect();
    if !full.is_empty() {
        sentences.push(format!(
            "Not kept up everywhere with what was asked for: {}.",
            listed(&full, "and")
        ));
    }
    if !failing.is_empty() {
        sentences.push(format!("Not every gate of {} holds.", listed(&failing, "and")));
    }
    if sound.iter().flat_map(|kind| kind.cells()).any(|cell| cell.verdict != CellVerdict::Pass) {
        sentences.push("Some of their cells are flaky or inconclusive.".into());
    }
    sentences
}

/// What is said of those that work and pass; there is one at least.
fn of_sound(sound: &[&Kind<'_>]) -> Vec<String> {
    let whole = whole(sound);
    if let [only] = sound {
        return vec![format!("Take {}: the only one of which {whole} everywhere.", only.name())];
    }
    let take = format!("Take {}", listed(sound, "or"));
    if !are_compared(sound) {
        let why = "how fast they are beside each other cannot be told, because too few of their rounds stand beside each other";
        return vec![format!("{take}: {whole}; {why}.")];
    }
    if !sound.iter().flat_map(|kind| kind.cells()).any(|cell| is_slower(cell)) {
        let mut sentences =
            vec![format!("{take}: {whole}, and the rounds tell no difference in speed.")];
        sentences.extend(fewest_bytes(sound));
        return sentences;
    }
    let fastest: Vec<&Kind<'_>> = sound
        .iter()
        .copied()
        .filter(|kind| kind.cells().iter().all(|cell| !is_slower(cell)))
        .collect();
    if fastest.is_empty() {
        return nobody_is_fastest(sound, whole);
    }
    let mut sentences = vec![format!(
        "Take {}: {whole}, and nowhere did the rounds show {} slower than the fastest.",
        listed(&fastest, "or"),
        if fastest.len() == 1 { "it" } else { "them" },
    )];
    sentences.extend(fewest_bytes(&fastest));
    sentences
}

/// All that differs between what is compared is how much is sent, or what the link does to it.
fn nobody_chooses(document: &Document) -> bool {
    let Some(cell) = document.cells.first() else { return true };
    let dividing = cell.dividing_axes();
    let given =
        |axis: &str| ["load", "link"].iter().any(|table| axis.split('.').next() == Some(table));
    cell.axes.keys().filter(|axis| !dividing.contains(&axis.as_str())).all(|axis| given(axis))
}

fn is_unknown(kind: &Kind<'_>) -> bool {
    matches!(kind.state(), State::Unknown | State::Unmeasured)
}

/// Every message is whole; where only the handler judges, it was content, and nothing came that nobody asked for.
fn works(kind: &Kind<'_>) -> bool {
    let unasked = |cell: &&CellResult| {
        cell.conduct.as_ref().is_some_and(|conduct| conduct.surplus.sessions > 0)
    };
    match kind.state() {
        State::Whole => true,
        State::Answered => !kind.cells().iter().any(unasked),
        _ => false,
    }
}

/// No gate fails, and an open loop kept its rate everywhere.
fn passes(kind: &Kind<'_>) -> bool {
    kind.cells().iter().all(|cell| cell.verdict < CellVerdict::Saturated) && !is_saturated(kind)
}

/// It did not keep up with an open loop in some place.
fn is_saturated(kind: &Kind<'_>) -> bool {
    kind.cells().iter().any(|cell| cell.is_saturated())
}

fn whole(kinds: &[&Kind<'_>]) -> &'static str {
    match kinds.iter().all(|kind| kind.state() == State::Whole) {
        true => "every message arrived whole",
        false => {
            "every exchange was answered, as far as the handler checks it (nobody judged the messages)"
        }
    }
}

/// In every place, the rounds hold each of those that are there against another.
fn are_compared(kinds: &[&Kind<'_>]) -> bool {
    let mut places: HashMap<String, (usize, usize)> = HashMap::new();
    for cell in kinds.iter().flat_map(|kind| kind.cells()) {
        let (cells, told) = places.entry(cell.group()).or_default();
        *cells += 1;
        *told +=
            usize::from(cell.relative.as_ref().is_some_and(|beside| beside.told_apart.is_some()));
    }
    places.values().all(|(cells, told)| *cells > 1 && told == cells)
}

/// The one that loses least where it loses most.
fn nobody_is_fastest(sound: &[&Kind<'_>], whole: &str) -> Vec<String> {
    let least = sound.iter().filter_map(|kind| Some((kind, slowest(kind)?)));
    let Some((kind, ratio)) = least.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
        return vec![format!("Take {}: {whole}; how fast cannot be told.", listed(sound, "or"))];
    };
    vec![format!(
        "Take {}: {whole}. None is the fastest everywhere; this one is at most {} slower than the fastest.",
        kind.name(),
        numbers::factor(ratio)
    )]
}

/// The rounds tell it apart from the fastest of its place.
fn is_slower(cell: &CellResult) -> bool {
    let beside = cell.relative.as_ref().filter(|beside| beside.against != cell.id);
    beside.is_some_and(|beside| beside.told_apart == Some(true))
}

fn slowest(kind: &Kind<'_>) -> Option<f64> {
    let ratios = kind.cells().iter().filter_map(|cell| cell.relative.as_ref()?.slower);
    ratios.max_by(f64::total_cmp)
}

/// Those that put the fewest bytes on the wire: that is counted, so it is no matter of noise.
pub(super) fn fewest_bytes(kinds: &[&Kind<'_>]) -> Option<String> {
    let overheads: Vec<f64> = kinds
        .iter()
        .map(|kind| {
            let of_cells = kind.cells().iter().map(|cell| cell.wire.overhead);
            of_cells
                .collect::<Option<Vec<f64>>>()
                .map(|all| all.into_iter().fold(f64::MIN, f64::max))
        })
        .collect::<Option<_>>()?;
    let least = numbers::change(overheads.iter().copied().min_by(f64::total_cmp)?);
    let best: Vec<&Kind<'_>> = kinds
        .iter()
        .zip(&overheads)
        .filter(|(_, overhead)| numbers::change(**overhead) == least)
        .map(|(kind, _)| *kind)
        .collect();
    (best.len() < kinds.len()).then(|| {
        let add = if best.len() == 1 { "adds" } else { "add" };
        format!(
            "Of these, {} {add} the fewest bytes on the wire ({least} at most).",
            listed(&best, "and")
        )
    })
}

/// `a, b or c`.
pub(super) fn listed(kinds: &[&Kind<'_>], joint: &str) -> String {
    let names: Vec<String> = kinds.iter().take(NAMED).map(|kind| kind.name()).collect();
    let more = kinds.len().saturating_sub(NAMED);
    match (names.split_last(), more) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, rest)), 0) => format!("{} {joint} {last}", rest.join(", ")),
        (Some(_), more) => format!("{} {joint} one of {more} more", names.join(", ")),
    }
}
