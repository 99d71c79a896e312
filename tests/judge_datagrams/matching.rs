//! Which record an arrival is, and what its order and its copies say.

use super::bench::{Bench, bytes};
use wirebench::judge::Verdict::*;

#[test]
fn datagrams_that_come_in_order_are_intact() {
    let sent: Vec<_> = (0..50).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for (n, message) in sent.iter().enumerate() {
        let receipt = bench.receive(message);
        assert!(receipt.intact && !receipt.ambiguous);
        assert_eq!(
            (receipt.exchange, receipt.exchanges, receipt.measured),
            (n as u64 + 1, 1, true)
        );
        assert_eq!(receipt.last_exchange, receipt.exchange);
        assert_eq!(receipt.handed_over_ns, bench.now);
        assert_eq!(bench.ledger.unresolved(), 49 - n, "what has come leaves the ledger at once");
    }
    assert!(bench.is_settled());
    let outcome = bench.end();
    assert_eq!(outcome.tally.get(Intact), 50);
    assert_eq!(outcome.tally.copies + outcome.tally.late + outcome.tally.unexpected_messages, 0);
}

#[test]
fn a_datagram_that_never_comes_is_lost_and_delays_no_other() {
    let sent: Vec<_> = (0..5).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for n in [0, 1, 3, 4] {
        assert!(bench.receive(&sent[n]).intact);
        assert!(!bench.is_settled());
    }
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact, Intact, Lost, Intact, Intact]);
    let example = outcome.example(Lost);
    assert_eq!((example.head.seq, example.received_len), (2, 0));
    assert_eq!(example.expected, sent[2]);
}

#[test]
fn the_datagram_that_comes_late_is_reordered_and_not_the_one_that_overtook_it() {
    let sent: Vec<_> = (0..5).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for n in [0, 3, 1, 4, 2] {
        let receipt = bench.receive(&sent[n]);
        assert!(receipt.intact, "what comes whole is reported as that");
        assert_eq!(receipt.exchange, n as u64 + 1);
    }
    assert!(bench.is_settled());
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact, Reordered, Reordered, Intact, Intact]);
    assert_eq!(outcome.example(Reordered).received, sent[1]);
}

#[test]
fn a_copy_makes_its_datagram_duplicated_once() {
    let sent: Vec<_> = (0..3).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    assert!(bench.receive(&sent[0]).intact);
    for copies in 1..=3 {
        let receipt = bench.receive(&sent[0]);
        assert_eq!((receipt.intact, receipt.exchange), (false, 1));
        assert_eq!(bench.findings.tally.copies, copies);
        assert_eq!(bench.findings.tally.get(Duplicated), 1);
    }
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Duplicated, Lost, Lost]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
    assert_eq!(outcome.example(Duplicated).received, sent[0]);
}

#[test]
fn a_copy_is_known_while_its_datagram_waits_in_the_ledger_for_an_older_one() {
    let sent: Vec<_> = (0..3).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for n in [1, 1, 0, 2, 1] {
        bench.receive(&sent[n]);
    }
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Reordered, Duplicated, Intact]);
    assert_eq!(outcome.tally.copies, 2);
}

#[test]
fn a_reordered_datagram_that_comes_twice_stays_reordered() {
    let sent: Vec<_> = (0..2).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    for n in [1, 0, 0] {
        bench.receive(&sent[n]);
    }
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Reordered, Intact]);
    assert_eq!(outcome.tally.copies, 1);
}

#[test]
fn equal_datagrams_are_taken_oldest_first_and_are_ambiguous() {
    let mut bench = Bench::with(&["ping", "pong", "ping", "ping"]);
    let receipts: Vec<_> =
        ["ping", "pong", "ping", "ping"].map(|word| bench.receive(word.as_bytes())).into();
    assert_eq!(receipts.iter().map(|one| one.exchange).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(
        receipts.iter().map(|one| one.ambiguous).collect::<Vec<_>>(),
        [true, false, true, false]
    );
    assert!(receipts.iter().all(|one| one.intact));
    assert_eq!(bench.end().tally.get(Intact), 4);
}

#[test]
fn equal_datagrams_behind_another_are_ambiguous_too() {
    let mut bench = Bench::with(&["first", "ping", "ping"]);
    let receipt = bench.receive(b"ping");
    assert_eq!((receipt.exchange, receipt.ambiguous), (2, true));
    let receipt = bench.receive(b"ping");
    assert_eq!((receipt.exchange, receipt.ambiguous), (3, false));
    assert_eq!(bench.end().verdicts, [Lost, Intact, Intact]);
}

#[test]
fn any_number_of_equal_datagrams_is_found_behind_one_that_does_not_come() {
    let mut bench = Bench::with(&[&["first"][..], &["ping"; 300]].concat());
    for exchange in 2..=301 {
        let receipt = bench.receive(b"ping");
        assert_eq!((receipt.intact, receipt.exchange), (true, exchange));
    }
    assert_eq!(bench.end().tally.get(Intact), 300);
}

#[test]
fn an_equal_datagram_that_was_sent_later_makes_nothing_ambiguous_before() {
    let mut bench = Bench::with(&["ping"]);
    assert!(!bench.receive(b"ping").ambiguous);
    bench.send(b"ping");
    assert!(!bench.receive(b"ping").ambiguous);
    let outcome = bench.end();
    assert_eq!((outcome.tally.get(Intact), outcome.tally.copies), (2, 0));
}

#[test]
fn of_many_equal_datagrams_the_one_that_came_last_has_the_copy() {
    let mut bench = Bench::with(&["ping"; 500]);
    for _ in 0..500 {
        bench.receive(b"ping");
    }
    bench.receive(b"ping");
    let outcome = bench.end();
    assert_eq!((outcome.verdicts[499], outcome.tally.get(Intact)), (Duplicated, 499));
}

#[test]
fn an_empty_datagram_is_a_message() {
    let mut bench = Bench::with(&["", "full", "", ""]);
    assert!(bench.receive(b"").ambiguous);
    assert!(bench.receive(b"full").intact);
    assert!(bench.receive(b"").ambiguous);
    let receipt = bench.receive(b"");
    assert_eq!((receipt.intact, receipt.exchange, receipt.ambiguous), (true, 4, false));
    bench.receive(b"");
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Intact, Intact, Intact, Duplicated]);
    assert_eq!((outcome.tally.copies, outcome.tally.unexpected_messages), (1, 0));
}

#[test]
fn an_empty_datagram_that_was_never_sent_is_unexpected() {
    let mut bench = Bench::with(&["full"]);
    assert_eq!(bench.receive(b"").exchange, 0);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (0, 1));
}
