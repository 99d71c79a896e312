//! `every-cut` and `random-cuts`: an invariant framing comes to the same outcome however its
//! stream is cut.

use super::super::check_context::{CheckContext, Ended};
use super::super::{Finding, material};
use wirebench_framings::Role;

/// Streams are cut everywhere up to this many bytes.
const FULL: usize = 160;
const QUICK: usize = 72;

/// What both checks say of a framing that depends on its reads.
const READ_BOUND: &str = "read-bound: what it delivers depends on the reads, as it says itself";

pub(super) fn every(cx: &mut CheckContext<'_>) -> Ended {
    if !cx.capabilities.invariant {
        return Ended::NotApplicable(READ_BOUND.into());
    }
    let longest = cx.size(FULL, QUICK);
    let mut dice = cx.dice(2);
    // One length of two bytes is wanted wherever lengths have several widths.
    let longer = material::message(&cx.capabilities, 130, &mut dice);
    let sets = [material::few(), material::short(), vec![longer, b"x".to_vec()]];
    let mut notes = Vec::new();
    for (sender, reader) in [(Role::Client, Role::Server), (Role::Server, Role::Client)] {
        for messages in &sets {
            let bytes = match stream_of(cx, sender, messages) {
                Ok(bytes) if notes.contains(&bytes) => continue,
                Ok(bytes) => bytes,
                Err(fault) => return fault,
            };
            if let Some(cuts) = failing_cuts(cx, reader, &bytes, longest) {
                return found(cx, reader, sender, messages.clone(), (bytes, cuts));
            }
            notes.push(bytes);
        }
    }
    let bytes: usize = notes.iter().map(|bytes| bytes.len().min(longest)).sum();
    Ended::Holds(format!("{} streams of {bytes} B in all", notes.len()))
}

pub(super) fn random(cx: &mut CheckContext<'_>) -> Ended {
    if !cx.capabilities.invariant {
        return Ended::NotApplicable(READ_BOUND.into());
    }
    let mut dice = cx.dice(3);
    let rounds = cx.size(200, 20);
    let max = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX);
    for round in 0..rounds {
        let (sender, reader) = match round % 2 {
            0 => (Role::Client, Role::Server),
            _ => (Role::Server, Role::Client),
        };
        let longest = max.min([20, 300, 5_000][dice.below(3) as usize]) as u64;
        let count = 1 + dice.below(40);
        let messages: Vec<Vec<u8>> = (0..count)
            .map(|_| {
                let len = dice.below(longest + 1) as usize;
                material::message(&cx.capabilities, len, &mut dice)
            })
            .collect();
        let bytes = match stream_of(cx, sender, &messages) {
            Ok(bytes) => bytes,
            Err(fault) => return fault,
        };
        let whole = cx.read_as(reader, &bytes, &[]);
        for _ in 0..8 {
            let cuts = material::cuts(bytes.len(), &mut dice);
            let cut = cx.read_as(reader, &bytes, &cuts);
            if cx.compare(reader, &bytes, &cuts, &whole, &cut).is_some() {
                return found(cx, reader, sender, messages, (bytes, cuts));
            }
        }
    }
    Ended::Holds(format!("{rounds} streams, each cut in 8 ways"))
}

/// All that is written for the messages.
fn stream_of(
    cx: &mut CheckContext<'_>,
    sender: Role,
    messages: &[Vec<u8>],
) -> Result<Vec<u8>, Ended> {
    cx.record(sender, messages).map(|recorded| recorded.bytes).map_err(|fault| {
        let finding = super::super::check_context::of_messages(messages, None);
        Ended::finding(Finding { got: vec![fault.clone()], what: fault, ..finding })
    })
}

/// The first cutting under which the stream leads elsewhere: at one place, byte by byte, at two.
fn failing_cuts(
    cx: &mut CheckContext<'_>,
    reader: Role,
    bytes: &[u8],
    longest: usize,
) -> Option<Vec<usize>> {
    let whole = cx.read_as(reader, bytes, &[]);
    let mut fails = |bytes: &[u8], cuts: &[usize], whole: &_| {
        let cut = cx.read_as(reader, bytes, cuts);
        cx.compare(reader, bytes, cuts, whole, &cut).is_some().then(|| cuts.to_vec())
    };
    if whole.fault.is_some() {
        return Some(Vec::new());
    }
    let singly = (1..bytes.len()).find_map(|cut| fails(bytes, &[cut], &whole));
    let found = singly.or_else(|| fails(bytes, &material::every_byte(bytes.len()), &whole));
    if found.is_some() {
        return found;
    }
    // The number of cuttings is the square of the length. What is left out stays uncut, so that the
    // stream is the same.
    let len = bytes.len().min(longest);
    let mut pairs = (1..len).flat_map(|first| (first + 1..len).map(move |second| [first, second]));
    pairs.find_map(|cuts| fails(bytes, &cuts, &whole))
}

/// From a failing cutting of a stream to the smallest: first in messages, then in bytes.
fn found(
    cx: &mut CheckContext<'_>,
    reader: Role,
    sender: Role,
    messages: Vec<Vec<u8>>,
    (mut bytes, mut cuts): (Vec<u8>, Vec<usize>),
) -> Ended {
    let before = messages.len();
    let small = cx.shrink_messages(messages, &mut |cx, messages| {
        let Ok(recorded) = cx.record(sender, messages) else { return false };
        match failing_cuts(cx, reader, &recorded.bytes, 40) {
            Some(fewer) => {
                (bytes, cuts) = (recorded.bytes, fewer);
                true
            }
            None => false,
        }
    });
    let sizes: Vec<String> = small.iter().map(|message| message.len().to_string()).collect();
    let found_as = format!(
        "{before} messages; then as {} of {} B; then byte by byte",
        small.len(),
        sizes.join(", ")
    );
    match cx.shrink(reader, &bytes, &cuts) {
        Some(finding) => Ended::finding(Finding { found_as, ..finding }),
        None => Ended::Holds("a finding did not come again".into()),
    }
}
