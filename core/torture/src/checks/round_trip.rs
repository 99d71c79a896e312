//! `round-trip`: what is sent arrives, in both directions, and what is refused is refused rightly.

use super::super::check_context::{CheckContext, Ended, of_messages, size};
use super::super::outcome::Outcome;
use super::super::recording::Recorded;
use super::super::{Case, Finding, apart, material};
use wirebench_framings::{Alphabet, EncodeError, Role};

/// The largest message that is tried, in bytes.
const LARGEST: usize = 20 << 20;
const LARGEST_QUICK: usize = 64 << 10;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    let mut sets = sets(cx);
    let count = sets.len();
    for messages in sets.drain(..) {
        if fails(cx, &messages).is_some() {
            let before = messages.len();
            let small = cx.shrink_messages(messages, &mut |cx, messages| {
                !messages.is_empty() && fails(cx, messages).is_some()
            });
            let found_as = format!("a stream of {}", counted(before));
            if let Some(finding) = fails(cx, &small) {
                return Ended::finding(Finding { found_as, ..finding });
            }
        }
    }
    Ended::Holds(format!("{count} streams, read by either end"))
}

pub(super) fn judge(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Messages(messages) => fails(cx, messages),
        _ => super::stream(cx, case),
    }
}

/// Everything to be sent, each over a connection of its own.
fn sets(cx: &mut CheckContext<'_>) -> Vec<Vec<Vec<u8>>> {
    let mut dice = cx.dice(1);
    let limit = cx.size(LARGEST, LARGEST_QUICK);
    let max = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX);
    let mut sets = vec![material::short(), material::few()];
    sets.extend(material::short().into_iter().map(|message| vec![message]));
    for len in material::sizes(max.min(cx.size(64 << 10, 4 << 10))) {
        sets.push(vec![material::message(&cx.capabilities, len, &mut dice)]);
        sets.extend(material::blocks(len).map(|message| vec![message]));
    }
    if max <= limit {
        // The longest, two of it, and one that is longer.
        let longest = material::message(&cx.capabilities, max, &mut dice);
        let longer = material::message(&cx.capabilities, max + 1, &mut dice);
        sets.push(vec![longest.clone(), longest]);
        sets.push(vec![longer, b"x".to_vec()]);
    }
    for byte in 0..=u8::MAX {
        sets.push([1, 2, 3, 64].map(|len| vec![byte; len]).into());
    }
    // Frames as payloads, and frames of frames.
    let mut nested = material::few();
    for _ in 0..3 {
        if let Ok(recorded) = cx.record(Role::Client, &nested) {
            nested = vec![recorded.bytes, b"after".to_vec()];
            sets.push(nested.clone());
        }
    }
    for _ in 0..cx.size(400, 40) {
        let count = 1 + dice.below(40);
        let longest = max.min([4, 40, 400][dice.below(3) as usize]) as u64;
        let set = (0..count).map(|_| {
            let len = dice.below(longest + 1) as usize;
            material::message(&cx.capabilities, len, &mut dice)
        });
        sets.push(set.collect());
    }
    sets
}

/// What is wrong with sending these messages, in either direction.
pub(super) fn fails(cx: &mut CheckContext<'_>, messages: &[Vec<u8>]) -> Option<Finding> {
    [(Role::Client, Role::Server), (Role::Server, Role::Client)].into_iter().find_map(
        |(sender, reader)| {
            let recorded = match cx.record(sender, messages) {
                Ok(recorded) => recorded,
                Err(fault) => {
                    let got = vec![fault.clone()];
                    let expected = vec!["a frame, or a reason to refuse the message".into()];
                    let finding = of_messages(messages, None);
                    return Some(Finding { what: fault, expected, got, ..finding });
                }
            };
            if let Some(what) = wrongly_refused(cx, &recorded) {
                return Some(Finding { what, ..of_messages(messages, Some(recorded)) });
            }
            let outcome = cx.read_as(reader, &recorded.bytes, &cx.fair_cuts(&recorded));
            if recorded.carried.is_empty() {
                return None;
            }
            if outcome.messages == recorded.carried && outcome.clean() {
                return None;
            }
            let what = problem(&outcome, &recorded);
            let apart = apart::apart(&recorded.carried, &outcome.messages);
            let expected = apart::lines(&recorded.carried, &[], apart);
            let got = outcome.lines_from(apart);
            Some(Finding { what, expected, got, ..of_messages(messages, Some(recorded)) })
        },
    )
}

fn counted(messages: usize) -> String {
    if messages == 1 { "1 message".into() } else { format!("{messages} messages") }
}

fn problem(outcome: &Outcome, recorded: &Recorded) -> String {
    let (sent, got) = (&recorded.carried, &outcome.messages);
    match (&outcome.fault, apart::apart(sent, got)) {
        (Some(fault), _) => fault.clone(),
        (None, Some(at)) => {
            let counts = format!("{} sent, {} arrived", counted(sent.len()), counted(got.len()));
            format!("{counts}; {}", apart::clause(sent, got, at))
        }
        (None, None) => {
            "everything arrived, but the reader calls its own peer's stream wrong".into()
        }
    }
}

/// A refusal that contradicts what the framing says of itself.
fn wrongly_refused(cx: &CheckContext<'_>, recorded: &Recorded) -> Option<String> {
    let capabilities = &cx.capabilities;
    recorded.refused.iter().find_map(|(message, why)| {
        let len = message.len();
        let right = match why {
            EncodeError::Empty => len == 0 && !capabilities.empty,
            EncodeError::TooLong { .. } => len as u64 > capabilities.max,
            EncodeError::TooShort { min } => (len as u64) < *min,
            EncodeError::Forbidden { at, .. } | EncodeError::NotText { at } => {
                *at < len && capabilities.alphabet == Alphabet::Text
            }
            EncodeError::Failed { .. } => false,
        };
        let message = if len == 0 { "an empty message".into() } else { size(len) };
        (!right).then(|| format!("it refuses {message}, which it says it can carry: {why}"))
    })
}
