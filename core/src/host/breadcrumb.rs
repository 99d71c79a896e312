//! Which plugin's code runs, in which hook: what the numbers in a [`Breadcrumb`] mean.

use crate::handler::Hook;
use crate::ledger::{Breadcrumb, InBatch};
use wirebench_abi::NO_SESSION;

/// A call into a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whose code it is: 0 for the handler's plugin, else the number of a framing's plugin as the side
    /// counts them.
    pub plugin: u16,
    /// What it is called for.
    pub hook: Hook,
    /// The session it is called for.
    pub session: Option<u32>,
}

impl Call {
    /// As one number, never 0.
    #[inline]
    pub(super) fn pack(self) -> u64 {
        packed(self.plugin, self.hook, self.session.unwrap_or(NO_SESSION))
    }

    /// The inverse; `None` when no call is meant, or none that there is.
    fn unpack(word: u64) -> Option<Self> {
        let hook = Hook::from_number(word as u8)?;
        let session = (word >> 32) as u32;
        let session = (session != NO_SESSION).then_some(session);
        Some(Self { plugin: (word >> 8) as u16, hook, session })
    }
}

/// A call as one number, never 0. `session` may be [`NO_SESSION`].
#[inline]
pub(super) fn packed(plugin: u16, hook: Hook, session: u32) -> u64 {
    u64::from(session) << 32 | u64::from(plugin) << 8 | hook as u64
}

/// A [`Breadcrumb`] at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The call that is under way.
    pub running: Option<Call>,
    /// Which of the messages that it was given together it is at.
    pub running_at: Option<InBatch>,
    /// The first call that broke its plugin, so that it must not be called any more.
    pub failed: Option<Call>,
    /// Which of the messages that it was given together it was at.
    pub failed_at: Option<InBatch>,
    /// How many hooks have returned; each message of those that are given together counts as one.
    pub hooks_called: u64,
}

impl Crumb {
    /// What a breadcrumb says now. The fields are read one after another, so they may belong to
    /// neighbouring hooks.
    pub fn read(breadcrumb: &Breadcrumb) -> Self {
        let running = Call::unpack(breadcrumb.running());
        // A framing's call, inside that of a handler, is about no message of its own.
        let is_batch = running.is_some_and(|call| matches!(call.hook, Hook::Message | Hook::Start));
        Self {
            running,
            running_at: breadcrumb.in_batch().filter(|_| is_batch),
            failed: Call::unpack(breadcrumb.failed()),
            failed_at: breadcrumb.failed_in_batch(),
            hooks_called: breadcrumb.hooks_called(),
        }
    }
}

/// Where the calls into a framing are noted, and as whose.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Where.
    pub crumb: &'static Breadcrumb,
    /// As in [`Call::plugin`].
    pub plugin: u16,
    /// As in [`Call::session`].
    pub session: Option<u32>,
}

impl Watched {
    /// A call of `hook`.
    #[inline]
    pub(super) fn call(&self, hook: Hook) -> Call {
        Call { plugin: self.plugin, hook, session: self.session }
    }
}

impl From<&'static Breadcrumb> for Watched {
    fn from(crumb: &'static Breadcrumb) -> Self {
        Self { crumb, plugin: 0, session: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn every_call_survives_packing_and_any_number_names_one_or_none() {
        for number in 1..=18 {
            let hook = Hook::from_number(number).expect("there are 18 hooks");
            assert_eq!(hook as u8, number);
            for session in [None, Some(0), Some(7)] {
                let call = Call { plugin: u16::MAX, hook, session };
                assert_eq!(Call::unpack(call.pack()), Some(call));
            }
        }
        for nothing in [0, 19, 255, 256, u64::MAX] {
            assert_eq!(Call::unpack(nothing), None, "{nothing:#x}");
        }
    }

    #[test]
    fn the_message_of_a_batch_is_named_where_the_handler_runs() {
        let crumb = Breadcrumb::new();
        crumb.enter_batch(packed(0, Hook::Message, 3), 4).store(2, Relaxed);
        assert_eq!(Crumb::read(&crumb).running_at, Some(InBatch { index: 2, count: 4 }));
        let outer = crumb.enter_within(packed(2, Hook::Encode, 3));
        assert_eq!(Crumb::read(&crumb).running_at, None);
        crumb.leave_for(outer);
        assert_eq!(Crumb::read(&crumb).running_at, Some(InBatch { index: 2, count: 4 }));
        crumb.leave_batch(3);
        assert_eq!(Crumb::read(&crumb).running_at, None);
    }

    #[test]
    fn the_first_failure_stays_and_a_framing_inside_a_hook_gives_way_to_it_again() {
        let crumb = Breadcrumb::new();
        crumb.enter(packed(0, Hook::Message, 3));
        let framing = Call { plugin: 2, hook: Hook::Encode, session: Some(3) };
        let outer = crumb.enter_within(framing.pack());
        assert_eq!(Crumb::read(&crumb).running, Some(framing));
        crumb.fail(framing.pack());
        crumb.leave_for(outer);
        let message = Call { plugin: 0, hook: Hook::Message, session: Some(3) };
        crumb.fail(message.pack());
        let read = Crumb::read(&crumb);
        assert_eq!((read.running, read.failed), (Some(message), Some(framing)));
        crumb.leave();
        let read = Crumb::read(&crumb);
        assert_eq!((read.running, read.hooks_called), (None, 2));
    }
}
