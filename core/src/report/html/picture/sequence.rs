//! One damaged message from handing it over to its verdict: who wrote and who read what, and when.

use super::drawing::{Drawing, Key, WIDTH};
use super::words::Ids;
use super::{Figure, Table, bounded};
use crate::judge::Verdict;
use crate::measure::Direction;
use crate::report::hexdump::from_hex;
use crate::report::numbers;
use crate::report::table::fault_in_words;
use crate::result::document::{ExampleResult, PieceResult};

/// Units between two events.
const SLOT: f64 = 34.0;

/// Units above the first event.
const TOP: f64 = 44.0;

/// Where the client and the server stand.
const CLIENT: f64 = 258.0;
const SERVER: f64 = WIDTH - CLIENT;

/// Writes or reads that are drawn: so many of the first and of the last ones.
const FIRST: usize = 6;
const LAST: usize = 3;

/// Faults that are drawn.
const MOST_FAULTS: usize = 6;

/// Arrows at most: each read can hold bytes of each write.
const MOST_ARROWS: usize = 60;

/// Bytes that are shown when something points at the verdict.
const BYTES_SHOWN: usize = 48;

/// What happened at one moment.
#[derive(Clone, Debug)]
struct Event {
    /// Nanoseconds since it was handed over; `None`: it has no time.
    ns: Option<i128>,
    what: What,
    /// What is said of it, and what more when something points at it.
    words: String,
    tip: Option<String>,
    /// Its bytes in the session's stream.
    range: Option<(u64, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    HandedOver,
    Fault,
    Write,
    Read,
    /// Several that are only counted, of the sender.
    MoreWrites,
    /// The same of the receiver.
    MoreReads,
    Verdict,
}

impl What {
    /// Whether it happens where the message is sent.
    fn is_of_sender(self) -> bool {
        matches!(self, Self::HandedOver | Self::Fault | Self::Write | Self::MoreWrites)
    }

    fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::HandedOver => ("circle", "hue-8 dot"),
            Self::Fault => ("cross", "hue-2 dot"),
            Self::Write => ("square", "hue-1 dot"),
            Self::Read => ("square", "hue-3 dot"),
            Self::MoreWrites | Self::MoreReads => ("small", "hue-8 round"),
            Self::Verdict => ("diamond", "hue-2 dot"),
        }
    }
}

