//! Work and memory stay bounded, whatever a peer sends or a ledger says.

use super::bench::bytes;
use std::collections::VecDeque;
use wirebench::judge::{
    DatagramJudge, Findings, Horizon, Record, RecordHead, SessionLedger, VecLedger, Verdict,
};

/// Counts how often the judge looks at a record.
struct Counting {
    inner: VecLedger,
    looks: u64,
}

impl SessionLedger for Counting {
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        self.looks += 1;
        self.inner.peek(k)
    }

    fn release(&mut self) {
        self.inner.release();
    }
}

/// How often the judge looks at records while `received` arrives, each cut or not.
fn looks(sent: &[Vec<u8>], received: &[(Vec<u8>, bool)]) -> u64 {
    let mut ledger = Counting { inner: VecLedger::new(), looks: 0 };
    for message in sent {
        ledger.inner.hand_over(message);
    }
    let mut judge = DatagramJudge::new(Horizon::default());
    let mut findings = Findings::new(2);
    for (message, cut) in received {
        judge.receive(&mut ledger, message, *cut, 1, &mut findings);
    }
    judge.end(&mut ledger, &mut findings);
    assert_eq!(findings.tally.total(), sent.len() as u64);
    ledger.looks
}

/// Bytes whose hash is that of all others of this kind: the judge's hash is no secret.
fn colliding(n: u64) -> Vec<u8> {
    [bytes(n, 32), 0xA076_1D64_78BD_642F_u64.to_le_bytes().to_vec(), vec![0; 8]].concat()
}

#[test]
fn looking_at_records_stays_in_proportion_to_what_arrives() {
    type Shape = fn(u64) -> (Vec<Vec<u8>>, Vec<(Vec<u8>, bool)>);
    fn whole(messages: Vec<Vec<u8>>) -> Vec<(Vec<u8>, bool)> {
        messages.into_iter().map(|message| (message, false)).collect()
    }
    fn many(n: u64) -> Vec<Vec<u8>> {
        (0..n).map(|k| bytes(k, 64)).collect()
    }
    let shapes: [(&str, Shape); 9] = [
        ("in order", |n| (many(n), whole(many(n)))),
        ("backwards", |n| (many(n), whole(many(n).into_iter().rev().collect()))),
        ("never sent", |n| (many(n), whole((0..n).map(|k| bytes(n + k, 64)).collect()))),
        ("all equal, and each twice", |n| {
            let all = vec![vec![7; 64]; n as usize];
            (all.clone(), whole([all.clone(), all].concat()))
        }),
        ("equal but for the last byte, which is wrong", |n| {
            (
                vec![vec![7; 64]; n as usize],
                whole(vec![[vec![7; 63], vec![8]].concat(); n as usize]),
            )
        }),
        ("cut to four bytes, all but the first", |n| {
            (many(n), many(n).drain(1..).map(|m| (m[..4].to_vec(), true)).collect())
        }),
        ("alike for eight bytes, cut, and never sent", |n| {
            let alike = |k: u64| [vec![0; 8], k.to_le_bytes().to_vec(), vec![1; 8]].concat();
            (
                (0..n).map(alike).collect(),
                (0..n).map(|k| (alike(n + k)[..20].to_vec(), true)).collect(),
            )
        }),
        ("of one hash, backwards", |n| {
            ((0..n).map(colliding).collect(), whole((0..n).rev().map(colliding).collect()))
        }),
        ("all in one that is wrong at its end", |n| {
            let sent = many(n);
            let long = [sent.concat(), vec![0]].concat();
            (sent, whole(vec![long; 20]))
        }),
    ];
    for (name, shape) in shapes {
        let (sent, received) = shape(500);
        let few = looks(&sent, &received);
        let (sent, received) = shape(4000);
        let many = looks(&sent, &received);
        assert!(many <= few * 10, "{name}: {few} looks at first, {many} for eight times as much");
        let size = sent.len() + received.iter().map(|(m, _)| 1 + m.len() / 64).sum::<usize>();
        assert!(many <= 200 * size as u64, "{name}: {many} looks for a size of {size}");
    }
}

#[test]
fn datagrams_of_one_hash_are_still_told_apart() {
    let mut ledger = VecLedger::new();
    let (mut judge, mut findings) = (DatagramJudge::new(Horizon::default()), Findings::new(2));
    for n in 0..70 {
        ledger.hand_over(&colliding(n));
    }
    let mut receive = |n| judge.receive(&mut ledger, &colliding(n), false, 1, &mut findings);
    for n in [63, 2, 1, 40] {
        let receipt = receive(n);
        assert_eq!((receipt.intact, receipt.ambiguous, receipt.exchange), (true, false, n + 1));
    }
    // Out of reach, and nothing else either. If it is found, they collide no more.
    assert_eq!(receive(64).exchange, 0);
    for n in [0, 64, 3] {
        let receipt = receive(n);
        assert_eq!((receipt.intact, receipt.ambiguous, receipt.exchange), (true, false, n + 1));
    }
}

