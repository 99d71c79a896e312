//! Synthetic scenarios and rounds: what a run would have reported, without running anything.
#![allow(dead_code, reason = "every test uses its own part")]

use serde_json::json;
use wirebench::framing::FramingSpec;
use wirebench::judge::{Anomaly, RecordHead, Verdict};
use wirebench::link::{DirectionProfile, Explained, Fault, FaultKind, FrameRegion, LinkReport};
use wirebench::measure::{
    ClientReport, Connects, ErrorCount, Example, Exchanges, Histogram, Piece, SideReport, Usage,
    WindowTotals,
};
use wirebench::result::document::{FileResult, Measured, PluginResult};
use wirebench::result::{Crash, Disturbed, Document, Host, How, Outcome, Placed, Round, Tool};
use wirebench::scenario::{
    Cell, Cpu, Foreign, Gate, HandlerSpec, Limit, Link, Load, Op, PayloadAlphabet, Scenario,
    Settings, Sizes, Transport, Unreachable, Until,
};

/// A scenario with one cell per pair of framing and payload, in the order of a matrix.
pub(crate) fn scenario(framings: &[&str], payloads: &[u64]) -> Scenario {
    let cells = framings
        .iter()
        .flat_map(|framing| payloads.iter().map(|payload| cell(framing, *payload)))
        .collect();
    Scenario {
        folder: std::path::PathBuf::new(),
        name: "sticky".into(),
        about: "Which framing keeps pipelined messages whole over TCP, and what each costs".into(),
        source: "scenarios/sticky.toml".into(),
        axes: vec!["framing".into(), "load.payload".into()],
        cells,
        rounds: 1,
        text_sha256: None,
        profile: None,
        changes: Vec::new(),
        partition: None,
        search: None,
        secrets: Default::default(),
        seed: 42,
    }
}

/// One cell without gates.
pub(crate) fn cell(framing: &str, payload: u64) -> Cell {
    let point = format!("{payload} B");
    Cell {
        id: format!("framing={framing},load.payload={point}"),
        axes: vec![("framing".into(), framing.into()), ("load.payload".into(), point)],
        settings: settings(framing, payload),
        expect: vec![],
        baseline: Default::default(),
    }
}

/// TCP, placement split, blocking, 32 in flight.
pub(crate) fn settings(framing: &str, payload: u64) -> Settings {
    let framing = FramingSpec {
        kind: framing.into(),
        plugin: None,
        path: None,
        settings: serde_json::Map::from_iter([("max".to_owned(), json!(16_777_216))]),
    };
    Settings {
        server: None,
        echoes: false,
        unreachable: Unreachable::No,
        link: Link::default(),
        handler: HandlerSpec {
            plugin: "echo".into(),
            handler: None,
            path: None,
            config: json!({ "password": "hunter2" }),
        },
        request_framing: framing.clone(),
        reply_framing: framing,
        transport: Transport::default(),
        cpu: Cpu::default(),
        load: Load {
            in_flight: 32,
            payload: Sizes::Constant(payload),
            alphabet: PayloadAlphabet::Text,
            until: Until::Duration(300_000_000),
            round_limit_ns: 10_000_000_000,
            ..Load::default()
        },
    }
}

/// A gate as the scenario's reader would make it.
pub(crate) fn gate(metric: &str, op: Op, limit: Limit, text: &str) -> Gate {
    Gate { metric: metric.into(), op, limit, text: text.into(), reference: None, line: None }
}

/// Builds the reports of one finished round of a closed loop: every request has one reply.
#[derive(Clone)]
pub(crate) struct Sample {
    /// What the client reports.
    pub(crate) client: ClientReport,
    /// What the server reports.
    pub(crate) server: SideReport,
}

