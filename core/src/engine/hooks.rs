//! Calling the plugin for everything but messages and starts, and what its failures mean.

use super::core::Core;
use super::machine::{Engine, Failure, Role};
use super::mutant::{Mutant, active};
use super::port::{Letter, Port};
use crate::handler::{Handler, HookError};
use crate::measure::of_hook;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// The connection in `slot` stands: the plugin opens its session.
    pub(super) fn open(&mut self, slot: usize) -> Result<(), HookError> {
        let Some(connection) = self.core.table.get(slot) else { return Ok(()) };
        let id = connection.id;
        if self.states.len() <= slot {
            self.states.resize_with(slot + 1, || None);
            self.ids.resize(slot + 1, 0);
        }
        self.ids[slot] = id;
        self.core.hook.current = slot;
        self.core.hook.received_ns = 0;
        match self.handler.open(&mut self.core, id) {
            Ok(state) => {
                self.states[slot] = Some(state);
                Ok(())
            }
            Err(error) => self.hook_failed(slot, error),
        }
    }

    /// A hook that says no costs its session; a hook that breaks the plugin costs the round.
    #[cold]
    pub(super) fn hook_failed(&mut self, slot: usize, error: HookError) -> Result<(), HookError> {
        if error.kind.is_fatal() {
            return Err(error);
        }
        self.core.fail(slot, &of_hook(error.hook.name()), &error.to_string());
        Ok(())
    }

    /// Tells the plugin which sessions are gone.
    pub(super) fn close_hooks(&mut self) -> Result<(), Failure> {
        while let Some((slot, id)) = self.core.work.closed.pop() {
            let state = self.states.get_mut(slot).and_then(Option::take);
            if let Some(state) = state
                && let Err(error) = self.handler.close(&mut self.core, id, state)
            {
                if error.kind.is_fatal() {
                    return Err(error.into());
                }
                let kind = of_hook(error.hook.name());
                self.core.stats.errors.add(&kind, 1, || format!("session {id}: {error}"));
            }
            self.core.records.reader.forget(id);
            self.core.judge_late();
            self.core.release_slot(slot);
            if let Some(Role::Client(client)) = &mut self.role {
                client.connection_gone(&mut self.core, id);
            }
        }
        Ok(())
    }

    pub(super) fn writable(&mut self, slot: usize) -> Result<(), Failure> {
        let Some(connection) = self.core.table.get_mut(slot) else {
            return Ok(());
        };
        if connection.stage == super::connection::Stage::Connecting {
            let mut role = self.role.take();
            let connected = match &mut role {
                Some(Role::Client(client)) => client.connected(self, slot),
                _ => Ok(()),
            };
            self.role = role;
            return connected;
        }
        self.core.flush(slot);
        // A server may have stopped reading because it could not write.
        if self.core.table.get(slot).is_some_and(|one| one.ingress.readable) {
            self.core.work.to_read.insert(slot);
        }
        Ok(())
    }

    /// Tells the plugin which sessions have room again, each at most once a turn.
    pub(super) fn relieved(&mut self) -> Result<(), Failure> {
        if active(Mutant::NeverTellsOfRoom) {
            self.core.work.refused.clear();
        }
        for _ in 0..self.core.work.refused.len() {
            let Some(slot) = self.core.take_relieved() else { break };
            let Some(connection) = self.core.table.get(slot) else { continue };
            let id = connection.id;
            self.core.hook.current = slot;
            self.core.hook.forget_stamp();
            if let Some(Some(state)) = self.states.get_mut(slot)
                && let Err(error) = self.handler.writable(&mut self.core, id, state)
            {
                self.hook_failed(slot, error)?;
            }
            if self.core.table.get(slot).is_some_and(|one| one.ingress.input_ended) {
                self.core.may_be_over(slot);
            }
        }
        Ok(())
    }

    /// The plugin's threads have said something.
    pub fn mail(&mut self) -> Result<(), Failure> {
        while let Some(letter) = self.core.port.next_letter() {
            let (session, letter) = match letter {
                Letter::Post(session, letter) => (session, letter),
                Letter::Trouble(text) => {
                    self.core.note_trouble(text);
                    continue;
                }
            };
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.hook.current = slot;
            if let Some(Some(state)) = self.states.get_mut(slot)
                && let Err(error) = self.handler.mail(&mut self.core, session, state, &letter)
            {
                self.hook_failed(slot, error)?;
            }
            if active(Mutant::HandsOverOneLetterATurn) {
                while self.core.port.next_letter().is_some() {}
            }
        }
        Ok(())
    }

    pub(super) fn timers(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        while let Some((session, id)) = self.core.work.timers.take_due(now) {
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.hook.current = slot;
            if let Some(Some(state)) = self.states.get_mut(slot)
                && let Err(error) = self.handler.timer(&mut self.core, session, state, id)
            {
                self.hook_failed(slot, error)?;
            }
        }
        Ok(())
    }
}
