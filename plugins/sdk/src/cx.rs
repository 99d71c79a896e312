//! What a hook may ask of the host.
#![allow(unsafe_code)] // calls through the host's table

use crate::{Error, Mailbox, Token};
use std::ffi::c_void;
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The host, while one hook runs.
pub struct Cx<'a> {
    raw: *mut abi::Cx,
    host: &'static abi::Host,
    extensions: &'a Extensions,
    hook: PhantomData<&'a mut ()>,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Too much is unsent already (more than 2 MiB); the `writable` hook follows when most of it is
    /// written. A [`Backlog`](crate::Backlog) keeps the message until then.
    Full,
    /// The session is closed. The other side may do that at any time, so this is no mistake; to send
    /// in `close`, in the hook that has closed the session, or to one that never was open, is one, and
    /// is counted as misuse.
    Closed,
    /// The message is longer than the host can carry.
    TooLarge,
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "too much is unsent already",
            Self::Closed => "the session is closed",
            Self::TooLarge => "the message is longer than the host can carry",
        })
    }
}

impl std::error::Error for SendError {}

/// How an exchange ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish<'a> {
    /// The answer is right.
    Done,
    /// The answer is wrong, and why.
    Wrong(&'a str),
    /// The server refused, as a protocol may, and why.
    Rejected(&'a str),
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error = 1,
    /// Something is odd.
    Warn = 2,
    /// Worth knowing.
    Info = 3,
    /// For whoever looks for a fault.
    Debug = 4,
}

impl<'a> Cx<'a> {
    /// The session the hook is called for; any number in `new`.
    #[inline]
    pub fn session(&self) -> u32 {
        // SAFETY: the host keeps its context valid for as long as the hook runs, and `self` cannot
        // outlive the hook.
        unsafe { (*self.raw).session }
    }

    /// Hands a message over on this session. `token` is the exchange it belongs to (0:
    /// unsolicited).
    #[inline]
    pub fn send(&mut self, token: Token, message: &[u8]) -> Result<(), SendError> {
        self.send_to(self.session(), token, message)
    }

    /// Hands a message over on another session.
    #[inline]
    pub fn send_to(&mut self, session: u32, token: Token, message: &[u8]) -> Result<(), SendError> {
        // SAFETY: the context is valid inside the hook; the host only borrows the bytes.
        sent(unsafe { (self.host.send)(self.raw, session, token, message.as_ptr(), message.len()) })
    }

    /// Hands a message over that stands in several places (at most 64).
    pub fn send_parts(&mut self, token: Token, parts: &[&[u8]]) -> Result<(), SendError> {
        const MAX: usize = 64;
        if parts.len() > MAX {
            return self.send(token, &parts.concat());
        }
        let mut array = [abi::Bytes::EMPTY; MAX];
        for (place, part) in array.iter_mut().zip(parts) {
            *place = abi::Bytes::new(part);
        }
        let session = self.session();
        // SAFETY: the context is valid inside the hook; the host only borrows the parts, of which
        // the first `parts.len()` are set.
        sent(unsafe {
            (self.host.send_parts)(self.raw, session, token, array.as_ptr(), parts.len())
        })
    }

    /// Hands the scenario's own seeded payload over: the request of exchange `token` on the client
    /// side, `reply-payload` on the server side.
    #[inline]
    pub fn send_payload(&mut self, token: Token) -> Result<(), SendError> {
        let session = self.session();
        // SAFETY: the context is valid inside the hook.
        sent(unsafe { (self.host.send_payload)(self.raw, session, token) })
    }

    /// The bytes that [`send_payload`](Self::send_payload) sends for `token`.
    pub fn payload(&mut self, token: Token) -> &[u8] {
        let mut out = abi::Bytes::EMPTY;
        // SAFETY: the context is valid inside the hook; `out` is ours.
        let answer = unsafe { (self.host.payload)(self.raw, token, &mut out) };
        if answer != status::OK || out.ptr.is_null() || out.len == 0 {
            return &[];
        }
        // SAFETY: the host keeps these bytes until the next call of one of its functions, and each
        // of those needs `&mut self`.
        unsafe { std::slice::from_raw_parts(out.ptr, out.len) }
    }

    /// Sends to every session that is open now and has room; returns how many took it.
    pub fn broadcast(&mut self, token: Token, message: &[u8]) -> usize {
        let sessions = self.sessions();
        sessions.into_iter().filter(|&to| self.send_to(to, token, message).is_ok()).count()
    }

    /// Ends an exchange (client side). Token 0 belongs to none and is ignored, as is an exchange that
    /// has ended without the handler (damaged, or out of time). One that never was started, or that
    /// the handler itself ended before, is ignored and counted as misuse.
    #[inline]
    pub fn finish(&mut self, token: Token, how: Finish<'_>) {
        let (how, why) = match how {
            Finish::Done => (abi::finish::DONE, ""),
            Finish::Wrong(why) => (abi::finish::WRONG, why),
            Finish::Rejected(why) => (abi::finish::REJECTED, why),
        };
        // SAFETY: the context is valid inside the hook; the host only borrows the text. The answer
        // can only say that an argument is wrong, and none is.
        unsafe { (self.host.finish)(self.raw, token, how, why.as_ptr(), why.len()) };
    }

    /// Closes this session once everything handed over is written.
    pub fn close(&mut self) {
        self.close_session(self.session());
    }

    /// Closes another session; one that is over is ignored, one that never was counts as misuse.
    pub fn close_session(&mut self, session: u32) {
        // SAFETY: the context is valid inside the hook.
        unsafe { (self.host.close)(self.raw, session) };
    }

    /// The sessions open now.
    pub fn sessions(&mut self) -> Vec<u32> {
        unsafe extern "C" fn push(user: *mut c_void, session: u32) {
            // SAFETY: `user` is the vector below, which nobody else uses during the call.
            unsafe { (*user.cast::<Vec<u32>>()).push(session) };
        }
        let mut sessions = Vec::<u32>::new();
        // SAFETY: the context is valid inside the hook; `push` is called only before this returns.
        unsafe { (self.host.sessions)(self.raw, Some(push), (&raw mut sessions).cast()) };
        sessions
    }

    /// Calls the `timer` hook of this session with `id` after `after`; replaces a timer with the
    /// same id. Fails where the host has no timers.
    pub fn set_timer(&mut self, id: u64, after: Duration) -> Result<(), Error> {
        let after = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX).min(u64::MAX - 1);
        self.timer(id, after)
    }

    /// Forgets the timer `id` of this session.
    pub fn cancel_timer(&mut self, id: u64) -> Result<(), Error> {
        self.timer(id, u64::MAX)
    }

    fn timer(&mut self, id: u64, after_ns: u64) -> Result<(), Error> {
        let timer = self.extensions.timer.ok_or_else(|| Error::new("the host has no timers"))?;
        let session = self.session();
        // SAFETY: the context is valid inside the hook.
        match unsafe { (timer.set)(self.raw, session, id, after_ns) } {
            status::OK => Ok(()),
            other => Err(Error::new(format!("the host refused the timer (status {other})"))),
        }
    }

    /// Nanoseconds on the clock that both sides share.
    #[inline]
    pub fn now(&mut self) -> u64 {
        // SAFETY: the context is valid inside the hook.
        unsafe { (self.host.now)(self.raw) }
    }

    /// Says something about what the plugin does. The first 1,000 characters of a line, and the first 100
    /// lines of a cell with what is printed, are in its result; `wirebench run --log-level debug` shows
    /// all of them as they come.
    pub fn log(&mut self, level: Level, text: &str) {
        // SAFETY: the context is valid inside the hook; the host copies the text.
        unsafe { (self.host.log)(self.raw, level as u32, text.as_ptr(), text.len()) };
    }

    /// Counts `n` more of `kind` (small letters, digits, `-`) for the round's result; `example` is
    /// kept of the first. Kinds that a side lists as its `COUNTS` may
    /// stand in a scenario's gates as `count.KIND`. Another name for a kind counts as misuse. Nothing
    /// is counted where the host cannot.
    pub fn count(&mut self, kind: &str, n: u64, example: &str) {
        let Some(table) = self.extensions.count else { return };
        // SAFETY: the context is valid inside the hook; the host copies the texts. What it answers
        // only tells that the kind's name breaks the rules, which the round's result shows.
        unsafe {
            (table.add)(self.raw, kind.as_ptr(), kind.len(), n, example.as_ptr(), example.len())
        };
    }

    /// An empty directory of this side and round, which the host removes with everything in it.
    /// `None` while a configuration is only checked.
    pub fn scratch_dir(&mut self) -> Option<PathBuf> {
        self.place(abi::place::SCRATCH)
    }

    /// The directory of the scenario's file: relative paths of a configuration start from it.
    /// `None` while a configuration is only checked.
    pub fn scenario_dir(&mut self) -> Option<PathBuf> {
        self.place(abi::place::SCENARIO)
    }

    fn place(&mut self, which: u32) -> Option<PathBuf> {
        let table = self.extensions.place?;
        let mut out = abi::Bytes::EMPTY;
        // SAFETY: the context is valid inside the hook; `out` is ours.
        let answer = unsafe { (table.get)(self.raw, which, &mut out) };
        if answer != status::OK || out.ptr.is_null() {
            return None;
        }
        // SAFETY: the host keeps these bytes as long as the instance lives.
        let bytes = unsafe { std::slice::from_raw_parts(out.ptr, out.len) };
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
    }

    /// Says whether something that this session's peer has asked for will be answered in a later hook.
    /// A peer may end its sending direction and go on reading (`nc -N`): with `true` the session
    /// lasts until `false` is said, without, until what was handed over is written. What a
    /// [`Backlog`](crate::Backlog) keeps counts by itself. Say it whenever it may have changed.
    pub fn set_pending(&mut self, pending: bool) {
        let Some(table) = self.extensions.pending else { return };
        let session = self.session();
        // SAFETY: the context is valid inside the hook. The answer is always good.
        unsafe { (table.set)(self.raw, session, pending.into()) };
    }

    /// Says how many bytes of memory the handler keeps for the peer of `session`, because of what that
    /// has said or does not read: queues and what stands in them, with their overhead. It is booked
    /// beside what the host keeps, and a session that holds too much is ended. A
    /// [`Backlog`](crate::Backlog) says it by itself. Say it whenever it has changed; where the host
    /// keeps no account, it is ignored.
    #[cold]
    pub fn set_kept(&mut self, session: u32, bytes: usize) {
        let Some(table) = self.extensions.kept else { return };
        // SAFETY: the context is valid inside the hook. The answer is always good.
        unsafe { (table.set)(self.raw, session, bytes as u64) };
    }

    /// The longest message that can be handed over on any session of this side, in bytes: what its
    /// framing, a datagram and the ledger take. `None` where nobody knows, as while a configuration
    /// is only checked.
    pub fn longest_message(&mut self) -> Option<usize> {
        let table = self.extensions.room?;
        // SAFETY: the context is valid inside the hook.
        let longest = unsafe { (table.longest)(self.raw) };
        (longest > 0).then(|| usize::try_from(longest).unwrap_or(usize::MAX))
    }

    /// The next 64 random bits of this side. They follow from the seed of the round and the side, so that the
    /// same seed plays the same round; another handler, or another order of calls, gets others. Not for secrets.
    /// Fails where the host has no such source.
    pub fn random(&mut self) -> Result<u64, Error> {
        let table =
            self.extensions.random.ok_or_else(|| Error::new("the host has no random source"))?;
        // SAFETY: the context is valid inside the hook.
        Ok(unsafe { (table.next)(self.raw) })
    }

    /// The way for a worker thread to reach the loop. Fails where the host has none.
    pub fn mailbox(&mut self) -> Result<Mailbox, Error> {
        let table =
            self.extensions.mailbox.ok_or_else(|| Error::new("the host has no mailboxes"))?;
        let mut handle = std::ptr::null_mut();
        // SAFETY: the context is valid inside the hook; `handle` is ours.
        match unsafe { (table.open)(self.raw, &mut handle) } {
            // SAFETY: the handle is this table's and was just handed to us.
            status::OK => Ok(unsafe { Mailbox::from_raw(table, handle) }),
            other => Err(Error::new(format!("the host gave no mailbox (status {other})"))),
        }
    }

    /// Whether the next of several messages, or exchanges, is not to be begun.
    #[inline]
    pub(crate) fn must_stop(&self) -> bool {
        // SAFETY: as in `session`.
        unsafe { (*self.raw).stop != 0 }
    }

    /// Wraps the context of the hook that is running.
    ///
    /// # Safety
    /// `raw` is a live context whose host table is at least as long as ours, and stays live for
    /// `'a`.
    pub(crate) unsafe fn from_raw(raw: *mut abi::Cx, extensions: &'a Extensions) -> Self {
        // SAFETY: the caller's promise; host tables live as long as the process.
        let host = unsafe { &*(*raw).host };
        Self { raw, host, extensions, hook: PhantomData }
    }
}

