//! An open loop: exchanges are started when they are due, whatever has become of those before.
//!
//! Each turn takes what is due into the [lanes](Lanes) of the connections, then starts of each lane as many
//! as its connection has room for. What finds no room waits there, is started late, and is dropped when it
//! is later than it may be.

use super::audit::Audit;
use crate::batch::MAX_BATCH;
use crate::client::Client;
use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Failure, Side};
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::session::HIGH_WATER;
use std::collections::HashMap;
use wirebench_load::{Arrivals, Ended, Lanes, Schedule, Stage};
use wirebench_measure::{OpenReport, Recorder};
use wirebench_scenario::{OpenLoad, SessionPolicy, Until, WritePolicy};

/// Arrivals taken in one turn: what has come meanwhile must not wait for all of them.
const MAX_A_TURN: u32 = 1_024;

/// What is counted of an open loop; of the measured part, where nothing else is said.
pub(crate) struct OpenTally {
    planned: u64,
    dropped: u64,
    waited: u64,
    /// Of the whole round.
    backlog_peak: usize,
    pub(super) slip: Recorder,
    lateness: Recorder,
    pub(super) uncorrected: Recorder,
    pub(super) audit: Option<Audit>,
}

impl OpenTally {
    /// Nothing yet, in recorders that `recorder` makes.
    pub(super) fn new(recorder: fn() -> Recorder) -> Self {
        Self {
            planned: 0,
            dropped: 0,
            waited: 0,
            backlog_peak: 0,
            slip: recorder(),
            lateness: recorder(),
            uncorrected: recorder(),
            audit: None,
        }
    }

    /// A measured exchange is done, at this time, in nanoseconds.
    #[inline]
    pub(super) fn time(&mut self, ended: &Ended, now_ns: u64) {
        self.uncorrected.record(now_ns.saturating_sub(ended.started_ns));
        if let Some(audit) = &mut self.audit {
            audit.time(now_ns, now_ns.saturating_sub(ended.intended_ns));
        }
    }

    /// What the round is told.
    pub(super) fn report(&self) -> OpenReport {
        OpenReport {
            planned: self.planned,
            dropped: self.dropped,
            waited: self.waited,
            backlog_peak: self.backlog_peak as u64,
            slip: self.slip.histogram(),
            lateness: self.lateness.histogram(),
            uncorrected: self.uncorrected.histogram(),
            audit: self.audit.as_ref().map(Audit::report),
        }
    }
}

/// What is due, and where it goes.
pub(super) struct OpenLoop {
    plan: OpenLoad,
    seed: u64,
    schedule: Schedule,
    lanes: Lanes,
    seats: Seats,
    /// No arrival after this time, in nanoseconds.
    last_ns: u64,
    /// Measured arrivals so far, and at most.
    planned: u64,
    most: u64,
}

impl OpenLoop {
    /// Of a load that is open. Each exchange of a connection of its own waits in the only lane there is.
    pub(super) fn new<P: Port>(core: &Core<P>, seed: u64) -> Option<Self> {
        let load = &core.settings.load;
        let plan = load.open.clone()?;
        let count = match load.session {
            SessionPolicy::Keep => load.connections,
            SessionPolicy::PerExchange => 1,
        };
        Some(Self {
            seed,
            schedule: Schedule::new(Arrivals::Constant, &[], 0, seed),
            lanes: Lanes::new(count, plan.backlog, seed),
            seats: Seats::new(count),
            plan,
            last_ns: 0,
            planned: 0,
            most: match load.until {
                Until::Messages(count) => count,
                Until::Duration(_) => u64::MAX,
            },
        })
    }

    /// The round starts. Warm-up has the rate of the first stage.
    pub(super) fn begin(&mut self, start_ns: u64, measure_from_ns: u64, measure_to_ns: u64) {
        let duration_ns = measure_from_ns.saturating_sub(start_ns);
        let first = self.plan.stages.first().copied();
        let warm_up = first.map(|stage| Stage { duration_ns, ..stage });
        let stages: Vec<Stage> = warm_up
            .filter(|stage| stage.duration_ns > 0)
            .into_iter()
            .chain(self.plan.stages.iter().copied())
            .collect();
        self.schedule = Schedule::new(self.plan.arrivals, &stages, start_ns, self.seed);
        self.last_ns = measure_to_ns;
    }

