//! What holds whatever a peer, a plugin or a link does to the bytes: every message sent gets
//! exactly one verdict, nothing panics, and the work stays in proportion.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::cell::Cell;
use wirebench::judge::{
    Findings, Record, RecordHead, SessionLedger, StreamJudge, VecLedger, Verdict,
};

/// What happens to the bytes on their way.
#[derive(Clone, Debug)]
enum Event {
    /// The next so many bytes arrive as one message.
    Arrive(usize),
    /// The next record's worth of bytes arrives as one message.
    ArriveRecord,
    /// So many bytes are dropped.
    Drop(usize),
    /// The next record's worth of bytes is dropped.
    DropRecord,
    /// A byte of the rest is changed, so many bytes ahead.
    Flip(usize),
    /// These bytes are put in front of the rest.
    Insert(Vec<u8>),
    /// The last so many bytes that left come again.
    Repeat(usize),
    /// An empty message arrives.
    Empty,
    /// So many more messages are handed over.
    HandOver(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0usize..100).prop_map(Event::Arrive),
        8 => Just(Event::ArriveRecord),
        1 => (0usize..40).prop_map(Event::Drop),
        1 => Just(Event::DropRecord),
        1 => (0usize..60).prop_map(Event::Flip),
        1 => prop::collection::vec(0u8..3, 0..80).prop_map(Event::Insert),
        1 => (0usize..80).prop_map(Event::Repeat),
        1 => Just(Event::Empty),
        6 => (1usize..8).prop_map(Event::HandOver),
    ]
}

fn records() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let any_length = || prop_oneof![Just(0usize), Just(8), Just(16), 0usize..10, 0usize..70];
    let poor = any_length().prop_flat_map(|n| prop::collection::vec(0u8..2, n));
    let rich = any_length().prop_flat_map(|n| prop::collection::vec(any::<u8>(), n));
    prop::collection::vec(prop_oneof![poor, rich], 0..60)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(77),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_message_sent_gets_exactly_one_verdict(
        records in records(),
        events in prop::collection::vec(event(), 0..120),
    ) {
        let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
        let mut findings = Findings::new(2);
        let (mut to_send, mut sent, mut intact) = (records.iter(), 0u64, 0u64);
        let (mut wire, mut left): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut lengths = std::collections::VecDeque::new();
        let mut received = 0u64;
        for event in &events {
            let mut arrive = |bytes: Vec<u8>| {
                received += bytes.len() as u64;
                judge.receive(&mut ledger, &bytes, received, &mut findings);
                bytes
            };
            match event {
                Event::Arrive(n) => left.extend(arrive(wire.drain(..(*n).min(wire.len())).collect())),
                Event::ArriveRecord => {
                    let n = lengths.pop_front().unwrap_or(0);
                    left.extend(arrive(wire.drain(..n.min(wire.len())).collect()));
                }
                Event::Drop(n) => left.extend(wire.drain(..(*n).min(wire.len()))),
                Event::DropRecord => {
                    let n: usize = lengths.pop_front().unwrap_or(0);
                    left.extend(wire.drain(..n.min(wire.len())));
                }
                Event::Flip(n) => if let Some(byte) = wire.get_mut(*n) { *byte ^= 1 },
                Event::Insert(bytes) => { wire.splice(..0, bytes.iter().copied()); }
                Event::Repeat(n) => {
                    let again = left[left.len().saturating_sub(*n)..].to_vec();
                    wire.splice(..0, again);
                }
                Event::Empty => { arrive(Vec::new()); }
                Event::HandOver(n) => for record in to_send.by_ref().take(*n) {
                    ledger.hand_over(record);
                    wire.extend_from_slice(record);
                    lengths.push_back(record.len());
                    sent += 1;
                },
            }
            // At any time: what has no verdict yet is still in the ledger.
            prop_assert_eq!(findings.tally.total() + ledger.unresolved() as u64, sent);
            intact = findings.tally.get(Verdict::Intact);
        }
        judge.end(&mut ledger, &mut findings);
        prop_assert_eq!(ledger.unresolved(), 0);
        prop_assert_eq!(findings.tally.total(), sent);
        prop_assert_eq!(findings.tally.get(Verdict::Intact), intact, "nothing is intact at the end");
        prop_assert!(findings.tally.unexpected_bytes <= received);
        prop_assert_eq!(findings.judged.len() as u64, findings.tally.damaged());
        prop_assert!(findings.judged.iter().all(|judged| judged.verdict != Verdict::Intact));
        let order: Vec<u64> = findings.judged.iter().map(|judged| judged.head.seq).collect();
        prop_assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "twice or out of order");
        for anomaly in &findings.anomalies {
            prop_assert!(anomaly.expected.len() <= 64 && anomaly.received.len() <= 64);
        }
    }

    #[test]
    fn a_message_that_arrives_alone_and_unchanged_after_any_noise_is_found_again(
        noise in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..5),
        lost in 0usize..60,
    ) {
        let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
        let mut findings = Findings::new(2);
        // A message of the record's very length stands for the record.
        prop_assume!(noise.iter().all(|bytes| bytes.len() != 32));
        let payload = |n: usize| wirebench::load::rng::SplitMix64::new(n as u64).next_u64()
            .to_le_bytes().repeat(4);
        for n in 0..=lost {
            ledger.hand_over(&payload(n));
        }
        for bytes in &noise {
            judge.receive(&mut ledger, bytes, 1, &mut findings);
        }
        let receipt = judge.receive(&mut ledger, &payload(lost), 1, &mut findings);
        prop_assert!(receipt.intact);
    }
}

