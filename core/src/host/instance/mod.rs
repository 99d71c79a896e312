//! One side of a handler, as the event loop calls it.
#![allow(unsafe_code)] // calls through the plugin's table

mod batch;

use super::breadcrumb::packed;
use super::plugin_error::{PluginError, kind_of};
use super::table::HostCx;
use super::{Breadcrumb, ConfigError};
use crate::handler::{
    BatchMessage, Handler, Hook, HookError, HookErrorKind, Services, Token, messages_one_by_one,
    starts_one_by_one,
};
use crate::ledger::InBatch;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};
use wirebench_abi as abi;
use wirebench_abi::status;

/// One side of a handler. Its hooks are called one at a time on the thread that made it; each gets
/// the [`Services`] that the plugin may use while the hook runs.
///
/// After a panic the instance is poisoned: every further hook fails without a call.
pub struct Instance<S: Services> {
    hooks: Hooks,
    raw: *mut c_void,
    id: u64,
    open: u64,
    poisoned: bool,
    error: Box<PluginError>,
    crumb: &'static Breadcrumb,
    /// Where messages stand that are handed over together: empty in between, kept for its memory.
    lent: Vec<abi::Message>,
    services: PhantomData<fn(&mut S)>,
}

/// What a plugin keeps for one session: made by [`open`](Handler::open), consumed by
/// [`close`](Handler::close), and of use to that instance only.
#[derive(Debug)]
pub struct SessionState {
    raw: *mut c_void,
    instance: u64,
}

/// The hooks of a side that passed the checks: the required ones are there.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    pub(super) create:
        unsafe extern "C" fn(*mut abi::Cx, *const u8, usize, *mut *mut c_void) -> i32,
    pub(super) destroy: unsafe extern "C" fn(*mut c_void),
    pub(super) open: unsafe extern "C" fn(*mut c_void, *mut abi::Cx, *mut *mut c_void) -> i32,
    pub(super) message:
        unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx, u64, *const u8, usize) -> i32,
    pub(super) start:
        Option<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx, u64) -> i32>,
    pub(super) timer:
        Option<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx, u64) -> i32>,
    pub(super) mail: Option<
        unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx, *const u8, usize) -> i32,
    >,
    pub(super) writable:
        Option<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx) -> i32>,
    pub(super) close: unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx) -> i32,
    pub(super) messages: Option<batch::Messages>,
    /// There only where `start` is.
    pub(super) starts: Option<batch::Starts>,
    pub(super) ending: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut abi::Cx) -> i32>,
}