    /// What writes down what is really done in a window, in nanoseconds.
    pub(super) fn audit(&self, from_ns: u64, until_ns: u64) -> Option<Audit> {
        Audit::new(&self.plan, from_ns, until_ns, self.seed)
    }

    /// The next arrival, in nanoseconds; `None`: there are no more.
    #[inline]
    pub(super) fn next(&self) -> Option<u64> {
        self.schedule.peek().filter(|next| *next <= self.last_ns && self.planned < self.most)
    }

    /// Everything that was planned is taken.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.next().is_none()
    }

    /// A connection is opened for an exchange: its intended time, in nanoseconds.
    pub(super) fn take_connection(&mut self) -> Option<u64> {
        self.lanes.take(0)
    }

    /// A connection is gone. What waits for it waits for the next one.
    pub(super) fn gone(&mut self, session: u32) {
        self.seats.leave(session);
    }
}

/// Which connection has which lane.
struct Seats {
    /// By slot: the session that sits there, and its lane.
    of_slot: Vec<(u32, u32)>,
    of_session: HashMap<u32, u32>,
    /// Slots by lane, as they were when they sat down.
    slots: Vec<Option<usize>>,
    free: Vec<u32>,
}

impl Seats {
    fn new(lanes: u32) -> Self {
        Self {
            of_slot: Vec::new(),
            of_session: HashMap::new(),
            slots: vec![None; lanes.max(1) as usize],
            free: (0..lanes.max(1)).rev().collect(),
        }
    }

    /// The lane of a session in this slot, which takes a free one if it has none; `None`: there is none.
    #[inline]
    fn lane(&mut self, slot: usize, session: u32) -> Option<usize> {
        match self.of_slot.get(slot) {
            Some((here, lane)) if *here == session => Some(*lane as usize),
            _ => self.sit(slot, session),
        }
    }

    #[cold]
    fn sit(&mut self, slot: usize, session: u32) -> Option<usize> {
        let lane = self.free.pop()?;
        if self.of_slot.len() <= slot {
            self.of_slot.resize(slot + 1, (0, 0));
        }
        self.of_slot[slot] = (session, lane);
        self.of_session.insert(session, lane);
        self.slots[lane as usize] = Some(slot);
        Some(lane as usize)
    }

    /// The slot whose connection has this lane.
    #[inline]
    fn slot(&self, lane: usize) -> Option<usize> {
        self.slots.get(lane).copied().flatten()
    }

    fn leave(&mut self, session: u32) {
        let Some(lane) = self.of_session.remove(&session) else { return };
        if let Some(slot) = self.slots[lane as usize].take() {
            self.of_slot[slot] = (0, 0);
        }
        self.free.push(lane);
    }
}

