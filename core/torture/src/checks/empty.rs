//! `empty`: messages of no bytes. Who says that they can be carried has to deliver each, wherever it
//! stands; who says that they cannot has to refuse them, and nothing that a peer writes may make it
//! deliver one.

use super::super::check_context::{CheckContext, Ended, of_messages};
use super::super::{Case, Finding, material};
use super::{headers, round_trip};
use wirebench_framings::Role;

/// How often a byte is repeated: boundaries without anything between them.
const REPEATED: [usize; 4] = [1, 2, 3, 8];

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    let places = places();
    let count = places.len();
    for messages in places {
        if let Some(finding) = carried_wrongly(cx, &messages) {
            return Ended::finding(finding);
        }
    }
    if cx.capabilities.empty {
        return Ended::Holds(format!("{count} streams that hold some"));
    }
    let streams = streams(cx);
    for bytes in &streams {
        if let Some(finding) = delivers(cx, bytes) {
            let small = cx.shrink(Role::Server, bytes, &[]);
            return Ended::finding(small.unwrap_or(finding));
        }
    }
    Ended::Holds(format!("refused; {} streams, and none is delivered", streams.len()))
}

pub(super) fn judge(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Messages(messages) => carried_wrongly(cx, messages),
        Case::Stream { bytes, .. } if !cx.capabilities.empty => delivers(cx, bytes),
        _ => super::stream(cx, case),
    }
}

/// Empty messages alone, in rows, and at each place among others.
fn places() -> Vec<Vec<Vec<u8>>> {
    let texts: [&[&str]; 7] =
        [&[""], &["", ""], &["", "a"], &["a", ""], &["a", "", "b"], &["", "a", ""], &[""; 100]];
    let owned = |texts: &&[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    texts.iter().map(owned).collect()
}

fn carried_wrongly(cx: &mut CheckContext<'_>, messages: &[Vec<u8>]) -> Option<Finding> {
    if !cx.capabilities.empty {
        for sender in [Role::Client, Role::Server] {
            let Ok(recorded) = cx.record(sender, messages) else { break };
            if recorded.carried.iter().any(Vec::is_empty) {
                let what = "it sends an empty message, though it says that it carries none";
                let expected = vec!["refused".into()];
                let got = vec!["a frame".into()];
                let finding = of_messages(messages, Some(recorded));
                return Some(Finding { what: what.into(), expected, got, ..finding });
            }
        }
    }
    round_trip::fails(cx, messages)
}

/// Streams in which a careless decoder finds a message of no bytes.
fn streams(cx: &mut CheckContext<'_>) -> Vec<Vec<u8>> {
    let repeated = |byte: u8| REPEATED.map(|count| vec![byte; count]);
    let mut streams: Vec<Vec<u8>> = (0..=u8::MAX).flat_map(repeated).collect();
    // Its own, whole and with each byte turned or twice.
    streams.extend(headers::turned(cx).unwrap_or_default());
    let own = cx.record(Role::Client, &material::few()).map(|recorded| recorded.bytes);
    let own = own.unwrap_or_default();
    for at in 0..own.len() {
        let mut twice = own.clone();
        twice.insert(at, own[at]);
        streams.push(twice);
    }
    streams.push(own);
    let mut dice = cx.dice(9);
    for _ in 0..cx.size(2_000, 100) {
        let len = dice.below(200) as usize;
        streams.push(material::bytes(len, &mut dice));
    }
    streams
}

fn delivers(cx: &mut CheckContext<'_>, bytes: &[u8]) -> Option<Finding> {
    cx.forbid_empty();
    cx.judge_stream(Role::Server, bytes, &[])
}
