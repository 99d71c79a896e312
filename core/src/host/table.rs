//! The functions of the host, as a plugin's hooks call them.
//!
//! They are made once for every kind of side, so that a call from a plugin is one indirect call
//! and everything behind it can be inlined.
#![allow(unsafe_code)] // the C interface

use super::hook::{MAX_TEXT, Said, slice, text_of};
use crate::handler::{FinishAs, Mailbox, Place, SendResult, Services, Trouble};
use std::ffi::c_void;
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use wirebench_abi as abi;
use wirebench_abi::status;

const MAX_PARTS: usize = 64;
const MAX_MAIL: usize = 16 << 20;

/// The longest name of a kind that is counted, in bytes.
const MAX_KIND: usize = 64;

/// What stands behind the context of a hook. The plugin sees its first field.
#[repr(C)]
pub(super) struct Frame<S> {
    cx: abi::Cx,
    services: *mut S,
    said: *mut Said,
}

impl<S: Services> Frame<S> {
    /// The context of one hook. It borrows both until the hook has returned.
    #[inline]
    pub(super) fn new(services: *mut S, said: *mut Said, session: u32) -> Self {
        let cx = abi::Cx { host: Table::<S>::get(), session, reserved: 0 };
        Self { cx, services, said }
    }

    #[inline]
    pub(super) fn as_cx(&mut self) -> *mut abi::Cx {
        // From the whole frame, so that the way back to the other fields is open.
        (&raw mut *self).cast()
    }
}

struct Table<S>(PhantomData<S>);

impl<S: Services> Table<S> {
    const HOST: abi::Host = abi::Host {
        struct_size: size_of::<abi::Host>() as u32,
        abi_minor: abi::ABI_MINOR as u32,
        send: send::<S>,
        send_parts: send_parts::<S>,
        send_payload: send_payload::<S>,
        payload: payload::<S>,
        finish: finish::<S>,
        close: close::<S>,
        sessions: sessions::<S>,
        now: now::<S>,
        log: log::<S>,
        set_error: set_error::<S>,
        get_extension: get_extension::<S>,
    };
    const TIMER: abi::TimerV1 = abi::TimerV1 {
        struct_size: size_of::<abi::TimerV1>() as u32,
        reserved: 0,
        set: set_timer::<S>,
    };
    const MAILBOX: abi::MailboxV1 = abi::MailboxV1 {
        struct_size: size_of::<abi::MailboxV1>() as u32,
        reserved: 0,
        open: open_mailbox::<S>,
        post,
        release,
    };
    const COUNT: abi::CountV1 = abi::CountV1 {
        struct_size: size_of::<abi::CountV1>() as u32,
        reserved: 0,
        add: count::<S>,
    };
    const PLACE: abi::PlaceV1 = abi::PlaceV1 {
        struct_size: size_of::<abi::PlaceV1>() as u32,
        reserved: 0,
        get: get_place::<S>,
    };
    const PENDING: abi::PendingV1 = abi::PendingV1 {
        struct_size: size_of::<abi::PendingV1>() as u32,
        reserved: 0,
        set: set_pending::<S>,
    };
    const KEPT: abi::KeptV1 = abi::KeptV1 {
        struct_size: size_of::<abi::KeptV1>() as u32,
        reserved: 0,
        set: set_kept::<S>,
    };
    const ROOM: abi::RoomV1 = abi::RoomV1 {
        struct_size: size_of::<abi::RoomV1>() as u32,
        reserved: 0,
        longest: longest::<S>,
    };
    const TROUBLE: abi::TroubleV1 = abi::TroubleV1 {
        struct_size: size_of::<abi::TroubleV1>() as u32,
        reserved: 0,
        open: open_trouble::<S>,
        tell,
        release: release_trouble,
    };

    #[inline]
    fn get() -> &'static abi::Host {
        &Self::HOST
    }
}

