//! How far back an arrival may match, and what is remembered of what has passed.

use super::bench::{Bench, bytes};
use wirebench::judge::Horizon;
use wirebench::judge::Verdict::*;

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_datagram_is_lost_when_its_time_has_passed_and_late_when_it_comes_then() {
    let sent: Vec<_> = (0..2).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::with(&sent);
    bench.now += SECOND;
    bench.expire();
    assert_eq!(bench.findings.tally.get(Lost), 0, "the horizon itself is within reach");
    assert!(bench.receive(&sent[1]).intact);
    bench.now += 1;
    bench.expire();
    assert_eq!(bench.findings.tally.get(Lost), 1);
    assert!(bench.is_settled());
    let receipt = bench.receive(&sent[0]);
    assert_eq!((receipt.intact, receipt.exchange), (false, 1));
    assert_eq!((bench.findings.tally.late, bench.findings.tally.copies), (1, 0));
    bench.receive(&sent[0]);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost, Intact]);
    assert_eq!((outcome.tally.late, outcome.tally.copies), (1, 1));
    assert_eq!(outcome.tally.unexpected_messages, 0);
}

#[test]
fn an_arrival_after_its_time_is_late_even_when_nobody_looked_in_between() {
    let mut bench = Bench::with(&["early"]);
    bench.now += SECOND + 1;
    assert!(!bench.receive(b"early").intact);
    let outcome = bench.end();
    assert_eq!((outcome.verdicts[0], outcome.tally.late), (Lost, 1));
}

#[test]
fn a_datagram_is_given_up_when_one_far_behind_it_has_come() {
    let sent: Vec<_> = (0..9).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::new(Horizon { records: 4, ns: SECOND });
    sent.iter().for_each(|message| bench.send(message));
    bench.receive(&sent[3]);
    assert_eq!(bench.findings.tally.get(Lost), 0);
    bench.receive(&sent[4]);
    assert_eq!(bench.findings.tally.get(Lost), 1);
    bench.receive(&sent[0]);
    assert_eq!(bench.findings.tally.late, 1);
    assert!(bench.receive(&sent[1]).intact);
    let outcome = bench.end();
    assert_eq!(outcome.verdicts[..5], [Lost, Reordered, Lost, Intact, Intact]);
}

#[test]
fn more_may_be_lost_in_a_row_than_the_horizon_is_long() {
    let sent: Vec<_> = (0..1_000).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::new(Horizon { records: 4, ns: SECOND });
    sent.iter().for_each(|message| bench.send(message));
    for n in [0, 900, 901, 899] {
        assert!(bench.receive(&sent[n]).intact, "{n}");
    }
    let outcome = bench.end();
    assert_eq!(outcome.tally.get(Intact), 3);
    assert_eq!((outcome.verdicts[899], outcome.tally.get(Lost)), (Reordered, 996));
}

#[test]
fn intact_falls_when_no_copy_can_change_it_any_more() {
    let mut bench = Bench::with(&["one", "two"]);
    assert!(bench.receive(b"one").intact);
    bench.expire();
    assert_eq!(bench.findings.tally.total(), 0);
    bench.now += SECOND + 1;
    bench.expire();
    assert_eq!((bench.findings.tally.get(Intact), bench.findings.tally.get(Lost)), (1, 1));
    bench.receive(b"one");
    let outcome = bench.end();
    assert_eq!((outcome.verdicts[0], outcome.tally.copies), (Intact, 1));
}

#[test]
fn what_is_forgotten_is_intact_and_its_copy_was_never_sent() {
    let sent: Vec<_> = (0..6).map(|n| bytes(n, 64)).collect();
    let mut bench = Bench::new(Horizon { records: 4, ns: SECOND });
    for message in &sent {
        bench.send(message);
        bench.receive(message);
    }
    assert_eq!(bench.findings.tally.get(Intact), 2);
    bench.receive(&sent[1]);
    bench.receive(&sent[2]);
    let outcome = bench.end();
    assert_eq!((outcome.verdicts[2], outcome.tally.get(Intact)), (Duplicated, 5));
    assert_eq!((outcome.tally.copies, outcome.tally.unexpected_messages), (1, 1));
}

#[test]
fn a_megabyte_of_datagrams_is_remembered() {
    let sent: Vec<_> = (0..20).map(|n| bytes(n, 1 << 16)).collect();
    let mut bench = Bench::with(&sent);
    sent.iter().for_each(|message| assert!(bench.receive(message).intact));
    assert_eq!(bench.findings.tally.get(Intact), 4);
    bench.receive(&sent[3]);
    bench.receive(&sent[4]);
    let outcome = bench.end();
    assert_eq!(outcome.tally.get(Duplicated), 1);
    assert_eq!((outcome.tally.copies, outcome.tally.unexpected_messages), (1, 1));
}

#[test]
fn a_message_too_long_to_be_remembered_is_judged_at_once() {
    let long = bytes(1, (1 << 20) + 1);
    let mut bench = Bench::with(&[&b"short"[..], &long, b""]);
    bench.receive(b"short");
    assert!(bench.receive(&long).intact);
    assert_eq!(bench.findings.tally.get(Intact), 2);
    assert!(bench.receive(b"").intact);
    bench.receive(b"short");
    let outcome = bench.end();
    assert_eq!((outcome.tally.get(Intact), outcome.tally.unexpected_messages), (3, 1));
}

#[test]
fn a_judge_without_a_horizon_gives_everything_before_up() {
    let mut bench = Bench::new(Horizon { records: 0, ns: 0 });
    ["one", "two", "three"].iter().for_each(|message| bench.send(message.as_bytes()));
    assert!(bench.receive(b"two").intact);
    assert!(!bench.receive(b"one").intact);
    assert_eq!(bench.end().verdicts, [Lost, Intact, Lost]);
}

#[test]
fn a_session_goes_on_after_its_end_was_judged() {
    let mut bench = Bench::with(&["one", "two"]);
    bench.receive(b"two");
    let (ledger, findings) = (&mut bench.ledger, &mut bench.findings);
    bench.judge.end(ledger, findings);
    bench.send(b"three");
    assert!(bench.receive(b"three").intact);
    bench.receive(b"two");
    let outcome = bench.end();
    assert_eq!(outcome.verdicts, [Lost, Intact, Intact]);
    assert_eq!(outcome.tally.unexpected_messages, 1);
}
