//! Answers that a server sends back over a stream, told apart by a framing: whatever it does to them,
//! each request has one verdict.

use super::bench::{Bench, bytes};
use wirebench::judge::Verdict::{self, *};
use wirebench::judge::{DatagramJudge, Horizon};
use wirebench::load::rng::SplitMix64;

fn answers(messages: &[impl AsRef<[u8]>]) -> Bench {
    let mut bench = Bench::with(messages);
    bench.judge = DatagramJudge::of_answers(Horizon::default(), 1 << 20);
    bench
}

fn sent(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|n| bytes(n, 40 + n as usize)).collect()
}

fn count(verdicts: &[Verdict], wanted: Verdict) -> usize {
    verdicts.iter().filter(|verdict| **verdict == wanted).count()
}

#[test]
fn one_lost_answer_costs_one_message_and_not_those_behind_it() {
    let sent = sent(10);
    let mut bench = answers(&sent);
    for (n, message) in sent.iter().enumerate().filter(|(n, _)| *n != 3) {
        let receipt = bench.receive(message);
        assert_eq!((receipt.intact, receipt.exchange), (true, n as u64 + 1));
    }
    let verdicts = bench.end().verdicts;
    assert_eq!(verdicts[3], Lost);
    assert_eq!(count(&verdicts, Intact), 9);
}

#[test]
fn an_answer_that_comes_twice_is_duplicated_and_one_that_is_overtaken_reordered() {
    let sent = sent(4);
    let mut bench = answers(&sent);
    assert!(bench.receive(&sent[0]).intact);
    assert!(!bench.receive(&sent[0]).intact);
    assert!(bench.receive(&sent[2]).intact);
    assert!(bench.receive(&sent[1]).intact);
    assert!(bench.receive(&sent[3]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Duplicated, Reordered, Intact, Intact]);
    assert_eq!(outcome.tally.copies, 1);
}

#[test]
fn equal_answers_come_in_the_order_of_the_stream_and_are_measured() {
    let mut bench = answers(&["same", "same", "same"]);
    for n in 1..=3 {
        let receipt = bench.receive(b"same");
        assert_eq!((receipt.intact, receipt.ambiguous, receipt.exchange), (true, false, n));
    }
    assert_eq!(bench.end().verdicts, [Intact; 3]);
}

#[test]
fn so_they_do_behind_an_answer_that_has_overtaken_them() {
    let mut bench = answers(&["one", "same", "same", "last"]);
    assert!(bench.receive(b"last").intact);
    assert!(bench.receive(b"one").intact);
    for n in 2..=3 {
        let receipt = bench.receive(b"same");
        assert_eq!((receipt.intact, receipt.ambiguous, receipt.exchange), (true, false, n));
    }
    assert_eq!(bench.end().verdicts, [Reordered, Reordered, Reordered, Intact]);
}

#[test]
fn two_answers_in_one_message_are_merged() {
    let sent = sent(3);
    let mut bench = answers(&sent);
    let receipt = bench.receive(&sent[..2].concat());
    assert_eq!((receipt.intact, receipt.exchange, receipt.exchanges), (false, 1, 2));
    assert!(bench.receive(&sent[2]).intact);
    assert_eq!(bench.end().verdicts, [Merged, Merged, Intact]);
}

#[test]
fn an_answer_in_several_messages_is_split_whatever_their_length() {
    for pieces in [vec![20, 20], vec![1, 39], vec![39, 1], vec![1; 40]] {
        let sent = sent(2);
        let mut bench = answers(&sent);
        let mut rest = &sent[0][..];
        for piece in pieces {
            let receipt = bench.receive(&rest[..piece]);
            assert_eq!((receipt.intact, receipt.exchange), (false, 1));
            rest = &rest[piece..];
        }
        assert!(bench.receive(&sent[1]).intact);
        let outcome = bench.end();
        assert_eq!(outcome.verdicts, [Split, Intact]);
        assert_eq!(outcome.tally.unexpected_bytes, 0);
    }
}

#[test]
fn answers_cut_wherever_the_reads_of_a_server_ended_are_straddled_and_merged() {
    let sent = sent(8);
    let stream = sent.concat();
    for cut in [90, 130, 200] {
        let mut bench = answers(&sent);
        let mut receipts = Vec::new();
        for piece in stream.chunks(cut) {
            receipts.push(bench.receive(piece));
        }
        assert!(receipts.iter().all(|receipt| !receipt.intact && receipt.exchange > 0));
        let outcome = bench.end();
        assert_eq!(outcome.tally.unexpected_bytes, 0, "cut at {cut}");
        assert!(outcome.verdicts.iter().all(|verdict| matches!(verdict, Merged | Straddled)));
    }
}

#[test]
fn the_beginning_of_an_answer_without_its_end_is_truncated() {
    let sent = sent(3);
    let mut bench = answers(&sent);
    assert_eq!(bench.receive(&sent[0][..20]).exchange, 1);
    assert!(bench.receive(&sent[1]).intact);
    assert_eq!(bench.receive(&sent[2][..30]).exchange, 3);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Truncated, Intact, Truncated]);
    let example = outcome.example(Truncated);
    assert_eq!((example.offset, example.received_len), (20, 20));
}

