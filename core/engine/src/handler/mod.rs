//! What a handler and its side say to each other: the side calls [hooks](Handler), the handler asks for
//! [services](Services) while one runs. How a plugin's shared object does that is `host`'s to know.

mod batch;
mod hook;
mod hooks;
mod services;

pub use batch::{BatchMessage, messages_one_by_one, starts_one_by_one};
pub use hook::{Hook, HookError, HookErrorKind};
pub use hooks::Handler;
pub use services::{
    FinishAs, LOOPBACK_ONLY, Mailbox, Place, SPEAKS_TEXT, SendResult, Services, Token, Trouble,
    is_word,
};