/// The picture of one example; `number` tells it from the others of a page.
pub(crate) fn sequence(example: &ExampleResult, number: usize) -> Figure {
    let events = events(example);
    let height = TOP + events.len() as f64 * SLOT + 10.0;
    let mut drawing = Drawing::new(height);
    let is_request = example.direction == Direction::Request;
    let (sender, receiver) = if is_request { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    for (x, name) in [(CLIENT, "client"), (SERVER, "server")] {
        let role = if x == sender { "sends" } else { "receives" };
        drawing.text([x, 16.0], 200.0, "heading middle", &format!("{name} {role}"));
        drawing.line([x, 26.0, x, height - 6.0], "lifeline", None);
    }
    let y = |slot: usize| TOP + slot as f64 * SLOT + SLOT / 2.0 - 8.0;
    arrows(&mut drawing, &events, (sender, receiver), y);
    let mut table = Table::new(&["since it was handed over", "where", "event", "offset", "bytes"]);
    for (slot, event) in events.iter().enumerate() {
        let of_sender = event.what.is_of_sender();
        let x = if of_sender { sender } else { receiver };
        let is_left = x == CLIENT;
        let (shape, class) = event.what.look();
        drawing.dot([x, y(slot)], shape, class, event.tip.as_deref().map(bounded));
        let time = event.ns.map_or(String::new(), since);
        let (edge, anchor) = if is_left { (x - 12.0, " end") } else { (x + 12.0, "") };
        drawing.text([edge, y(slot)], CLIENT - 16.0, &format!("event{anchor}"), &event.words);
        let small = format!("moment{anchor}");
        drawing.text([edge, y(slot) + 13.0], CLIENT - 16.0, &small, &time);
        let side = if is_left { "client" } else { "server" };
        let (offset, bytes) = match event.range {
            Some((at, end)) => (at.to_string(), numbers::count(end.saturating_sub(at))),
            None => (numbers::NOTHING.to_owned(), numbers::NOTHING.to_owned()),
        };
        let time = if time.is_empty() { numbers::NOTHING.to_owned() } else { time };
        table.row(vec![
            time.into(),
            side.into(),
            event.words.as_str().into(),
            offset.into(),
            bytes.into(),
        ]);
    }
    for (name, hex) in [("expected", &example.expected), ("received", &example.received)] {
        let bytes = from_hex(hex);
        table.row(vec![
            numbers::NOTHING.into(),
            numbers::NOTHING.into(),
            format!("{name}: {}", in_hex(&bytes)).into(),
            example.shown_from.to_string().into(),
            numbers::count(bytes.len() as u64).into(),
        ]);
    }
    let direction = if is_request { "request" } else { "reply" };
    let left_out = more(example);
    Figure {
        id: Ids::default().give(&format!("sequence-{number}")),
        title: format!(
            "{}: {direction} {} of session {}, round {}",
            example.verdict.word(),
            example.seq,
            example.session,
            example.round
        ),
        about: format!(
            "Time runs downwards, in order and not to scale; each time is when a call returned, since the message of {} \
             was handed over. Its frame is bytes {} to {} of the stream. An arrow leads from a write to each read that \
             holds bytes of it.",
            numbers::bytes(example.len as f64),
            example.wire_offset,
            example.wire_offset.saturating_add(example.wire_len)
        ),
        left_out,
        keys: vec![
            Key::new("handed over").dot("circle", "hue-8 dot"),
            Key::new("a write").dot("square", "hue-1 dot"),
            Key::new("a read").dot("square", "hue-3 dot"),
            Key::new("a fault of the link").dot("cross", "hue-2 dot"),
            Key::new("the verdict").dot("diamond", "hue-2 dot"),
        ],
        drawing,
        table: table.bounded(),
    }
}

/// Everything that is drawn, by time; what has none stands before the writes that it belongs to.
fn events(example: &ExampleResult) -> Vec<Event> {
    let start = example.handed_over_ns;
    let since = |ns: u64| i128::from(ns) - i128::from(start);
    let mut timed = Vec::new();
    let pieces = [(What::Write, &example.written), (What::Read, &example.read)];
    for (what, pieces) in pieces {
        let (verb, rest) = match what {
            What::Write => ("wrote", What::MoreWrites),
            _ => ("read", What::MoreReads),
        };
        for (at, piece) in pieces.iter().enumerate() {
            if at >= FIRST && at + LAST < pieces.len() {
                if at == FIRST {
                    let count = pieces.len() - FIRST - LAST;
                    timed.push(Event {
                        ns: Some(since(piece.time_ns)),
                        what: rest,
                        words: format!("… {verb} {count} more times …"),
                        tip: None,
                        range: None,
                    });
                }
                continue;
            }
            timed.push(Event {
                ns: Some(since(piece.time_ns)),
                what,
                words: format!("{verb} {} at {}", numbers::bytes(piece.len as f64), piece.at),
                tip: None,
                range: Some((piece.at, end(piece))),
            });
        }
    }
    // What has the same time stands in the order of the walk.
    timed.sort_by_key(|event| (event.ns, event.what));
    let mut all = vec![Event {
        ns: Some(0),
        what: What::HandedOver,
        words: format!("handed over {}", numbers::bytes(example.len as f64)),
        tip: None,
        range: Some((example.wire_offset, example.wire_offset.saturating_add(example.wire_len))),
    }];
    let before = timed.iter().take_while(|event| event.ns < Some(0)).count();
    let after = timed.split_off(before);
    all.splice(0..0, timed);
    all.extend(after);
    for fault in example.faults.iter().take(MOST_FAULTS) {
        let touches = |event: &Event| {
            event.what == What::Write
                && event.range.is_some_and(|(from, end)| (from..end).contains(&fault.at))
        };
        let handed = all.iter().position(|event| event.what == What::HandedOver);
        let place = all.iter().position(touches).or(handed.map(|at| at + 1)).unwrap_or(0);
        all.insert(
            place,
            Event {
                ns: None,
                what: What::Fault,
                words: format!("the link: {}", fault_in_words(fault)),
                tip: None,
                range: fault.len.map(|len| (fault.at, fault.at.saturating_add(len))),
            },
        );
    }
    all.push(verdict(example, since));
    all
}

/// What is said of it in the end, and the bytes around the first that differs.
fn verdict(example: &ExampleResult, since: impl Fn(u64) -> i128) -> Event {
    let word = example.verdict.word();
    let arrived = example.verdict != Verdict::Lost && example.received_len > 0;
    let words = if arrived {
        format!("{word}: in a message of {}", numbers::bytes(example.received_len as f64))
    } else {
        format!("{word}: no message holds it")
    };
    let shown = |hex: &str| in_hex(&from_hex(hex));
    let tip = format!(
        "bytes from {}: expected {}; received {}",
        example.shown_from,
        shown(&example.expected),
        shown(&example.received)
    );
    let ns = (arrived && example.received_ns > 0).then(|| since(example.received_ns));
    Event { ns, what: What::Verdict, words, tip: Some(tip), range: None }
}

fn end(piece: &PieceResult) -> u64 {
    piece.at.saturating_add(piece.len)
}

/// Lines from each write to the reads that hold bytes of it.
fn arrows(
    drawing: &mut Drawing,
    events: &[Event],
    (sender, receiver): (f64, f64),
    y: impl Fn(usize) -> f64,
) {
    let of = |what: What| {
        events.iter().enumerate().filter_map(move |(slot, event)| {
            Some((slot, event.range.filter(|_| event.what == what)?))
        })
    };
    let (gap, head) = if sender < receiver { (7.0, "right") } else { (-7.0, "left") };
    let mut drawn = 0;
    for (from, (at, end)) in of(What::Write) {
        for (to, (read_at, read_end)) in of(What::Read) {
            let shared = end.min(read_end).saturating_sub(at.max(read_at));
            if shared == 0 || drawn == MOST_ARROWS {
                continue;
            }
            drawn += 1;
            let [x1, x2] = [sender + gap, receiver - gap];
            let tip = format!("{} of this write in this read", numbers::bytes(shared as f64));
            drawing.line([x1, y(from), x2, y(to)], "arrow", Some(tip));
            drawing.dot([x2, y(to)], head, "arrow-head", None);
        }
    }
}

/// What is not drawn.
fn more(example: &ExampleResult) -> Option<String> {
    let mut words = Vec::new();
    for (name, count) in [("writes", example.written.len()), ("reads", example.read.len())] {
        if count > FIRST + LAST {
            words.push(format!("{count} {name}; the first {FIRST} and the last {LAST} are drawn"));
        }
    }
    if example.faults.len() > MOST_FAULTS {
        let count = example.faults.len();
        words.push(format!("{count} faults; the first {MOST_FAULTS} are drawn"));
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// `+12.3 us`: since the message was handed over.
fn since(ns: i128) -> String {
    let size = u64::try_from(ns.unsigned_abs()).unwrap_or(u64::MAX);
    format!("{}{}", if ns < 0 { "-" } else { "+" }, numbers::time(size))
}

/// `61 62 00`, or how many there are besides.
fn in_hex(bytes: &[u8]) -> String {
    let shown: Vec<String> =
        bytes.iter().take(BYTES_SHOWN).map(|byte| format!("{byte:02x}")).collect();
    let more = bytes.len().saturating_sub(BYTES_SHOWN);
    match (shown.is_empty(), more) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => shown.join(" "),
        (false, more) => format!("{} and {more} more", shown.join(" ")),
    }
}
