//! All rounds of one cell, pooled.

use super::audit::{CellAudit, limited_in};
use super::document::{JudgedBy, LogResult};
use super::link::LinkData;
use super::{Crash, Disturbances, Outcome, Round};
use crate::judge::{Tally, VERDICTS, Verdict};
use crate::measure::{
    ClientReport, Conduct, Connects, Direction, ErrorCount, Example, Exchanges, Held, Histogram,
    LoadEnd, Metric, OpenReport, Received, Sent, SideReport, Usage, WindowTotals, is_of_plugin,
};
use crate::scenario::{Cell, OpenLoad, Wait};
use std::collections::BTreeMap;

/// Examples kept of one verdict in one direction of a cell.
const EXAMPLES_KEPT: usize = 16;

/// Lines kept of what was said in a cell.
const LINES_KEPT: usize = 100;

/// Kinds of errors, and of counts, kept of a cell: those of both sides.
const KINDS_KEPT: usize = 128;

/// A round is not quiet when the ledger's ring was full for more than one part in this many of
/// its measured time.
const STALL_LIMIT: u64 = 1000;

/// What the finished rounds of a cell add up to. Counts are sums, histograms are merged, memory is
/// the highest; sums saturate, because they may come from a file.
#[derive(Clone, Debug, Default)]
pub struct CellData {
    /// Rounds the scenario asks for.
    pub planned: u32,
    /// Rounds that finished and are pooled here.
    pub finished: u32,
    /// Rounds in which a side crashed.
    pub crashes: Vec<CrashedRound>,
    /// How many of them are pooled here all the same, because the client has reported.
    pub reported_crashes: usize,
    /// Rounds that could not be run: round and error.
    pub failed: Vec<(u32, String)>,
    /// Rounds whose ledger stalled for more than 0.1 % of the measured time.
    pub stalled_rounds: Vec<u32>,
    /// Finished rounds in which nothing was measured, and how many exchanges were: none of them was
    /// answered, not even with damage.
    pub silent_rounds: Vec<(u32, u64)>,
    /// What the machine took from finished rounds.
    pub disturbances: Disturbances,
    /// Who says what became of messages.
    pub judge: JudgedBy,
    /// True when the link does something.
    pub linked: bool,
    /// True when the sides spin, so that their CPU time says nothing about the messages.
    pub spin: bool,
    /// Measured exchanges.
    pub exchanges: Exchanges,
    /// Client to server.
    pub request: DirectionData,
    /// Server to client.
    pub reply: DirectionData,
    /// What happened inside the measured windows, all rounds together.
    pub window: WindowTotals,
    /// Rounds whose load did not end as planned.
    pub cut_rounds: Vec<(u32, LoadEnd)>,
    /// What only open loops have, all rounds together; `None`: they are closed.
    pub open: Option<Box<OpenReport>>,
    /// `load.min-achieved`.
    pub min_achieved: f64,
    /// What was planned; `None`: the loop is closed.
    pub load: Option<OpenLoad>,
    /// Whether the load was that.
    pub audit: CellAudit,
    /// Latency of done exchanges.
    pub latency: Histogram,
    /// Latency of exchanges with a damaged message.
    pub damaged_latency: Histogram,
    /// One-way latency of requests.
    pub oneway_request: Histogram,
    /// The server's time from read to reply.
    pub service: Histogram,
    /// One-way latency of replies.
    pub oneway_reply: Histogram,
    /// Time to connect.
    pub connect: Histogram,
    /// What came of the attempts to connect.
    pub connects: Connects,
    /// What a server that is not ours did besides answering.
    pub conduct: Conduct,
    /// What such a server made the client hold, in the round in which it was most.
    pub held: Option<Held>,
    /// Unanswered exchanges that the end of the drain has cut off before their time.
    pub undrained: u64,
    /// One-way samples that would have been negative.
    pub negative_samples: u64,
    /// What the client side cost.
    pub client: Usage,
    /// What the server side cost.
    pub server: Usage,
    /// The first examples of each verdict and direction.
    pub examples: Vec<PooledExample>,
    /// What went wrong without ending a round: side and count.
    pub errors: Vec<(&'static str, ErrorCount)>,
    /// What the handler counted: side and count.
    pub counts: Vec<(&'static str, ErrorCount)>,
    /// What was said: the first lines of all rounds.
    pub log: Vec<LogResult>,
    /// How many lines there were besides.
    pub log_left_out: u64,
}

/// One direction of a cell.
#[derive(Clone, Debug, Default)]
pub struct DirectionData {
    /// What the sender sent.
    pub sent: Sent,
    /// The verdicts, those that only the sender can know included.
    pub tally: Tally,
    /// Messages the receiver's decoder yielded.
    pub received_messages: u64,
    /// Bytes read.
    pub received_bytes: u64,
    /// Read calls that read something.
    pub reads: u64,
    /// Datagrams that the kernel dropped because the receive buffer was full.
    pub kernel_drops: u64,
    /// Messages with which an equal one was under way.
    pub ambiguous: u64,
    /// What the link did to it.
    pub link: LinkData,
}

/// An example and where it is from.
#[derive(Clone, Debug)]
pub struct PooledExample {
    /// The direction of the message.
    pub direction: Direction,
    /// The round it was seen in.
    pub round: u32,
    /// The evidence.
    pub example: Example,
}

/// A crash and the round it ended.
#[derive(Clone, Debug)]
pub struct CrashedRound {
    /// The round, from 0.
    pub round: u32,
    /// What is known of it.
    pub crash: Crash,
}

impl CellData {
    /// A cell of which no round is known yet.
    pub fn new(cell: &Cell, planned: u32) -> Self {
        let spin = cell.settings.cpu.wait == Wait::Spin;
        let judge = JudgedBy::of(&cell.settings);
        let linked = !cell.settings.link.is_clean();
        let load = cell.settings.load.open.clone();
        let min_achieved = load.as_ref().map_or(0.0, |open| open.min_achieved);
        Self { planned, spin, judge, linked, min_achieved, load, ..Self::default() }
    }

    /// Whether the generator was the limit of a round, in a word; `None`: there is nothing to tell it from.
    pub(super) fn limited_in(&self, round: &Round) -> Option<&'static str> {
        limited_in(self.load.as_ref(), round, self.spin)
    }

    /// Exchanges that count as slower than all that were done, wherever that is asked: without an answer, or dropped.
    pub fn slower(&self) -> u64 {
        let dropped = self.open.as_ref().map_or(0, |open| open.dropped);
        self.exchanges.unanswered.saturating_add(dropped)
    }

    /// True when an open loop was answered less than it asked for.
    pub fn is_saturated(&self) -> bool {
        self.achieved_share().is_some_and(|share| share < self.min_achieved)
    }

    /// What an open loop was answered of what it had planned; `None`: it had planned nothing.
    pub fn achieved_share(&self) -> Option<f64> {
        let planned = self.open.as_ref().map(|open| open.planned).filter(|planned| *planned > 0)?;
        Some(self.window.answered as f64 / planned as f64)
    }

    /// Pools those of `rounds` that belong to cell number `index`, which is `cell` in the plan.
    pub fn pool(cell: &Cell, index: usize, planned: u32, rounds: &[Round]) -> Self {
        let mut data = Self::new(cell, planned);
        rounds.iter().filter(|round| round.cell == index).for_each(|round| data.add(round));
        data
    }

    /// Adds one round of this cell.
    pub fn add(&mut self, round: &Round) {
        match &round.outcome {
            Outcome::Finished { client, server, crash } => {
                self.disturbances.add(round);
                self.audit.add(
                    round.round,
                    self.load.as_ref(),
                    client,
                    &round.disturbed,
                    self.spin,
                );
                self.add_finished(round.round, client, server);
                self.add_log(round.round, "client", &client.side.log, client.side.log_left_out);
                self.add_log(round.round, "server", &server.log, server.log_left_out);
                if let Some(crash) = crash {
                    self.reported_crashes += 1;
                    let crash = Crash::clone(crash);
                    self.crashes.push(CrashedRound { round: round.round, crash });
                }
            }
            Outcome::Crashed(crash) => {
                self.add_log(round.round, &crash.side, &crash.log, crash.log_left_out);
                self.crashes.push(CrashedRound { round: round.round, crash: crash.clone() });
            }
            Outcome::Failed { error } => self.failed.push((round.round, error.clone())),
        }
    }

    fn add_log(&mut self, round: u32, side: &str, lines: &[String], left_out: u64) {
        let room = LINES_KEPT.saturating_sub(self.log.len());
        let log = |line: &String| LogResult { round, side: side.into(), line: line.clone() };
        self.log.extend(lines.iter().take(room).map(log));
        let more = lines.len().saturating_sub(room) as u64;
        self.log_left_out = self.log_left_out.saturating_add(more).saturating_add(left_out);
    }

    /// Rounds that are over, however they ended.
    pub fn rounds_over(&self) -> u64 {
        let unreported = self.crashes.len().saturating_sub(self.reported_crashes);
        u64::from(self.finished) + (unreported + self.failed.len()) as u64
    }

    /// The server is ours.
    pub fn has_our_server(&self) -> bool {
        self.judge == JudgedBy::Ledger
    }

    /// The direction that a metric is about: where requests are not judged, answers alone.
    pub fn told(&self, metric: &Metric, direction: Option<Direction>) -> Option<Direction> {
        let of_answers = self.judge == JudgedBy::Echo && metric.is_told_by_echoes(direction);
        direction.or(of_answers.then_some(Direction::Reply))
    }

    /// True when the value, in this direction or in both, takes what nobody has told.
    pub fn cannot_tell(&self, metric: &Metric, direction: Option<Direction>) -> bool {
        match self.judge {
            JudgedBy::Ledger => false,
            JudgedBy::Echo if metric.is_told_by_echoes(direction) => false,
            JudgedBy::Echo | JudgedBy::HandlerOnly => metric.needs_our_server(direction),
        }
    }

    /// Messages handed over in one direction, or in both.
    pub fn sent(&self, direction: Option<Direction>) -> u64 {
        self.over(direction, |data| data.sent.messages)
    }

    /// Messages with this verdict in one direction, or in both.
    pub fn verdict(&self, verdict: Verdict, direction: Option<Direction>) -> u64 {
        self.over(direction, |data| data.tally.get(verdict))
    }

    /// Sums a count over one direction, or over both.
    pub fn over(&self, direction: Option<Direction>, get: impl Fn(&DirectionData) -> u64) -> u64 {
        match direction {
            Some(Direction::Request) => get(&self.request),
            Some(Direction::Reply) => get(&self.reply),
            None => get(&self.request).saturating_add(get(&self.reply)),
        }
    }

    fn add_finished(&mut self, round: u32, client: &ClientReport, server: &SideReport) {
        self.finished += 1;
        let first = self.finished == 1;
        self.request.add(first, &client.side.sent, &server.received);
        self.reply.add(first, &server.sent, &client.side.received);
        self.request.link.add(round, &client.side, server);
        self.reply.link.add(round, server, &client.side);
        add_exchanges(&mut self.exchanges, &client.exchanges);
        if is_silent(client, server) {
            self.silent_rounds.push((round, client.exchanges.started));
        }
        add_window(&mut self.window, &client.window);
        if client.load_end != LoadEnd::Planned {
            self.cut_rounds.push((round, client.load_end));
        }
        if let Some(open) = &client.open {
            add_open(self.open.get_or_insert_default(), open);
        }
        self.latency.merge(&client.latency);
        self.damaged_latency.merge(&client.damaged_latency);
        self.oneway_request.merge(&client.oneway_request);
        self.service.merge(&client.service);
        self.oneway_reply.merge(&client.oneway_reply);
        // Messages that belong to no exchange: each side knows the times of those it received.
        self.oneway_request.merge(&server.unsolicited);
        self.oneway_reply.merge(&client.side.unsolicited);
        self.connect.merge(&client.connect);
        self.connects.merge(&client.connects);
        self.conduct.merge(&client.conduct);
        if let Some(theirs) = &client.side.held {
            let mine = self.held.get_or_insert_default();
            mine.peak = mine.peak.max(theirs.peak);
            mine.session_peak = mine.session_peak.max(theirs.session_peak);
        }
        add_to(&mut self.undrained, client.undrained);
        add_to(&mut self.negative_samples, client.negative_samples);
        add_usage(&mut self.client, &client.side.usage);
        add_usage(&mut self.server, &server.usage);
        let stalled = client.side.sent.stalled_ns.max(server.sent.stalled_ns);
        if stalled > client.window.length_ns / STALL_LIMIT {
            self.stalled_rounds.push(round);
        }
        self.add_examples(Direction::Request, round, &server.received.examples);
        self.add_examples(Direction::Reply, round, &client.side.received.examples);
        add_counts(&mut self.errors, "client", &client.side.errors);
        add_counts(&mut self.errors, "server", &server.errors);
        add_counts(&mut self.counts, "client", &client.side.counts);
        add_counts(&mut self.counts, "server", &server.counts);
    }

    fn add_examples(&mut self, direction: Direction, round: u32, examples: &[Example]) {
        let mut kept: BTreeMap<Verdict, usize> = BTreeMap::new();
        for pooled in self.examples.iter().filter(|pooled| pooled.direction == direction) {
            *kept.entry(pooled.example.anomaly.verdict).or_default() += 1;
        }
        for example in examples {
            let kept = kept.entry(example.anomaly.verdict).or_default();
            if *kept < EXAMPLES_KEPT {
                *kept += 1;
                self.examples.push(PooledExample { direction, round, example: example.clone() });
            }
        }
    }

    /// What went wrong in plugins and framings without ending a round, on both sides.
    pub fn errors_of_plugins(&self) -> u64 {
        let of_plugins = self.errors.iter().filter(|(_, error)| is_of_plugin(&error.kind));
        of_plugins.fold(0, |sum, (_, error)| sum.saturating_add(error.count))
    }

    /// What the handler counted of a kind, on both sides.
    pub fn count(&self, kind: &str) -> u64 {
        let of_kind = self.counts.iter().filter(|(_, count)| count.kind == kind);
        of_kind.fold(0, |sum, (_, count)| sum.saturating_add(count.count))
    }
}

impl DirectionData {
    /// Messages that left their sender: handed over, and neither unsendable nor without a record.
    pub fn carried(&self) -> u64 {
        let kept_back = self.sent.unsendable.saturating_add(self.sent.unjudged);
        self.sent.messages.saturating_sub(kept_back)
    }

