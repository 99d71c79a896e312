//! A hook by its name, and how it fails.

/// What a plugin is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Hook {
    /// A handler's or a framing's instance is made.
    Create = 1,
    /// An instance is freed.
    Destroy = 2,
    /// A session begins.
    Open = 3,
    /// A message arrived.
    Message = 4,
    /// An exchange begins.
    Start = 5,
    /// A timer is due.
    Timer = 6,
    /// A mailbox post arrived.
    Mail = 7,
    /// There is room again.
    Writable = 8,
    /// A session ends.
    Close = 9,
    /// A framing makes a frame.
    Encode = 10,
    /// A framing looks at bytes that were read.
    Feed = 11,
    /// A framing looks at what is left at the end of input.
    EndOfInput = 12,
    /// A framing's deadline passed.
    Timeout = 13,
    /// A framing says what it is able to do.
    Nature = 14,
    /// A framing says whether it may be asked for a frame.
    Gate = 15,
    /// A framing says when its deadline is.
    Deadline = 16,
    /// A framing says how much it keeps.
    Keeps = 17,
    /// The load is over, and the client may say goodbye.
    Ending = 18,
}

/// All hooks and their names, in the order of their numbers.
const HOOKS: [(Hook, &str); 18] = [
    (Hook::Create, "create"),
    (Hook::Destroy, "destroy"),
    (Hook::Open, "open"),
    (Hook::Message, "message"),
    (Hook::Start, "start"),
    (Hook::Timer, "timer"),
    (Hook::Mail, "mail"),
    (Hook::Writable, "writable"),
    (Hook::Close, "close"),
    (Hook::Encode, "encode"),
    (Hook::Feed, "feed"),
    (Hook::EndOfInput, "end-of-input"),
    (Hook::Timeout, "timeout"),
    (Hook::Nature, "nature"),
    (Hook::Gate, "gate"),
    (Hook::Deadline, "deadline"),
    (Hook::Keeps, "keeps"),
    (Hook::Ending, "ending"),
];

impl Hook {
    /// The hook's name.
    #[inline]
    pub fn name(self) -> &'static str {
        HOOKS[self as usize - 1].1
    }

    /// The hook with this number.
    #[inline]
    pub fn from_number(number: u8) -> Option<Self> {
        let index = usize::from(number).checked_sub(1)?;
        HOOKS.get(index).map(|(hook, _)| *hook)
    }
}

/// A hook that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookError {
    /// Which one.
    pub hook: Hook,
    /// What it answered.
    pub status: i32,
    /// What that means.
    pub kind: HookErrorKind,
    /// The reason in the plugin's words, or ours where it gave none.
    pub text: String,
}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookErrorKind {
    /// The plugin panicked. Its instance is poisoned.
    Panic,
    /// The plugin said that it failed.
    Error,
    /// The plugin said that a hook was running already.
    Reentrant,
    /// An earlier panic poisoned the instance; nothing was called.
    Poisoned,
    /// The plugin failed and explained it with bytes that are not UTF-8.
    InvalidText,
    /// The session is not one of this instance; nothing was called. A fault of the caller.
    WrongSession,
}

impl HookErrorKind {
    /// True when the plugin itself is broken, not only one of its sessions.
    #[inline]
    pub fn is_fatal(self) -> bool {
        !matches!(self, Self::Error | Self::InvalidText)
    }
}

impl std::fmt::Display for HookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { hook, status, kind, text } = self;
        let hook = hook.name();
        match kind {
            HookErrorKind::Panic => write!(f, "hook `{hook}` panicked: {text}"),
            HookErrorKind::Error => write!(f, "hook `{hook}` failed (status {status}): {text}"),
            HookErrorKind::Reentrant => write!(f, "hook `{hook}` was called again: {text}"),
            HookErrorKind::Poisoned => write!(f, "hook `{hook}` was not called: {text}"),
            HookErrorKind::InvalidText => write!(
                f,
                "hook `{hook}` failed (status {status}) and explained it with bytes that are not \
                 UTF-8: {text}"
            ),
            HookErrorKind::WrongSession => write!(f, "hook `{hook}` was not called: {text}"),
        }
    }
}

impl std::error::Error for HookError {}
