//! Arrivals that equal no record: cut, changed, joined, made up.

use super::bench::{Bench, bytes};
use wirebench::judge::Verdict::*;

fn changed(message: &[u8], places: std::ops::Range<usize>) -> Vec<u8> {
    let mut message = message.to_vec();
    message[places].iter_mut().for_each(|byte| *byte = !*byte);
    message
}

#[test]
fn datagrams_that_a_short_read_cuts_are_each_truncated() {
    let sent: Vec<_> = (0..200).map(|n| bytes(n, 100)).collect();
    let mut bench = Bench::with(&sent);
    for (n, message) in sent.iter().enumerate() {
        let receipt = bench.receive_cut(&message[..40]);
        assert_eq!((receipt.intact, receipt.exchange), (false, n as u64 + 1));
    }
    let outcome = bench.end();
    assert_eq!(outcome.tally.get(Truncated), 200);
    let example = outcome.example(Truncated);
    assert_eq!((example.offset, example.received_len), (40, 40));
    assert_eq!(example.expected, sent[0][24..88]);
    assert_eq!(example.received, sent[0][24..40]);
}

#[test]
fn a_cut_datagram_is_not_the_shorter_one_that_it_equals() {
    let long = bytes(1, 100);
    let mut bench = Bench::with(&[&long[..40], &long[..]]);
    assert_eq!(bench.receive_cut(&long[..40]).exchange, 2);
    assert_eq!(bench.receive(&long[..40]).exchange, 1);
    assert_eq!(bench.end().verdicts, [Reordered, Truncated]);
}

#[test]
fn a_cut_datagram_is_found_behind_many_that_came() {
    let sent: Vec<_> = (0..1_000).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for message in &sent[1..999] {
        bench.receive(message);
    }
    assert_eq!(bench.receive_cut(&sent[999][..20]).exchange, 1_000);
    assert_eq!(bench.receive_cut(&sent[0][..3]).exchange, 1);
    let outcome = bench.end();
    assert_eq!((outcome.tally.get(Truncated), outcome.tally.get(Intact)), (2, 998));
}

#[test]
fn a_datagram_cut_to_nothing_is_the_oldest_that_had_something() {
    let mut bench = Bench::with(&["", "one", "two"]);
    assert_eq!(bench.receive_cut(b"").exchange, 2);
    assert_eq!(bench.receive_cut(b"").exchange, 3);
    assert_eq!(bench.end().verdicts, [Lost, Truncated, Truncated]);
}

#[test]
fn without_the_transports_word_eight_bytes_make_a_beginning_and_seven_do_not() {
    let sent = [bytes(0, 64), bytes(1, 64)];
    let mut bench = Bench::with(&sent);
    bench.receive(&sent[0][..7]);
    bench.receive(&sent[1][..8]);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost, Truncated]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (7, 1));
}

#[test]
fn a_changed_datagram_is_corrupted_where_half_of_it_agrees() {
    let sent: Vec<_> = (0..3).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    let receipt = bench.receive(&changed(&sent[1], 20..52));
    assert_eq!((receipt.intact, receipt.exchange), (false, 2));
    assert_eq!(bench.receive(&changed(&sent[0], 0..33)).exchange, 0);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost, Corrupted, Lost]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (64, 1));
    let example = outcome.example(Corrupted);
    assert_eq!((example.offset, example.head.seq), (20, 1));
    assert_eq!(example.expected, sent[1][4..64]);
}

#[test]
fn a_change_of_any_byte_corrupts_its_datagram() {
    // Of a single byte nothing is left to agree.
    for length in 2..=24 {
        for at in 0..length {
            let sent = bytes(1, length);
            let mut bench = Bench::with(&[&sent]);
            assert!(!bench.receive(&changed(&sent, at..at + 1)).intact, "byte {at} of {length}");
            assert_eq!(bench.end().verdicts, [Corrupted], "byte {at} of {length}");
        }
    }
}

#[test]
fn of_similar_datagrams_the_one_that_agrees_best_is_corrupted_and_the_oldest_of_equals() {
    let mut bench = Bench::with(&["number 001", "number 002", "number 113", "number 114"]);
    assert_eq!(bench.receive(b"number 11?").exchange, 3);
    assert_eq!(bench.receive(b"nu?ber 114").exchange, 4);
    assert_eq!(bench.end().verdicts, [Lost, Lost, Corrupted, Corrupted]);
}

#[test]
fn what_was_never_sent_changes_no_verdict() {
    let sent: Vec<_> = (0..4).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for (n, message) in sent.iter().enumerate() {
        assert_eq!(bench.receive(&bytes(100 + n as u64, 64)).exchange, 0);
        assert_eq!(bench.receive_cut(&bytes(100 + n as u64, 10)).exchange, 0);
        assert!(bench.receive(message).intact);
    }
    let outcome = bench.end();
    assert_eq!(outcome.tally.get(Intact), 4);
    let tally = outcome.tally;
    assert_eq!((tally.unexpected_messages, tally.unexpected_bytes), (8, 4 * 74));
}

#[test]
fn whole_datagrams_in_one_are_merged() {
    let sent: Vec<_> = (0..5).map(|n| bytes(n, 10 + n as usize)).collect();
    let mut bench = Bench::with(&sent);
    bench.receive(&sent[0]);
    let receipt = bench.receive(&sent[2..4].concat());
    assert_eq!((receipt.intact, receipt.exchange, receipt.exchanges), (false, 3, 2));
    bench.receive(&sent[4]);
    bench.receive(&sent[1]);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact, Reordered, Merged, Merged, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn a_whole_datagram_after_its_damaged_one_is_a_copy() {
    let sent: Vec<_> = (0..2).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    bench.receive(&changed(&sent[0], 3..5));
    bench.receive_cut(&sent[1][..30]);
    assert!(!bench.receive(&sent[0]).intact);
    assert!(!bench.receive(&sent[1]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Corrupted, Truncated]);
    assert_eq!(outcome.tally.copies, 2);
}

#[test]
fn a_cut_copy_of_a_whole_datagram_duplicates_it() {
    let sent: Vec<_> = (0..3).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    bench.receive(&sent[0]);
    assert_eq!(bench.receive_cut(&sent[0][..30]).exchange, 1);
    bench.receive_cut(&sent[1][..30]);
    assert_eq!(bench.receive_cut(&sent[1][..30]).exchange, 2);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Duplicated, Truncated, Lost]);
    assert_eq!((outcome.tally.copies, outcome.tally.unexpected_messages), (2, 0));
}
