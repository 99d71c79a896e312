//! What the instrument itself costs for one 64 B exchange, request and reply together: the parts
//! one by one, and all in a row over real shared memory.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use wirebench::judge::{Findings, Record, RecordHead, SessionLedger, StreamJudge};
use wirebench::ledger::{LedgerReader, LedgerWriter};
use wirebench::load::{
    ExchangeTable, Finish, NamedPayloads, PayloadAlphabet, Payloads, Sizes, Token,
};
use wirebench::measure::Recorder;
use wirebench::net::clock::Clock;
use wirebench::net::memfd::{RegionFds, create, map_owner, map_reader};

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

    let mut histogram = Recorder::new();
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

/// Two sides in one process, over real shared memory.
struct Sides {
    clock: Clock,
    requests: (LedgerWriter, LedgerReader),
    replies: (LedgerWriter, LedgerReader),
    judges: (StreamJudge, StreamJudge),
    findings: (Findings, Findings),
    times: [Recorder; 4],
    sequence: u64,
}

impl Sides {
    fn new() -> Self {
        let (client, server) = (create(4 << 20).expect("memory"), create(4 << 20).expect("memory"));
        let own = |fds: &RegionFds| Arc::new(map_owner(&fds.owner).expect("mapping"));
        let other = |fds: &RegionFds| Arc::new(map_reader(&fds.reader).expect("mapping"));
        let pair = |from: &RegionFds, to: &RegionFds| {
            (
                LedgerWriter::new(own(from), other(to)),
                LedgerReader::new(own(to), other(from), NamedPayloads::default()),
            )
        };
        Self {
            clock: Clock::calibrate(),
            requests: pair(&client, &server),
            replies: pair(&server, &client),
            judges: (StreamJudge::new(), StreamJudge::new()),
            findings: (Findings::new(3), Findings::new(3)),
            times: std::array::from_fn(|_| Recorder::new()),
            sequence: 0,
        }
    }

    /// What a message's way through both sides adds to sending it: its own clock readings, two
    /// ledger records, two verdicts, four times.
    #[inline]
    fn exchange(&mut self, exchange: u64, message: &[u8]) -> u64 {
        let asked = self.clock.now();
        hand_over(&mut self.requests.0, exchange, self.sequence, asked, 0, message);
        let request = self.judges.0.receive(
            &mut self.requests.1.session(1),
            message,
            asked,
            &mut self.findings.0,
        );
        let answered = self.clock.now();
        let exchange = request.exchange;
        hand_over(&mut self.replies.0, exchange, self.sequence, answered, asked, message);
        let reply = self.judges.1.receive(
            &mut self.replies.1.session(1),
            message,
            answered,
            &mut self.findings.1,
        );
        self.sequence += 1;
        self.times[0].record(reply.cause_received_ns - request.handed_over_ns);
        self.times[1].record(reply.handed_over_ns - reply.cause_received_ns);
        self.times[2].record(answered - reply.handed_over_ns);
        self.times[3].record(answered - asked);
        reply.exchange
    }
}

#[inline]
fn hand_over(
    ledger: &mut LedgerWriter,
    exchange: u64,
    seq: u64,
    handed_over_ns: u64,
    cause_received_ns: u64,
    message: &[u8],
) {
    assert!(ledger.has_room(message.len()));
    let head = RecordHead {
        session: 1,
        len: message.len() as u32,
        seq,
        exchange,
        exchanges: 1,
        measured: true,
        handed_over_ns,
        cause_received_ns,
        wire_offset: seq * 68,
        wire_len: 68,
    };
    ledger.append(&head, message);
    ledger.publish();
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("record");
    let mut sides = Sides::new();
    let message = [7; SIZE];
    group.bench_function("clock, ledger, judge, histograms: one exchange of 64 B", |b| {
        b.iter(|| black_box(sides.exchange(black_box(1), black_box(&message))));
    });
    let (mut table, mut payloads) = (ExchangeTable::new(), payloads());
    group.bench_function("the same with payload and window", |b| {
        b.iter(|| {
            let token = table.start(1, 1, true);
            let payload = payloads.get(token.0);
            table.handed_over(token, 2, payload.len());
            let answered = sides.exchange(token.0, payload);
            black_box(table.finish(Token(answered), Finish::Done))
        });
    });
    group.finish();
    assert_eq!(sides.findings.0.tally.damaged() + sides.findings.1.tally.damaged(), 0);
    // A filter may have left the bench out.
    assert!(table.counts().started == table.counts().done);
}

criterion_group!(benches, parts, whole);
criterion_main!(benches);