impl<S: Services> Instance<S> {
    /// Makes an instance from its configuration.
    pub(super) fn create(
        hooks: Hooks,
        config_json: &str,
        services: &mut S,
        crumb: &'static Breadcrumb,
    ) -> Result<Self, ConfigError> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut instance = Self {
            hooks,
            raw: null_mut(),
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            open: 0,
            // Until it is made there is nothing to destroy.
            poisoned: true,
            error: Box::default(),
            crumb,
            lent: Vec::new(),
            services: PhantomData,
        };
        let mut raw = null_mut();
        let answer = instance.enter(Hook::Create, abi::NO_SESSION, services, |_, cx| {
            // SAFETY: the hook was checked at load; all arguments outlive the call.
            unsafe { (hooks.create)(cx, config_json.as_ptr(), config_json.len(), &mut raw) }
        });
        if answer != status::OK {
            let error = instance.error.take(answer);
            crumb.fail(packed(0, Hook::Create, abi::NO_SESSION));
            let message = match kind_of(answer) {
                HookErrorKind::Panic => format!("hook `create` panicked: {}", error.text),
                _ => error.text,
            };
            return Err(ConfigError { pointer: error.pointer, message });
        }
        (instance.raw, instance.poisoned) = (raw, false);
        Ok(instance)
    }

    /// Sessions opened and not closed.
    pub fn open_sessions(&self) -> u64 {
        self.open
    }

    /// True after a panic: no hook is called any more.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// Runs one hook with its context and its breadcrumb.
    #[inline]
    fn enter(
        &mut self,
        hook: Hook,
        session: u32,
        services: &mut S,
        call: impl FnOnce(&Self, *mut abi::Cx) -> i32,
    ) -> i32 {
        let mut context = HostCx::new(services, &raw mut *self.error, session);
        self.crumb.enter(packed(0, hook, session));
        let answer = call(self, context.as_cx());
        self.crumb.leave();
        answer
    }

    #[inline]
    fn usable(&self, hook: Hook) -> Result<(), HookError> {
        if self.poisoned { Err(poisoned(hook)) } else { Ok(()) }
    }

    #[inline]
    fn belongs(&self, hook: Hook, state: &SessionState) -> Result<(), HookError> {
        self.usable(hook)?;
        if state.instance == self.id { Ok(()) } else { Err(wrong_session(hook)) }
    }

    #[inline]
    fn outcome(&mut self, hook: Hook, session: u32, answer: i32) -> Result<(), HookError> {
        if answer == status::OK { Ok(()) } else { Err(self.failed(hook, session, answer, None)) }
    }

    /// A hook has answered an error; of several messages, at which one.
    #[cold]
    fn failed(
        &mut self,
        hook: Hook,
        session: u32,
        answer: i32,
        message: Option<InBatch>,
    ) -> HookError {
        let error = self.error.take(answer);
        let mut kind = kind_of(answer);
        if matches!(kind, HookErrorKind::Panic | HookErrorKind::Poisoned) {
            self.poisoned = true;
        }
        if error.invalid && kind == HookErrorKind::Error {
            kind = HookErrorKind::InvalidText;
        }
        if kind.is_fatal() {
            self.crumb.fail_at(packed(0, hook, session), message);
        }
        HookError { hook, status: answer, kind, text: error.text }
    }
}

impl<S: Services> Handler<S> for Instance<S> {
    type Session = SessionState;

    fn open(&mut self, services: &mut S, session: u32) -> Result<SessionState, HookError> {
        self.usable(Hook::Open)?;
        let mut state = null_mut();
        let answer = self.enter(Hook::Open, session, services, |this, cx| {
            // SAFETY: the hook was checked at load, the instance is alive, the arguments outlive
            // the call.
            unsafe { (this.hooks.open)(this.raw, cx, &mut state) }
        });
        self.outcome(Hook::Open, session, answer)?;
        self.open += 1;
        Ok(SessionState { raw: state, instance: self.id })
    }

    #[inline]
    fn message(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        token: u64,
        bytes: &[u8],
    ) -> Result<(), HookError> {
        self.belongs(Hook::Message, state)?;
        let answer = self.enter(Hook::Message, session, services, |this, cx| {
            let (ptr, len) = (bytes.as_ptr(), bytes.len());
            // SAFETY: the hook was checked at load, instance and session are alive, the arguments
            // outlive the call.
            unsafe { (this.hooks.message)(this.raw, state.raw, cx, token, ptr, len) }
        });
        self.outcome(Hook::Message, session, answer)
    }

    #[inline]
    fn start(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        token: u64,
    ) -> Result<(), HookError> {
        self.belongs(Hook::Start, state)?;
        let Some(start) = self.hooks.start else { return Err(no_start()) };
        let answer = self.enter(Hook::Start, session, services, |this, cx| {
            // SAFETY: instance and session are alive, the context outlives the call.
            unsafe { start(this.raw, state.raw, cx, token) }
        });
        self.outcome(Hook::Start, session, answer)
    }

