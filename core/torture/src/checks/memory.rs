//! `memory`: a peer's word reserves nothing. The beginnings of frames that claim to be long are
//! fed, and the heap is watched meanwhile.

use super::super::check_context::{CheckContext, Ended, of_stream, size};
use super::super::stream_driver::StreamDriver;
use super::super::{Case, Finding};
use super::headers;
use wirebench_framings::Role;

/// What a decoder may take, whatever it is fed, and per byte that it received. A message of no
/// bytes takes 32 bytes in the list of what was found, which grows by doubling.
const ANYWAY: u64 = 16 << 10;
const PER_BYTE: u64 = 128;

/// The longest message that is encoded to see what its first bytes claim.
const LONGEST: usize = 64 << 20;
const LONGEST_QUICK: usize = 1 << 20;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    if !cx.rig.watch_heap() {
        return Ended::NotApplicable("the heap cannot be watched here".into());
    }
    // That was only a question.
    cx.rig.heap_peak();
    let mut claims = claims(cx);
    claims.extend(headers::turned(cx).unwrap_or_default());
    let mut most = 0;
    let count = claims.len();
    for bytes in claims {
        let (peak, received) = (peak(cx, &bytes), bytes.len());
        most = most.max(peak);
        if peak > allowed(received) {
            // What is behind the claim matters least: the shortest beginning that shows it.
            let enough = (1..received).find(|len| wrong(cx, &bytes[..*len]).is_some());
            let shown = &bytes[..enough.unwrap_or(received)];
            if let Some(finding) = wrong(cx, shown) {
                return Ended::finding(Finding { found_as: size(received), ..finding });
            }
        }
    }
    cx.figure("peak_heap_bytes", most as f64);
    Ended::Holds(format!("{count} claims; at most {} taken", size(most as usize)))
}

pub(super) fn judge(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Stream { bytes, .. } if cx.rig.watch_heap() => wrong(cx, bytes),
        _ => super::stream(cx, case),
    }
}

/// The beginnings of long frames.
fn claims(cx: &mut CheckContext<'_>) -> Vec<Vec<u8>> {
    let longest = if cx.capabilities.duplex { LONGEST_QUICK } else { LONGEST };
    let longest = cx.size(longest, LONGEST_QUICK);
    let max = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX).min(longest);
    let mut claims = Vec::new();
    // The smaller first: a large one may end the process, which says less.
    for len in [max / 16, max / 2, max] {
        let Ok(recorded) = cx.record(Role::Client, &[vec![b'x'; len]]) else { continue };
        for more in [0, 1, 40] {
            let end = (recorded.header_len + more).min(recorded.bytes.len());
            claims.push(recorded.bytes[..end].to_vec());
        }
    }
    claims
}

/// The most bytes taken while these are fed, in one read.
fn peak(cx: &mut CheckContext<'_>, bytes: &[u8]) -> u64 {
    cx.tried += 1;
    cx.rig.trying(&mut || Case::stream(bytes, &[]));
    let Ok(framing) = cx.framing(Role::Server) else { return 0 };
    let mut driver = StreamDriver::new(framing);
    cx.rig.watch_heap();
    // What it says of the bytes is judged elsewhere.
    let _ = driver.feed(0, bytes, None);
    cx.rig.heap_peak()
}

fn allowed(received: usize) -> u64 {
    ANYWAY + PER_BYTE * received as u64
}

fn wrong(cx: &mut CheckContext<'_>, bytes: &[u8]) -> Option<Finding> {
    let peak = peak(cx, bytes);
    let allowed = allowed(bytes.len());
    (peak > allowed).then(|| Finding {
        what: format!("{} received make it take far more memory than they are", size(bytes.len())),
        expected: vec![format!("at most {} taken", size(allowed as usize))],
        // To the power of two: what the heap adds of its own differs from run to run.
        got: vec![format!("over {} taken", size(1 << peak.ilog2()))],
        ..of_stream(Role::Server, bytes, &[])
    })
}
