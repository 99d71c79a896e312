//! What the link did to a cell, in words.

use crate::report::numbers;
use crate::result::document::{Attribution, CellResult, FaultResult, LinkDirection};
use crate::text::plural;

/// Faults named of one message.
const FAULTS_NAMED: usize = 4;

/// `link: requests 12 flip (5 in headers) (3 without a trace); replies 9 flip; explains all 18 damaged,
/// 7 of them undetected`; `None` when it did nothing.
pub(crate) fn link_words(cell: &CellResult) -> Option<String> {
    let link = cell.link.as_ref()?;
    let both = [("requests", &link.request), ("replies", &link.reply)];
    let mut parts: Vec<String> =
        both.iter().filter_map(|(name, one)| Some(format!("{name} {}", done(one)?))).collect();
    if parts.is_empty() {
        return None;
    }
    let sum = |get: fn(&Attribution) -> u64| {
        let attributions = both.iter().filter_map(|(_, one)| one.attribution.as_ref());
        attributions.fold(0, |sum: u64, one| sum.saturating_add(get(one)))
    };
    let damaged = sum(|one| one.framing)
        .saturating_add(sum(|one| one.link))
        .saturating_add(sum(|one| one.nobody));
    let unexplained = sum(|one| one.unexplained);
    if damaged > 0 {
        let count = numbers::count(damaged);
        let mut words = match unexplained {
            0 => format!("explains all {count} damaged"),
            some => format!("leaves {} of {count} damaged unexplained", numbers::count(some)),
        };
        let undetected = sum(|one| one.undetected);
        if undetected > 0 {
            words.push_str(&format!(", {} of them undetected", numbers::count(undetected)));
        }
        parts.push(words);
    }
    let pieces = both.iter().filter_map(|(_, one)| one.unconfirmed_pieces);
    let unconfirmed = pieces.fold(0, u64::saturating_add);
    if unconfirmed > 0 {
        let count = numbers::count(unconfirmed);
        let noun = plural(unconfirmed, "piece");
        parts.push(format!("{count} {noun} not confirmed in time"));
    }
    Some(format!("link: {}", parts.join("; ")))
}

fn done(direction: &LinkDirection) -> Option<String> {
    let kinds: Vec<String> = direction
        .faults
        .iter()
        .map(|count| {
            let mut words = format!("{} {}", numbers::count(count.injected), count.kind.word());
            if count.header > 0 && count.kind.harms_stream() {
                words.push_str(&format!(" ({} in headers)", numbers::count(count.header)));
            }
            words
        })
        .collect();
    if kinds.is_empty() {
        return None;
    }
    let mut words = kinds.join(", ");
    if let Some(untraced) = direction.untraced.filter(|count| *count > 0) {
        words.push_str(&format!(" ({} without a trace)", numbers::count(untraced)));
    }
    Some(words)
}

/// `the link: flip at 1317, cut at 1320`.
pub(super) fn faults_in_words(faults: &[FaultResult]) -> Option<String> {
    let mut words: Vec<String> = faults.iter().take(FAULTS_NAMED).map(fault_in_words).collect();
    if faults.len() > FAULTS_NAMED {
        words.push(format!("{} more", faults.len() - FAULTS_NAMED));
    }
    (!words.is_empty()).then(|| format!("the link: {}", words.join(", ")))
}

/// `flip at 1317`.
pub(crate) fn fault_in_words(fault: &FaultResult) -> String {
    format!("{} at {}", fault.kind.word(), fault.at)
}
