//! Random schedules: against what was done to each datagram, and against a slow judge.

use super::bench::{Bench, bytes};
use super::model::Model;
use wirebench::judge::Verdict::{self, *};
use wirebench::judge::{Horizon, Tally};
use wirebench::load::rng::SplitMix64;

#[derive(Clone, Copy, PartialEq)]
enum How {
    Whole,
    Cut,
    Changed,
}

/// What arrives: when (in records sent), which record, how, and the bytes.
type Arrivals = Vec<(u64, usize, How, Vec<u8>)>;

/// Sends each of `sent` through a bad network.
fn schedule(rng: &mut SplitMix64, sent: &[Vec<u8>]) -> Arrivals {
    let mut arrivals = Vec::new();
    for (record, payload) in sent.iter().enumerate() {
        let copies = [0, 1, 1, 1, 1, 1, 1, 1, 2, 3][rng.below(10) as usize];
        for copy in 0..copies {
            let how = match rng.below(8) {
                0 => How::Cut,
                1 if copy == 0 => How::Changed,
                _ => How::Whole,
            };
            let mut bytes = payload.clone();
            match how {
                How::Whole => {}
                How::Cut => bytes.truncate(8 + rng.below(payload.len() as u64 - 8) as usize),
                How::Changed => {
                    let places = 1 + rng.below(payload.len() as u64 / 2) as usize;
                    bytes[..places].iter_mut().for_each(|byte| *byte = !*byte);
                }
            }
            let delay = if rng.below(4) == 0 { rng.below(30) } else { 0 };
            arrivals.push((record as u64 + delay, record, how, bytes));
        }
    }
    arrivals.sort_by_key(|(when, ..)| *when);
    arrivals
}

/// What has to be said of them, and how many extra copies and made-up messages there are.
fn truth(count: usize, arrivals: &Arrivals) -> (Vec<Verdict>, u64, u64) {
    let mut verdicts = vec![Lost; count];
    let (mut copies, mut unexpected, mut newest) = (0, 0, 0);
    for (_, record, how, _) in arrivals {
        let verdict = &mut verdicts[*record];
        *verdict = match (*verdict, how) {
            (Lost, How::Cut) => Truncated,
            (Lost, How::Changed) => Corrupted,
            (Lost, How::Whole) if *record < newest => Reordered,
            (Lost, How::Whole) => Intact,
            (before, How::Changed) => {
                unexpected += 1;
                before
            }
            (before, _) => {
                copies += 1;
                if before == Intact { Duplicated } else { before }
            }
        };
        if *how != How::Changed || *verdict == Corrupted {
            newest = newest.max(*record);
        }
    }
    (verdicts, copies, unexpected)
}

#[test]
fn every_datagram_gets_the_verdict_of_what_was_done_to_it() {
    let mut total = Tally::default();
    for seed in 0..300 {
        let mut rng = SplitMix64::new(seed);
        let sent: Vec<_> = (0..rng.below(150))
            .map(|n| bytes(seed << 10 | n, 24 + rng.below(60) as usize))
            .collect();
        let arrivals = schedule(&mut rng, &sent);
        let (verdicts, copies, unexpected) = truth(sent.len(), &arrivals);
        let mut bench = Bench::new(Horizon::default());
        let mut left = sent.iter().enumerate().peekable();
        for (when, record, how, bytes) in &arrivals {
            while let Some((_, message)) = left.next_if(|(n, _)| *n as u64 <= *when) {
                bench.send(message);
            }
            // Whether the transport says so or not.
            let receipt = match *how == How::Cut && rng.below(2) == 0 {
                true => bench.receive_cut(bytes),
                false => bench.receive(bytes),
            };
            assert!(!receipt.ambiguous && (*how == How::Whole || !receipt.intact), "seed {seed}");
            let known = receipt.exchange == *record as u64 + 1;
            assert!(known || *how == How::Changed, "seed {seed}: {record} reported as {receipt:?}");
        }
        left.for_each(|(_, message)| bench.send(message));
        let outcome = bench.end();
        assert_eq!(outcome.verdicts, verdicts, "seed {seed}");
        let tally = &outcome.tally;
        assert_eq!((tally.copies, tally.late), (copies, 0), "seed {seed}");
        assert_eq!(tally.unexpected_messages, unexpected, "seed {seed}");
        total.merge(tally);
    }
    for verdict in [Intact, Lost, Truncated, Corrupted, Duplicated, Reordered] {
        assert!(total.get(verdict) > 500, "{verdict:?} is next to never tried");
    }
}

/// A short message over two letters, so that many are equal, and many begin alike.
fn poor(rng: &mut SplitMix64) -> Vec<u8> {
    let length = match rng.below(3) {
        0 => rng.below(4),
        _ => 7 + rng.below(6),
    };
    let rich = rng.below(3) == 0;
    (0..length).map(|at| b'a' + u8::from((rich || at + 2 >= length) && rng.below(2) == 0)).collect()
}

#[test]
fn equal_and_similar_datagrams_are_judged_as_a_slow_judge_would() {
    let mut total = Tally::default();
    let mut ambiguous = 0;
    for seed in 0..3_000 {
        let mut rng = SplitMix64::new(seed);
        let horizon = Horizon { records: 1 + rng.below(12) as usize, ns: 1 + rng.below(40) };
        let (mut bench, mut model) = (Bench::new(horizon), Model::new(horizon));
        let mut sent: Vec<Vec<u8>> = Vec::new();
        for step in 0..120 {
            bench.now += rng.below(4);
            let any = |rng: &mut SplitMix64| sent[rng.below(sent.len() as u64) as usize].clone();
            let message = match rng.below(10) {
                0..4 if sent.len() < 60 => {
                    let message = poor(&mut rng);
                    bench.send(&message);
                    model.send(&message, bench.now);
                    sent.push(message);
                    continue;
                }
                4 => {
                    bench.expire();
                    model.expire(bench.now);
                    continue;
                }
                5 => poor(&mut rng),
                6 if !sent.is_empty() => [any(&mut rng), any(&mut rng)].concat(),
                _ if !sent.is_empty() => any(&mut rng),
                _ => continue,
            };
            let cut = rng.below(6) == 0;
            let bytes = &message[..message.len() - if cut { message.len().min(2) } else { 0 }];
            let receipt = if cut { bench.receive_cut(bytes) } else { bench.receive(bytes) };
            let expected = model.receive(bytes, cut, bench.now);
            let receipt = (receipt.intact, receipt.ambiguous, receipt.exchange);
            assert_eq!(receipt, expected, "seed {seed}, step {step}: {bytes:?} cut {cut}");
            assert_eq!(bench.findings.tally, model.tally, "seed {seed}, step {step}");
            ambiguous += u64::from(receipt.1);
        }
        let outcome = bench.end();
        let (verdicts, tally) = model.end();
        assert_eq!(outcome.verdicts, verdicts, "seed {seed}");
        assert_eq!(outcome.tally, tally, "seed {seed}");
        total.merge(&tally);
    }
    for verdict in [Intact, Lost, Truncated, Corrupted, Merged, Duplicated, Reordered] {
        assert!(total.get(verdict) > 100, "{verdict:?} is next to never tried");
    }
    assert!(total.copies.min(total.late).min(total.unexpected_messages).min(ambiguous) > 100);
}
