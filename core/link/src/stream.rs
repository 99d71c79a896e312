//! The link of a stream, where a side writes: says how much may be written next, and when.
//!
//! The order of calls, for one direction of one session:
//!
//! 1. [`framed`](StreamLink::framed) for every frame, when it is encoded;
//! 2. [`handed`](StreamLink::handed) where a write call ends, as the write policy has it;
//! 3. [`step`](StreamLink::step) says what to do now. For [`Step::Write`]: tell of the faults,
//!    [`flip`](StreamLink::flip) the bytes, write them, and then [`wrote`](StreamLink::wrote);
//! 4. again from 3 until it says anything else.

use super::dice::{Dice, threshold};
use super::ends::Ends;
use super::frames::Frames;
use super::pace::Pace;
use super::pieces::Cutter;
use super::{DirectionProfile, Fault, FaultKind, FlowKey, FrameRegion, FrameSpan, Refusal};
use std::collections::VecDeque;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing waits to be written.
    Idle,
    /// Write this many bytes in one call.
    Write(usize),
    /// The next write fails like this, and is to be made again.
    Refuse(Refusal),
    /// Nothing before this time, in nanoseconds.
    Wait(u64),
    /// Nothing before the reader has consumed the last piece, or this time.
    Await(u64),
    /// The connection ends here, in this way. What is not written never will be.
    End(FaultKind),
}

/// Bytes that the sender wrote, or would have written, in one call.
#[derive(Clone, Copy, Debug)]
struct Call {
    end: u64,
    due_ns: u64,
}

/// Writes that are to become one.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: u64,
    end: u64,
    writes: u32,
    since_ns: u64,
}

/// The link of one direction of one session.
#[derive(Debug)]
pub struct StreamLink {
    way: DirectionProfile,
    session: u32,
    frames: Frames,
    calls: VecDeque<Call>,
    group: Option<Group>,
    /// Bytes handed over so far.
    handed: u64,
    cutter: Option<Cutter>,
    ends: Ends,
    pace: Option<Pace>,
    shorts: Dice,
    interrupts: Dice,
    blocks: Dice,
    flips: Dice,
    /// Up to where bits are flipped.
    flipped: u64,
    /// Up to where the reader has to read, and until when that is awaited.
    awaited: Option<(u64, u64)>,
    /// The last offsets at which a call was interrupted, would have blocked, and was short; and the
    /// last cut. What is asked again about the same place is not done again.
    interrupted: Option<u64>,
    blocked: Option<u64>,
    shortened: Option<u64>,
    cut: Option<u64>,
    over: bool,
    /// Pieces that were not confirmed in time.
    unconfirmed: u64,
}

impl StreamLink {
    /// The link at the start of a session.
    pub fn new(way: &DirectionProfile, flow: FlowKey) -> Self {
        let pieces = way.pieces.clone();
        Self {
            session: flow.session,
            frames: Frames::default(),
            calls: VecDeque::new(),
            group: None,
            handed: 0,
            cutter: pieces.map(|pieces| Cutter::new(pieces, Dice::new(flow, "pieces"))),
            ends: Ends::new(way, flow),
            pace: Pace::new(way, flow),
            shorts: Dice::new(flow, "short-writes"),
            interrupts: Dice::new(flow, "write-interrupts"),
            blocks: Dice::new(flow, "write-would-block"),
            flips: Dice::new(flow, "flip"),
            flipped: 0,
            awaited: None,
            interrupted: None,
            blocked: None,
            shortened: None,
            cut: None,
            over: false,
            unconfirmed: 0,
            way: way.clone(),
        }
    }

    /// A frame was encoded.
    #[inline]
    pub fn framed(&mut self, frame: FrameSpan) {
        if self.over {
            return;
        }
        let number = self.frames.push(frame);
        self.ends.framed(number, &frame);
    }

    /// The sender writes everything up to `end` now.
    #[inline]
    pub fn handed(&mut self, end: u64, now: u64, faults: &mut Vec<Fault>) {
        if end <= self.handed || self.over {
            return;
        }
        let start = std::mem::replace(&mut self.handed, end);
        if self.way.coalesce <= 1 {
            self.call(start, end, now, faults);
            return;
        }
        let group = self.group.get_or_insert(Group { start, end, writes: 0, since_ns: now });
        group.end = end;
        group.writes += 1;
        if group.writes >= self.way.coalesce {
            self.close_group(now, faults);
        }
    }

    /// What to do, when everything up to `written` is written and, as far as is known, everything up
    /// to `consumed` was read. Faults that the answer stands for are added to `faults`.
    pub fn step(&mut self, now: u64, written: u64, consumed: u64, faults: &mut Vec<Fault>) -> Step {
        if self.over {
            return Step::Idle;
        }
        if let Some(step) = self.confirm(now, consumed) {
            return step;
        }
        if let Some((at, kind)) = self.ends.next()
            && written >= at
        {
            self.over = true;
            faults.push(self.fault(kind, self.frames.cut(at), at, u64::MAX - at));
            return Step::End(kind);
        }
        let Some(call) = self.calls.front().copied() else { return self.await_group(now, faults) };
        if now < call.due_ns {
            return Step::Wait(call.due_ns);
        }
        if let Some(refusal) = self.refuse(written, faults) {
            return Step::Refuse(refusal);
        }
        Step::Write(self.piece(written, call.end, faults))
    }