/// Loses `count` messages in batches, and says how much memory the judge took at most.
fn memory_of_losing(count: u64, length: usize) -> u64 {
    let mut ledger = VecLedger::new();
    let mut findings = Findings::new(2);
    let mut most = 0;
    let mut judge = DatagramJudge::new(Horizon::default());
    let mut held = 0;
    for batch in 0..count / 1_000 {
        for n in 0..1_000 {
            ledger.hand_over(&bytes(batch * 1_000 + n, length));
        }
        // What came and what was never sent, too.
        let message = bytes(batch * 1_000 + 999, length);
        let now = 2_000_000_000 + batch * 1_000;
        let info = allocation_counter::measure(|| {
            judge.receive(&mut ledger, &message, false, 1, &mut findings);
            judge.receive(&mut ledger, &message[1..], false, 1, &mut findings);
            judge.expire(&mut ledger, now, &mut findings);
            findings.judged = Vec::new();
        });
        // Records leave the ledger meanwhile, which is not the judge's memory.
        most = most.max(held + info.bytes_max as i64);
        held += info.bytes_current + (1_000 * length) as i64;
    }
    assert_eq!(ledger.unresolved(), 0);
    assert_eq!(findings.tally.get(Verdict::Lost), count - count / 1_000);
    judge.end(&mut ledger, &mut findings);
    assert_eq!(findings.tally.total(), count);
    most as u64
}

#[test]
fn memory_stays_bounded_while_everything_is_lost() {
    let few = memory_of_losing(20_000, 64);
    let many = memory_of_losing(100_000, 64);
    assert!(many < 2 * few && many < 4 << 20, "{few} bytes, then {many}");
    let long = memory_of_losing(10_000, 4_096);
    assert!(long < 5 << 20, "{long} bytes");
}

/// A ledger that allocates nothing once it is warm.
#[derive(Default)]
struct Plain(VecDeque<(RecordHead, [u8; 64])>);

impl SessionLedger for Plain {
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        self.0.get(k).map(|(head, payload)| Record { head: *head, payload })
    }

    fn release(&mut self) {
        self.0.pop_front();
    }
}

#[test]
fn intact_datagrams_allocate_nothing_but_room_to_remember_them() {
    let (mut judge, mut ledger) = (DatagramJudge::new(Horizon::default()), Plain::default());
    let mut findings = Findings::new(2);
    let mut allocations = 0;
    for n in 0..60_000_u64 {
        let mut payload = [0; 64];
        payload.copy_from_slice(&bytes(n, 64));
        ledger.0.push_back((RecordHead::default(), payload));
        let allocated = allocation_counter::measure(|| {
            assert!(judge.receive(&mut ledger, &payload, false, 1, &mut findings).intact);
        });
        allocations += allocated.count_total;
    }
    // Three tables that double until they hold a few thousand.
    assert!(allocations < 60, "{allocations} allocations");
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
            handed_over_ns: (self.looks as u64 % 5).wrapping_sub(2),
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
        let mut judge = DatagramJudge::new(Horizon { records: 1 + length % 20, ns: 2 });
        for from in 0..100 - length {
            let message = &payload[from..from + length];
            judge.receive(&mut ledger, message, from % 3 == 0, from as u64 % 4, &mut findings);
        }
        judge.end(&mut ledger, &mut findings);
        assert_eq!(ledger.left, 0);
    }
    assert_eq!(findings.tally.total(), 101 * 50);
}

/// A ledger that is appended to between two looks.
struct Growing {
    inner: VecLedger,
    looks: u64,
    handed_over: u64,
}

impl SessionLedger for Growing {
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        self.looks += 1;
        if self.inner.unresolved() <= k {
            if self.looks.is_multiple_of(3) && self.handed_over < 100 {
                self.inner.hand_over(&self.handed_over.to_le_bytes());
                self.handed_over += 1;
            }
            return None;
        }
        self.inner.peek(k)
    }

    fn release(&mut self) {
        self.inner.release();
    }
}

#[test]
fn records_that_are_handed_over_while_others_are_given_up_get_one_verdict() {
    let mut ledger = Growing { inner: VecLedger::new(), looks: 0, handed_over: 0 };
    let mut judge = DatagramJudge::new(Horizon::default());
    let mut findings = Findings::new(2);
    for turn in 0..2_000 {
        match turn % 4 {
            0 => {
                judge.receive(&mut ledger, &[1; 8], false, 1, &mut findings);
            }
            1 => judge.expire(&mut ledger, 10_000_000_000, &mut findings),
            2 => judge.end(&mut ledger, &mut findings),
            _ => assert_eq!(judge.is_settled(&mut ledger), ledger.inner.unresolved() == 0),
        }
        let known = findings.tally.total() + ledger.inner.unresolved() as u64;
        assert_eq!(known, ledger.handed_over);
    }
    judge.end(&mut ledger, &mut findings);
    assert_eq!(findings.tally.get(Verdict::Lost), 100);
}
