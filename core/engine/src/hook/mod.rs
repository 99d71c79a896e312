//! What a handler's hook is about, and what it may ask of its side.

mod context;
mod services;

pub(crate) use context::{HookContext, MessageContext, SHARED_STAMPS};
