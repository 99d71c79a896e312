//! The plugin's sessions by slot. They outlive their connections until their close hook has run.

/// The plugin's state of each session, and the session's number.
#[derive(Debug)]
pub(crate) struct HandlerSessions<S> {
    slots: Vec<(u32, Option<S>)>,
}

impl<S> Default for HandlerSessions<S> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<S> HandlerSessions<S> {
    /// The plugin is about to open this session.
    #[inline]
    pub(crate) fn begin(&mut self, slot: usize, session: u32) {
        if self.slots.len() <= slot {
            self.slots.resize_with(slot + 1, || (0, None));
        }
        self.slots[slot].0 = session;
    }

    /// It has opened it.
    #[inline]
    pub(crate) fn opened(&mut self, slot: usize, state: S) {
        if let Some((_, place)) = self.slots.get_mut(slot) {
            *place = Some(state);
        }
    }

    /// Its state of the session in a slot.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, slot: usize) -> Option<&mut S> {
        self.slots.get_mut(slot)?.1.as_mut()
    }

    /// Takes that out: the session is over.
    #[inline]
    pub(crate) fn take(&mut self, slot: usize) -> Option<S> {
        self.slots.get_mut(slot)?.1.take()
    }

    /// The number of the session that is in a slot, or was there last.
    #[inline]
    pub(crate) fn id(&self, slot: usize) -> Option<u32> {
        self.slots.get(slot).map(|(session, _)| *session)
    }
}
