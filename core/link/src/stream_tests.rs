//! What a stream's link does, without a socket.

use super::*;
use crate::{Pieces, Point};
use wirebench_load::Sizes;

const FLOW: FlowKey = FlowKey { seed: 9, session: 1, reply: false };

fn frame(start: u64, end: u64) -> FrameSpan {
    FrameSpan { start, payload: start + 4, payload_end: end, end }
}

/// Writes `frames` frames of `size` bytes through a link, all at once, with a reader that consumes
/// everything; returns the sizes of the writes, what arrives, and the faults.
fn drive(way: DirectionProfile, frames: u64, size: u64) -> (Vec<usize>, Vec<u8>, Vec<Fault>) {
    let mut link = StreamLink::new(&way, FLOW);
    let (mut faults, mut writes, mut arrived) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes: Vec<u8> = (0..frames * size).map(|byte| byte as u8).collect();
    for number in 0..frames {
        link.framed(frame(number * size, (number + 1) * size));
        link.handed((number + 1) * size, 0, &mut faults);
    }
    let (mut now, mut written) = (0, 0_u64);
    loop {
        match link.step(now, written, written, &mut faults) {
            Step::Write(len) => {
                let piece = &mut bytes[written as usize..written as usize + len];
                link.flip(written, piece, &mut faults);
                arrived.extend_from_slice(piece);
                link.wrote(written, len, now);
                writes.push(len);
                written += len as u64;
            }
            Step::Refuse(_) => {}
            Step::Wait(until) => {
                assert!(until > now || writes.len() < 10_000, "it must go on");
                now = now.max(until);
            }
            Step::Await(_) => panic!("the reader has consumed everything"),
            Step::Idle | Step::End(_) => return (writes, arrived, faults),
        }
    }
}

fn kinds(faults: &[Fault], kind: FaultKind) -> Vec<u64> {
    faults.iter().filter(|fault| fault.kind == kind).map(|fault| fault.at).collect()
}

#[test]
fn a_clean_link_writes_what_it_is_given() {
    let (writes, arrived, faults) = drive(DirectionProfile::default(), 3, 10);
    assert_eq!(writes, [10, 10, 10]);
    assert_eq!(arrived.len(), 30);
    assert_eq!(faults, []);
}

#[test]
fn pieces_are_cut_where_asked_and_every_write_ends_one() {
    let pieces = Some(Pieces::Sizes(Sizes::Constant(4)));
    let (writes, arrived, faults) =
        drive(DirectionProfile { pieces, ..DirectionProfile::default() }, 2, 10);
    assert_eq!(writes, [4, 4, 2, 2, 4, 4]);
    assert_eq!(arrived, (0..20).collect::<Vec<u8>>());
    assert_eq!(kinds(&faults, FaultKind::Cut), [4, 8, 12, 16]);
    assert_eq!(faults[0].hit, FrameRegion::Header);
    assert_eq!(faults[1].hit, FrameRegion::Payload);
}

#[test]
fn the_next_piece_waits_until_the_last_one_is_consumed_or_time_is_up() {
    let pieces = Some(Pieces::Sizes(Sizes::Constant(1)));
    let way = DirectionProfile {
        pieces,
        lock_step: true,
        lock_step_wait_ns: 100,
        ..DirectionProfile::default()
    };
    let mut link = StreamLink::new(&way, FLOW);
    let mut faults = Vec::new();
    link.framed(frame(0, 3));
    link.handed(3, 0, &mut faults);
    assert_eq!(link.step(0, 0, 0, &mut faults), Step::Write(1));
    link.wrote(0, 1, 10);
    assert_eq!(link.step(20, 1, 0, &mut faults), Step::Await(110));
    assert_eq!(link.step(30, 1, 1, &mut faults), Step::Write(1));
    link.wrote(1, 1, 40);
    assert_eq!(link.step(50, 2, 1, &mut faults), Step::Await(140));
    assert_eq!(link.step(140, 2, 1, &mut faults), Step::Write(1));
    assert_eq!(link.unconfirmed(), 1);
}

#[test]
fn writes_become_one_and_the_last_ones_do_not_wait_for_ever() {
    let way = DirectionProfile { coalesce: 3, coalesce_wait_ns: 50, ..DirectionProfile::default() };
    let (writes, _, faults) = drive(way, 5, 10);
    assert_eq!(writes, [30, 20]);
    assert_eq!(kinds(&faults, FaultKind::Coalesce), [0, 30]);
}

#[test]
fn short_writes_and_interrupted_ones_lose_nothing() {
    let way = DirectionProfile {
        short_writes: 1.0,
        interrupts: 1.0,
        would_block: 1.0,
        ..DirectionProfile::default()
    };
    let (writes, arrived, faults) = drive(way, 4, 50);
    assert_eq!(arrived, (0..200).collect::<Vec<u8>>());
    assert!(writes.len() > 8, "seed 9: {writes:?}");
    for kind in [FaultKind::ShortWrite, FaultKind::Interrupt, FaultKind::WouldBlock] {
        assert!(!kinds(&faults, kind).is_empty(), "{kind:?}");
    }
}

#[test]
fn flips_change_exactly_the_bytes_they_name_however_these_are_written() {
    let clean: Vec<u8> = (0..1_000_u64).map(|byte| byte as u8).collect();
    let whole = drive(DirectionProfile { flip: 0.05, ..DirectionProfile::default() }, 100, 10);
    let pieces = Some(Pieces::Sizes(Sizes::Constant(3)));
    let cut =
        drive(DirectionProfile { flip: 0.05, pieces, ..DirectionProfile::default() }, 100, 10);
    assert_eq!(whole.1, cut.1, "the same bytes arrive, seed 9");
    let at = kinds(&whole.2, FaultKind::Flip);
    assert_eq!(at, kinds(&cut.2, FaultKind::Flip), "seed 9");
    assert!((20..90).contains(&at.len()), "seed 9: {}", at.len());
    for (offset, (sent, arrived)) in clean.iter().zip(&whole.1).enumerate() {
        let bits = u32::from(at.contains(&(offset as u64)));
        assert_eq!((sent ^ arrived).count_ones(), bits, "offset {offset}");
    }
}