    /// Changes the bits of `bytes`, which stand at `at` and are about to be written, that the link
    /// changes. Bytes that are offered again are not changed again.
    #[inline]
    pub fn flip(&mut self, at: u64, bytes: &mut [u8], faults: &mut Vec<Fault>) {
        if self.way.flip <= 0.0 {
            return;
        }
        let (below, always) = (threshold(self.way.flip), self.way.flip >= 1.0);
        let from = self.flipped.clamp(at, at + bytes.len() as u64);
        for (offset, byte) in (from..).zip(&mut bytes[(from - at) as usize..]) {
            let bits = self.flips.bits(offset);
            if bits < below || always {
                *byte ^= 1 << self.flips.below(offset, 8);
                let hit = self.frames.hit(offset, 1);
                faults.push(self.fault(FaultKind::Flip, hit, offset, 1));
            }
        }
        self.flipped = self.flipped.max(at + bytes.len() as u64);
    }

    /// `count` bytes from `at` on were written.
    #[inline]
    pub fn wrote(&mut self, at: u64, count: usize, now: u64) {
        let end = at + count as u64;
        while self.calls.front().is_some_and(|call| call.end <= end) {
            self.calls.pop_front();
        }
        if self.way.is_confirmed() && count > 0 {
            self.awaited = Some((end, now.saturating_add(self.way.lock_step_wait_ns)));
        }
        self.frames.written(end);
    }

    /// Nothing more is written, though everything up to `end` was to be: the round is over.
    #[inline]
    pub fn withhold(&mut self, written: u64, end: u64, faults: &mut Vec<Fault>) {
        if !self.over && written < end {
            let len = end - written;
            faults.push(self.fault(
                FaultKind::Withheld,
                self.frames.hit(written, len),
                written,
                len,
            ));
        }
        self.over = true;
    }

    /// Pieces whose reader did not say in time that it has consumed them; the next ones were
    /// written all the same.
    #[inline]
    pub fn unconfirmed(&self) -> u64 {
        self.unconfirmed
    }

    /// True when the connection has come to the end that the link gave it.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The last piece, as long as its reader has to consume it first.
    fn confirm(&mut self, now: u64, consumed: u64) -> Option<Step> {
        let (through, until) = self.awaited?;
        if consumed < through {
            if now < until {
                return Some(Step::Await(until));
            }
            self.unconfirmed += 1;
        }
        self.awaited = None;
        None
    }

    fn call(&mut self, start: u64, end: u64, now: u64, faults: &mut Vec<Fault>) {
        let due_ns = match &mut self.pace {
            None => 0,
            Some(pace) => {
                let due = pace.arrival(now, start, end - start);
                let hit = self.frames.hit(start, end - start);
                faults.push(self.fault(FaultKind::Delay, hit, start, end - start));
                due
            }
        };
        self.calls.push_back(Call { end, due_ns });
    }

    fn close_group(&mut self, now: u64, faults: &mut Vec<Fault>) {
        let Some(group) = self.group.take() else { return };
        if group.writes > 1 {
            let (at, len) = (group.start, group.end - group.start);
            faults.push(self.fault(FaultKind::Coalesce, self.frames.hit(at, len), at, len));
        }
        self.call(group.start, group.end, now, faults);
    }

    /// Writes that wait for others to become one with go alone when none come.
    fn await_group(&mut self, now: u64, faults: &mut Vec<Fault>) -> Step {
        let Some(group) = self.group else { return Step::Idle };
        let until = group.since_ns.saturating_add(self.way.coalesce_wait_ns);
        if now < until {
            return Step::Wait(until);
        }
        self.close_group(now, faults);
        // With a delay it waits on, without one it is due at once.
        Step::Wait(self.calls.front().map_or(now, |call| call.due_ns.max(now)))
    }

    /// What goes wrong with a call, each once at each offset.
    fn refuse(&mut self, at: u64, faults: &mut Vec<Fault>) -> Option<Refusal> {
        if self.way.interrupts > 0.0
            && self.interrupted != Some(at)
            && self.interrupts.hits(at, self.way.interrupts)
        {
            self.interrupted = Some(at);
            faults.push(self.fault(FaultKind::Interrupt, self.frames.cut(at), at, 0));
            return Some(Refusal::Interrupted);
        }
        if self.way.would_block > 0.0
            && self.blocked != Some(at)
            && self.blocks.hits(at, self.way.would_block)
        {
            self.blocked = Some(at);
            faults.push(self.fault(FaultKind::WouldBlock, self.frames.cut(at), at, 0));
            return Some(Refusal::WouldBlock);
        }
        None
    }

    /// How much of a call that ends at `end` is written at once.
    fn piece(&mut self, written: u64, end: u64, faults: &mut Vec<Fault>) -> usize {
        let mut to = end;
        if let Some((at, _)) = self.ends.next() {
            to = to.min(at);
        }
        let cut = self.cutter.as_mut().and_then(|cutter| cutter.cut_behind(written, &self.frames));
        if let Some(cut) = cut.filter(|cut| *cut < to) {
            to = cut;
            if self.cut.replace(cut) != Some(cut) {
                faults.push(self.fault(FaultKind::Cut, self.frames.cut(cut), cut, 0));
            }
        }
        let len = to - written;
        if len > 1
            && self.way.short_writes > 0.0
            && self.shorts.hits(written, self.way.short_writes)
        {
            to = written + 1 + self.shorts.below(written, len - 1);
            if self.shortened.replace(written) != Some(written) {
                faults.push(self.fault(FaultKind::ShortWrite, self.frames.cut(to), to, 0));
            }
        }
        usize::try_from(to - written).unwrap_or(usize::MAX)
    }

    fn fault(&self, kind: FaultKind, hit: FrameRegion, at: u64, len: u64) -> Fault {
        Fault { kind, hit, session: self.session, at, len }
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
