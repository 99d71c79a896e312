//! Exchanges that nobody waits for any longer, and when a load has no hope left.

use super::{Client, Phase};
use crate::core::Core;
use crate::port::Port;
use std::collections::BTreeMap;
use wirebench_load::Ended;
use wirebench_measure::LoadEnd;

impl Client {
    /// Ends the exchanges that are this much older than `now`: nobody waits for them any more.
    pub(super) fn expire<P: Port>(&mut self, core: &mut Core<P>, now: u64, timeout: u64) {
        let Some(client_state) = &mut core.client else { return };
        let mut ended = Vec::new();
        client_state.table.expire(now, timeout, |one| ended.push(one));
        client_state.timed_out_in_a_row += ended.len() as u64;
        if timeout < core.settings.load.timeout_ns
            && client_state.load_end != Some(LoadEnd::RoundLimit)
        {
            let had = |one: &&Ended| now.saturating_sub(one.intended_ns);
            let early = |one: &&Ended| one.measured && had(one) < core.settings.load.timeout_ns;
            client_state.undrained += ended.iter().filter(early).count() as u64;
        }
        let oldest = client_state.table.oldest_intended();
        self.next_expiry = oldest.unwrap_or(now).saturating_add(timeout);
        let mut waited: BTreeMap<u32, u64> = BTreeMap::new();
        core.count_all_ended(&ended);
        for one in &ended {
            if core.gave_up_connecting(one.session) {
                continue;
            }
            *waited.entry(one.session).or_default() += 1;
        }
        core.note_silence(&waited);
        for one in ended {
            // One that never stood is gone already.
            self.leave_late(core, one.session, timeout);
        }
        if self.phase == Phase::Running && core.link.is_some() {
            core.leave_half_closed();
        }
    }

    /// Where no judge looks answers up, they are told apart by their order alone. One that comes too late would be
    /// taken for the next, and so on for ever: its session is given up, and another one takes its
    /// place. So is one that stopped in the midst of a message. A script is a talk, in which not every line has an answer.
    fn leave_late<P: Port>(&self, core: &mut Core<P>, session: u32, timeout: u64) {
        if !core.alone || core.script.is_some() {
            return;
        }
        let Some(slot) = core.slot_of(session) else { return };
        if core.echoes.is_some() && !core.has_begun_a_message(slot) {
            return core.give_up_late_answers(session);
        }
        if timeout < core.settings.load.timeout_ns {
            core.fail(slot, "drain", "an exchange had no answer yet when the drain was over");
        } else {
            core.fail(slot, "timeout", "an exchange had no answer in time, so the rest cannot be told apart: its session was given up");
        }
    }

    /// So many exchanges in a row have not been answered in time that no answer is to be expected.
    #[inline]
    pub(super) fn is_given_up<P: Port>(&self, core: &Core<P>) -> bool {
        let limit = core.settings.load.give_up;
        let row = core.client.as_ref().map_or(0, |client_state| client_state.timed_out_in_a_row);
        limit > 0 && row >= limit && core.script.is_none()
    }

    /// The server has ended or refused one connection after the other and answered nothing.
    #[inline]
    pub(super) fn is_deserted<P: Port>(&self, core: &Core<P>) -> bool {
        core.alone
            && core.client.as_ref().is_some_and(|client_state| client_state.patience.is_over())
    }
}

impl<P: Port> Core<P> {
    /// The time of an exchange is over whose connection does not even stand: nothing tells when it will, if ever.
    /// False: it stands.
    fn gave_up_connecting(&mut self, session: u32) -> bool {
        let Some(slot) = self.slot_of(session) else { return false };
        let connecting =
            self.table.get(slot).is_some_and(|connection| connection.lifecycle().is_connecting());
        if connecting {
            self.fail(slot, "connect", "it did not stand before the time of its exchange was over");
        }
        connecting
    }
}