impl Sample {
    /// `n` exchanges of `payload` bytes, all intact, of which each took `latency_ns` plus up to
    /// 25 %; `header` bytes of framing a message; 300 ms measured.
    pub(crate) fn intact(n: u64, payload: u64, header: u64, latency_ns: u64) -> Self {
        let mut sample = Self { client: ClientReport::default(), server: SideReport::default() };
        for side in [&mut sample.client.side, &mut sample.server] {
            side.sent.messages = n;
            side.sent.payload_bytes = n * payload;
            side.sent.wire_bytes = n * (payload + header);
            side.sent.writes = n;
            side.sent.segments = Some(n);
            side.received.messages = n;
            side.received.bytes = n * (payload + header);
            side.received.reads = n / 2;
            side.received.tally.by_verdict[Verdict::Intact as usize] = n;
            side.usage = Usage {
                cpu_ns: 2 * n * 812,
                messages: 2 * n,
                context_switches: n / 4,
                peak_memory_bytes: 6 << 20,
                memory_growth_bytes: None,
            };
        }
        sample.client.slots = n.max(1);
        sample.client.window = WindowTotals {
            length_ns: 300_000_000,
            started: n,
            ended: n,
            completed: n,
            completed_payload_bytes: 2 * n * payload,
            answered: n,
            busy_ns: 300_000_000,
        };
        sample.client.exchanges = Exchanges { started: n, done: n, ..Exchanges::default() };
        sample.client.latency = histogram(n, latency_ns);
        sample.client.oneway_request = histogram(n, latency_ns * 2 / 5);
        sample.client.service = histogram(n, latency_ns / 10);
        sample.client.oneway_reply = histogram(n, latency_ns / 2);
        sample.client.connect = histogram(1, 60_000);
        sample.client.connects = Connects { begun: 1, stood: 1, ..Connects::default() };
        sample
    }

    /// Gives `count` intact requests another verdict; their exchanges are damaged.
    pub(crate) fn damage_requests(mut self, verdict: Verdict, count: u64) -> Self {
        if verdict == Verdict::Unsendable {
            self.client.side.sent.unsendable += count;
        } else {
            self.server.received.tally.by_verdict[verdict as usize] += count;
        }
        self.server.received.tally.by_verdict[Verdict::Intact as usize] -= count;
        // The replies to them were never sent.
        self.client.side.received.tally.by_verdict[Verdict::Intact as usize] -= count;
        self.server.sent.messages -= count;
        let window = &mut self.client.window;
        window.completed_payload_bytes -= window.completed_payload_bytes / window.completed * count;
        window.completed -= count;
        self.client.exchanges.done -= count;
        self.client.exchanges.damaged += count;
        let done = self.client.exchanges.done;
        self.client.latency = histogram(done, self.client.latency.min().unwrap_or(1));
        self.client.damaged_latency = histogram(count, 90_000);
        self
    }

    /// Adds exchanges whose requests arrive and that nobody answers.
    pub(crate) fn unanswered(mut self, count: u64) -> Self {
        self.client.side.sent.messages += count;
        self.server.received.messages += count;
        self.server.received.tally.by_verdict[Verdict::Intact as usize] += count;
        self.client.exchanges.started += count;
        self.client.exchanges.unanswered += count;
        self
    }

    /// Adds an example of a request.
    pub(crate) fn example(mut self, verdict: Verdict, seq: u64) -> Self {
        self.server.received.examples.push(example(verdict, seq));
        self
    }

    /// Flips a bit of requests, each of which corrupts one: the first in a header.
    pub(crate) fn flipped(mut self, seqs: &[u64]) -> Self {
        let mut link = LinkReport::default();
        let mut explained = Explained::default();
        for (index, seq) in seqs.iter().enumerate() {
            let hit = if index == 0 { FrameRegion::Header } else { FrameRegion::Payload };
            let at = seq * 12 + 3;
            link.sent.add(&Fault { kind: FaultKind::Flip, hit, session: 1, at, len: 1 });
            match hit {
                FrameRegion::Header => explained.header += 1,
                _ => explained.payload += 1,
            }
        }
        let traced = vec![(FaultKind::Flip, seqs.len() as u64)];
        self.client.side.link = Some(link);
        self.server.link = Some(LinkReport { traced, explained, ..LinkReport::default() });
        let mut sample = self.damage_requests(Verdict::Corrupted, seqs.len() as u64);
        for seq in seqs {
            let mut example = example(Verdict::Corrupted, *seq);
            let (kind, hit) = (FaultKind::Flip, FrameRegion::Header);
            example.faults.push(Fault { kind, hit, session: 1, at: seq * 12 + 3, len: 1 });
            sample.server.received.examples.push(example);
        }
        sample
    }

    /// The server is not ours: nobody knows what became of the messages, and nothing of its side.
    pub(crate) fn foreign(mut self) -> Self {
        self.client.side.sent.unjudged = self.client.side.sent.messages;
        self.client.side.received.tally = Default::default();
        self.server = SideReport::default();
        self
    }

