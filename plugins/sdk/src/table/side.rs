//! A handler's hooks as C functions.
//!
//! An instance is a boxed [`Instance`], a session a boxed `H::Session`. Its state says whether a
//! hook is running (then every other call is refused before it touches the handler) and whether
//! one panicked (then all are).
#![allow(unsafe_code)] // the C interface

use super::batch::one_by_one;
use super::panic::{caught, listen, watch};
use crate::cx::Extensions;
use crate::{Client, Cx, Error, Handler, Message, Result, Server, Token, config};
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::ffi::c_void;
use std::slice;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The table of a handler.
pub const fn handler_table<H: Handler>() -> abi::Handler {
    abi::Handler {
        struct_size: size_of::<abi::Handler>() as u32,
        reserved: 0,
        name: abi::Bytes::text(H::NAME),
        about: abi::Bytes::text(H::ABOUT),
        server: &const { table::<AsServer<H::Server>>() },
        client: &const { client_table::<H::Client>() },
    }
}

/// Both sides under one roof, so that the C functions are written once.
trait Hooks: Sized {
    type Config: DeserializeOwned;
    type Session;
    const COUNTS: &'static [&'static str];
    fn new(config: Self::Config, cx: &mut Cx<'_>) -> Result<Self>;
    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Self::Session>;
    fn message(&mut self, s: &mut Self::Session, cx: &mut Cx<'_>, m: Message<'_>) -> Result<()>;
    fn timer(&mut self, s: &mut Self::Session, cx: &mut Cx<'_>, id: u64) -> Result<()>;
    fn mail(&mut self, s: &mut Self::Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()>;
    fn writable(&mut self, s: &mut Self::Session, cx: &mut Cx<'_>) -> Result<()>;
    fn close(&mut self, s: Self::Session, cx: &mut Cx<'_>) -> Result<()>;
}

struct AsServer<T>(T);
struct AsClient<T>(T);

macro_rules! hooks {
    ($wrapper:ident, $side:ident) => {
        impl<T: $side> Hooks for $wrapper<T> {
            type Config = T::Config;
            type Session = T::Session;
            const COUNTS: &'static [&'static str] = T::COUNTS;
            fn new(config: T::Config, cx: &mut Cx<'_>) -> Result<Self> {
                T::new(config, cx).map(Self)
            }
            fn open(&mut self, cx: &mut Cx<'_>) -> Result<T::Session> {
                self.0.open(cx)
            }
            #[inline(always)]
            fn message(
                &mut self,
                s: &mut T::Session,
                cx: &mut Cx<'_>,
                m: Message<'_>,
            ) -> Result<()> {
                self.0.message(s, cx, m)
            }
            fn timer(&mut self, s: &mut T::Session, cx: &mut Cx<'_>, id: u64) -> Result<()> {
                self.0.timer(s, cx, id)
            }
            fn mail(&mut self, s: &mut T::Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
                self.0.mail(s, cx, bytes)
            }
            fn writable(&mut self, s: &mut T::Session, cx: &mut Cx<'_>) -> Result<()> {
                self.0.writable(s, cx)
            }
            fn close(&mut self, s: T::Session, cx: &mut Cx<'_>) -> Result<()> {
                self.0.close(s, cx)
            }
        }
    };
}
hooks!(AsServer, Server);
hooks!(AsClient, Client);

const fn client_table<C: Client>() -> abi::Side {
    abi::Side {
        start: Some(start::<C>),
        starts: Some(starts::<C>),
        ending: Some(ending::<C>),
        ..table::<AsClient<C>>()
    }
}

const fn table<H: Hooks>() -> abi::Side {
    abi::Side {
        struct_size: size_of::<abi::Side>() as u32,
        reserved: 0,
        create: Some(create::<H>),
        destroy: Some(destroy::<H>),
        open: Some(open::<H>),
        message: Some(message::<H>),
        start: None,
        timer: Some(timer::<H>),
        mail: Some(mail::<H>),
        writable: Some(writable::<H>),
        close: Some(close::<H>),
        messages: Some(messages::<H>),
        starts: None,
        ending: None,
    }
}

struct Instance<H> {
    state: Cell<State>,
    extensions: Extensions,
    hooks: H,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Idle,
    Busy,
    Poisoned,
}

unsafe extern "C" fn create<H: Hooks>(
    raw: *mut abi::Cx,
    config: *const u8,
    config_len: usize,
    instance: *mut *mut c_void,
) -> i32 {
    // SAFETY: the host's context is live; its table starts with `struct_size` in every version.
    let host_size = unsafe { (*(*raw).host).struct_size } as usize;
    if host_size < size_of::<abi::Host>() {
        // SAFETY: as above; `set_error` stands in the shortest host table there is.
        unsafe { tell(raw, &Error::new("the host is older than this plugin: update wirebench")) };
        return status::UNSUPPORTED;
    }
    // SAFETY: we are inside a hook.
    let extensions = unsafe { Extensions::of(raw) };
    watch();
    // SAFETY: as above.
    unsafe { listen_for_threads(raw) };
    let made = caught(|| -> Result<H> {
        // SAFETY: the host lends `config_len` bytes until we return.
        let config = unsafe { bytes(config, config_len) };
        let config = std::str::from_utf8(config)?;
        // SAFETY: we are inside a hook, and the host's table is long enough.
        let mut cx = unsafe { Cx::from_raw(raw, &extensions) };
        H::COUNTS.iter().for_each(|kind| cx.count(kind, 0, ""));
        H::new(config::read(config)?, &mut cx)
    });
    match made {
        Ok(Ok(hooks)) => {
            let made = Box::new(Instance { state: Cell::new(State::Idle), extensions, hooks });
            // SAFETY: the host gives a place to write to.
            unsafe { *instance = Box::into_raw(made).cast() };
            status::OK
        }
        // SAFETY: we are inside a hook.
        other => unsafe { failed(raw, other.map(|made| made.map(|_| ()))) },
    }
}

/// The host hears of panics on other threads, where it has a way.
///
/// # Safety
/// `raw` is the live context of a running hook.
unsafe fn listen_for_threads(raw: *mut abi::Cx) {
    let id = abi::EXTENSION_TROUBLE_V1;
    let mut handle = std::ptr::null_mut();
    // SAFETY: the caller's promise; extension tables live as long as the process, and their id says
    // their type; `handle` is ours.
    unsafe {
        let table = ((*(*raw).host).get_extension)(raw, id.as_ptr(), id.len());
        if let Some(table) = table.cast::<abi::TroubleV1>().as_ref()
            && (table.open)(raw, &mut handle) == status::OK
        {
            listen(table, handle);
        }
    }
}

unsafe extern "C" fn destroy<H: Hooks>(instance: *mut c_void) {
    let instance = instance.cast::<Instance<H>>();
    // SAFETY: the host hands back what `create` made, for the last time.
    unsafe {
        // From inside a hook, or after a panic, leaking is the safe end.
        if (*instance).state.get() == State::Idle {
            let _ = caught(|| drop(Box::from_raw(instance)));
        }
    }
}

unsafe extern "C" fn open<H: Hooks>(
    instance: *mut c_void,
    cx: *mut abi::Cx,
    session: *mut *mut c_void,
) -> i32 {
    // SAFETY: the arguments are as the interface promises.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| {
            let state = Box::new(hooks.open(cx)?);
            *session = Box::into_raw(state).cast();
            Ok(())
        })
    }
}

