//! Runs handlers without a host, for tests.
//!
//! [`server`] and [`client`] make one side of a handler and give a [`Kit`] that calls its hooks
//! through the same C tables that a real host uses, and writes down what it asks for.
//!
//! [`Conformance`] plays both sides of a handler against each other, under everything that a host does to them.
//!
//! [`decode`] and [`encode`] do the same for a framing, and with the feature `torture` `Torture` tries every cut and
//! fault on one. `docs/plugins-rust.md` has a whole example.

mod chance;
mod conformance;
mod framing;
mod host;
mod pair;
#[cfg(feature = "torture")]
mod torture;

pub use conformance::Conformance;
pub use framing::{decode, encode};
pub use host::{Answer, Finished, Sent};
#[cfg(feature = "torture")]
pub use torture::Torture;

use crate::table::handler_table;
use crate::{Handler, Message, Token};
use host::Host;
use std::ffi::c_void;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use wirebench_abi as abi;
use wirebench_abi::status;

/// A hook that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it answered; see `wirebench_abi::status`.
    pub status: i32,
    /// The JSON pointer it gave, or nothing.
    pub pointer: String,
    /// The reason it gave.
    pub text: String,
    /// Which one failed of several messages, or exchanges, that were handed over together, from 0.
    pub at: usize,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}: {} {}", self.status, self.pointer, self.text)
    }
}

impl std::error::Error for Failure {}

/// Makes the server side of a handler from its configuration (JSON text).
pub fn server<H: Handler>(config: &str) -> Result<Kit, Failure> {
    Kit::new(handler_table::<H>().server, config, Places::default())
}

/// Makes the client side of a handler from its configuration (JSON text).
pub fn client<H: Handler>(config: &str) -> Result<Kit, Failure> {
    Kit::new(handler_table::<H>().client, config, Places::default())
}

/// As [`server`], with directories.
pub fn server_in<H: Handler>(config: &str, places: Places<'_>) -> Result<Kit, Failure> {
    Kit::new(handler_table::<H>().server, config, places)
}

/// As [`client`], with directories.
pub fn client_in<H: Handler>(config: &str, places: Places<'_>) -> Result<Kit, Failure> {
    Kit::new(handler_table::<H>().client, config, places)
}

/// The directories of a kit's host; each may be missing, as while a configuration is checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places<'a> {
    /// What [`Cx::scratch_dir`](crate::Cx::scratch_dir) answers.
    pub scratch: Option<&'a Path>,
    /// What [`Cx::scenario_dir`](crate::Cx::scenario_dir) answers.
    pub scenario: Option<&'a Path>,
}

/// One side of a handler and a host that writes down what it asks for.
pub struct Kit {
    side: &'static abi::Side,
    instance: *mut c_void,
    /// By session number; `None` once closed.
    sessions: Vec<Option<*mut c_void>>,
    host: Box<Host>,
}

#[allow(unsafe_code)] // calls through the handler's C table
impl Kit {
    fn new(side: *const abi::Side, config: &str, places: Places<'_>) -> Result<Self, Failure> {
        // SAFETY: the tables of this SDK are constants.
        let side = unsafe { &*side };
        let (instance, sessions) = (std::ptr::null_mut(), Vec::new());
        let mut kit = Self { side, instance, sessions, host: Box::default() };
        let text = |path: &Path| path.to_string_lossy().into_owned();
        kit.host.scratch = places.scratch.map(text);
        kit.host.scenario = places.scenario.map(text);
        let mut instance = std::ptr::null_mut();
        let (create, ptr, len) =
            (side.create.expect("the SDK sets it"), config.as_ptr(), config.len());
        // SAFETY: all arguments outlive the call.
        kit.call(abi::NO_SESSION, |_, cx| unsafe { create(cx, ptr, len, &mut instance) })?;
        kit.instance = instance;
        Ok(kit)
    }

    /// Opens a session; returns its number.
    pub fn open(&mut self) -> Result<u32, Failure> {
        let session = self.sessions.len() as u32;
        self.host.open.push(session);
        let mut state = std::ptr::null_mut();
        let open = self.side.open.expect("the SDK sets it");
        // SAFETY: the instance is alive, all arguments outlive the call.
        let outcome = self.call(session, |kit, cx| unsafe { open(kit.instance, cx, &mut state) });
        self.sessions.push(outcome.is_ok().then_some(state));
        outcome.map(|()| session)
    }

