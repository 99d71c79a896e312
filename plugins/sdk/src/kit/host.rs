//! The kit's own host.
#![allow(unsafe_code)] // the C interface

use super::chance::Chance;
use crate::Token;
use crate::table::bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use wirebench_abi as abi;
use wirebench_abi::status;

/// A message that the handler sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The session it was sent on.
    pub session: u32,
    /// The exchange it belongs to.
    pub token: Token,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An exchange that the handler finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The exchange.
    pub token: Token,
    /// How: a value of `wirebench_abi::finish`.
    pub how: i32,
    /// The reason, for everything but done.
    pub why: String,
}

/// What sends are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Taken.
    Sent,
    /// No room.
    Full,
    /// The session is closed.
    Closed,
    /// Too long.
    TooLarge,
}

/// A mailbox post: session and bytes.
type Mail = (u32, Vec<u8>);

pub(super) struct Host {
    pub(super) open: Vec<u32>,
    pub(super) sent: Vec<Sent>,
    pub(super) sent_count: u64,
    pub(super) keep: bool,
    pub(super) finished: Vec<Finished>,
    pub(super) closed: Vec<u32>,
    pub(super) logged: Vec<String>,
    pub(super) error: (String, String),
    pub(super) answer: Answer,
    pub(super) payload: Vec<u8>,
    pub(super) now: u64,
    pub(super) counted: BTreeMap<String, (u64, String)>,
    pub(super) scratch: Option<String>,
    pub(super) scenario: Option<String>,
    pub(super) pending: BTreeSet<u32>,
    pub(super) kept: BTreeMap<u32, u64>,
    pub(super) longest: u64,
    /// What the handler draws from.
    pub(super) random: Chance,
    pub(super) room: Chance,
    /// Every second send, by chance, finds no room.
    pub(super) full_in_half: bool,
    /// Sessions whose send has found none.
    pub(super) lacked_room: BTreeSet<u32>,
    /// Threads may post.
    pub(super) has_mailbox: bool,
    timers: BTreeMap<(u32, u64), u64>,
    mail: (Sender<Mail>, Receiver<Mail>),
    #[cfg(test)]
    pub(super) reenter: Option<(&'static abi::Side, *mut c_void, *mut c_void)>,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            sent: Vec::new(),
            sent_count: 0,
            keep: true,
            finished: Vec::new(),
            closed: Vec::new(),
            logged: Vec::new(),
            error: Default::default(),
            answer: Answer::Sent,
            payload: (0..64).collect(),
            now: 0,
            counted: BTreeMap::new(),
            scratch: None,
            scenario: None,
            pending: BTreeSet::new(),
            kept: BTreeMap::new(),
            longest: 0,
            random: Chance::new(42),
            room: Chance::new(7),
            full_in_half: false,
            lacked_room: BTreeSet::new(),
            has_mailbox: false,
            timers: BTreeMap::new(),
            mail: channel(),
            #[cfg(test)]
            reenter: None,
        }
    }
}

impl Host {
    /// Takes the first timer that is due by `end`: when, session, id.
    pub(super) fn next_timer(&mut self, end: u64) -> Option<(u64, u32, u64)> {
        let (&(session, id), &at) = self.timers.iter().min_by_key(|(_, at)| **at)?;
        (at <= end).then(|| {
            self.timers.remove(&(session, id));
            (at, session, id)
        })
    }

    pub(super) fn has_timers(&self) -> bool {
        !self.timers.is_empty()
    }

    pub(super) fn next_mail(&mut self, limit: Duration) -> Option<Mail> {
        self.mail.1.recv_timeout(limit).ok()
    }

    fn send(&mut self, session: u32, token: Token, bytes: &[u8]) -> i32 {
        match self.answer {
            _ if !self.open.contains(&session) => return status::CLOSED,
            Answer::Sent if self.full_in_half && self.room.one_in(2) => {
                self.lacked_room.insert(session);
                return status::FULL;
            }
            Answer::Sent => {}
            Answer::Full => return status::FULL,
            Answer::Closed => return status::CLOSED,
            Answer::TooLarge => return status::TOO_LARGE,
        }
        self.sent_count += 1;
        if self.keep {
            self.sent.push(Sent { session, token, bytes: bytes.to_vec() });
        }
        status::OK
    }
}

/// The context of one hook.
#[repr(C)]
pub(super) struct Frame {
    cx: abi::Cx,
    host: *mut Host,
}

impl Frame {
    pub(super) fn new(host: *mut Host, session: u32) -> Self {
        Self { cx: abi::Cx { host: &HOST, session, stop: 0 }, host }
    }

    pub(super) fn as_cx(&mut self) -> *mut abi::Cx {
        (&raw mut *self).cast()
    }
}

const HOST: abi::Host = abi::Host {
    struct_size: size_of::<abi::Host>() as u32,
    abi_minor: abi::ABI_MINOR as u32,
    send,
    send_parts,
    send_payload,
    payload,
    finish,
    close,
    sessions,
    now,
    log,
    set_error,
    get_extension,
};