impl Client {
    /// Takes what is due, and starts what there is room for.
    pub(super) fn start_due<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let now = side.core.port.now();
        take_due(&mut side.core, &mut open, now);
        let started = self.fill_lanes(side, &mut open, now);
        self.open = Some(open);
        started
    }

    /// Starts of what waits as much as there is room for.
    pub(super) fn start_backlog<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        if side.core.settings.load.session == SessionPolicy::PerExchange {
            return Ok(());
        }
        if self.has_no_backlog() {
            return Ok(());
        }
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let now = side.core.port.now();
        let started = self.fill_lanes(side, &mut open, now);
        self.open = Some(open);
        started
    }

    /// Nothing that waits is started any more.
    pub(super) fn drop_backlog<P: Port>(&mut self, core: &mut Core<P>) {
        let (Some(open), Some(client_state)) = (&mut self.open, &mut core.client) else { return };
        if active(Mutant::ForgetsTheBacklogAtTheEnd) {
            return;
        }
        for intended_ns in open.lanes.drain() {
            client_state.drop_planned(intended_ns);
        }
    }

    fn fill_lanes<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        open: &mut OpenLoop,
        now: u64,
    ) -> Result<(), Failure> {
        let Some(client_state) = &mut side.core.client else { return Ok(()) };
        if client_state.freed.is_empty() {
            return Ok(());
        }
        let freed = client_state.freed.take();
        self.lacks_room = false;
        side.core.hook.forget_stamp();
        let mut filled = Ok(());
        for slot in &freed {
            filled = filled.and_then(|()| self.fill_lane(side, open, *slot, now));
        }
        if let Some(client_state) = &mut side.core.client {
            client_state.freed.give_back(freed);
        }
        filled
    }

    /// Starts at most one window's worth of exchanges: one may end inside its own start.
    fn fill_lane<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        open: &mut OpenLoop,
        slot: usize,
        now: u64,
    ) -> Result<(), Failure> {
        let in_flight = side.core.settings.load.in_flight;
        let together =
            side.core.together.is_on && side.core.settings.transport.write == WritePolicy::Batch;
        let Some(connection) = side.core.table.get(slot) else { return Ok(()) };
        let Some(lane) = open.seats.lane(slot, connection.id()) else { return Ok(()) };
        let mut left = in_flight;
        while left > 0 {
            let Some(connection) = side.core.table.get_mut(slot) else { break };
            if connection.outstanding() >= in_flight
                || !connection.lifecycle().is_open()
                || connection.lifecycle().output_has_ended()
            {
                break;
            }
            if connection.unsent() > HIGH_WATER {
                self.lacks_room = true;
                break;
            }
            let (id, room) = (connection.id(), left.min(in_flight - connection.outstanding()));
            drop_late(&mut side.core, open, lane, now);
            if open.lanes.first(lane).is_none() {
                break;
            }
            if together {
                let (due, count) = due_together(&side.core, open, lane, room as usize);
                let begun = side.start_together_planned(slot, id, &due[..count])?;
                note_begun(&mut side.core, open, lane, begun);
                if begun == 0 {
                    break;
                }
                left = left.saturating_sub(begun as u32);
                continue;
            }
            left -= 1;
            let Some(intended_ns) = open.lanes.take(lane) else { break };
            connection_takes_slot(&mut side.core, slot);
            let started_ns = side.core.stamp();
            let Some(client_state) = &mut side.core.client else { break };
            let token = client_state.start_planned(id, intended_ns, started_ns);
            side.core.started(slot, token, None);
            side.start(slot, id, token)?;
        }
        self.settle(&mut side.core, open, lane, slot);
        Ok(())
    }

    /// A lane has had its look.
    fn settle<P: Port>(
        &mut self,
        core: &mut Core<P>,
        open: &mut OpenLoop,
        lane: usize,
        slot: usize,
    ) {
        let waiting = open.lanes.len(lane);
        let new = open.lanes.settle(lane);
        let Some(client_state) = &mut core.client else { return };
        for index in waiting.saturating_sub(new)..waiting {
            if let Some(intended_ns) = open.lanes.get(lane, index) {
                client_state.note_waiting(intended_ns);
            }
        }
        // One that has room in its window, but not in its socket, is looked at again.
        if waiting > 0 && self.lacks_room {
            client_state.freed.insert(slot);
        }
    }

    /// Nothing waits for room.
    #[inline]
    pub(super) fn has_no_backlog(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.lanes.is_empty())
    }

    /// When the next arrival wants to be taken, in nanoseconds; `u64::MAX`: there is none.
    #[inline]
    pub(super) fn next_arrival(&self) -> u64 {
        self.open.as_ref().and_then(|open| open.next()).unwrap_or(u64::MAX)
    }

    /// Takes what is due, where each exchange has a connection of its own; those that are too late are dropped.
    pub(super) fn take_due_connections<P: Port>(&mut self, core: &mut Core<P>) {
        let Some(mut open) = self.open.take() else { return };
        let now = core.port.now();
        take_due(core, &mut open, now);
        drop_late(core, &mut open, 0, now);
        self.open = Some(open);
    }

    /// What is left after connections were opened has found no room.
    pub(super) fn settle_connections<P: Port>(&mut self, core: &mut Core<P>) {
        let Some(mut open) = self.open.take() else { return };
        self.settle(core, &mut open, 0, 0);
        self.open = Some(open);
    }
}

