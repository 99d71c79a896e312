//! The keys of `[link]`, of `[link.request]` and of `[link.reply]`. A row is all that is declared of a
//! key: reading and its errors, what it does not go together with, the reference and the schema follow.

use super::super::key::{GIB, Key, Kind, MS, S, key};
use super::read::{LinkValue, PartialProfile};

/// One key of the link.
#[derive(Clone, Copy)]
pub(super) struct LinkKey {
    pub(super) key: Key,
    pub(super) needs: Needs,
    pub(super) acts_on: ActsOn,
    /// The key that says what is done, where this one only says how.
    pub(super) beside: Option<&'static str>,
    /// Puts its value where it belongs.
    pub(super) set: Set,
}

/// What it can be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Streams and datagrams.
    Nothing,
    /// The bytes of a connection.
    Stream,
    /// Datagrams.
    Datagrams,
}

/// Where a side does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActsOn {
    /// Where it sends.
    Writes,
    /// Where it reads what the other side sends.
    Reads,
    /// Both.
    WritesAndReads,
}

type Set = fn(&mut PartialProfile, LinkValue<'_>);

const fn anywhere(key: Key, set: Set) -> LinkKey {
    LinkKey { key, needs: Needs::Nothing, acts_on: ActsOn::Writes, beside: None, set }
}

const fn stream(key: Key, set: Set) -> LinkKey {
    LinkKey { needs: Needs::Stream, ..anywhere(key, set) }
}

const fn datagrams(key: Key, set: Set) -> LinkKey {
    LinkKey { needs: Needs::Datagrams, ..anywhere(key, set) }
}

const fn on(acts_on: ActsOn, row: LinkKey) -> LinkKey {
    LinkKey { acts_on, ..row }
}

const fn beside(other: &'static str, row: LinkKey) -> LinkKey {
    LinkKey { beside: Some(other), ..row }
}

/// Every key, in the order of the reference. Each stands in `[link]` for both directions, or in a
/// table of its own for one.
pub(super) const ROWS: &[LinkKey] = &[
    stream(
        key(
            "link.pieces",
            Kind::Pieces,
            "",
            "what is written is cut into pieces of these sizes, counted from the start of the stream; `\"every-cut\"` cuts each frame once, one byte further than the frame before",
        ),
        |to, value| to.profile.pieces = value.pieces(),
    ),
    beside(
        "pieces",
        stream(
            key(
                "link.lock-step",
                Kind::Bool,
                "true",
                "with `pieces`: the next piece waits until the reader has consumed the last one, so that the cut really arrives",
            ),
            |to, value| to.lock_step = value.flag(),
        ),
    ),
    beside(
        "pieces",
        stream(
            key(
                "link.lock-step-wait",
                Kind::Duration(MS / 10, 10 * S),
                r#""100ms""#,
                "how long it waits at most; pieces that were not confirmed in time are counted",
            ),
            |to, value| to.lock_step_wait_ns = value.quantity(),
        ),
    ),
    stream(
        key("link.coalesce", Kind::Integer(2, 4_096), "", "so many writes become one"),
        |to, value| to.profile.coalesce = value.count(),
    ),
    beside(
        "coalesce",
        stream(
            key(
                "link.coalesce-wait",
                Kind::Duration(0, 10 * S),
                r#""1ms""#,
                "how long the first of them waits for the others",
            ),
            |to, value| to.coalesce_wait_ns = value.quantity(),
        ),
    ),
    stream(
        key(
            "link.short-writes",
            Kind::Share,
            r#""0%""#,
            "the share of writes that take only a part of what they are given",
        ),
        |to, value| to.profile.short_writes = value.share(),
    ),
    on(
        ActsOn::Reads,
        stream(
            key(
                "link.short-reads",
                Kind::Share,
                r#""0%""#,
                "the share of reads that get at most 64 bytes",
            ),
            |to, value| to.profile.short_reads = value.share(),
        ),
    ),
    on(
        ActsOn::WritesAndReads,
        stream(
            key(
                "link.interrupts",
                Kind::Share,
                r#""0%""#,
                "the share of reads and writes that are interrupted first (EINTR)",
            ),
            |to, value| to.profile.interrupts = value.share(),
        ),
    ),
    on(
        ActsOn::WritesAndReads,
        stream(
            key(
                "link.would-block",
                Kind::Share,
                r#""0%""#,
                "the share of reads and writes that would block first (EAGAIN)",
            ),
            |to, value| to.profile.would_block = value.share(),
        ),
    ),
    on(
        ActsOn::Reads,
        stream(
            key(
                "link.read-rate",
                Kind::ByteRate(1, 64 * GIB),
                "",
                "a slow reader: it takes so many bytes a second, and what it does not take fills the window",
            ),
            |to, value| to.profile.read_rate = value.quantity(),
        ),
    ),
    anywhere(
        key(
            "link.delay",
            Kind::Duration(0, 10 * S),
            r#""0ms""#,
            "what is written leaves so much later",
        ),
        |to, value| to.profile.delay_ns = value.quantity(),
    ),
    anywhere(
        key("link.jitter", Kind::Duration(0, 10 * S), r#""0ms""#, "and up to so much more"),
        |to, value| to.profile.jitter_ns = value.quantity(),
    ),
    anywhere(
        key(
            "link.bandwidth",
            Kind::ByteRate(1, 64 * GIB),
            "",
            "a narrow line: it carries so many bytes a second",
        ),
        |to, value| to.profile.bandwidth = value.quantity(),
    ),
    stream(
        key("link.flip", Kind::Share, r#""0%""#, "the share of bytes in which one bit changes"),
        |to, value| to.profile.flip = value.share(),
    ),
    stream(
        key(
            "link.fin-after",
            Kind::Point,
            "",
            "where every connection is closed; the client opens the next",
        ),
        |to, value| to.profile.fin_after = value.point(),
    ),
    stream(
        key("link.rst-after", Kind::Point, "", "where every connection is reset (TCP only)"),
        |to, value| to.profile.rst_after = value.point(),
    ),
    stream(
        key(
            "link.half-close-after",
            Kind::Point,
            "",
            "where the sending direction of every connection ends, while the other stays open",
        ),
        |to, value| to.profile.half_close_after = value.point(),
    ),
    stream(
        key(
            "link.flap",
            Kind::Integer(1, 1_000_000),
            "",
            "every connection is closed after so many frames on average, half of the time inside one",
        ),
        |to, value| to.profile.flap = value.count(),
    ),
    datagrams(
        key("link.drop", Kind::Share, r#""0%""#, "the share of datagrams that never leave"),
        |to, value| to.profile.drop = value.share(),
    ),
    datagrams(
        key("link.duplicate", Kind::Share, r#""0%""#, "the share of datagrams that leave twice"),
        |to, value| to.profile.duplicate = value.share(),
    ),
    datagrams(
        key(
            "link.reorder",
            Kind::Share,
            r#""0%""#,
            "the share of datagrams that are held back until up to 3 others have passed, 5 ms at most",
        ),
        |to, value| to.profile.reorder = value.share(),
    ),
    datagrams(
        key(
            "link.truncate",
            Kind::Share,
            r#""0%""#,
            "the share of datagrams of which only the beginning leaves",
        ),
        |to, value| to.profile.truncate = value.share(),
    ),
    datagrams(
        key(
            "link.corrupt",
            Kind::Share,
            r#""0%""#,
            "the share of datagrams in which one bit changes",
        ),
        |to, value| to.profile.corrupt = value.share(),
    ),
];

/// Every key of the link, in the order of the reference.
pub const LINK_KEYS: &[Key] = &{
    let mut keys = [ROWS[0].key; ROWS.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = ROWS[at].key;
        at += 1;
    }
    keys
};

/// The row of a key by its last name.
pub(super) fn row(name: &str) -> Option<&'static LinkKey> {
    ROWS.iter().find(|row| row.key.name() == name)
}

/// The last names of all keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    ROWS.iter().map(|row| row.key.name())
}