    /// Every exchange ended like this; the messages are what they are.
    pub(crate) fn ended(mut self, exchanges: Exchanges) -> Self {
        self.client.latency = histogram(exchanges.done, 10_000);
        self.client.exchanges = exchanges;
        self
    }

    /// Adds something that went wrong on the server.
    pub(crate) fn error(mut self, kind: &str, count: u64, first: &str) -> Self {
        self.server.errors.push(ErrorCount { kind: kind.into(), count, first: first.into() });
        self
    }

    /// The finished round.
    pub(crate) fn round(self, cell: usize, round: u32) -> Round {
        let outcome = Outcome::Finished {
            client: Box::new(self.client),
            server: Box::new(self.server),
            crash: None,
        };
        round_with(cell, round, outcome)
    }
}

/// Makes all cells those of a server that is not ours.
pub(crate) fn against_a_foreign_server(scenario: &mut Scenario) {
    for cell in &mut scenario.cells {
        cell.settings.server = Some(Foreign::Address("127.0.0.1:7".into()));
    }
}

/// A round with any outcome.
pub(crate) fn round_with(cell: usize, round: u32, outcome: Outcome) -> Round {
    let began_ns = (cell as u64 + 100 * u64::from(round)) * 400_000_000;
    Round {
        cell,
        round,
        attempt: 0,
        seed: 7 + cell as u64,
        began_ns,
        took_ns: 380_000_000,
        disturbed: Disturbed::default(),
        placed: Placed::default(),
        outcome,
    }
}

/// A server that died in its message hook.
pub(crate) fn crash() -> Outcome {
    Outcome::Crashed(Crash {
        side: "server".into(),
        how: How::Signal(11),
        plugin: "echo".into(),
        hook: Some("message".into()),
        session: Some(3),
        message: None,
        hooks_called: 12_345,
        stderr: "reading configuration\n\u{1b}[31mabout to crash\n".into(),
        log: vec!["info: reading configuration".into()],
        log_left_out: 0,
        program: None,
    })
}

/// A round that could not be run.
pub(crate) fn failed() -> Outcome {
    Outcome::Failed { error: "port 7 is in use: choose another `transport.port`".into() }
}

/// `n` samples from `from_ns` to 25 % more.
pub(crate) fn histogram(n: u64, from_ns: u64) -> Histogram {
    let mut histogram = Histogram::new();
    for sample in 0..n {
        histogram.record(from_ns + from_ns / 4 * sample / n.max(1));
    }
    histogram
}

/// The request `seq`, 12 bytes long, received together with its successor.
pub(crate) fn example(verdict: Verdict, seq: u64) -> Example {
    let handed_over_ns = 1_000_000_000 + seq * 10_000;
    let lost = verdict == Verdict::Lost;
    Example {
        anomaly: Anomaly {
            verdict,
            head: RecordHead {
                session: 1,
                len: 12,
                seq,
                exchange: seq + 1,
                exchanges: 1,
                measured: true,
                handed_over_ns,
                cause_received_ns: 0,
                wire_offset: seq * 12,
                wire_len: 12,
            },
            offset: match verdict {
                Verdict::Lost => 0,
                Verdict::Straddled => 8,
                _ => 12,
            },
            shown_from: 0,
            expected: b"message 0017".to_vec(),
            received: if lost { vec![] } else { b"message 0017message 0018".to_vec() },
            received_len: if lost { 0 } else { 24 },
            received_ns: handed_over_ns + 9_200,
        },
        written: vec![Piece { at: seq * 12, len: 12, time_ns: handed_over_ns + 3_100 }],
        read: if lost {
            vec![]
        } else {
            vec![Piece { at: seq * 12, len: 24, time_ns: handed_over_ns + 9_000 }]
        },
        faults: vec![],
    }
}

/// The document of rounds on a machine that does not change.
pub(crate) fn document(scenario: &Scenario, rounds: &[Round]) -> Document {
    Document::build(scenario, rounds, host(), tool())
}

/// A machine that does not change.
pub(crate) fn host() -> Host {
    Host {
        kernel: Some("6.12.0".into()),
        architecture: Some("x86_64".into()),
        cpu: Some("Test CPU".into()),
        cores: Some(2),
        governor: None,
        clocksource: Some("tsc".into()),
        hypervisor: Some(true),
        memory_bytes: Some(8 << 30),
        load_average: Some(0.08),
        loopback_mtu: Some(65_536),
        congestion_control: Some("cubic".into()),
    }
}

