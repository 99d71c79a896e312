//! `truncation`: a stream that ends anywhere. Only whole messages are delivered, and an end inside
//! a frame is told.

use super::super::check_context::{CheckContext, Ended, of_stream};
use super::super::outcome::Outcome;
use super::super::{Case, Finding, material};
use wirebench_framings::Role;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    if !cx.capabilities.invariant {
        let why = "read-bound: a read is a message, so a truncated one is a shorter one";
        return Ended::NotApplicable(why.into());
    }
    let mut places = 0;
    for messages in [material::few(), material::short()] {
        let recorded = match cx.record(Role::Client, &messages) {
            Ok(recorded) if recorded.closes => {
                let why = "the end of the stream is the message's end: a truncated one looks whole";
                return Ended::NotApplicable(why.into());
            }
            Ok(recorded) => recorded,
            Err(fault) => {
                let finding = super::super::check_context::of_messages(&messages, None);
                return Ended::finding(Finding { what: fault, ..finding });
            }
        };
        let whole = cx.read(&recorded.bytes, &[]);
        places += recorded.bytes.len();
        for len in 1..recorded.bytes.len() {
            if wrong(cx, &recorded.bytes, len, &whole).is_some() {
                return found(cx, messages, &recorded.bytes, len);
            }
        }
    }
    Ended::Holds(format!("ended at {places} places"))
}

pub(super) fn judge(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Stream { bytes, cuts, role: Role::Server } if cuts.len() == 1 => {
            let whole = cx.read(bytes, &[]);
            wrong(cx, bytes, cuts[0], &whole)
        }
        _ => super::stream(cx, case),
    }
}

/// What is wrong with a stream of which only the first `len` bytes come.
fn wrong(cx: &mut CheckContext<'_>, bytes: &[u8], len: usize, whole: &Outcome) -> Option<Finding> {
    if !whole.clean() {
        return None;
    }
    let cut_off = cx.read(&bytes[..len], &[]);
    let complete = whole.spans.iter().filter(|span| span.1 as usize <= len).count();
    let what = if let Some(fault) = &cut_off.fault {
        fault.clone()
    } else if cut_off.messages != whole.messages[..complete] {
        format!(
            "a stream that ends after {len} B does not deliver its whole messages and no others"
        )
    } else if let Some((at, _)) = cut_off.error {
        format!("the first {len} B of a right stream are called wrong at {at}")
    } else if !cut_off.noticed() && !at_a_boundary(bytes, len, whole) {
        format!("a stream that ends after {len} B, inside a frame, is taken for whole")
    } else {
        return None;
    };
    let mut expected = Outcome::default();
    expected.messages.extend_from_slice(&whole.messages[..complete]);
    expected.spans.extend_from_slice(&whole.spans[..complete]);
    let (mut expected, got) = expected.lines_beside(&cut_off);
    if !at_a_boundary(bytes, len, whole) {
        expected.push("at the end, an error".into());
    }
    Some(Finding { what, expected, got, ..of_stream(Role::Server, bytes, &[len]) })
}

/// True where no message has begun: behind what opens the connection, behind a frame, or in
/// repetitions of its last byte, with which some framings fill the time.
fn at_a_boundary(bytes: &[u8], len: usize, whole: &Outcome) -> bool {
    if whole.spans.first().is_some_and(|first| first.0 == len as i64) {
        return true;
    }
    let ends = whole.spans.iter().map(|span| span.1 as usize).filter(|end| *end <= len);
    let last = ends.max().unwrap_or(0);
    match bytes[..last].last().or(bytes.last()) {
        Some(idle) => bytes[last..len].iter().all(|byte| byte == idle),
        None => true,
    }
}

fn found(cx: &mut CheckContext<'_>, messages: Vec<Vec<u8>>, bytes: &[u8], len: usize) -> Ended {
    let mut small = (bytes.to_vec(), len);
    let found_as = format!("{} messages in {} B", messages.len(), bytes.len());
    cx.shrink_messages(messages, &mut |cx, messages| {
        let Ok(recorded) = cx.record(Role::Client, messages) else { return false };
        let whole = cx.read(&recorded.bytes, &[]);
        let place = (1..recorded.bytes.len())
            .find(|len| wrong(cx, &recorded.bytes, *len, &whole).is_some());
        place.map(|len| small = (recorded.bytes, len)).is_some()
    });
    let case = Case::stream(&small.0, &[small.1]);
    match judge(cx, &case) {
        Some(finding) => Ended::finding(Finding { found_as, ..finding }),
        None => Ended::Holds("a finding did not come again".into()),
    }
}
