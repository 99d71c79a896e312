//! Two ends wired together in memory, with a clock that only moves when nothing else does.

use super::outcome::Outcome;
use super::stream_driver::{Driven, StreamDriver};
use std::collections::VecDeque;
use wirebench_framings::driver::HeldBack;
use wirebench_framings::{Framing, Nanos};
use wirebench_load::rng::SplitMix64;

/// How reads follow writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// One read takes one write, and it is taken before anything else is written.
    InStep,
    /// One read takes one or more whole writes.
    Merged,
    /// One read takes any number of bytes.
    Anyhow,
}

/// What two ends came to.
#[derive(Debug, Default)]
pub(super) struct Talked {
    /// What each end received: the client, then the server.
    pub(super) received: [Vec<Vec<u8>>; 2],
    /// Everything that each end wrote.
    pub(super) written: [Vec<u8>; 2],
    /// Where each write of each end ended.
    pub(super) writes: [Vec<usize>; 2],
    /// What went wrong, as a sentence.
    pub(super) wrong: Option<String>,
}

struct End {
    driver: StreamDriver,
    to_send: HeldBack<()>,
    /// Writes on their way to this end.
    incoming: VecDeque<Vec<u8>>,
}

const NAMES: [&str; 2] = ["the client", "the server"];

/// A talk takes no more moves, and its clock no more steps: a framing that repeats itself for ever
/// has to be stopped.
const MAX_MOVES: usize = 100_000;
const MAX_TICKS: usize = 10_000;

/// Lets both ends send all they have; `framings` and `to_send` are the client's, then the server's.
pub(super) fn talk(
    framings: [Box<dyn Framing>; 2],
    to_send: [&[Vec<u8>]; 2],
    reads: Reads,
    dice: &mut SplitMix64,
) -> Talked {
    let mut index = 0;
    let mut ends = framings.map(|framing| {
        let mut end = End {
            driver: StreamDriver::new(framing),
            to_send: HeldBack::default(),
            incoming: VecDeque::new(),
        };
        to_send[index].iter().for_each(|message| end.to_send.push(message, ()));
        index += 1;
        end
    });
    let mut talked = Talked::default();
    let mut now: Nanos = 0;
    let mut ticks = 0;
    for _ in 0..MAX_MOVES {
        let moves = possible(&ends, reads, now);
        let moved = match moves.len() {
            0 => match tick(&mut ends, &mut now, &mut talked) {
                Some(moved) if ticks < MAX_TICKS => {
                    ticks += 1;
                    moved
                }
                _ => break,
            },
            count => {
                let (end, sends) = moves[dice.below(count as u64) as usize];
                let moved = if sends {
                    send(&mut ends[end], now)
                } else {
                    let piece = piece(&mut ends[end].incoming, reads, dice);
                    let mut outcome = Outcome::default();
                    let fed = ends[end].driver.feed(now, &piece, Some(&mut outcome));
                    take(outcome, fed, &mut talked.received[end])
                };
                (end, moved)
            }
        };
        let (end, moved) = moved;
        match moved {
            Err(wrong) => {
                talked.wrong = Some(format!("{}: {wrong}", NAMES[end]));
                return talked;
            }
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => {
                talked.written[end].extend_from_slice(&bytes);
                let at = talked.written[end].len();
                talked.writes[end].push(at);
                ends[1 - end].incoming.push_back(bytes);
            }
        }
    }
    let stuck = (0..2).find(|end| !ends[*end].to_send.is_empty());
    talked.wrong = stuck.map(|end| {
        let left = ends[end].to_send.len();
        format!("the talk stands still: {} may not send {left} more messages", NAMES[end])
    });
    talked
}

/// Who can move: the end, and whether it sends.
fn possible(ends: &[End; 2], reads: Reads, now: Nanos) -> Vec<(usize, bool)> {
    let reading: Vec<(usize, bool)> =
        (0..2).filter(|end| !ends[*end].incoming.is_empty()).map(|end| (end, false)).collect();
    if reads == Reads::InStep && !reading.is_empty() {
        return reading;
    }
    let may_send = |end: &usize| {
        let End { to_send, driver, .. } = &ends[*end];
        to_send.due(&*driver.framing, now).is_some()
    };
    reading.into_iter().chain((0..2).filter(may_send).map(|end| (end, true))).collect()
}

fn send(end: &mut End, now: Nanos) -> Result<Vec<u8>, String> {
    let message = end.to_send.pop().map(|held| held.message).unwrap_or_default();
    let mut bytes = Vec::new();
    match end.driver.encode(now, &message, &mut bytes)? {
        Ok(_) => Ok(bytes),
        // What it cannot carry it refuses; that is judged elsewhere.
        Err(_) => Ok(Vec::new()),
    }
}

fn piece(incoming: &mut VecDeque<Vec<u8>>, reads: Reads, dice: &mut SplitMix64) -> Vec<u8> {
    let mut piece = incoming.pop_front().unwrap_or_default();
    match reads {
        Reads::InStep => {}
        Reads::Merged => {
            while dice.below(2) == 0 {
                match incoming.pop_front() {
                    Some(more) => piece.extend(more),
                    None => break,
                }
            }
        }
        Reads::Anyhow => {
            piece.extend(incoming.drain(..).flatten());
            let rest = piece.split_off(1 + dice.below(piece.len() as u64) as usize);
            if !rest.is_empty() {
                incoming.push_front(rest);
            }
        }
    }
    piece
}

/// Takes over what came of an event; the answer is to be written.
fn take(outcome: Outcome, fed: Driven, received: &mut Vec<Vec<u8>>) -> Result<Vec<u8>, String> {
    received.extend(outcome.messages);
    match fed {
        Driven::Fine => Ok(outcome.control),
        Driven::Wrong(at, text) => Err(format!("error at {at}: {text}")),
        Driven::Fault(fault) => Err(fault),
    }
}

/// Moves the clock to the next thing that waits for it; `None`: nothing does.
fn tick(
    ends: &mut [End; 2],
    now: &mut Nanos,
    talked: &mut Talked,
) -> Option<(usize, Result<Vec<u8>, String>)> {
    let waits = |end: &End| {
        let framing = &*end.driver.framing;
        [end.to_send.opens_at(framing, *now), framing.deadline()].into_iter().flatten().min()
    };
    let next = [waits(&ends[0]), waits(&ends[1])];
    let first = usize::from(next[1].unwrap_or(u64::MAX) < next[0].unwrap_or(u64::MAX));
    *now = next[first]?.max(now.saturating_add(1));
    let end = &mut ends[first];
    if end.driver.framing.deadline().is_none_or(|deadline| deadline > *now) {
        return Some((first, Ok(Vec::new())));
    }
    let mut outcome = Outcome::default();
    let fed = end.driver.timeout(*now, &mut outcome);
    Some((first, take(outcome, fed, &mut talked.received[first])))
}
