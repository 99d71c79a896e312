//! Which framing to take, or whatever else was compared, and why.

use crate::report::numbers;
use crate::report::table::{Kind, State, kinds};
use crate::result::Document;
use crate::result::document::CellResult;

/// Names in one sentence.
const NAMED: usize = 8;

/// Sentences that say which to take; none where one thing only was measured.
pub(super) fn choice(document: &Document) -> Vec<String> {
    let kinds = kinds(document);
    if kinds.len() < 2 {
        return Vec::new();
    }
    let sound: Vec<&Kind<'_>> = kinds
        .iter()
        .filter(|kind| matches!(kind.state(), State::Whole | State::Answered))
        .collect();
    if sound.is_empty() {
        return vec!["None: nothing that was measured kept every message whole everywhere.".into()];
    }
    let whole = match sound.iter().all(|kind| kind.state() == State::Whole) {
        true => "every message arrived whole",
        false => "every answer was right",
    };
    let fastest: Vec<&Kind<'_>> = sound
        .iter()
        .copied()
        .filter(|kind| kind.cells().iter().all(|cell| !is_slower(cell)))
        .collect();
    let told = kinds.iter().flat_map(Kind::cells).any(|cell| is_slower(cell));
    if fastest.len() == sound.len() && !told {
        let mut sentences = vec![format!(
            "{}: {whole}, and the rounds tell no difference in speed.",
            capital(&either(&sound))
        )];
        sentences.extend(fewest_bytes(&sound));
        return sentences;
    }
    if fastest.is_empty() {
        return nobody_is_fastest(&sound, whole);
    }
    let mut sentences = vec![format!(
        "{}: {whole}, and nowhere did the rounds show {} slower than the fastest.",
        capital(&either(&fastest)),
        if fastest.len() == 1 { "it" } else { "them" },
    )];
    sentences.extend(fewest_bytes(&fastest));
    sentences
}

/// The one that loses least where it loses most.
fn nobody_is_fastest(sound: &[&Kind<'_>], whole: &str) -> Vec<String> {
    let least = sound.iter().filter_map(|kind| Some((kind, slowest(kind)?)));
    let Some((kind, ratio)) = least.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
        return vec![format!("{}: {whole}; how fast cannot be told.", capital(&either(sound)))];
    };
    vec![format!(
        "{}: {whole}. None is the fastest everywhere; this one is at most {} slower than the fastest.",
        capital(&kind.name()),
        numbers::factor(ratio)
    )]
}

/// The rounds tell it apart from the fastest of its group, or do not say.
fn is_slower(cell: &CellResult) -> bool {
    match &cell.relative {
        None => false,
        Some(beside) => beside.against != cell.id && beside.told_apart == Some(true),
    }
}

fn slowest(kind: &Kind<'_>) -> Option<f64> {
    let ratios = kind.cells().iter().filter_map(|cell| cell.relative.as_ref()?.slower);
    ratios.max_by(f64::total_cmp)
}

/// Those that put the fewest bytes on the wire: that is counted, so it is no matter of noise.
fn fewest_bytes(kinds: &[&Kind<'_>]) -> Option<String> {
    let overheads: Vec<f64> = kinds
        .iter()
        .map(|kind| {
            let of_cells = kind.cells().iter().map(|cell| cell.wire.overhead);
            of_cells
                .collect::<Option<Vec<f64>>>()
                .map(|all| all.into_iter().fold(f64::MIN, f64::max))
        })
        .collect::<Option<_>>()?;
    let least = overheads.iter().copied().min_by(f64::total_cmp)?;
    let written = |overhead: f64| numbers::change(overhead);
    let best: Vec<&Kind<'_>> = kinds
        .iter()
        .zip(&overheads)
        .filter(|(_, overhead)| written(**overhead) == written(least))
        .map(|(kind, _)| *kind)
        .collect();
    (best.len() < kinds.len()).then(|| {
        let add = if best.len() == 1 { "adds" } else { "add" };
        format!(
            "Of these, {} {add} the fewest bytes on the wire ({} at most).",
            listed(&best, "and"),
            written(least)
        )
    })
}

fn either(kinds: &[&Kind<'_>]) -> String {
    format!("take {}", listed(kinds, "or"))
}

/// `a, b or c`.
fn listed(kinds: &[&Kind<'_>], joint: &str) -> String {
    let names: Vec<String> = kinds.iter().take(NAMED).map(|kind| kind.name()).collect();
    let more = kinds.len().saturating_sub(NAMED);
    match (names.split_last(), more) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, rest)), 0) => format!("{} {joint} {last}", rest.join(", ")),
        (Some(_), more) => format!("{} {joint} one of {more} more", names.join(", ")),
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