const TIMER: abi::TimerV1 =
    abi::TimerV1 { struct_size: size_of::<abi::TimerV1>() as u32, reserved: 0, set: set_timer };

const MAILBOX: abi::MailboxV1 = abi::MailboxV1 {
    struct_size: size_of::<abi::MailboxV1>() as u32,
    reserved: 0,
    open: open_mailbox,
    post,
    release,
};

const COUNT: abi::CountV1 =
    abi::CountV1 { struct_size: size_of::<abi::CountV1>() as u32, reserved: 0, add: count };

const PLACE: abi::PlaceV1 =
    abi::PlaceV1 { struct_size: size_of::<abi::PlaceV1>() as u32, reserved: 0, get: get_place };

const PENDING: abi::PendingV1 = abi::PendingV1 {
    struct_size: size_of::<abi::PendingV1>() as u32,
    reserved: 0,
    set: set_pending,
};

const KEPT: abi::KeptV1 =
    abi::KeptV1 { struct_size: size_of::<abi::KeptV1>() as u32, reserved: 0, set: set_kept };

const RANDOM: abi::RandomV1 =
    abi::RandomV1 { struct_size: size_of::<abi::RandomV1>() as u32, reserved: 0, next: random };

const ROOM: abi::RoomV1 =
    abi::RoomV1 { struct_size: size_of::<abi::RoomV1>() as u32, reserved: 0, longest };

// For all functions below: `cx` is the context of a running hook, made by `Frame::new`; the SDK is
// the only caller, so pointers and lengths are right.

/// # Safety
/// As above; the result is dropped before the function returns.
unsafe fn host<'a>(cx: *mut abi::Cx) -> &'a mut Host {
    // SAFETY: the caller's promise.
    unsafe { &mut *(*cx.cast::<Frame>()).host }
}

unsafe fn text(ptr: *const u8, len: usize) -> String {
    // SAFETY: the caller's promise.
    String::from_utf8_lossy(unsafe { bytes(ptr, len) }).into_owned()
}

unsafe extern "C" fn send(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    ptr: *const u8,
    len: usize,
) -> i32 {
    #[cfg(test)]
    // SAFETY: as above; what is called refuses before it touches the handler.
    unsafe {
        if let Some((side, instance, state)) = host(cx).reenter.take() {
            return side.message.expect("the SDK sets it")(instance, state, cx, 0, ptr, len);
        }
    }
    // SAFETY: as above.
    unsafe { host(cx).send(session, token, bytes(ptr, len)) }
}

unsafe extern "C" fn send_parts(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    parts: *const abi::Bytes,
    count: usize,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        let parts = std::slice::from_raw_parts(parts, count);
        let whole: Vec<u8> =
            parts.iter().flat_map(|part| bytes(part.ptr, part.len)).copied().collect();
        host(cx).send(session, token, &whole)
    }
}

unsafe extern "C" fn send_payload(cx: *mut abi::Cx, session: u32, token: u64) -> i32 {
    // SAFETY: as above.
    let host = unsafe { host(cx) };
    let payload = host.payload.clone();
    host.send(session, token, &payload)
}

unsafe extern "C" fn payload(cx: *mut abi::Cx, _: u64, out: *mut abi::Bytes) -> i32 {
    // SAFETY: as above.
    unsafe { *out = abi::Bytes::new(&host(cx).payload) };
    status::OK
}

unsafe extern "C" fn finish(
    cx: *mut abi::Cx,
    token: u64,
    how: i32,
    why: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: as above.
    unsafe { host(cx).finished.push(Finished { token, how, why: text(why, len) }) };
    status::OK
}

unsafe extern "C" fn close(cx: *mut abi::Cx, session: u32) -> i32 {
    // SAFETY: as above.
    unsafe {
        host(cx).closed.push(session);
        // What has come for it meanwhile is not handled any more.
        if session == (*cx).session {
            (*cx).stop = 1;
        }
    }
    status::OK
}

unsafe extern "C" fn sessions(
    cx: *mut abi::Cx,
    each: Option<unsafe extern "C" fn(*mut c_void, u32)>,
    user: *mut c_void,
) -> i32 {
    // SAFETY: as above; `each` takes its own `user`.
    unsafe {
        if let Some(each) = each {
            host(cx).open.iter().for_each(|&session| each(user, session));
        }
    }
    status::OK
}

unsafe extern "C" fn now(cx: *mut abi::Cx) -> u64 {
    // SAFETY: as above.
    unsafe { host(cx).now }
}

unsafe extern "C" fn log(cx: *mut abi::Cx, _: u32, ptr: *const u8, len: usize) {
    // SAFETY: as above.
    unsafe { host(cx).logged.push(text(ptr, len)) };
}

unsafe extern "C" fn set_error(
    cx: *mut abi::Cx,
    pointer: *const u8,
    pointer_len: usize,
    ptr: *const u8,
    len: usize,
) {
    // SAFETY: as above.
    unsafe { host(cx).error = (text(pointer, pointer_len), text(ptr, len)) };
}

