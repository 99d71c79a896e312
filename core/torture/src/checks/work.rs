//! `linear-work`: a decoder that is fed one byte at a time does about twice the work for twice the
//! bytes. Built-in decoders count the bytes they look at; others are timed, with much room.

use super::super::check_context::{CheckContext, Ended, of_stream, size};
use super::super::stream_driver::{Driven, StreamDriver};
use super::super::{Finding, material};
use wirebench_framings::{Alphabet, Role};

/// Counting: bytes of the shorter stream, and how much more the double one may cost. Work that
/// grows with the square makes it 4.
const COUNTED: usize = 4_096;
const MAX_COUNTED: f64 = 3.0;

/// Timing: the longer stream is so many times the shorter, and may take so many times as long. Work
/// that grows with the square makes it 64.
const LONGER: usize = 8;
const MAX_TIMED: u64 = 24;

/// Timing goes on with longer streams until one takes so long, since only then does scanning weigh
/// against the price of a call.
const LONG_ENOUGH_NS: u64 = 20_000_000;
const LONGEST_TIMED: usize = 16 << 10;
const SHORTEST_TIMED: usize = 512;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    if cx.settings.counts_work { counted(cx) } else { timed(cx) }
}

fn counted(cx: &mut CheckContext<'_>) -> Ended {
    let mut most: f64 = 0.0;
    let mut seen = 0;
    for shape in SHAPES {
        let (Some(short), Some(long)) = (shape(cx, COUNTED), shape(cx, 2 * COUNTED)) else {
            continue;
        };
        let (Some(less), Some(more)) = (inspected(cx, &short), inspected(cx, &long)) else {
            continue;
        };
        seen += more;
        most = most.max(more as f64 / long.len() as f64);
        let ratio = more as f64 / (less.max(1)) as f64;
        let allowed = MAX_COUNTED * long.len() as f64 / (2.0 * short.len() as f64);
        if ratio > allowed && more > long.len() as u64 {
            let (short, long) = (short.len(), long.len());
            let what = format!(
                "its work grows faster than its input: {ratio:.1} times for twice the bytes"
            );
            let expected = vec![format!("at most {allowed:.1} times the bytes looked at")];
            let got = vec![
                format!("{less} bytes looked at for {}, one at a time", size(short)),
                format!("{more} bytes looked at for {}, one at a time", size(long)),
            ];
            let finding = of_stream(Role::Server, &[], &[]);
            return Ended::finding(Finding { what, case: None, expected, got, ..finding });
        }
    }
    if seen == 0 {
        return Ended::NotApplicable("it looks at no bytes, or does not count them".into());
    }
    cx.figure("inspected_per_byte", most);
    Ended::Holds(format!("each byte is looked at {most:.2} times at most, fed one at a time"))
}

/// A way to fill a stream of about so many bytes; `None`: this framing has none like it.
type Shape = fn(&mut CheckContext<'_>, usize) -> Option<Vec<u8>>;

const SHAPES: [Shape; 5] = [
    one_message,
    many_messages,
    |_, len| Some(vec![b'x'; len]),
    |_, len| Some(vec![b'1'; len]),
    |_, len| Some(vec![0; len]),
];

fn one_message(cx: &mut CheckContext<'_>, len: usize) -> Option<Vec<u8>> {
    if len as u64 > cx.capabilities.max {
        return None;
    }
    cx.record(Role::Client, &[vec![b'x'; len]]).ok().map(|recorded| recorded.bytes)
}

fn many_messages(cx: &mut CheckContext<'_>, len: usize) -> Option<Vec<u8>> {
    let each = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX).min(16);
    let mut dice = cx.dice(7);
    let text = wirebench_framings::Capabilities { alphabet: Alphabet::Text, ..cx.capabilities };
    let messages: Vec<Vec<u8>> =
        (0..len / each.max(1)).map(|_| material::message(&text, each, &mut dice)).collect();
    cx.record(Role::Client, &messages).ok().map(|recorded| recorded.bytes)
}

/// How many bytes a decoder looks at that is fed one at a time; `None` when the stream ends early.
fn inspected(cx: &mut CheckContext<'_>, bytes: &[u8]) -> Option<u64> {
    cx.tried += 1;
    let mut driver = StreamDriver::new(cx.framing(Role::Server).ok()?);
    for byte in bytes {
        if !matches!(driver.feed(0, std::slice::from_ref(byte), None), Driven::Fine) {
            return None;
        }
    }
    Some(driver.inspected())
}

fn timed(cx: &mut CheckContext<'_>) -> Ended {
    if cx.rig.worked().is_none() {
        return Ended::NotApplicable("there is neither a count nor a clock".into());
    }
    let mut measured = 0;
    for shape in SHAPES {
        let mut len = SHORTEST_TIMED;
        while len <= LONGEST_TIMED {
            let (Some(short), Some(long)) = (shape(cx, len), shape(cx, LONGER * len)) else {
                break;
            };
            let Some(took) = shortest(cx, &long, 1) else { break };
            if took < LONG_ENOUGH_NS && len < LONGEST_TIMED {
                len *= 2;
                continue;
            }
            measured += 1;
            // A busy machine can make one measurement wrong, but hardly three in a row.
            let too_long = (0..3).all(|_| {
                let less = shortest(cx, &short, 5);
                let more = shortest(cx, &long, 2);
                less.zip(more).is_some_and(|(less, more)| more / less.max(1_000) > MAX_TIMED)
            });
            if too_long {
                let (short, long) = (short.len(), long.len());
                let what = format!(
                    "its work grows faster than its input: over {MAX_TIMED} times for {LONGER} times the bytes"
                );
                let expected = vec![format!("about {LONGER} times the time")];
                let got = vec![format!(
                    "over {MAX_TIMED} times the time for {} as for {}, fed one byte at a time",
                    size(long),
                    size(short)
                )];
                let finding = of_stream(Role::Server, &[], &[]);
                return Ended::finding(Finding { what, case: None, expected, got, ..finding });
            }
            break;
        }
    }
    if measured == 0 {
        let why = "its streams are too short to tell work that grows with the square from other";
        return Ended::NotApplicable(why.into());
    }
    Ended::Holds(format!("by time, with much room: {MAX_TIMED} times for {LONGER} times the bytes"))
}

/// The shortest time of some that feeding the stream one byte at a time took, in nanoseconds; `None`
/// when it ends early.
fn shortest(cx: &mut CheckContext<'_>, bytes: &[u8], times: usize) -> Option<u64> {
    (0..times)
        .map(|_| {
            cx.rig
                .trying(&mut || super::super::Case::stream(&bytes[..bytes.len().min(4_096)], &[]));
            let mut driver = StreamDriver::new(cx.framing(Role::Server).ok()?);
            let begun = cx.rig.worked()?;
            for byte in bytes {
                if !matches!(driver.feed(0, std::slice::from_ref(byte), None), Driven::Fine) {
                    return None;
                }
            }
            Some(cx.rig.worked()?.saturating_sub(begun))
        })
        .try_fold(u64::MAX, |least, took| Some(least.min(took?)))
}