    /// A message arrives.
    pub fn message(&mut self, session: u32, token: Token, bytes: &[u8]) -> Result<(), Failure> {
        let (hook, state) = (self.side.message.expect("the SDK sets it"), self.state(session));
        let (ptr, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: instance and session are alive, all arguments outlive the call.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx, token, ptr, len) })
    }

    /// Several messages of a session arrive together, in this order: one call of the plugin, as a host
    /// makes that has read them at once. Returns how many were handled: fewer than all where the handler
    /// has closed the session.
    pub fn messages(&mut self, session: u32, messages: &[Message<'_>]) -> Result<usize, Failure> {
        if messages.is_empty() {
            return Ok(0);
        }
        let (hook, state) = (self.side.messages.expect("the SDK sets it"), self.state(session));
        let lent = |message: &Message<'_>| abi::Message {
            bytes: abi::Bytes::new(message.bytes),
            token: message.token,
        };
        let lent: Vec<abi::Message> = messages.iter().map(lent).collect();
        let (ptr, count) = (lent.as_ptr(), lent.len());
        self.call_for_several(session, |kit, cx, at| {
            // SAFETY: instance and session are alive, all arguments outlive the call.
            unsafe { hook(kit.instance, state, cx, ptr, count, at) }
        })
    }

    /// Begin `count` exchanges, `first` and those that follow it, in one call of the plugin (client
    /// side). Returns what [`messages`](Self::messages) does.
    pub fn starts(&mut self, session: u32, first: Token, count: usize) -> Result<usize, Failure> {
        if count == 0 {
            return Ok(0);
        }
        let hook = self.side.starts.expect("only clients start exchanges");
        let state = self.state(session);
        self.call_for_several(session, |kit, cx, at| {
            // SAFETY: instance and session are alive, all arguments outlive the call.
            unsafe { hook(kit.instance, state, cx, first, count, at) }
        })
    }

    /// Begin an exchange (client side).
    pub fn start(&mut self, session: u32, token: Token) -> Result<(), Failure> {
        let hook = self.side.start.expect("only clients start exchanges");
        let state = self.state(session);
        // SAFETY: instance and session are alive.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx, token) })
    }

    /// Lets time pass and calls the timers that become due, in order.
    pub fn advance(&mut self, by: Duration) -> Result<(), Failure> {
        let end = self.host.now + by.as_nanos() as u64;
        while let Some((at, session, id)) = self.host.next_timer(end) {
            self.host.now = at;
            if self.sessions.get(session as usize).copied().flatten().is_some() {
                let hook = self.side.timer.expect("the SDK sets it");
                let state = self.state(session);
                // SAFETY: instance and session are alive.
                self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx, id) })?;
            }
        }
        self.host.now = end;
        Ok(())
    }

    /// Waits at most `limit` for the next mailbox post and delivers it. False when none came.
    pub fn deliver_mail(&mut self, limit: Duration) -> Result<bool, Failure> {
        let Some((session, bytes)) = self.host.next_mail(limit) else { return Ok(false) };
        if self.sessions.get(session as usize).copied().flatten().is_none() {
            return Ok(true);
        }
        let (hook, state) = (self.side.mail.expect("the SDK sets it"), self.state(session));
        let (ptr, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: instance and session are alive, all arguments outlive the call.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx, ptr, len) })?;
        Ok(true)
    }

    /// There is room again.
    pub fn writable(&mut self, session: u32) -> Result<(), Failure> {
        let (hook, state) = (self.side.writable.expect("the SDK sets it"), self.state(session));
        // SAFETY: instance and session are alive.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx) })
    }

    /// The load is over (client side).
    pub fn ending(&mut self, session: u32) -> Result<(), Failure> {
        let hook = self.side.ending.expect("only clients are told of the end");
        let state = self.state(session);
        // SAFETY: instance and session are alive.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx) })
    }

    /// The session is over.
    pub fn close(&mut self, session: u32) -> Result<(), Failure> {
        let (hook, state) = (self.side.close.expect("the SDK sets it"), self.state(session));
        self.sessions[session as usize] = None;
        self.host.open.retain(|&open| open != session);
        // SAFETY: instance and session are alive; this is the last call for the session.
        self.call(session, |kit, cx| unsafe { hook(kit.instance, state, cx) })
    }

    /// What sends are answered from now on.
    pub fn answer(&mut self, answer: Answer) {
        self.host.answer = answer;
    }

    /// What `longest_message` says (`None` unless told otherwise). Sends are answered as before.
    pub fn set_longest(&mut self, bytes: usize) {
        self.host.longest = bytes as u64;
    }

    /// What `send_payload` sends and `payload` shows (64 bytes unless told otherwise).
    pub fn set_payload(&mut self, bytes: &[u8]) {
        self.host.payload = bytes.to_vec();
    }

    /// With false, messages are counted and forgotten.
    pub fn keep_sent(&mut self, keep: bool) {
        self.host.keep = keep;
    }

    /// The messages sent, in order.
    pub fn sent(&self) -> &[Sent] {
        &self.host.sent
    }

    /// How many messages were sent.
    pub fn sent_count(&self) -> u64 {
        self.host.sent_count
    }

    /// The exchanges finished, in order.
    pub fn finished(&self) -> &[Finished] {
        &self.host.finished
    }

    /// The sessions that the handler asked to close.
    pub fn closed(&self) -> &[u32] {
        &self.host.closed
    }

    /// Bytes that the handler keeps for the peer of this session, as it says.
    pub fn kept(&self, session: u32) -> u64 {
        self.host.kept.get(&session).copied().unwrap_or_default()
    }

    /// Whether the handler has yet to answer something on this session.
    pub fn pending(&self, session: u32) -> bool {
        self.host.pending.contains(&session)
    }

    /// The log lines.
    pub fn logged(&self) -> &[String] {
        &self.host.logged
    }

    /// What was counted of a kind: how many, and the first example. `None`: it was not even
    /// declared.
    pub fn counted(&self, kind: &str) -> Option<(u64, &str)> {
        self.host.counted.get(kind).map(|(count, example)| (*count, example.as_str()))
    }

    /// While a hook sends, the host calls `message` of the same instance: for tests that a
    /// re-entrant call is refused. Holds what the inner call answered, once it happened.
    #[cfg(test)]
    fn reenter(&mut self, session: u32) {
        self.host.reenter = Some((self.side, self.instance, self.state(session)));
    }

    #[track_caller]
    fn state(&self, session: u32) -> *mut c_void {
        let state = self.sessions.get(session as usize).copied().flatten();
        state.expect("the session is open")
    }

    fn call(
        &mut self,
        session: u32,
        hook: impl FnOnce(&Self, *mut abi::Cx) -> i32,
    ) -> Result<(), Failure> {
        let host: *mut Host = &mut *self.host;
        let mut frame = host::Frame::new(host, session);
        let answer = hook(self, frame.as_cx());
        if answer == status::OK {
            return Ok(());
        }
        let (pointer, text) = std::mem::take(&mut self.host.error);
        Err(Failure { status: answer, pointer, text, at: 0 })
    }

    fn call_for_several(
        &mut self,
        session: u32,
        hook: impl FnOnce(&Self, *mut abi::Cx, *mut u64) -> i32,
    ) -> Result<usize, Failure> {
        let at = AtomicU64::new(0);
        let outcome = self.call(session, |kit, cx| hook(kit, cx, at.as_ptr()));
        let at = at.into_inner() as usize;
        match outcome {
            Ok(()) => Ok(at),
            Err(failure) => Err(Failure { at, ..failure }),
        }
    }
}

#[allow(unsafe_code)] // calls through the handler's C table
impl Drop for Kit {
    fn drop(&mut self) {
        for session in 0..self.sessions.len() {
            if self.sessions[session].is_some() {
                let _ = self.close(session as u32);
            }
        }
        if !self.instance.is_null() {
            // SAFETY: `create` made it and nothing uses it afterwards.
            unsafe { self.side.destroy.expect("the SDK sets it")(self.instance) };
        }
    }
}

#[cfg(test)]
mod tests;
