//! What is asked of the link, in words.

use crate::link::{DirectionProfile, Link, Pieces, Point};
use crate::load::Sizes;
use crate::report::numbers;

/// `link: pieces of 1 B in lock-step, delay 5 ms`; `None` where nothing is asked.
pub(crate) fn link_setup(link: &Link) -> Option<String> {
    if link.is_clean() {
        return None;
    }
    if link.request == link.reply {
        return Some(format!("link: {}", way(&link.request)));
    }
    let parts: Vec<String> = [("requests", &link.request), ("replies", &link.reply)]
        .into_iter()
        .filter(|(_, way)| !way.is_clean())
        .map(|(name, one)| format!("link of {name}: {}", way(one)))
        .collect();
    Some(parts.join("; "))
}

fn way(way: &DirectionProfile) -> String {
    let mut parts = Vec::new();
    if let Some(cut) = &way.pieces {
        let step = if way.lock_step { " in lock-step" } else { "" };
        parts.push(format!("{}{step}", pieces(cut)));
    }
    if way.coalesce > 1 {
        parts.push(format!("{} writes in one", way.coalesce));
    }
    for (name, share) in [
        ("short writes", way.short_writes),
        ("short reads", way.short_reads),
        ("interrupts", way.interrupts),
        ("would-block", way.would_block),
        ("flip", way.flip),
        ("drop", way.drop),
        ("duplicate", way.duplicate),
        ("reorder", way.reorder),
        ("truncate", way.truncate),
        ("corrupt", way.corrupt),
    ] {
        if share > 0.0 {
            parts.push(format!("{name} {}%", (share * 1e9).round() / 1e7));
        }
    }
    for (name, ns) in [("delay", way.delay_ns), ("jitter", way.jitter_ns)] {
        if ns > 0 {
            parts.push(format!("{name} {}", numbers::time(ns)));
        }
    }
    for (name, rate) in [("bandwidth", way.bandwidth), ("read rate", way.read_rate)] {
        if rate > 0 {
            parts.push(format!("{name} {}/s", numbers::bytes(rate as f64)));
        }
    }
    for (name, point) in
        [("closed", way.fin_after), ("reset", way.rst_after), ("half closed", way.half_close_after)]
    {
        parts.extend(point.map(|point| format!("{name} {}", place(point))));
    }
    if way.flap > 0 {
        parts.push(format!("closed after {} frames on average", numbers::count(way.flap.into())));
    }
    parts.join(", ")
}

fn pieces(pieces: &Pieces) -> String {
    let size = |bytes: u64| numbers::bytes(bytes as f64);
    match pieces {
        Pieces::EveryCut => "every cut".into(),
        Pieces::Sizes(Sizes::Constant(bytes)) => format!("pieces of {}", size(*bytes)),
        Pieces::Sizes(Sizes::Uniform(low, high)) => {
            format!("pieces of {} to {}", size(*low), size(*high))
        }
        Pieces::Sizes(_) => "pieces of several sizes".into(),
    }
}

fn place(point: Point) -> String {
    match point {
        Point::Bytes(bytes) => format!("after {}", numbers::bytes(bytes as f64)),
        Point::Inside(frame) => format!("inside frame {frame}"),
        Point::Behind(frame) => format!("behind frame {frame}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_said_once_for_both_or_for_each_direction() {
        let delayed =
            DirectionProfile { delay_ns: 5_000_000, flip: 0.0001, ..DirectionProfile::default() };
        let both = Link { request: delayed.clone(), reply: delayed.clone() };
        assert_eq!(link_setup(&both).as_deref(), Some("link: flip 0.01%, delay 5.00 ms"));
        let reset =
            DirectionProfile { rst_after: Some(Point::Inside(3)), ..DirectionProfile::default() };
        let each = Link { request: reset, reply: DirectionProfile::default() };
        assert_eq!(link_setup(&each).as_deref(), Some("link of requests: reset inside frame 3"));
        assert_eq!(link_setup(&Link::default()), None);
    }
}
