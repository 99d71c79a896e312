//! The judge of datagrams, against any sequence of messages handed over and received, at any time.
//!
//! Bytes 0 and 1 are the horizon, in records and in units of 16 ns; the rest is a list of
//! [`steps`](step). At the end every record has exactly one verdict, and the ledger is empty.

use super::input::Input;
use wirebench::judge::{DatagramJudge, Findings, Horizon, RecordHead, VecLedger, Verdict};

struct Bench {
    judge: DatagramJudge,
    ledger: VecLedger,
    findings: Findings,
    sent: Vec<Vec<u8>>,
    now: u64,
    received: u64,
    /// Messages whose receipt is intact.
    whole: u64,
}

/// Runs the target.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let records = 1 + usize::from(input.u8());
    let horizon = Horizon { records, ns: u64::from(input.u8()) * 16 };
    let mut bench = Bench {
        judge: DatagramJudge::new(horizon),
        ledger: VecLedger::new(),
        findings: Findings::new(2),
        sent: Vec::new(),
        now: 0,
        received: 0,
        whole: 0,
    };
    while !input.is_empty() {
        step(&mut bench, &mut input);
        let judged = bench.findings.tally.total();
        assert!(judged <= bench.sent.len() as u64, "more verdicts than messages");
    }
    finish(bench);
}

fn step(bench: &mut Bench, input: &mut Input<'_>) {
    let (what, len) = (input.u8(), usize::from(input.u8()));
    match what % 8 {
        // A message is handed over: bytes of the input, or many alike.
        0 => bench.hand_over(input.bytes(len).to_vec()),
        1 => bench.hand_over(vec![what >> 3 & 1; len]),
        // One of the last 256 arrives: whole, cut or changed.
        2 => bench.arrive(len, |bytes| bytes, false),
        3 => {
            let keep = usize::from(input.u8());
            let cut = what & 8 == 0;
            bench.arrive(len, |bytes| bytes[..bytes.len().min(keep)].to_vec(), cut);
        }
        4 => {
            let at = usize::from(input.u8());
            let change = |mut bytes: Vec<u8>| {
                let at = at % bytes.len().max(1);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (what >> 5));
                bytes
            };
            bench.arrive(len, change, false);
        }
        // What was never sent.
        5 => bench.receive(input.bytes(len), what & 8 == 0),
        // Two in one.
        6 => {
            let next = bench.back(len.saturating_sub(1)).cloned().unwrap_or_default();
            bench.arrive(len, |bytes| [bytes, next].concat(), false);
        }
        _ => {
            bench.now += len as u64;
            bench.judge.expire(&mut bench.ledger, bench.now, &mut bench.findings);
        }
    }
}

impl Bench {
    fn hand_over(&mut self, message: Vec<u8>) {
        let number = self.sent.len() as u64;
        let head = RecordHead {
            session: 1,
            len: message.len() as u32,
            seq: number,
            exchange: number + 1,
            exchanges: 1,
            measured: true,
            handed_over_ns: self.now,
            ..RecordHead::default()
        };
        self.ledger.push(head, &message);
        self.sent.push(message);
    }

    /// The message that was handed over `back` before the last.
    fn back(&self, back: usize) -> Option<&Vec<u8>> {
        self.sent.iter().rev().nth(back)
    }

    fn arrive(&mut self, back: usize, change: impl FnOnce(Vec<u8>) -> Vec<u8>, cut: bool) {
        if let Some(message) = self.back(back).cloned() {
            self.receive(&change(message), cut);
        }
    }

    fn receive(&mut self, message: &[u8], cut: bool) {
        self.received += message.len() as u64;
        let (ledger, findings) = (&mut self.ledger, &mut self.findings);
        let receipt = self.judge.receive(ledger, message, cut, self.now, findings);
        assert!(!(cut && receipt.intact), "what was cut is not intact");
        assert!(receipt.exchange <= self.sent.len() as u64, "{receipt:?}");
        self.whole += u64::from(receipt.intact);
    }
}

fn finish(mut bench: Bench) {
    bench.judge.end(&mut bench.ledger, &mut bench.findings);
    let tally = bench.findings.tally.clone();
    assert_eq!(bench.ledger.unresolved(), 0);
    assert_eq!(tally.total(), bench.sent.len() as u64);
    assert_eq!(tally.damaged(), bench.findings.judged.len() as u64);
    assert!(tally.get(Verdict::Intact) <= bench.whole, "intact, but no receipt said so");
    assert!(tally.unexpected_bytes <= bench.received);
    let mut judged = vec![false; bench.sent.len()];
    for one in &bench.findings.judged {
        assert_ne!(one.verdict, Verdict::Intact);
        let before = std::mem::replace(&mut judged[one.head.seq as usize], true);
        assert!(!before, "record {} is judged twice", one.head.seq);
    }
    bench.judge.end(&mut bench.ledger, &mut bench.findings);
    assert_eq!(bench.findings.tally, tally, "what ended is over");
}