/// The side behind a context.
///
/// # Safety
/// `cx` is the context of a hook that is running, made by [`Frame<S>`]; the result is dropped
/// before the host's function returns.
#[inline]
unsafe fn side<'a, S>(cx: *mut abi::Cx) -> &'a mut S {
    // SAFETY: the caller's promise; the frame's maker lends the services for the hook, and plugins
    // call one function at a time on one thread.
    unsafe { &mut *(*cx.cast::<Frame<S>>()).services }
}

/// The plugin broke a rule: told, and answered.
///
/// # Safety
/// As for [`side`].
#[cold]
unsafe fn refuse<S: Services>(cx: *mut abi::Cx, what: &str) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { side::<S>(cx) }.misuse(what);
    status::INVALID
}

#[inline]
fn answer(result: SendResult) -> i32 {
    match result {
        SendResult::Sent => status::OK,
        SendResult::Full => status::FULL,
        SendResult::Closed => status::CLOSED,
        SendResult::TooLarge => status::TOO_LARGE,
    }
}

unsafe extern "C" fn send<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    bytes: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: the plugin lends the bytes and hands back its hook's context.
    unsafe {
        let Some(message) = slice(bytes, len) else {
            return refuse::<S>(cx, "`send` got a null pointer");
        };
        answer(side::<S>(cx).send(session, token, message))
    }
}

unsafe extern "C" fn send_parts<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    parts: *const abi::Bytes,
    count: usize,
) -> i32 {
    if count > MAX_PARTS || (parts.is_null() && count > 0) {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`send_parts` got a null pointer, or over 64 parts") };
    }
    let mut slices: [&[u8]; MAX_PARTS] = [&[]; MAX_PARTS];
    for (k, place) in slices.iter_mut().take(count).enumerate() {
        // SAFETY: the plugin lends `count` parts, and the bytes of each.
        match unsafe { slice((*parts.add(k)).ptr, (*parts.add(k)).len) } {
            Some(part) => *place = part,
            // SAFETY: as above.
            None => return unsafe { refuse::<S>(cx, "`send_parts` got a null pointer") },
        }
    }
    // SAFETY: the plugin hands back its hook's context.
    answer(unsafe { side::<S>(cx) }.send_parts(session, token, &slices[..count]))
}

unsafe extern "C" fn send_payload<S: Services>(cx: *mut abi::Cx, session: u32, token: u64) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    answer(unsafe { side::<S>(cx) }.send_payload(session, token))
}

unsafe extern "C" fn payload<S: Services>(
    cx: *mut abi::Cx,
    token: u64,
    out: *mut abi::Bytes,
) -> i32 {
    if out.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`payload` got a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to. The bytes
    // stay until its next call, as the interface says.
    unsafe { *out = abi::Bytes::new(side::<S>(cx).payload(token)) };
    status::OK
}

unsafe extern "C" fn finish<S: Services>(
    cx: *mut abi::Cx,
    token: u64,
    how: i32,
    why: *const u8,
    why_len: usize,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    let side = unsafe { side::<S>(cx) };
    let how = match how {
        abi::finish::DONE => {
            side.finish(token, FinishAs::Done, "");
            return status::OK;
        }
        abi::finish::WRONG => FinishAs::Wrong,
        abi::finish::REJECTED => FinishAs::Rejected,
        other => {
            let what = format!("`finish` got {other}, which is no way to end an exchange");
            side.misuse(&what);
            return status::INVALID;
        }
    };
    // SAFETY: the plugin lends the text.
    let why = unsafe { text_of((why, why_len)) }.unwrap_or_else(|lossy| lossy);
    side.finish(token, how, &why);
    status::OK
}

unsafe extern "C" fn close<S: Services>(cx: *mut abi::Cx, session: u32) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.close(session);
    status::OK
}

unsafe extern "C" fn sessions<S: Services>(
    cx: *mut abi::Cx,
    each: Option<unsafe extern "C" fn(*mut c_void, u32)>,
    user: *mut c_void,
) -> i32 {
    let Some(each) = each else {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`sessions` got a null pointer") };
    };
    // SAFETY: the plugin hands back its hook's context; its function takes its own `user`.
    unsafe { side::<S>(cx) }.sessions(&mut |session| unsafe { each(user, session) });
    status::OK
}