    fn add(&mut self, first: bool, sent: &Sent, received: &Received) {
        let mine = &mut self.sent;
        add_to(&mut mine.messages, sent.messages);
        add_to(&mut mine.unsendable, sent.unsendable);
        add_to(&mut mine.unjudged, sent.unjudged);
        add_to(&mut mine.payload_bytes, sent.payload_bytes);
        add_to(&mut mine.wire_bytes, sent.wire_bytes);
        add_to(&mut mine.writes, sent.writes);
        add_to(&mut mine.stalls, sent.stalls);
        add_to(&mut mine.stalled_ns, sent.stalled_ns);
        // A count that one round lacks is not a count of the cell.
        mine.segments = match (mine.segments, sent.segments) {
            (None, theirs) if first => theirs,
            (Some(mine), Some(theirs)) => Some(mine.saturating_add(theirs)),
            _ => None,
        };
        for verdict in 0..VERDICTS {
            add_to(&mut self.tally.by_verdict[verdict], received.tally.by_verdict[verdict]);
        }
        // The receiver cannot know of these: its tally has none of them.
        add_to(&mut self.tally.by_verdict[Verdict::Unsendable as usize], sent.unsendable);
        add_to(&mut self.tally.by_verdict[Verdict::Unjudged as usize], sent.unjudged);
        add_to(&mut self.tally.copies, received.tally.copies);
        add_to(&mut self.tally.late, received.tally.late);
        add_to(&mut self.tally.unexpected_bytes, received.tally.unexpected_bytes);
        add_to(&mut self.tally.unexpected_messages, received.tally.unexpected_messages);
        add_to(&mut self.received_messages, received.messages);
        add_to(&mut self.received_bytes, received.bytes);
        add_to(&mut self.reads, received.reads);
        add_to(&mut self.kernel_drops, received.kernel_drops);
        add_to(&mut self.ambiguous, received.ambiguous);
    }
}

fn add_counts(
    mine: &mut Vec<(&'static str, ErrorCount)>,
    side: &'static str,
    theirs: &[ErrorCount],
) {
    for count in theirs {
        let known = mine.iter().position(|(at, known)| *at == side && known.kind == count.kind);
        match known {
            Some(index) => {
                let known = &mut mine[index].1;
                if known.count == 0 {
                    known.first.clone_from(&count.first);
                }
                add_to(&mut known.count, count.count);
            }
            None if mine.len() < KINDS_KEPT => mine.push((side, count.clone())),
            None => {}
        }
    }
}

fn add_to(mine: &mut u64, theirs: u64) {
    *mine = mine.saturating_add(theirs);
}

/// True when no exchange of a round was answered. Those whose requests were damaged could have been, but
/// not where there was no reply at all.
fn is_silent(client: &ClientReport, server: &SideReport) -> bool {
    let ends = &client.exchanges;
    let without_a_reply = server.sent.messages == 0 && client.side.received.messages == 0;
    let damaged = if without_a_reply { ends.damaged } else { 0 };
    ends.started == ends.unanswered.saturating_add(damaged)
}

fn add_exchanges(mine: &mut Exchanges, theirs: &Exchanges) {
    add_to(&mut mine.started, theirs.started);
    add_to(&mut mine.done, theirs.done);
    add_to(&mut mine.wrong, theirs.wrong);
    add_to(&mut mine.rejected, theirs.rejected);
    add_to(&mut mine.damaged, theirs.damaged);
    add_to(&mut mine.unanswered, theirs.unanswered);
}

fn add_window(mine: &mut WindowTotals, theirs: &WindowTotals) {
    add_to(&mut mine.length_ns, theirs.length_ns);
    add_to(&mut mine.started, theirs.started);
    add_to(&mut mine.ended, theirs.ended);
    add_to(&mut mine.completed, theirs.completed);
    add_to(&mut mine.answered, theirs.answered);
    add_to(&mut mine.completed_payload_bytes, theirs.completed_payload_bytes);
    add_to(&mut mine.busy_ns, theirs.busy_ns);
}

fn add_open(mine: &mut OpenReport, theirs: &OpenReport) {
    add_to(&mut mine.planned, theirs.planned);
    add_to(&mut mine.dropped, theirs.dropped);
    add_to(&mut mine.waited, theirs.waited);
    mine.backlog_peak = mine.backlog_peak.max(theirs.backlog_peak);
    mine.slip.merge(&theirs.slip);
    mine.lateness.merge(&theirs.lateness);
    mine.uncorrected.merge(&theirs.uncorrected);
}

fn add_usage(mine: &mut Usage, theirs: &Usage) {
    add_to(&mut mine.cpu_ns, theirs.cpu_ns);
    add_to(&mut mine.messages, theirs.messages);
    add_to(&mut mine.context_switches, theirs.context_switches);
    mine.peak_memory_bytes = mine.peak_memory_bytes.max(theirs.peak_memory_bytes);
    mine.memory_growth_bytes = mine.memory_growth_bytes.max(theirs.memory_growth_bytes);
}
