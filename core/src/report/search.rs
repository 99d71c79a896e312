//! What a search has found, in words: the same in every format.

use crate::result::Document;
use crate::result::document::SearchGroup;

/// What was found for one group.
pub(super) struct Found<'a> {
    /// The group as it is kept.
    pub(super) group: &'a SearchGroup,
    /// `framing=len32be keeps p99 < 1ms up to 182k/s, fails at 191k/s; 9 points, 31 rounds`.
    pub(super) words: String,
}

/// What was found for each group, in the order of the matrix; empty: there was no search.
pub(super) fn found(document: &Document) -> Vec<Found<'_>> {
    let groups = document.search.iter().flat_map(|search| &search.groups);
    let words = |group: &SearchGroup| match group.group.as_str() {
        "all" | "" => format!("it {}", group.answer),
        name => format!("{name} {}", group.answer),
    };
    groups.map(|group| Found { group, words: words(group) }).collect()
}

/// Those that the gate of the search is not kept for.
pub(super) fn failed(document: &Document) -> Vec<Found<'_>> {
    let mut all = found(document);
    all.retain(|one| one.group.pass == Some(false));
    all
}
