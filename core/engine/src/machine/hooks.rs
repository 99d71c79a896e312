//! Calling the plugin for everything but messages, and what its failures mean.

use crate::core::Core;
use crate::handler::{Handler, HookError};
use crate::machine::{Failure, Side};
use crate::mutant::{Mutant, active};
use crate::port::{Letter, Port};
use wirebench_measure::of_hook;

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// The connection in `slot` stands: the plugin opens its session.
    #[inline]
    pub(crate) fn open(&mut self, slot: usize) -> Result<(), HookError> {
        let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
        let id = connection.id();
        if !connection.ingress().has_decoder() {
            // It may have something to say before anybody else.
            connection.await_deadline(slot, &mut self.core.work.waiting);
        }
        self.sessions.begin(slot, id);
        self.core.hook.enter_without_message(slot);
        match self.handler.open(&mut self.core, id) {
            Ok(state) => {
                self.sessions.opened(slot, state);
                Ok(())
            }
            Err(error) => self.hook_failed(slot, error),
        }
    }

    /// The client starts an exchange.
    #[inline]
    pub(crate) fn start(&mut self, slot: usize, id: u32, token: u64) -> Result<(), HookError> {
        let Some(state) = self.sessions.get_mut(slot) else { return Ok(()) };
        self.core.hook.begin_start(slot, token);
        let started = self.handler.start(&mut self.core, id, state, token);
        self.core.hook.end_start();
        match started {
            Ok(()) => Ok(()),
            Err(error) => self.hook_failed(slot, error),
        }
    }

    /// The client's load is over: the plugin may say goodbye on each of its sessions.
    pub(crate) fn tell_of_end(&mut self) -> Result<(), Failure> {
        let slots: Vec<usize> = self.core.table.iter().map(|(slot, _)| slot).collect();
        for slot in slots {
            let Some(connection) = self.core.table.get(slot) else { continue };
            let id = connection.id();
            self.core.hook.enter_without_message(slot);
            if let Some(state) = self.sessions.get_mut(slot)
                && let Err(error) = self.handler.ending(&mut self.core, id, state)
            {
                self.hook_failed(slot, error)?;
            }
        }
        Ok(())
    }

    /// A hook that says no costs its session; a hook that breaks the plugin costs the round.
    #[cold]
    pub(crate) fn hook_failed(&mut self, slot: usize, error: HookError) -> Result<(), HookError> {
        if error.kind.is_fatal() {
            return Err(error);
        }
        self.core.fail(slot, &of_hook(error.hook.name()), &error.to_string());
        Ok(())
    }

    /// Tells the plugin which sessions have room again, each at most once a turn.
    pub(crate) fn tell_of_room(&mut self) -> Result<(), Failure> {
        if active(Mutant::NeverTellsOfRoom) {
            self.core.work.refused.clear();
        }
        for _ in 0..self.core.work.refused.len() {
            let Some(slot) = self.core.take_session_with_room() else { break };
            let Some(connection) = self.core.table.get(slot) else { continue };
            let id = connection.id();
            self.core.hook.enter(slot);
            self.core.hook.forget_stamp();
            if let Some(state) = self.sessions.get_mut(slot)
                && let Err(error) = self.handler.writable(&mut self.core, id, state)
            {
                self.hook_failed(slot, error)?;
            }
            if self.core.table.get(slot).is_some_and(|one| one.lifecycle().input_has_ended()) {
                self.core.may_be_over(slot);
            }
        }
        Ok(())
    }

    /// The plugin's threads have said something.
    pub(crate) fn mail(&mut self) -> Result<(), Failure> {
        while let Some(letter) = self.core.port.next_letter() {
            let (session, letter) = match letter {
                Letter::Post(session, letter) => (session, letter),
                Letter::Trouble(text) => {
                    self.core.note_trouble(text);
                    continue;
                }
            };
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.hook.enter(slot);
            if let Some(state) = self.sessions.get_mut(slot)
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

    #[inline]
    pub(crate) fn timers(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        while let Some((session, id)) = self.core.work.timers.take_due(now) {
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.hook.enter(slot);
            if let Some(state) = self.sessions.get_mut(slot)
                && let Err(error) = self.handler.timer(&mut self.core, session, state, id)
            {
                self.hook_failed(slot, error)?;
            }
        }
        Ok(())
    }
}