/// A program that does not change.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "wirebench".into(),
        version: "0.1.0".into(),
        debug_build: false,
        path: Some("/usr/bin/wirebench".into()),
        size_bytes: Some(8_000_000),
        sha256: Some("0123456789abcdef".repeat(4)),
    }
}

/// Files of both kinds.
pub(crate) fn measured() -> Measured {
    let plugin = PluginResult {
        id: "wirebench.echo".into(),
        version: "0.1.0".into(),
        sdk: "wirebench-sdk 0.1.0".into(),
        path: "/usr/lib/wirebench/plugins/libwirebench_echo.so".into(),
        size_bytes: 400_000,
        sha256: "fedcba9876543210".repeat(4),
        debug_build: Some(true),
        handlers: vec!["echo".into()],
        framings: vec![],
    };
    let file = FileResult {
        role: "payload".into(),
        path: "/srv/body.bin".into(),
        size_bytes: 300,
        sha256: "0011223344556677".repeat(4),
    };
    Measured { plugins: vec![plugin], files: vec![file] }
}

/// A run in which everything happened that a document can tell of.
pub(crate) fn everything() -> (Scenario, Vec<Round>) {
    let mut scenario = scenario(&["raw", "sleep", "line", "len32be"], &[64, 1024]);
    let intact = gate("intact", Op::Equal, Limit::Share(1.0), "100%");
    let p99 = gate("p99", Op::Less, Limit::Nanos(50_000), "< 50us");
    for cell in &mut scenario.cells {
        cell.expect = vec![intact.clone(), p99.clone()];
    }
    scenario.cells[0].expect =
        vec![gate("damaged", Op::More, Limit::Count(0), "> 0"), intact.clone()];
    scenario.cells[1].settings.link.request =
        DirectionProfile { flip: 0.000_001, ..DirectionProfile::default() };
    let rounds = vec![
        Sample::intact(10_000, 64, 0, 20_000)
            .damage_requests(Verdict::Merged, 7_100)
            .damage_requests(Verdict::Straddled, 300)
            .example(Verdict::Merged, 17)
            .example(Verdict::Merged, 18)
            .example(Verdict::Straddled, 40)
            .round(0, 0),
        Sample::intact(9_000, 1024, 0, 25_000)
            .flipped(&[31, 40])
            .damage_requests(Verdict::Lost, 1)
            .example(Verdict::Lost, 90)
            .round(1, 0),
        Sample::intact(290, 64, 0, 1_060_000).round(2, 0),
        Sample::intact(90, 1024, 0, 1_100_000).round(3, 0),
        Sample::intact(410_000, 64, 1, 12_300).round(4, 0),
        Sample::intact(350_000, 1024, 1, 15_000)
            .error("read: connection reset", 2, "session 4: connection reset by peer")
            .round(5, 0),
        Sample::intact(426_000, 64, 4, 11_800).round(6, 0),
        round_with(7, 0, crash()),
    ];
    (scenario, rounds)
}

/// A run of three rounds: nothing keeps `raw` whole, `sleep` is slow, and the others differ by less than
/// their rounds do.
pub(crate) fn three_rounds() -> (Scenario, Vec<Round>) {
    let mut scenario = scenario(&["raw", "sleep", "line", "varint", "len32be"], &[64]);
    scenario.rounds = 3;
    scenario.cells[0].expect = vec![gate("damaged", Op::More, Limit::Count(0), "> 0")];
    let mut rounds = Vec::new();
    for (round, noise) in (0..).zip([[100, 107, 103], [104, 102, 108], [98, 101, 104]]) {
        let of = |mean: u64, noise: u64| mean * noise / 100;
        rounds.push(
            Sample::intact(of(40_000, noise[0]), 64, 0, 20_000)
                .damage_requests(Verdict::Merged, of(39_900, noise[0]))
                .round(0, round),
        );
        for (cell, header) in (2..).zip([1, 1, 4]) {
            let noise = noise[cell - 2];
            let latency = 1_300_000 / noise;
            rounds.push(Sample::intact(of(60_000, noise), 64, header, latency).round(cell, round));
        }
        rounds.push(Sample::intact(of(290, noise[1]), 64, 0, 1_060_000).round(1, round));
    }
    (scenario, rounds)
}
