//! The functions of the host, as a plugin's hooks call them.
//!
//! They are made once for every kind of side, so that a call from a plugin is one indirect call
//! and everything behind it can be inlined.
#![allow(unsafe_code)] // the C interface

mod base;
mod extensions;
mod handles;

use super::Breadcrumb;
use super::lent::slice;
use super::plugin_error::PluginError;
use crate::handler::Services;
use std::ffi::c_void;
use std::marker::PhantomData;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The context of a running hook. The plugin sees its first field alone.
#[repr(C)]
pub(super) struct HostCx<S> {
    cx: abi::Cx,
    services: *mut S,
    error: *mut PluginError,
    /// Where the hook notes which of several messages it is at; `None`: it is about one at most.
    batch: Option<&'static Breadcrumb>,
}

impl<S: Services> HostCx<S> {
    /// The context of one hook. It borrows both until the hook has returned.
    #[inline]
    pub(super) fn new(services: *mut S, error: *mut PluginError, session: u32) -> Self {
        let cx = abi::Cx { host: Table::<S>::get(), session, stop: 0 };
        Self { cx, services, error, batch: None }
    }

    /// The hook is about several messages, and notes there which one it is at.
    #[inline]
    pub(super) fn about_batch(&mut self, crumb: &'static Breadcrumb) {
        self.batch = Some(crumb);
    }

    #[inline]
    pub(super) fn as_cx(&mut self) -> *mut abi::Cx {
        // From the whole context, so that the way back to the other fields is open.
        (&raw mut *self).cast()
    }
}

struct Table<S>(PhantomData<S>);

impl<S: Services> Table<S> {
    const HOST: abi::Host = abi::Host {
        struct_size: size_of::<abi::Host>() as u32,
        abi_minor: abi::ABI_MINOR as u32,
        send: base::send::<S>,
        send_parts: base::send_parts::<S>,
        send_payload: base::send_payload::<S>,
        payload: base::payload::<S>,
        finish: base::finish::<S>,
        close: base::close::<S>,
        sessions: base::sessions::<S>,
        now: base::now::<S>,
        log: base::log::<S>,
        set_error: base::set_error::<S>,
        get_extension: get_extension::<S>,
    };
    const TIMER: abi::TimerV1 = abi::TimerV1 {
        struct_size: size_of::<abi::TimerV1>() as u32,
        reserved: 0,
        set: extensions::set_timer::<S>,
    };
    const MAILBOX: abi::MailboxV1 = abi::MailboxV1 {
        struct_size: size_of::<abi::MailboxV1>() as u32,
        reserved: 0,
        open: handles::open_mailbox::<S>,
        post: handles::post,
        release: handles::release_mailbox,
    };
    const COUNT: abi::CountV1 = abi::CountV1 {
        struct_size: size_of::<abi::CountV1>() as u32,
        reserved: 0,
        add: extensions::count::<S>,
    };
    const PLACE: abi::PlaceV1 = abi::PlaceV1 {
        struct_size: size_of::<abi::PlaceV1>() as u32,
        reserved: 0,
        get: extensions::get_place::<S>,
    };
    const PENDING: abi::PendingV1 = abi::PendingV1 {
        struct_size: size_of::<abi::PendingV1>() as u32,
        reserved: 0,
        set: extensions::set_pending::<S>,
    };
    const KEPT: abi::KeptV1 = abi::KeptV1 {
        struct_size: size_of::<abi::KeptV1>() as u32,
        reserved: 0,
        set: extensions::set_kept::<S>,
    };
    const ROOM: abi::RoomV1 = abi::RoomV1 {
        struct_size: size_of::<abi::RoomV1>() as u32,
        reserved: 0,
        longest: extensions::longest::<S>,
    };
    const RANDOM: abi::RandomV1 = abi::RandomV1 {
        struct_size: size_of::<abi::RandomV1>() as u32,
        reserved: 0,
        next: extensions::random::<S>,
    };
    const TROUBLE: abi::TroubleV1 = abi::TroubleV1 {
        struct_size: size_of::<abi::TroubleV1>() as u32,
        reserved: 0,
        open: handles::open_trouble::<S>,
        tell: handles::tell,
        release: handles::release_trouble,
    };

    #[inline]
    fn get() -> &'static abi::Host {
        &Self::HOST
    }
}

/// Asks the side behind a context. Of several messages it is told which one that is about, and says
/// whether the plugin may go on with the next.
///
/// # Safety
/// `cx` is the context of a hook that is running, made by [`HostCx<S>`].
#[inline]
unsafe fn ask<S: Services, R>(cx: *mut abi::Cx, what: impl FnOnce(&mut S) -> R) -> R {
    let context = cx.cast::<HostCx<S>>();
    // SAFETY: the caller's promise; the context's maker lends the services for the hook, and plugins
    // call one function at a time on one thread.
    let (side, batch) = unsafe { (&mut *(*context).services, (*context).batch) };
    if let Some(message) = batch.and_then(Breadcrumb::in_batch) {
        side.at(message.index as usize);
    }
    let answer = what(side);
    if batch.is_some() {
        // SAFETY: as above.
        unsafe { (*context).cx.stop = side.must_stop().into() };
    }
    answer
}

/// The plugin broke a rule: told, and answered.
///
/// # Safety
/// As for [`ask`].
#[cold]
unsafe fn refuse<S: Services>(cx: *mut abi::Cx, what: &str) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ask(cx, |side: &mut S| side.misuse(what)) };
    status::INVALID
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
        Some(id) if id == abi::EXTENSION_RANDOM_V1.as_bytes() => {
            let table: &'static abi::RandomV1 = &Table::<S>::RANDOM;
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
pub(super) const EXTENSIONS: [&str; 9] = [
    abi::EXTENSION_TIMER_V1,
    abi::EXTENSION_MAILBOX_V1,
    abi::EXTENSION_COUNT_V1,
    abi::EXTENSION_PLACE_V1,
    abi::EXTENSION_PENDING_V1,
    abi::EXTENSION_KEPT_V1,
    abi::EXTENSION_ROOM_V1,
    abi::EXTENSION_RANDOM_V1,
    abi::EXTENSION_TROUBLE_V1,
];
