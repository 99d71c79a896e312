//! The keys of `[link]`, of `[link.request]` and of `[link.reply]`.

use super::super::key::{GIB, Key, Kind, MS, S, key};

/// Every key of the link, in the order of the reference. Each stands in `[link]` for both
/// directions, or in a table of its own for one.
pub const LINK_KEYS: &[Key] = &[
    key(
        "link.pieces",
        Kind::Pieces,
        "",
        "what is written is cut into pieces of these sizes, counted from the start of the stream; `\"every-cut\"` cuts each frame once, one byte further than the frame before",
    ),
    key(
        "link.lock-step",
        Kind::Bool,
        "true",
        "with `pieces`: the next piece waits until the reader has consumed the last one, so that the cut really arrives",
    ),
    key(
        "link.lock-step-wait",
        Kind::Duration(MS / 10, 10 * S),
        r#""100ms""#,
        "how long it waits at most; pieces that were not confirmed in time are counted",
    ),
    key("link.coalesce", Kind::Integer(2, 4_096), "", "so many writes become one"),
    key(
        "link.coalesce-wait",
        Kind::Duration(0, 10 * S),
        r#""1ms""#,
        "how long the first of them waits for the others",
    ),
    key(
        "link.short-writes",
        Kind::Share,
        r#""0%""#,
        "the share of writes that take only a part of what they are given",
    ),
    key("link.short-reads", Kind::Share, r#""0%""#, "the share of reads that get at most 64 bytes"),
    key(
        "link.interrupts",
        Kind::Share,
        r#""0%""#,
        "the share of reads and writes that are interrupted first (EINTR)",
    ),
    key(
        "link.would-block",
        Kind::Share,
        r#""0%""#,
        "the share of reads and writes that would block first (EAGAIN)",
    ),
    key(
        "link.read-rate",
        Kind::ByteRate(1, 64 * GIB),
        "",
        "a slow reader: it takes so many bytes a second, and what it does not take fills the window",
    ),
    key(
        "link.delay",
        Kind::Duration(0, 10 * S),
        r#""0ms""#,
        "what is written leaves so much later",
    ),
    key("link.jitter", Kind::Duration(0, 10 * S), r#""0ms""#, "and up to so much more"),
    key(
        "link.bandwidth",
        Kind::ByteRate(1, 64 * GIB),
        "",
        "a narrow line: it carries so many bytes a second",
    ),
    key("link.flip", Kind::Share, r#""0%""#, "the share of bytes in which one bit changes"),
    key(
        "link.fin-after",
        Kind::Point,
        "",
        "where every connection is closed; the client opens the next",
    ),
    key("link.rst-after", Kind::Point, "", "where every connection is reset (TCP only)"),
    key(
        "link.half-close-after",
        Kind::Point,
        "",
        "where the sending direction of every connection ends, while the other stays open",
    ),
    key(
        "link.flap",
        Kind::Integer(1, 1_000_000),
        "",
        "every connection is closed after so many frames on average, half of the time inside one",
    ),
    key("link.drop", Kind::Share, r#""0%""#, "the share of datagrams that never leave"),
    key("link.duplicate", Kind::Share, r#""0%""#, "the share of datagrams that leave twice"),
    key(
        "link.reorder",
        Kind::Share,
        r#""0%""#,
        "the share of datagrams that are held back until up to 3 others have passed, 5 ms at most",
    ),
    key(
        "link.truncate",
        Kind::Share,
        r#""0%""#,
        "the share of datagrams of which only the beginning leaves",
    ),
    key("link.corrupt", Kind::Share, r#""0%""#, "the share of datagrams in which one bit changes"),
];

/// Those that need a stream.
pub(super) const OF_STREAMS: [&str; 15] = [
    "pieces",
    "lock-step",
    "lock-step-wait",
    "coalesce",
    "coalesce-wait",
    "short-writes",
    "short-reads",
    "interrupts",
    "would-block",
    "read-rate",
    "flip",
    "fin-after",
    "rst-after",
    "half-close-after",
    "flap",
];

/// Those that need datagrams.
pub(super) const OF_DATAGRAMS: [&str; 5] = ["drop", "duplicate", "reorder", "truncate", "corrupt"];

/// Those that act where what comes from the other side is read.
pub(super) const OF_READERS: [&str; 4] = ["short-reads", "interrupts", "would-block", "read-rate"];

/// The row of a key by its last name.
pub(super) fn row(name: &str) -> Option<&'static Key> {
    LINK_KEYS.iter().find(|key| key.path.strip_prefix("link.") == Some(name))
}

/// The last names of all keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    LINK_KEYS.iter().filter_map(|key| key.path.strip_prefix("link."))
}