/// Counts how often the judge looks at a record.
struct Counting {
    inner: VecLedger,
    looks: Cell<u64>,
}

impl SessionLedger for Counting {
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        self.looks.set(self.looks.get() + 1);
        self.inner.peek(k)
    }

    fn release(&mut self) {
        self.inner.release();
    }
}

/// How often the judge looks at records while `received` arrives.
fn looks(sent: &[Vec<u8>], received: &[Vec<u8>]) -> u64 {
    let mut ledger = Counting { inner: VecLedger::new(), looks: Cell::new(0) };
    for message in sent {
        ledger.inner.hand_over(message);
    }
    let (mut judge, mut findings) = (StreamJudge::new(), Findings::new(2));
    for message in received {
        judge.receive(&mut ledger, message, 1, &mut findings);
    }
    judge.end(&mut ledger, &mut findings);
    assert_eq!(findings.tally.total(), sent.len() as u64);
    ledger.looks.get()
}

#[test]
fn looking_at_records_stays_in_proportion_to_what_arrives() {
    type Shape = fn(usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>);
    let shapes: [(&str, Shape); 6] = [
        ("one-byte messages that were never sent", |n| (vec![vec![0; 64]; n], vec![vec![1]; n])),
        ("eight-byte messages that were never sent", |n| {
            (vec![vec![0; 64]; n], vec![vec![1; 8]; n])
        }),
        ("one long message that almost repeats", |n| {
            let mut long = vec![0; n * 64];
            for at in (63..long.len()).step_by(127) {
                long[at] = 1;
            }
            (vec![vec![0; 64]; n], vec![long])
        }),
        ("a flipped byte in every record of one long message", |n| {
            let sent: Vec<Vec<u8>> = (0..n).map(|i| vec![i as u8; 64]).collect();
            let mut long = sent.concat();
            long.iter_mut().step_by(64).for_each(|byte| *byte ^= 0x55);
            (sent, vec![long])
        }),
        ("one-byte records and one long message of others", |n| {
            (vec![vec![0]; n], vec![vec![1; n]])
        }),
        ("empty records and messages that were never sent", |n| {
            (vec![vec![]; n], vec![vec![1; 9]; n])
        }),
    ];
    for (name, shape) in shapes {
        let (sent, received) = shape(500);
        let few = looks(&sent, &received);
        let (sent, received) = shape(4000);
        let many = looks(&sent, &received);
        assert!(many <= few * 9, "{name}: {few} looks at first, {many} for eight times as much");
        let size: usize =
            sent.len() + received.iter().map(|message| message.len() + 1).sum::<usize>();
        assert!(many <= 100 * size as u64, "{name}: {many} looks for a size of {size}");
    }
}

/// A ledger in shared memory whose writer changes records while they are looked at.
struct Shifting {
    payload: Vec<u8>,
    looks: usize,
    left: usize,
}

impl SessionLedger for Shifting {
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        self.looks += 1;
        if k >= self.left {
            return None;
        }
        let len = (self.looks * 37) % (self.payload.len() + 1);
        let head = RecordHead {
            exchange: u64::MAX - self.looks as u64 % 3,
            exchanges: u32::MAX,
            len: u32::MAX,
            ..RecordHead::default()
        };
        Some(Record { head, payload: &self.payload[..len] })
    }

    fn release(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}

#[test]
fn records_that_change_while_they_are_looked_at_do_no_harm() {
    let payload: Vec<u8> = (0..100u8).map(|byte| byte / 3).collect();
    let mut findings = Findings::new(2);
    for length in 0..=100 {
        let mut ledger = Shifting { payload: payload.clone(), looks: length, left: 50 };
        let mut judge = StreamJudge::new();
        for from in 0..100 - length {
            judge.receive(&mut ledger, &payload[from..from + length], 1, &mut findings);
        }
        judge.end(&mut ledger, &mut findings);
        assert_eq!(ledger.left, 0);
    }
    assert_eq!(findings.tally.total(), 101 * 50);
}