unsafe extern "C" fn now<S: Services>(cx: *mut abi::Cx) -> u64 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.now()
}

unsafe extern "C" fn log<S: Services>(cx: *mut abi::Cx, level: u32, text: *const u8, len: usize) {
    // SAFETY: the plugin hands back its hook's context and lends the text.
    unsafe {
        if !(abi::level::ERROR..=abi::level::DEBUG).contains(&level) {
            refuse::<S>(cx, &format!("`log` got {level}, which is no level"));
        }
        let text = text_of((text, len)).unwrap_or_else(|lossy| lossy);
        side::<S>(cx).log(level.clamp(abi::level::ERROR, abi::level::DEBUG), &text);
    }
}

unsafe extern "C" fn set_error<S: Services>(
    cx: *mut abi::Cx,
    pointer: *const u8,
    pointer_len: usize,
    text: *const u8,
    text_len: usize,
) {
    // SAFETY: the plugin hands back its hook's context and lends the texts; nobody else touches
    // what was said while a hook runs.
    unsafe {
        (*(*cx.cast::<Frame<S>>()).said).set((pointer, pointer_len), (text, text_len));
    }
}

unsafe extern "C" fn get_extension<S: Services>(
    _cx: *mut abi::Cx,
    id: *const u8,
    id_len: usize,
) -> *const c_void {
    // SAFETY: the plugin lends the text.
    match unsafe { slice(id, id_len) } {
        Some(id) if id == abi::EXTENSION_TIMER_V1.as_bytes() => {
            let table: &'static abi::TimerV1 = &Table::<S>::TIMER;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_MAILBOX_V1.as_bytes() => {
            let table: &'static abi::MailboxV1 = &Table::<S>::MAILBOX;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_COUNT_V1.as_bytes() => {
            let table: &'static abi::CountV1 = &Table::<S>::COUNT;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_PLACE_V1.as_bytes() => {
            let table: &'static abi::PlaceV1 = &Table::<S>::PLACE;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_PENDING_V1.as_bytes() => {
            let table: &'static abi::PendingV1 = &Table::<S>::PENDING;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_KEPT_V1.as_bytes() => {
            let table: &'static abi::KeptV1 = &Table::<S>::KEPT;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_ROOM_V1.as_bytes() => {
            let table: &'static abi::RoomV1 = &Table::<S>::ROOM;
            (&raw const *table).cast()
        }
        Some(id) if id == abi::EXTENSION_TROUBLE_V1.as_bytes() => {
            let table: &'static abi::TroubleV1 = &Table::<S>::TROUBLE;
            (&raw const *table).cast()
        }
        _ => std::ptr::null(),
    }
}

/// The extensions of [`get_extension`].
pub(super) const EXTENSIONS: [&str; 8] = [
    abi::EXTENSION_TIMER_V1,
    abi::EXTENSION_MAILBOX_V1,
    abi::EXTENSION_COUNT_V1,
    abi::EXTENSION_PLACE_V1,
    abi::EXTENSION_PENDING_V1,
    abi::EXTENSION_KEPT_V1,
    abi::EXTENSION_ROOM_V1,
    abi::EXTENSION_TROUBLE_V1,
];

unsafe extern "C" fn set_timer<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    id: u64,
    after_ns: u64,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.set_timer(session, id, after_ns);
    status::OK
}

unsafe extern "C" fn open_mailbox<S: Services>(cx: *mut abi::Cx, mailbox: *mut *mut c_void) -> i32 {
    if mailbox.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "a mailbox was opened with a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to.
    unsafe {
        let handle: Box<Mailbox> = Box::new(side::<S>(cx).mailbox());
        *mailbox = Box::into_raw(handle).cast();
    }
    status::OK
}

unsafe extern "C" fn post(mailbox: *mut c_void, session: u32, bytes: *const u8, len: usize) -> i32 {
    if mailbox.is_null() {
        return status::INVALID;
    }
    if len > MAX_MAIL {
        return status::TOO_LARGE;
    }
    // SAFETY: the handle is one of `open_mailbox` and not released yet; the plugin lends the bytes.
    // What it points to may be used by several threads at once.
    unsafe {
        let Some(bytes) = slice(bytes, len) else { return status::INVALID };
        (*mailbox.cast::<Mailbox>())(session, bytes);
    }
    status::OK
}