#[test]
fn bytes_that_are_offered_again_are_not_flipped_back() {
    let mut link =
        StreamLink::new(&DirectionProfile { flip: 1.0, ..DirectionProfile::default() }, FLOW);
    let (mut faults, mut bytes) = (Vec::new(), *b"abcd");
    link.flip(0, &mut bytes, &mut faults);
    let flipped = bytes;
    link.wrote(0, 2, 0);
    link.flip(2, &mut bytes[2..], &mut faults);
    assert_eq!(bytes, flipped);
    assert_eq!(faults.len(), 4);
}

#[test]
fn a_connection_ends_behind_the_byte_that_was_asked_for() {
    let way = DirectionProfile { fin_after: Some(Point::Bytes(25)), ..DirectionProfile::default() };
    let (writes, arrived, faults) = drive(way, 5, 10);
    assert_eq!(writes, [10, 10, 5]);
    assert_eq!(arrived.len(), 25);
    let last = faults.last().unwrap();
    assert_eq!((last.kind, last.at, last.end()), (FaultKind::Fin, 25, u64::MAX));
}

#[test]
fn a_delayed_write_is_let_go_when_it_is_due() {
    let way = DirectionProfile { delay_ns: 100, ..DirectionProfile::default() };
    let mut link = StreamLink::new(&way, FLOW);
    let mut faults = Vec::new();
    link.framed(frame(0, 10));
    link.handed(10, 7, &mut faults);
    assert_eq!(link.step(7, 0, 0, &mut faults), Step::Wait(107));
    assert_eq!(link.step(107, 0, 0, &mut faults), Step::Write(10));
    assert_eq!(kinds(&faults, FaultKind::Delay), [0]);
}

#[test]
fn the_same_seed_makes_the_same_faults_and_another_one_others() {
    let way = || DirectionProfile {
        flip: 0.02,
        short_writes: 0.3,
        flap: 20,
        ..DirectionProfile::default()
    };
    let (first, again) = (drive(way(), 100, 20), drive(way(), 100, 20));
    assert_eq!(first, again);
    let other = StreamLink::new(&way(), FlowKey { seed: 10, ..FLOW });
    let bits = |link: &StreamLink| (0..64).map(|at| link.flips.bits(at)).collect::<Vec<_>>();
    assert_ne!(bits(&other), bits(&StreamLink::new(&way(), FLOW)));
}

#[test]
fn what_is_asked_again_is_answered_the_same_and_done_only_once() {
    let pieces = Some(Pieces::Sizes(Sizes::Constant(6)));
    let way = DirectionProfile { pieces, short_writes: 1.0, ..DirectionProfile::default() };
    let mut link = StreamLink::new(&way, FLOW);
    let mut faults = Vec::new();
    link.framed(frame(0, 20));
    link.handed(20, 0, &mut faults);
    let first = link.step(0, 0, 0, &mut faults);
    let done = faults.clone();
    assert_eq!(link.step(1, 0, 0, &mut faults), first, "the socket was full");
    assert_eq!(faults, done);
}

/// Some impairments, chosen by a seed; each is there about half of the time.
fn any_way(rng: &mut wirebench_load::rng::SplitMix64) -> DirectionProfile {
    let mut coin = || rng.below(2) == 0;
    let (cut, one, flips, shorts, refuses, holds) =
        (coin(), coin(), coin(), coin(), coin(), coin());
    let (groups, ends) = (coin(), coin());
    let sizes = if one { Sizes::Constant(1 + rng.below(9)) } else { Sizes::Uniform(1, 20) };
    DirectionProfile {
        pieces: cut.then_some(Pieces::Sizes(sizes)),
        flip: if flips { 0.1 } else { 0.0 },
        short_writes: if shorts { 0.5 } else { 0.0 },
        interrupts: if refuses { 0.5 } else { 0.0 },
        would_block: if refuses { 0.5 } else { 0.0 },
        delay_ns: if holds { 70 } else { 0 },
        jitter_ns: if holds { 90 } else { 0 },
        bandwidth: if holds { 1_000_000 } else { 0 },
        coalesce: if groups { 3 } else { 0 },
        coalesce_wait_ns: 40,
        fin_after: ends.then(|| Point::Bytes(rng.below(400))),
        ..DirectionProfile::default()
    }
}

#[test]
fn whatever_is_asked_bytes_arrive_in_order_and_every_change_is_told() {
    for seed in 0..300 {
        let mut rng = wirebench_load::rng::SplitMix64::new(seed);
        let way = any_way(&mut rng);
        let (writes, arrived, faults) = drive(way.clone(), 20, 17);
        assert!(writes.iter().all(|len| *len > 0), "seed {seed}");
        let ends = faults.iter().find(|fault| fault.kind.ends()).map(|fault| fault.at);
        assert_eq!(arrived.len() as u64, ends.unwrap_or(340).min(340), "seed {seed}: {way:?}");
        let flips = kinds(&faults, FaultKind::Flip);
        for (offset, byte) in arrived.iter().enumerate() {
            let changed = *byte != offset as u8;
            assert_eq!(changed, flips.contains(&(offset as u64)), "seed {seed}: {offset}");
        }
        let mut sorted = faults.clone();
        sorted.dedup();
        assert_eq!(sorted.len(), faults.len(), "seed {seed}: nothing is done twice");
    }
}
