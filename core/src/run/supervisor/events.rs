//! What the loop does with what it has seen: words of sides, ends of processes, and deadlines that
//! have passed. What has failed becomes an outcome here.

use super::policy::Policy;
use super::{ENDING_NS, Supervisor};
use crate::measure::SideReport;
use crate::result::How;
use crate::run::guard::Event;
use crate::run::outcome::Failure;
use crate::run::side_process::SideProcess;
use crate::side::spec::{Attribution, Role, SideEvent};
use std::io;

impl Supervisor<'_> {
    /// Takes what everyone has written.
    pub(super) fn receive_all<P: Policy>(
        &mut self,
        policy: &mut P,
    ) -> io::Result<Option<P::Outcome>> {
        policy.read_program_output();
        for role in [Role::Server, Role::Client] {
            if let Some(outcome) = self.receive(policy, role)? {
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    /// Takes what one side has written.
    fn receive<P: Policy>(&mut self, policy: &mut P, role: Role) -> io::Result<Option<P::Outcome>> {
        let lines = self.plan.lines;
        if let Some(side) = self.side(role) {
            side.read_output(lines);
        }
        while let Some(word) = self.side(role).and_then(SideProcess::receive) {
            let outcome = match word {
                SideEvent::Listening(address) => policy.listening(self, address)?,
                SideEvent::Connected => {
                    policy.connected(self);
                    None
                }
                SideEvent::Drained => {
                    policy.drained(self);
                    None
                }
                SideEvent::Server(mut report) => {
                    self.add_log(role, &mut report);
                    policy.server_reported(self, report)
                }
                SideEvent::Client(mut report) => {
                    self.add_log(role, &mut report.side);
                    policy.client_reported(report);
                    None
                }
                SideEvent::Failed { attribution, error } => {
                    self.side_failed(policy, role, attribution, error)
                }
            };
            if outcome.is_some() {
                return Ok(outcome);
            }
        }
        Ok(None)
    }

    fn add_log(&mut self, role: Role, report: &mut SideReport) {
        let lines = self.plan.lines;
        if let Some(side) = self.side(role) {
            side.add_log(report, lines);
        }
    }

    /// A side cannot go on, and has said why.
    fn side_failed<P: Policy>(
        &mut self,
        policy: &mut P,
        role: Role,
        attribution: Attribution,
        error: String,
    ) -> Option<P::Outcome> {
        let failure = match attribution {
            Attribution::Machine => return policy.side_gave_up(self, role, error),
            Attribution::Plugin => self.crash(role, How::Error(error)),
            Attribution::OwnLedger => self.crash(role, How::Ledger(error)),
            Attribution::PeersLedger => {
                // For a side alone there is no other whose memory it could be.
                let has_peer = self.side(role.other()).is_some();
                let owner = if has_peer { role.other() } else { role };
                self.crash(owner, How::Ledger(error))
            }
        };
        Some(policy.failed(failure))
    }

    /// Takes what the guard tells: who has ended, or could not be started.
    pub(super) fn handle_child_events<P: Policy>(
        &mut self,
        policy: &mut P,
    ) -> io::Result<Option<P::Outcome>> {
        for event in self.children.events()? {
            let (id, how) = match event {
                Event::NotStarted { error, .. } => {
                    let error = policy.start_error(error);
                    return Ok(Some(policy.failed(Failure::NotRun(error))));
                }
                Event::Ended { id, signal: Some(signal), .. } => (id, How::Signal(signal)),
                Event::Ended { id, status, .. } => (id, How::Exit(status.unwrap_or(-1))),
                Event::Started { .. } | Event::Swept { .. } => continue,
            };
            let outcome = match self.role_of(id) {
                Some(role) => self.side_ended(policy, role, how)?,
                None => policy.program_ended(self, id, how),
            };
            if outcome.is_some() {
                return Ok(outcome);
            }
        }
        Ok(None)
    }

    /// Which side the guard means by `id`.
    fn role_of(&mut self, id: u64) -> Option<Role> {
        let parts = [Role::Server, Role::Client];
        parts.into_iter().find(|role| self.side(*role).is_some_and(|side| side.has_id(id)))
    }

    fn side_ended<P: Policy>(
        &mut self,
        policy: &mut P,
        role: Role,
        how: How,
    ) -> io::Result<Option<P::Outcome>> {
        // Its last words may still lie in the socket.
        if let Some(outcome) = self.receive(policy, role)? {
            return Ok(Some(outcome));
        }
        let has_finished = self.side(role).is_some_and(|side| side.has_finished());
        Ok((!has_finished).then(|| policy.failed(self.crash(role, how))))
    }

    /// A hook that hangs, a side that is gone without its last word, a deadline that has passed.
    pub(super) fn overdue<P: Policy>(&mut self, policy: &mut P) -> Option<P::Outcome> {
        let now = self.now();
        let hook_limit_ns = self.plan.settings.load.hook_timeout_ns;
        let attached = self.plan.attach.is_some();
        for role in [Role::Server, Role::Client] {
            let Some(side) = self.side(role) else { continue };
            // Whoever looks at it in a debugger has stopped it.
            if !attached && side.hook_hangs(now, hook_limit_ns) {
                return Some(policy.failed(self.crash(role, How::Hung)));
            }
            if side.is_gone(now, ENDING_NS) && !side.has_finished() {
                return Some(policy.failed(self.crash(role, How::Silent)));
            }
        }
        if (attached && !self.is_giving_up) || now < self.deadline {
            None
        } else {
            policy.deadline_passed(self)
        }
    }

    /// What is known of a side that has not ended as it should.
    pub(super) fn crash(&mut self, role: Role, how: How) -> Failure {
        let plan = self.plan;
        match self.side(role) {
            Some(side) => Failure::Crashed(side.crash(plan, how)),
            None => Failure::NotRun(format!("the {} is not there", role.word())),
        }
    }
}