unsafe extern "C" fn get_extension(_: *mut abi::Cx, id: *const u8, len: usize) -> *const c_void {
    let (timer, mailbox): (&'static abi::TimerV1, &'static abi::MailboxV1) = (&TIMER, &MAILBOX);
    let (count, place): (&'static abi::CountV1, &'static abi::PlaceV1) = (&COUNT, &PLACE);
    let (pending, room): (&'static abi::PendingV1, &'static abi::RoomV1) = (&PENDING, &ROOM);
    let (kept, random): (&'static abi::KeptV1, &'static abi::RandomV1) = (&KEPT, &RANDOM);
    // SAFETY: as above.
    match std::str::from_utf8(unsafe { bytes(id, len) }) {
        Ok(abi::EXTENSION_TIMER_V1) => (&raw const *timer).cast(),
        Ok(abi::EXTENSION_MAILBOX_V1) => (&raw const *mailbox).cast(),
        Ok(abi::EXTENSION_COUNT_V1) => (&raw const *count).cast(),
        Ok(abi::EXTENSION_PLACE_V1) => (&raw const *place).cast(),
        Ok(abi::EXTENSION_PENDING_V1) => (&raw const *pending).cast(),
        Ok(abi::EXTENSION_KEPT_V1) => (&raw const *kept).cast(),
        Ok(abi::EXTENSION_RANDOM_V1) => (&raw const *random).cast(),
        Ok(abi::EXTENSION_ROOM_V1) => (&raw const *room).cast(),
        _ => std::ptr::null(),
    }
}

unsafe extern "C" fn set_timer(cx: *mut abi::Cx, session: u32, id: u64, after: u64) -> i32 {
    // SAFETY: as above.
    let host = unsafe { host(cx) };
    host.timers.remove(&(session, id));
    if after != u64::MAX {
        host.timers.insert((session, id), host.now.saturating_add(after));
    }
    status::OK
}

unsafe extern "C" fn open_mailbox(cx: *mut abi::Cx, mailbox: *mut *mut c_void) -> i32 {
    // SAFETY: as above.
    unsafe { host(cx).has_mailbox = true };
    // SAFETY: as above.
    unsafe { *mailbox = Box::into_raw(Box::new(host(cx).mail.0.clone())).cast() };
    status::OK
}

unsafe extern "C" fn post(mailbox: *mut c_void, session: u32, ptr: *const u8, len: usize) -> i32 {
    // SAFETY: the handle is one of `open_mailbox`, and its sender may be shared by threads.
    unsafe {
        let sender = &*mailbox.cast::<Sender<Mail>>();
        // A kit that is gone drops the post.
        let _ = sender.send((session, bytes(ptr, len).to_vec()));
    }
    status::OK
}

unsafe extern "C" fn release(mailbox: *mut c_void) {
    // SAFETY: the handle is one of `open_mailbox`, handed back for the last time.
    drop(unsafe { Box::from_raw(mailbox.cast::<Sender<Mail>>()) });
}

unsafe extern "C" fn count(
    cx: *mut abi::Cx,
    kind: *const u8,
    kind_len: usize,
    n: u64,
    example: *const u8,
    example_len: usize,
) -> i32 {
    // SAFETY: as above.
    let (host, kind) = unsafe { (host(cx), text(kind, kind_len)) };
    let counted = host.counted.entry(kind).or_default();
    if counted.0 == 0 && n > 0 {
        // SAFETY: as above.
        counted.1 = unsafe { text(example, example_len) };
    }
    counted.0 += n;
    status::OK
}

unsafe extern "C" fn get_place(cx: *mut abi::Cx, which: u32, out: *mut abi::Bytes) -> i32 {
    // SAFETY: as above.
    let host = unsafe { host(cx) };
    let path = if which == abi::place::SCRATCH { &host.scratch } else { &host.scenario };
    let Some(path) = path else { return status::UNSUPPORTED };
    // SAFETY: as above.
    unsafe { *out = abi::Bytes::text(path) };
    status::OK
}

unsafe extern "C" fn set_kept(cx: *mut abi::Cx, session: u32, bytes: u64) -> i32 {
    // SAFETY: as above.
    unsafe { host(cx) }.kept.insert(session, bytes);
    status::OK
}

unsafe extern "C" fn set_pending(cx: *mut abi::Cx, session: u32, pending: u32) -> i32 {
    // SAFETY: as above.
    let host = unsafe { host(cx) };
    if pending == 0 {
        host.pending.remove(&session);
    } else {
        host.pending.insert(session);
    }
    status::OK
}

unsafe extern "C" fn longest(cx: *mut abi::Cx) -> u64 {
    // SAFETY: as above.
    unsafe { host(cx) }.longest
}

unsafe extern "C" fn random(cx: *mut abi::Cx) -> u64 {
    // SAFETY: as above.
    unsafe { host(cx) }.random.next()
}
