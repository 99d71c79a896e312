//! When bytes arrive unchanged and only the boundaries moved, the verdicts are those that the
//! boundaries alone give.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use wirebench::judge::{Findings, Receipt, StreamJudge, VecLedger, Verdict};

/// The slow, obviously right judge: for each record, the received messages that overlap it.
fn verdicts_by_boundaries(records: &[Vec<u8>], lengths: &[usize]) -> Vec<Verdict> {
    let mut messages = Vec::new();
    let mut at = 0;
    for length in lengths {
        messages.push(at..at + length);
        at += length;
    }
    let mut start = 0;
    let mut verdicts = Vec::new();
    for record in records {
        let record = start..start + record.len();
        start = record.end;
        let holders: Vec<_> = messages
            .iter()
            .filter(|message| message.start < record.end && record.start < message.end)
            .collect();
        let with_others =
            |m: &&std::ops::Range<usize>| m.start < record.start || m.end > record.end;
        verdicts.push(match (holders.len(), holders.iter().any(with_others)) {
            (1, false) => Verdict::Intact,
            (1, true) => Verdict::Merged,
            (_, false) => Verdict::Split,
            (_, true) => Verdict::Straddled,
        });
    }
    verdicts
}

struct Outcome {
    verdicts: Vec<Verdict>,
    findings: Findings,
    receipts: Vec<Receipt>,
}

/// Sends `records` and lets their bytes arrive in messages of these lengths.
fn judge(records: &[Vec<u8>], lengths: &[usize]) -> Outcome {
    let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
    let mut findings = Findings::new(3);
    for record in records {
        ledger.hand_over(record);
    }
    let bytes = records.concat();
    let (mut at, mut receipts) = (0, Vec::new());
    for length in lengths {
        receipts.push(judge.receive(&mut ledger, &bytes[at..at + length], 1, &mut findings));
        at += length;
    }
    judge.end(&mut ledger, &mut findings);
    let mut verdicts = vec![Verdict::Intact; records.len()];
    for judged in &findings.judged {
        verdicts[judged.head.seq as usize] = judged.verdict;
    }
    Outcome { verdicts, findings, receipts }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 + length) as u8).collect()
}

#[test]
fn messages_in_their_own_boundaries_are_intact() {
    let outcome = judge(&[bytes(64), bytes(1), bytes(5000)], &[64, 1, 5000]);
    assert_eq!(outcome.verdicts, [Verdict::Intact; 3]);
    assert!(outcome.receipts.iter().all(|receipt| receipt.intact));
}

#[test]
fn a_message_received_with_its_neighbour_is_merged() {
    let outcome = judge(&[bytes(10), bytes(20), bytes(30)], &[30, 30]);
    assert_eq!(outcome.verdicts, [Verdict::Merged, Verdict::Merged, Verdict::Intact]);
    assert_eq!((outcome.receipts[0].exchange, outcome.receipts[0].exchanges), (1, 2));
}

#[test]
fn a_message_in_pieces_of_its_own_is_split() {
    let outcome = judge(&[bytes(10), bytes(20)], &[3, 3, 4, 20]);
    assert_eq!(outcome.verdicts, [Verdict::Split, Verdict::Intact]);
    assert!(outcome.receipts[..3].iter().all(|receipt| !receipt.intact && receipt.exchange == 1));
}

#[test]
fn a_message_in_pieces_beside_those_of_others_is_straddled() {
    let outcome = judge(&[bytes(10), bytes(20), bytes(30)], &[15, 20, 25]);
    assert_eq!(outcome.verdicts, [Verdict::Merged, Verdict::Straddled, Verdict::Straddled]);
    assert_eq!((outcome.receipts[1].exchange, outcome.receipts[1].exchanges), (2, 2));
}

#[test]
fn a_split_shows_where_it_was_cut() {
    let outcome = judge(&[bytes(200)], &[100, 100]);
    let example = &outcome.findings.anomalies[0];
    assert_eq!((example.verdict, example.offset, example.received_len), (Verdict::Split, 100, 100));
    assert_eq!(example.expected, bytes(200)[84..148]);
    assert_eq!(example.received, bytes(200)[84..100]);
}

#[test]
fn only_the_first_examples_of_a_verdict_are_kept() {
    let records: Vec<Vec<u8>> = (1..20).map(bytes).collect();
    let total = records.concat().len();
    let outcome = judge(&records, &[total]);
    assert_eq!(outcome.findings.tally.get(Verdict::Merged), 19);
    assert_eq!(outcome.findings.anomalies.len(), 3);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_240_607),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_cutting_gives_the_verdicts_of_its_boundaries(
        // Few different bytes, so that records repeat and begin alike.
        records in prop::collection::vec(prop::collection::vec(0u8..3, 1..40), 0..30),
        cuts in prop::collection::vec((0usize..60, any::<bool>()), 0..60),
    ) {
        // Walk the bytes: each cut is either some bytes on, or at the next record's end.
        let ends: Vec<usize> = records.iter().scan(0, |at, r| { *at += r.len(); Some(*at) }).collect();
        let total = ends.last().copied().unwrap_or(0);
        let (mut at, mut lengths) = (0, Vec::new());
        for (some, aligned) in cuts {
            let to = if aligned {
                ends.iter().copied().find(|end| *end > at).unwrap_or(total)
            } else {
                (at + some).min(total)
            };
            if to > at {
                lengths.push(to - at);
                at = to;
            }
        }
        if total > at {
            lengths.push(total - at);
        }
        let expected = verdicts_by_boundaries(&records, &lengths);
        let outcome = judge(&records, &lengths);
        prop_assert_eq!(&outcome.verdicts, &expected);
        prop_assert_eq!(outcome.findings.tally.total(), records.len() as u64);
        prop_assert_eq!(outcome.findings.tally.unexpected_bytes, 0);
        let intact = outcome.receipts.iter().filter(|receipt| receipt.intact).count();
        prop_assert_eq!(intact, expected.iter().filter(|v| **v == Verdict::Intact).count());
    }
}