/// Takes what is due now, in nanoseconds, into the lanes.
fn take_due<P: Port>(core: &mut Core<P>, open: &mut OpenLoop, now: u64) {
    let Some(client_state) = &mut core.client else { return };
    let until = now.min(open.last_ns);
    for _ in 0..MAX_A_TURN {
        if open.planned >= open.most {
            break;
        }
        let Some(intended_ns) = open.schedule.take_due(until) else { break };
        let measured = client_state.plan(intended_ns, now);
        open.planned += u64::from(measured);
        match open.lanes.arrive(intended_ns) {
            Some(lane) => {
                if let Some(slot) = open.seats.slot(lane) {
                    client_state.freed.insert(slot);
                }
            }
            None => client_state.drop_planned(intended_ns),
        }
    }
    if let Some(tally) = &mut client_state.open {
        tally.backlog_peak = open.lanes.peak();
    }
}

/// Exchanges of a batch have begun: those that have wait no more.
fn note_begun<P: Port>(core: &mut Core<P>, open: &mut OpenLoop, lane: usize, begun: usize) {
    let started_ns = core.started_together_ns();
    let Some(client_state) = &mut core.client else { return };
    for _ in 0..begun {
        let Some(intended_ns) = open.lanes.take(lane) else { return };
        if client_state.window.measures(intended_ns) {
            client_state.note_slip(started_ns.saturating_sub(intended_ns));
        }
    }
}

fn connection_takes_slot<P: Port>(core: &mut Core<P>, slot: usize) {
    if let Some(connection) = core.table.get_mut(slot) {
        connection.take_window_slot();
    }
}

/// What waits in a lane for longer than it may by now is dropped.
fn drop_late<P: Port>(core: &mut Core<P>, open: &mut OpenLoop, lane: usize, now: u64) {
    while let Some(first) = open.lanes.first(lane)
        && now > first.saturating_add(open.plan.catch_up_ns)
    {
        open.lanes.take(lane);
        if let Some(client_state) = &mut core.client {
            client_state.drop_planned(first);
        }
    }
}

/// The first arrivals of a lane that may begin together: as many as there is room for, all measured or
/// none of them.
fn due_together<P: Port>(
    core: &Core<P>,
    open: &OpenLoop,
    lane: usize,
    room: usize,
) -> ([u64; MAX_BATCH], usize) {
    let mut due = [0; MAX_BATCH];
    let measures = |intended_ns| {
        core.client.as_ref().is_some_and(|client_state| client_state.window.measures(intended_ns))
    };
    let mut count = 0;
    while count < room.min(MAX_BATCH)
        && let Some(intended_ns) = open.lanes.get(lane, count)
        && (count == 0 || measures(intended_ns) == measures(due[0]))
    {
        due[count] = intended_ns;
        count += 1;
    }
    (due, count)
}

impl super::ClientState {
    /// An exchange is due that was planned for this time; true: it is measured.
    #[inline]
    fn plan(&mut self, intended_ns: u64, now_ns: u64) -> bool {
        let measured = self.window.plan(intended_ns);
        if measured && let Some(open) = &mut self.open {
            open.planned += 1;
            open.lateness.record(now_ns.saturating_sub(intended_ns));
        }
        measured
    }

    /// An exchange that was planned for this time is never started.
    #[inline]
    fn drop_planned(&mut self, intended_ns: u64) {
        if self.window.measures(intended_ns)
            && let Some(open) = &mut self.open
        {
            open.dropped += 1;
        }
    }

    /// An exchange that was planned for this time has found no room.
    #[inline]
    fn note_waiting(&mut self, intended_ns: u64) {
        if self.window.measures(intended_ns)
            && let Some(open) = &mut self.open
        {
            open.waited += 1;
        }
    }
}