unsafe extern "C" fn message<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    token: u64,
    ptr: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: the arguments are as the interface promises; `session` is what `open` made, and no
    // other hook of the instance runs.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| {
            let session = &mut *session.cast::<H::Session>();
            hooks.message(session, cx, Message { bytes: bytes(ptr, len), token })
        })
    }
}

unsafe extern "C" fn start<C: Client>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    token: Token,
) -> i32 {
    // SAFETY: as for `message`.
    unsafe {
        run::<AsClient<C>>(instance, cx, |hooks, cx| {
            hooks.0.start(&mut *session.cast::<C::Session>(), cx, token)
        })
    }
}

unsafe extern "C" fn messages<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    messages: *const abi::Message,
    count: usize,
    at: *mut u64,
) -> i32 {
    // SAFETY: as for `message`; the host lends `count` messages, and a place for a number.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| {
            let session = &mut *session.cast::<H::Session>();
            let messages = slice::from_raw_parts(messages, count);
            one_by_one(cx, count, at, |cx, index| {
                let abi::Message { bytes: lent, token } = messages[index];
                hooks.message(session, cx, Message { bytes: bytes(lent.ptr, lent.len), token })
            })
        })
    }
}

unsafe extern "C" fn starts<C: Client>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    first: Token,
    count: usize,
    at: *mut u64,
) -> i32 {
    // SAFETY: as for `message`; the host lends a place for a number.
    unsafe {
        run::<AsClient<C>>(instance, cx, |hooks, cx| {
            let session = &mut *session.cast::<C::Session>();
            one_by_one(cx, count, at, |cx, index| {
                hooks.0.start(session, cx, first + index as Token)
            })
        })
    }
}

