//! The judge of streams, against any sequence of messages handed over and received.
//!
//! The input is a list of [`steps`](step). At any time, every record has its verdict or is still in
//! the ledger, and in the end each has exactly one.

use super::input::Input;
use wirebench::judge::{Findings, StreamJudge, VecLedger, Verdict};

/// What is known so far.
struct Bench {
    judge: StreamJudge,
    ledger: VecLedger,
    findings: Findings,
    /// All that was handed over, in one.
    sent: Vec<u8>,
    lengths: Vec<usize>,
    /// How much of it has come, as the sender of the steps sees it.
    come: usize,
    received: u64,
}

/// Runs the target.
pub fn run(data: &[u8]) {
    let mut bench = Bench {
        judge: StreamJudge::new(),
        ledger: VecLedger::new(),
        findings: Findings::new(2),
        sent: Vec::new(),
        lengths: Vec::new(),
        come: 0,
        received: 0,
    };
    let mut input = Input(data);
    while !input.is_empty() {
        step(&mut bench, &mut input);
        let judged = bench.findings.tally.total() + bench.ledger.unresolved() as u64;
        assert_eq!(judged, bench.lengths.len() as u64, "a record without a verdict, or with two");
    }
    finish(bench);
}

fn step(bench: &mut Bench, input: &mut Input<'_>) {
    let (what, len) = (input.u8(), usize::from(input.u8()));
    match what % 8 {
        // A message is handed over: bytes of the input, or many alike.
        0 => bench.hand_over(input.bytes(len)),
        1 => bench.hand_over(&vec![what >> 3 & 1; len]),
        // The next so many bytes arrive as they are.
        2 => {
            let end = bench.sent.len().min(bench.come + len);
            let bytes = bench.sent[bench.come..end].to_vec();
            bench.come = end;
            bench.receive(&bytes);
        }
        // One of them changed on the way.
        3 => {
            let end = bench.sent.len().min(bench.come + len);
            let mut bytes = bench.sent[bench.come..end].to_vec();
            bench.come = end;
            let at = usize::from(input.u8()) % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (what >> 5);
            }
            bench.receive(&bytes);
        }
        // So many are lost.
        4 => bench.come = bench.sent.len().min(bench.come + len),
        // Some of what has come, comes again.
        5 => bench.come = bench.come.saturating_sub(len),
        // What was never sent.
        6 => bench.receive(input.bytes(len)),
        // The next record arrives whole, and more of them with it.
        _ => {
            let mut end = 0;
            let ends = bench.lengths.iter().map(|len| {
                end += len;
                end
            });
            let last = ends.filter(|end| *end > bench.come).take(1 + len % 4).last();
            let end = last.unwrap_or(bench.come);
            let bytes = bench.sent[bench.come..end].to_vec();
            bench.come = end;
            bench.receive(&bytes);
        }
    }
}

impl Bench {
    fn hand_over(&mut self, message: &[u8]) {
        self.ledger.hand_over(message);
        self.sent.extend_from_slice(message);
        self.lengths.push(message.len());
    }

    fn receive(&mut self, message: &[u8]) {
        self.received += message.len() as u64;
        let receipt =
            self.judge.receive(&mut self.ledger, message, self.received, &mut self.findings);
        assert!(!receipt.ambiguous, "a stream keeps the order");
        assert!(!receipt.intact || receipt.exchanges == 1, "{receipt:?}");
    }
}

fn finish(mut bench: Bench) {
    let intact = bench.findings.tally.get(Verdict::Intact);
    bench.judge.end(&mut bench.ledger, &mut bench.findings);
    let Findings { tally, judged, anomalies, .. } = &bench.findings;
    assert_eq!(bench.ledger.unresolved(), 0);
    assert_eq!(tally.total(), bench.lengths.len() as u64);
    assert_eq!(tally.get(Verdict::Intact), intact, "nothing is intact at the end");
    assert_eq!(tally.get(Verdict::Reordered) + tally.get(Verdict::Duplicated), 0);
    assert!(tally.unexpected_bytes <= bench.received);
    assert_eq!(judged.len() as u64, tally.damaged());
    assert!(judged.iter().all(|judged| judged.verdict != Verdict::Intact));
    let in_order = judged.windows(2).all(|pair| pair[0].head.seq < pair[1].head.seq);
    assert!(in_order, "judged twice, or out of order");
    for anomaly in anomalies {
        assert!(anomaly.expected.len() <= 64 && anomaly.received.len() <= 64);
    }
}