/// The host's extensions that the SDK uses, looked up once an instance.
#[derive(Clone, Copy)]
pub(crate) struct Extensions {
    timer: Option<&'static abi::TimerV1>,
    mailbox: Option<&'static abi::MailboxV1>,
    count: Option<&'static abi::CountV1>,
    place: Option<&'static abi::PlaceV1>,
    pending: Option<&'static abi::PendingV1>,
    room: Option<&'static abi::RoomV1>,
    kept: Option<&'static abi::KeptV1>,
    random: Option<&'static abi::RandomV1>,
}

impl Extensions {
    /// Asks the host for all of them.
    ///
    /// # Safety
    /// `raw` is the live context of a running hook.
    pub(crate) unsafe fn of(raw: *mut abi::Cx) -> Self {
        let find = |id: &str| {
            // SAFETY: the caller's promise.
            unsafe { ((*(*raw).host).get_extension)(raw, id.as_ptr(), id.len()) }
        };
        // SAFETY: extension tables live as long as the process, and their id says their type.
        unsafe {
            Self {
                timer: find(abi::EXTENSION_TIMER_V1).cast::<abi::TimerV1>().as_ref(),
                mailbox: find(abi::EXTENSION_MAILBOX_V1).cast::<abi::MailboxV1>().as_ref(),
                count: find(abi::EXTENSION_COUNT_V1).cast::<abi::CountV1>().as_ref(),
                place: find(abi::EXTENSION_PLACE_V1).cast::<abi::PlaceV1>().as_ref(),
                pending: find(abi::EXTENSION_PENDING_V1).cast::<abi::PendingV1>().as_ref(),
                kept: find(abi::EXTENSION_KEPT_V1).cast::<abi::KeptV1>().as_ref(),
                random: find(abi::EXTENSION_RANDOM_V1).cast::<abi::RandomV1>().as_ref(),
                room: find(abi::EXTENSION_ROOM_V1).cast::<abi::RoomV1>().as_ref(),
            }
        }
    }
}

#[inline]
fn sent(answer: i32) -> Result<(), SendError> {
    match answer {
        status::OK => Ok(()),
        status::FULL => Err(SendError::Full),
        status::TOO_LARGE => Err(SendError::TooLarge),
        _ => Err(SendError::Closed),
    }
}