unsafe extern "C" fn release(mailbox: *mut c_void) {
    if !mailbox.is_null() {
        // SAFETY: the handle is one of `open_mailbox`, handed back for the last time.
        drop(unsafe { Box::from_raw(mailbox.cast::<Mailbox>()) });
    }
}

unsafe extern "C" fn open_trouble<S: Services>(cx: *mut abi::Cx, trouble: *mut *mut c_void) -> i32 {
    if trouble.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe {
            refuse::<S>(cx, "a way to tell of trouble was opened with a null pointer")
        };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to.
    unsafe {
        let handle: Box<Trouble> = Box::new(side::<S>(cx).trouble());
        *trouble = Box::into_raw(handle).cast();
    }
    status::OK
}

unsafe extern "C" fn tell(trouble: *mut c_void, text: *const u8, len: usize) -> i32 {
    if trouble.is_null() {
        return status::INVALID;
    }
    // SAFETY: the handle is one of `open_trouble` and not released yet; the plugin lends the text.
    // What it points to may be used by several threads at once.
    unsafe {
        let text = text_of((text, len)).unwrap_or_else(|lossy| lossy);
        (*trouble.cast::<Trouble>())(&text);
    }
    status::OK
}

unsafe extern "C" fn release_trouble(trouble: *mut c_void) {
    if !trouble.is_null() {
        // SAFETY: the handle is one of `open_trouble`, handed back for the last time.
        drop(unsafe { Box::from_raw(trouble.cast::<Trouble>()) });
    }
}

unsafe extern "C" fn count<S: Services>(
    cx: *mut abi::Cx,
    kind: *const u8,
    kind_len: usize,
    n: u64,
    example: *const u8,
    example_len: usize,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context and lends the texts.
    unsafe {
        let Some(kind) = slice(kind, kind_len.min(MAX_KIND + 1)) else {
            return refuse::<S>(cx, "`count` got a null pointer");
        };
        let sound = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        if kind.is_empty() || kind.len() > MAX_KIND || !kind.iter().all(sound) {
            let kind = kind.escape_ascii();
            let rule = "a kind is 1 to 64 small letters, digits and `-`";
            return refuse::<S>(cx, &format!("`count` got the kind \"{kind}\": {rule}"));
        }
        let kind = String::from_utf8_lossy(kind);
        let example = (example, example_len.min(MAX_TEXT));
        let example = text_of(example).unwrap_or_else(|lossy| lossy);
        side::<S>(cx).count(&kind, n, &example);
    }
    status::OK
}

unsafe extern "C" fn get_place<S: Services>(
    cx: *mut abi::Cx,
    which: u32,
    out: *mut abi::Bytes,
) -> i32 {
    let which = match which {
        abi::place::SCRATCH => Place::Scratch,
        abi::place::SCENARIO => Place::Scenario,
        other => {
            let what = format!("the place {other} was asked for, which there is not");
            // SAFETY: the plugin hands back its hook's context.
            return unsafe { refuse::<S>(cx, &what) };
        }
    };
    if out.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "a place was asked for with a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to; the side
    // keeps the path as long as it lives.
    unsafe {
        let Some(path) = side::<S>(cx).place(which) else { return status::UNSUPPORTED };
        *out = abi::Bytes::new(path.as_os_str().as_bytes());
    }
    status::OK
}

unsafe extern "C" fn set_kept<S: Services>(cx: *mut abi::Cx, session: u32, bytes: u64) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.set_kept(session, bytes);
    status::OK
}

unsafe extern "C" fn set_pending<S: Services>(cx: *mut abi::Cx, session: u32, pending: u32) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.set_pending(session, pending != 0);
    status::OK
}

unsafe extern "C" fn longest<S: Services>(cx: *mut abi::Cx) -> u64 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { side::<S>(cx) }.longest_message()
}