unsafe extern "C" fn timer<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    id: u64,
) -> i32 {
    // SAFETY: as for `message`.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| hooks.timer(&mut *session.cast::<H::Session>(), cx, id))
    }
}

unsafe extern "C" fn mail<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
    ptr: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: as for `message`.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| {
            hooks.mail(&mut *session.cast::<H::Session>(), cx, bytes(ptr, len))
        })
    }
}

unsafe extern "C" fn writable<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
) -> i32 {
    // SAFETY: as for `message`.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| hooks.writable(&mut *session.cast::<H::Session>(), cx))
    }
}

unsafe extern "C" fn ending<C: Client>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
) -> i32 {
    // SAFETY: as for `message`.
    unsafe {
        run::<AsClient<C>>(instance, cx, |hooks, cx| {
            hooks.0.ending(&mut *session.cast::<C::Session>(), cx)
        })
    }
}

unsafe extern "C" fn close<H: Hooks>(
    instance: *mut c_void,
    session: *mut c_void,
    cx: *mut abi::Cx,
) -> i32 {
    // SAFETY: as for `message`; the host hands the session back for the last time. When the call
    // is refused, the session leaks.
    unsafe {
        run::<H>(instance, cx, |hooks, cx| {
            hooks.close(*Box::from_raw(session.cast::<H::Session>()), cx)
        })
    }
}

/// Runs one hook.
///
/// # Safety
/// `instance` was made by `create::<H>` and `raw` is the live context of this hook.
#[inline]
unsafe fn run<H: Hooks>(
    instance: *mut c_void,
    raw: *mut abi::Cx,
    body: impl FnOnce(&mut H, &mut Cx<'_>) -> Result<()>,
) -> i32 {
    let instance = instance.cast::<Instance<H>>();
    // SAFETY: only this field is borrowed: a hook further down the stack holds `hooks`.
    let state = unsafe { &(*instance).state };
    match state.get() {
        State::Idle => {}
        // SAFETY: the caller's promise.
        busy_or_poisoned => return unsafe { refused(raw, busy_or_poisoned) },
    }
    state.set(State::Busy);
    let outcome = caught(|| {
        // SAFETY: the state was idle, so nobody else borrows the handler; the host's table was
        // found long enough in `create`.
        unsafe { body(&mut (*instance).hooks, &mut Cx::from_raw(raw, &(*instance).extensions)) }
    });
    match outcome {
        Ok(Ok(())) => {
            state.set(State::Idle);
            status::OK
        }
        outcome => {
            state.set(if outcome.is_ok() { State::Idle } else { State::Poisoned });
            // SAFETY: the caller's promise.
            unsafe { failed(raw, outcome) }
        }
    }
}

#[cold]
unsafe fn refused(raw: *mut abi::Cx, state: State) -> i32 {
    let (text, answer) = match state {
        State::Busy => ("a hook was called while another one runs", status::REENTRANT),
        _ => ("an earlier panic poisoned the handler", status::POISONED),
    };
    // SAFETY: the caller is inside a hook.
    unsafe { tell(raw, &Error::new(text)) };
    answer
}

#[cold]
unsafe fn failed(raw: *mut abi::Cx, outcome: std::result::Result<Result<()>, String>) -> i32 {
    let (error, answer) = match outcome {
        Ok(Ok(())) => return status::OK,
        Ok(Err(error)) => (error, status::ERROR),
        Err(panic) => (Error::new(panic), status::PANIC),
    };
    // SAFETY: the caller is inside a hook.
    unsafe { tell(raw, &error) };
    answer
}

unsafe fn tell(raw: *mut abi::Cx, error: &Error) {
    let (pointer, text) = (error.pointer(), error.text());
    // SAFETY: the caller is inside a hook; the host copies the texts.
    unsafe {
        ((*(*raw).host).set_error)(raw, pointer.as_ptr(), pointer.len(), text.as_ptr(), text.len());
    }
}

/// # Safety
/// `len` bytes at `ptr` are readable and stay as they are for `'a`, or `len` is 0.
#[inline]
pub(crate) unsafe fn bytes<'a>(ptr: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(ptr, len) }
}