    #[inline]
    fn messages(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        batch: &[BatchMessage<'_>],
    ) -> (usize, Result<(), HookError>) {
        match self.hooks.messages {
            Some(messages) => self.hand_over(messages, services, session, state, batch),
            None => messages_one_by_one(self, services, session, state, batch),
        }
    }

    #[inline]
    fn starts(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        first: Token,
        count: usize,
    ) -> (usize, Result<(), HookError>) {
        match self.hooks.starts {
            Some(starts) => self.begin(starts, services, session, state, first, count),
            None => starts_one_by_one(self, services, session, state, (first, count)),
        }
    }

    fn timer(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        id: u64,
    ) -> Result<(), HookError> {
        self.belongs(Hook::Timer, state)?;
        let Some(timer) = self.hooks.timer else { return Ok(()) };
        let answer = self.enter(Hook::Timer, session, services, |this, cx| {
            // SAFETY: instance and session are alive, the context outlives the call.
            unsafe { timer(this.raw, state.raw, cx, id) }
        });
        self.outcome(Hook::Timer, session, answer)
    }

    fn mail(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
        bytes: &[u8],
    ) -> Result<(), HookError> {
        self.belongs(Hook::Mail, state)?;
        let Some(mail) = self.hooks.mail else { return Ok(()) };
        let answer = self.enter(Hook::Mail, session, services, |this, cx| {
            // SAFETY: instance and session are alive, the arguments outlive the call.
            unsafe { mail(this.raw, state.raw, cx, bytes.as_ptr(), bytes.len()) }
        });
        self.outcome(Hook::Mail, session, answer)
    }

    fn writable(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
    ) -> Result<(), HookError> {
        self.belongs(Hook::Writable, state)?;
        let Some(writable) = self.hooks.writable else { return Ok(()) };
        let answer = self.enter(Hook::Writable, session, services, |this, cx| {
            // SAFETY: instance and session are alive, the context outlives the call.
            unsafe { writable(this.raw, state.raw, cx) }
        });
        self.outcome(Hook::Writable, session, answer)
    }

    fn ending(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut SessionState,
    ) -> Result<(), HookError> {
        self.belongs(Hook::Ending, state)?;
        let Some(ending) = self.hooks.ending else { return Ok(()) };
        let answer = self.enter(Hook::Ending, session, services, |this, cx| {
            // SAFETY: instance and session are alive, the context outlives the call.
            unsafe { ending(this.raw, state.raw, cx) }
        });
        self.outcome(Hook::Ending, session, answer)
    }

    fn close(
        &mut self,
        services: &mut S,
        session: u32,
        state: SessionState,
    ) -> Result<(), HookError> {
        self.belongs(Hook::Close, &state)?;
        self.open -= 1;
        let answer = self.enter(Hook::Close, session, services, |this, cx| {
            // SAFETY: instance and session are alive; the state is consumed, so this is the last
            // call for the session.
            unsafe { (this.hooks.close)(this.raw, state.raw, cx) }
        });
        self.outcome(Hook::Close, session, answer)
    }
}

impl<S: Services> Drop for Instance<S> {
    fn drop(&mut self) {
        // A plugin is promised that all sessions are closed before. When a round is broken off,
        // leaking is right: the side ends soon.
        if self.poisoned || self.open > 0 {
            return;
        }
        self.crumb.enter(packed(0, Hook::Destroy, abi::NO_SESSION));
        // SAFETY: the instance was made by this table's `create` and is used for the last time.
        unsafe { (self.hooks.destroy)(self.raw) };
        self.crumb.leave();
    }
}

#[cold]
fn poisoned(hook: Hook) -> HookError {
    let text = "an earlier panic poisoned the handler".into();
    HookError { hook, status: status::POISONED, kind: HookErrorKind::Poisoned, text }
}

#[cold]
fn wrong_session(hook: Hook) -> HookError {
    let text = "the session belongs to another instance".into();
    HookError { hook, status: status::INVALID, kind: HookErrorKind::WrongSession, text }
}

#[cold]
fn no_start() -> HookError {
    let text = "only the client side starts exchanges".into();
    HookError { hook: Hook::Start, status: status::UNSUPPORTED, kind: HookErrorKind::Error, text }
}