#[test]
fn bytes_before_or_behind_a_whole_answer_are_merged_with_it() {
    let sent = sent(3);
    let mut bench = answers(&sent);
    assert_eq!(bench.receive(&[&sent[0][..], b"\r\n"].concat()).exchange, 1);
    assert_eq!(bench.receive(&[b"echo: ", &sent[1][..]].concat()).exchange, 2);
    assert!(bench.receive(&sent[2]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Merged, Merged, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 8);
    assert_eq!((outcome.anomalies[0].offset, outcome.anomalies[0].received_len), (40, 42));
    assert_eq!((outcome.anomalies[1].offset, outcome.anomalies[1].received_len), (0, 47));
}

#[test]
fn an_answer_that_waited_for_the_next_one_is_lost_in_time_and_merged_with_it() {
    let sent = sent(2);
    let mut bench = answers(&[&sent[0]]);
    bench.judge = DatagramJudge::of_answers(Horizon { records: 64, ns: 1_000 }, 1 << 20);
    bench.expire();
    bench.now += 2_000;
    bench.expire();
    bench.send(&sent[1]);
    assert_eq!(bench.receive(&sent.concat()).exchange, 2);
    assert_eq!(bench.end().verdicts, [Lost, Merged]);
}

#[test]
fn a_changed_byte_is_corrupted_where_it_stands() {
    let sent = sent(2);
    let mut bench = answers(&sent);
    let mut changed = sent[0].clone();
    changed[17] ^= 1;
    assert_eq!(bench.receive(&changed).exchange, 1);
    assert!(bench.receive(&sent[1]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Corrupted, Intact]);
    assert_eq!(outcome.anomalies[0].offset, 17);
}

#[test]
fn what_nothing_explains_is_the_answer_to_the_request_that_waits_longest() {
    let sent = sent(4);
    let mut bench = answers(&sent);
    assert!(bench.receive(&sent[0]).intact);
    assert_eq!(bench.receive(b"ERR busy").exchange, 2);
    assert_eq!(bench.receive(b"ERR busy again").exchange, 3);
    assert!(bench.receive(&sent[3]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact, Corrupted, Corrupted, Intact]);
    assert_eq!(outcome.example(Corrupted).received, b"ERR busy");
    assert_eq!(outcome.tally.unexpected_messages, 0);
}

#[test]
fn what_nothing_explains_was_never_sent_when_every_request_is_answered() {
    let sent = sent(3);
    let mut bench = answers(&sent);
    assert_eq!(bench.receive(b"by the way").exchange, 1);
    for message in &sent {
        assert!(bench.receive(message).intact);
    }
    assert_eq!(bench.receive(b"goodbye").exchange, 0);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact; 3]);
    assert_eq!((outcome.tally.unexpected_messages, outcome.tally.unexpected_bytes), (2, 17));
}

#[test]
fn any_number_of_wrong_answers_has_a_bounded_memory_and_each_its_verdict() {
    let sent = sent(500);
    let mut bench = answers(&sent);
    for n in 0..500_u32 {
        assert_eq!(bench.receive(format!("wrong {n}").as_bytes()).exchange, u64::from(n) + 1);
    }
    assert_eq!(bench.end().tally.get(Corrupted), 500);
}

#[test]
fn an_answer_that_comes_after_its_time_is_late_and_lost() {
    let sent = sent(2);
    let mut bench = answers(&sent);
    bench.judge = DatagramJudge::of_answers(Horizon { records: 64, ns: 1_000 }, 1 << 20);
    assert!(bench.receive(&sent[1]).intact);
    bench.now += 2_000;
    bench.expire();
    assert!(!bench.receive(&sent[0]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost, Intact]);
    assert_eq!(outcome.tally.late, 1);
}

#[test]
fn what_stood_for_an_answer_was_never_sent_however_that_answer_comes() {
    let sent = sent(3);
    let mut bench = answers(&sent);
    assert_eq!(bench.receive(b"by the way").exchange, 1);
    assert_eq!(bench.receive(&sent[..2].concat()).exchange, 1);
    assert!(bench.receive(&sent[2]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Merged, Merged, Intact]);
    assert_eq!((outcome.tally.unexpected_messages, outcome.tally.unexpected_bytes), (1, 10));
}

#[test]
fn whatever_comes_each_request_has_one_verdict() {
    let mut rng = SplitMix64::stream(7, 1);
    for _ in 0..400 {
        let count = 1 + rng.below(40) as usize;
        let sent: Vec<_> = (0..count as u64).map(|n| bytes(n, rng.below(30) as usize)).collect();
        let mut bench = answers(&sent);
        // A stretch that comes in order, of which copies may follow.
        let in_order = rng.below(count as u64 + 1) as usize;
        for message in &sent[..in_order] {
            assert!(bench.receive(message).intact);
        }
        for _ in 0..2 * count {
            let one = rng.below(count as u64) as usize;
            let next = &sent[(one + 1).min(count - 1)];
            let cut = rng.below(sent[one].len() as u64 + 1) as usize;
            let mut message = match rng.below(8) {
                0 => [&sent[one][..], next].concat(),
                1 => [&sent[one][..], &next[..next.len() / 2]].concat(),
                2 => sent[one][..cut].to_vec(),
                3 => sent[one][cut..].to_vec(),
                4 => [&sent[one][..], b"more"].concat(),
                5 => b"something else".to_vec(),
                _ => sent[one].clone(),
            };
            if rng.below(8) == 0 {
                message.iter_mut().take(2).for_each(|byte| *byte = !*byte);
            }
            bench.receive(&message);
            bench.now += rng.below(100_000_000);
        }
        bench.end();
    }
}
