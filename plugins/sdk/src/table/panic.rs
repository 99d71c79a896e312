//! Catching panics before they reach the interface, and telling where they came from.
//!
//! A plugin has a standard library of its own, and so a panic hook of its own: ours notes where each
//! panic came from, and tells the host of those on other threads than the loop's, which nobody
//! catches. It prints what was printed before.
#![allow(unsafe_code)] // calls through the host's table

use std::any::Any;
use std::cell::Cell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;
use wirebench_abi as abi;

thread_local! {
    /// Where the last panic of this thread came from.
    static PLACE: Cell<String> = const { Cell::new(String::new()) };
}

/// Whom to tell of a panic that no hook is to answer for.
static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

struct Listener {
    /// The thread that hooks run on: its panics are caught.
    hooks_on: ThreadId,
    table: &'static abi::TroubleV1,
    handle: *mut c_void,
}

// SAFETY: the interface allows `tell` from any thread.
unsafe impl Send for Listener {}

/// Notes where panics come from, from now on.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

/// Tells `table` of the panics on other threads than this one. The handle is kept for as long as the
/// process lives: threads may outlive whoever started them.
pub(super) fn listen(table: &'static abi::TroubleV1, handle: *mut c_void) {
    let hooks_on = std::thread::current().id();
    let mut listener = LISTENER.lock().unwrap_or_else(PoisonError::into_inner);
    *listener = Some(Listener { hooks_on, table, handle });
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let listener = LISTENER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(listener) = &*listener
        && listener.hooks_on != thread.id()
    {
        let name = thread.name().unwrap_or("without a name");
        let told = format!("thread {name} panicked: {}", with_place(text(info.payload()), &place));
        // SAFETY: the handle is never given back; the host copies the text.
        unsafe { (listener.table.tell)(listener.handle, told.as_ptr(), told.len()) };
    }
    drop(listener);
    // A thread that is ending has nowhere to keep it any more.
    let _ = PLACE.try_with(|last| last.set(place));
}

/// Runs `body`; a panic becomes its message and its place. What `body` left half done must not be
/// used again: the caller poisons it.
#[inline]
pub(super) fn caught<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(body)).map_err(message)
}

#[cold]
fn message(payload: Box<dyn Any + Send>) -> String {
    let message = with_place(text(&*payload), &PLACE.take());
    // A payload may panic when it is dropped; leaking one is the safe end.
    std::mem::forget(payload);
    message
}

fn text(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "a panic without a message"
    }
}

/// What a message may have of characters: the host cuts texts, and the place is not to be lost.
const LONGEST: usize = 900;

fn with_place(text: &str, place: &str) -> String {
    let mut told: String = text.chars().take(LONGEST).collect();
    if told.len() < text.len() {
        told.push('…');
    }
    if !place.is_empty() {
        told.push_str(&format!(" (at {place})"));
    }
    told
}
