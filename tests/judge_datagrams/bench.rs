//! A session of datagrams on the bench: what is sent, what arrives and when.

use wirebench::judge::{
    Anomaly, DatagramJudge, Findings, Horizon, Receipt, RecordHead, Tally, VecLedger, Verdict,
};
use wirebench::load::rng::SplitMix64;

/// The `n`-th of many different messages.
pub(crate) fn bytes(n: u64, length: usize) -> Vec<u8> {
    let mut rng = SplitMix64::stream(n, length as u64);
    (0..length).map(|_| rng.next_u64() as u8).collect()
}

pub(crate) struct Bench {
    pub(crate) judge: DatagramJudge,
    pub(crate) ledger: VecLedger,
    pub(crate) findings: Findings,
    /// The clock, in nanoseconds.
    pub(crate) now: u64,
    sent: u64,
}

/// What is known when the round is over.
pub(crate) struct Outcome {
    /// By record, in the order of sending.
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) tally: Tally,
    pub(crate) anomalies: Vec<Anomaly>,
}

impl Bench {
    pub(crate) fn new(horizon: Horizon) -> Self {
        Self {
            judge: DatagramJudge::new(horizon),
            ledger: VecLedger::new(),
            findings: Findings::new(3),
            now: 1_000,
            sent: 0,
        }
    }

    /// A usual horizon, with these messages sent.
    pub(crate) fn with(messages: &[impl AsRef<[u8]>]) -> Self {
        let mut bench = Self::new(Horizon::default());
        for message in messages {
            bench.send(message.as_ref());
        }
        bench
    }

    /// Hands a message over, as an exchange of its own, numbered from 1.
    pub(crate) fn send(&mut self, message: &[u8]) {
        let head = RecordHead {
            session: 1,
            len: message.len() as u32,
            seq: self.sent,
            exchange: self.sent + 1,
            exchanges: 1,
            measured: true,
            handed_over_ns: self.now,
            ..RecordHead::default()
        };
        self.ledger.push(head, message);
        self.sent += 1;
    }

    pub(crate) fn receive(&mut self, message: &[u8]) -> Receipt {
        self.arrive(message, false)
    }

    /// The datagram was longer than these bytes.
    pub(crate) fn receive_cut(&mut self, message: &[u8]) -> Receipt {
        self.arrive(message, true)
    }

    pub(crate) fn expire(&mut self) {
        self.judge.expire(&mut self.ledger, self.now, &mut self.findings);
    }

    pub(crate) fn is_settled(&mut self) -> bool {
        self.judge.is_settled(&mut self.ledger)
    }

    /// Ends the round. Every message has one verdict then.
    pub(crate) fn end(mut self) -> Outcome {
        self.judge.end(&mut self.ledger, &mut self.findings);
        let tally = self.findings.tally.clone();
        assert_eq!(self.ledger.unresolved(), 0);
        assert_eq!(tally.total(), self.sent);
        assert_eq!(tally.damaged(), self.findings.judged.len() as u64);
        let mut verdicts = vec![Verdict::Intact; self.sent as usize];
        for judged in &self.findings.judged {
            let verdict = &mut verdicts[judged.head.seq as usize];
            assert_eq!(*verdict, Verdict::Intact, "record {} is judged twice", judged.head.seq);
            assert_ne!(judged.verdict, Verdict::Intact);
            *verdict = judged.verdict;
        }
        // What ended is over: nothing falls again.
        self.judge.end(&mut self.ledger, &mut self.findings);
        assert_eq!(self.findings.tally, tally);
        Outcome { verdicts, tally, anomalies: self.findings.anomalies }
    }

    fn arrive(&mut self, message: &[u8], cut: bool) -> Receipt {
        let (ledger, findings) = (&mut self.ledger, &mut self.findings);
        self.judge.receive(ledger, message, cut, self.now, findings)
    }
}

impl Outcome {
    /// The first example of a verdict.
    pub(crate) fn example(&self, verdict: Verdict) -> &Anomaly {
        self.anomalies.iter().find(|one| one.verdict == verdict).expect("an example")
    }
}
