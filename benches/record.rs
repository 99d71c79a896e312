//! What the instrument itself costs for one 64 B exchange, request and reply together: the pure
//! parts, one by one and all in a row.
//!
//! Not here: reading the clock and copying into the shared ledger.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use wirebench::judge::{Findings, Record, RecordHead, SessionLedger, StreamJudge};
use wirebench::load::{ExchangeTable, Finish, PayloadAlphabet, Payloads, Sizes, Token};
use wirebench::measure::Histogram;

const SIZE: usize = 64;
const WINDOW: usize = 32;

/// A ring of records of 64 bytes, as a ledger keeps them: written in place, never allocated.
struct Ring {
    records: Vec<(RecordHead, [u8; SIZE])>,
    head: usize,
    tail: usize,
}

impl Ring {
    fn new() -> Self {
        let blank = (RecordHead::default(), [0; SIZE]);
        Self { records: vec![blank; 2 * WINDOW], head: 0, tail: 0 }
    }

    #[inline]
    fn hand_over(&mut self, exchange: u64, now_ns: u64, payload: &[u8]) {
        let place = self.head % (2 * WINDOW);
        let (head, bytes) = &mut self.records[place];
        *head = RecordHead {
            session: 1,
            len: SIZE as u32,
            seq: self.head as u64,
            exchange,
            exchanges: 1,
            measured: true,
            handed_over_ns: now_ns,
            ..RecordHead::default()
        };
        bytes.copy_from_slice(payload);
        self.head += 1;
    }
}

impl SessionLedger for Ring {
    #[inline]
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        if self.tail + k >= self.head {
            return None;
        }
        let (head, payload) = &self.records[(self.tail + k) % (2 * WINDOW)];
        Some(Record { head: *head, payload })
    }

    #[inline]
    fn release(&mut self) {
        self.tail += 1;
    }
}

fn payloads() -> Payloads {
    Payloads::new(42, &Sizes::Constant(SIZE as u64), PayloadAlphabet::Text, None)
}

fn parts(c: &mut Criterion) {
    let mut group = c.benchmark_group("record");

    let mut histogram = Histogram::new();
    let mut time = 12_345u64;
    group.bench_function("histogram: record, 4 times", |b| {
        b.iter(|| {
            for _ in 0..4 {
                time = time.wrapping_mul(5).wrapping_add(1) & 0xF_FFFF;
                histogram.record(black_box(time));
            }
        });
    });

    for alphabet in [PayloadAlphabet::Bytes, PayloadAlphabet::Text] {
        let mut payloads = Payloads::new(42, &Sizes::Constant(SIZE as u64), alphabet, None);
        let mut n = 0;
        group.bench_function(format!("payload: 64 B, {alphabet:?}"), |b| {
            b.iter(|| {
                n += 1;
                black_box(payloads.get(n));
            });
        });
    }

    let mut table = ExchangeTable::new();
    (0..WINDOW).for_each(|_| _ = table.start(1, 1, true));
    let mut oldest = 0;
    group.bench_function("exchange: start, hand over, finish", |b| {
        b.iter(|| {
            let token = table.start(1, black_box(5), true);
            table.handed_over(token, black_box(6), 64);
            oldest += 1;
            black_box(table.finish(Token(oldest), Finish::Done));
        });
    });

    let mut payloads = payloads();
    group.bench_function("judge: 32 intact messages of 64 B", |b| {
        let (mut judge, mut findings) = (StreamJudge::new(), Findings::new(3));
        let messages: Vec<Vec<u8>> = (0..WINDOW as u64).map(|n| payloads.get(n).to_vec()).collect();
        b.iter_batched_ref(
            || {
                let mut ring = Ring::new();
                messages.iter().for_each(|message| ring.hand_over(1, 1, message));
                ring
            },
            |ring| {
                for message in &messages {
                    black_box(judge.receive(ring, message, 7, &mut findings));
                }
            },
            BatchSize::SmallInput,
        );
        assert_eq!(findings.tally.damaged(), 0);
    });
    let merged: Vec<u8> = (0..WINDOW as u64).flat_map(|n| payloads.get(n).to_vec()).collect();
    group.bench_function("judge: 32 messages of 64 B received as one", |b| {
        let (mut judge, mut findings) = (StreamJudge::new(), Findings::new(3));
        b.iter_batched_ref(
            || {
                let mut ring = Ring::new();
                merged.chunks(SIZE).for_each(|message| ring.hand_over(1, 1, message));
                ring
            },
            |ring| {
                black_box(judge.receive(ring, &merged, 7, &mut findings));
                findings.judged.clear();
            },
            BatchSize::SmallInput,
        );
        assert_eq!(findings.tally.damaged(), findings.tally.total());
    });

    // Bytes that begin like a record everywhere and are none anywhere: every search is in vain, and
    // only its budget ends it.
    let mut almost = vec![0; 64 << 10];
    almost.iter_mut().skip(8).step_by(9).for_each(|byte| *byte = 1);
    group.bench_function("judge: 64 KiB of bytes that were never sent", |b| {
        let (mut judge, mut findings) = (StreamJudge::new(), Findings::new(3));
        b.iter_batched_ref(
            || {
                let mut ring = Ring::new();
                (0..WINDOW).for_each(|_| ring.hand_over(1, 1, &[0; SIZE]));
                ring
            },
            |ring| {
                black_box(judge.receive(ring, &almost, 7, &mut findings));
                findings.judged.clear();
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// One exchange in a window of 32: everything in the order in which the two sides do it.
fn whole(c: &mut Criterion) {
    let (mut requests, mut replies) = (Ring::new(), Ring::new());
    let mut wire = std::collections::VecDeque::with_capacity(2 * WINDOW);
    let (mut table, mut payloads) = (ExchangeTable::new(), payloads());
    let (mut server, mut client) = (StreamJudge::new(), StreamJudge::new());
    let (mut at_server, mut at_client) = (Findings::new(3), Findings::new(3));
    let mut histograms: [Histogram; 4] = std::array::from_fn(|_| Histogram::new());
    let mut now = 0u64;

    let mut exchange = || {
        now += 100;
        let token = table.start(1, now, true);
        let payload = payloads.get(token.0);
        requests.hand_over(token.0, now, payload);
        table.handed_over(token, now, 64);
        wire.push_back(<[u8; SIZE]>::try_from(payload).expect("64 bytes"));
        if wire.len() < WINDOW {
            return;
        }
        let Some(message) = wire.pop_front() else { return };
        let heard = server.receive(&mut requests, &message, now, &mut at_server);
        histograms[0].record(now - heard.handed_over_ns);
        replies.hand_over(heard.exchange, now, &message);
        histograms[1].record(now & 0xFFFF);
        let heard = client.receive(&mut replies, &message, now, &mut at_client);
        histograms[2].record(now - heard.handed_over_ns + 50);
        if let Some(ended) = table.finish(Token(heard.exchange), Finish::Done) {
            histograms[3].record(now - ended.intended_ns);
        }
    };
    c.bench_function("record: all pure parts of one exchange of 64 B", |b| b.iter(&mut exchange));
    assert_eq!(at_server.tally.damaged() + at_client.tally.damaged(), 0);
    // A filter may have left the bench out.
    assert!(table.counts().started == 0 || table.counts().done > 0);
}

criterion_group!(benches, parts, whole);
criterion_main!(benches);
