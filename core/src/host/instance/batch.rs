//! Hooks that are about several messages, or exchanges: one call for all of them.
//!
//! The plugin notes in the breadcrumb which one is under way, so that a crash or a hang names it. What
//! it notes is not believed: see [`InBatch`].
#![allow(unsafe_code)] // calls through the plugin's table

use super::{HostCx, Instance, SessionState, packed};
use crate::handler::{BatchMessage, Hook, HookError, HookErrorKind, Services, Token};
use crate::ledger::InBatch;
use std::sync::atomic::Ordering::Relaxed;
use wirebench_abi as abi;
use wirebench_abi::status;

/// How many were handled, and whether the next one failed.
type Handled = (usize, Result<(), HookError>);

/// [`abi::Side::messages`].
pub(in crate::host) type Messages = unsafe extern "C" fn(
    *mut std::ffi::c_void,
    *mut std::ffi::c_void,
    *mut abi::Cx,
    *const abi::Message,
    usize,
    *mut u64,
) -> i32;

/// [`abi::Side::starts`].
pub(in crate::host) type Starts = unsafe extern "C" fn(
    *mut std::ffi::c_void,
    *mut std::ffi::c_void,
    *mut abi::Cx,
    u64,
    usize,
    *mut u64,
) -> i32;

impl<S: Services> Instance<S> {
    /// Hands a batch to the plugin's hook for that.
    pub(super) fn hand_over(
        &mut self,
        messages: Messages,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        batch: &[BatchMessage<'_>],
    ) -> Handled {
        if let Err(error) = self.belongs(Hook::Message, state) {
            return (0, Err(error));
        }
        let mut lent = std::mem::take(&mut self.lent);
        lent.clear();
        lent.extend(batch.iter().map(|message| abi::Message {
            bytes: abi::Bytes::new(message.bytes),
            token: message.token,
        }));
        let (ptr, count) = (lent.as_ptr(), lent.len());
        let handled = self.enter_batch(Hook::Message, session, count, services, |this, cx, at| {
            // SAFETY: the hook was checked at load, instance and session are alive, the arguments
            // outlive the call; where `at` points to outlives the instance.
            unsafe { messages(this.raw, state.raw, cx, ptr, count, at) }
        });
        self.lent = lent;
        handled
    }

    /// Has the plugin begin several exchanges by its hook for that.
    pub(super) fn begin(
        &mut self,
        starts: Starts,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        first: Token,
        count: usize,
    ) -> Handled {
        if let Err(error) = self.belongs(Hook::Start, state) {
            return (0, Err(error));
        }
        self.enter_batch(Hook::Start, session, count, services, |this, cx, at| {
            // SAFETY: as in `hand_over`.
            unsafe { starts(this.raw, state.raw, cx, first, count, at) }
        })
    }

    /// Runs one hook that is about `count` messages with its context and its breadcrumb.
    #[inline]
    fn enter_batch(
        &mut self,
        hook: Hook,
        session: u32,
        count: usize,
        services: &mut S,
        call: impl FnOnce(&Self, *mut abi::Cx, *mut u64) -> i32,
    ) -> Handled {
        if count == 0 {
            return (0, Ok(()));
        }
        let mut context = HostCx::new(services, &raw mut *self.error, session);
        context.about_batch(self.crumb);
        let at = self.crumb.enter_batch(packed(0, hook, session), count as u64);
        let answer = call(self, context.as_cx(), at.as_ptr());
        // A plugin may have written any number.
        let said = usize::try_from(at.load(Relaxed)).unwrap_or(usize::MAX);
        let handled = said.min(if answer == status::OK { count } else { count - 1 });
        let failed = answer != status::OK || handled == 0;
        // As many as if each had been called by itself: the one that failed has returned as well.
        self.crumb.leave_batch((handled + usize::from(failed)) as u64);
        match answer {
            status::OK if handled > 0 => (handled, Ok(())),
            status::OK => (0, Err(handled_none(hook, count))),
            _ => {
                let message = InBatch { index: handled as u64, count: count as u64 };
                (handled, Err(self.failed(hook, session, answer, Some(message))))
            }
        }
    }
}

#[cold]
fn handled_none(hook: Hook, count: usize) -> HookError {
    let text = format!("it handled none of the {count} that it was given together");
    HookError { hook, status: status::OK, kind: HookErrorKind::Error, text }
}
