//! Several messages, or exchanges that are to begin, handed to a handler together.

use super::{Handler, HookError, Services, Token};

/// One of several messages that are handed over together.
#[derive(Clone, Copy, Debug)]
pub struct BatchMessage<'a> {
    /// The exchange it belongs to (0: none).
    pub token: Token,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl BatchMessage<'_> {
    /// An empty message of no exchange.
    pub const NONE: Self = BatchMessage { token: 0, bytes: &[] };
}

/// Calls the handler's hook for each message, where it does not take several.
///
/// Before each, the side is told [which one](Services::at) it is; after each, it may have the handler
/// [stop](Services::must_stop). Returns how many were handled; where one failed, the others behind it are
/// not handled.
#[inline]
pub fn messages_one_by_one<S: Services, H: Handler<S> + ?Sized>(
    handler: &mut H,
    services: &mut S,
    session: u32,
    state: &mut H::Session,
    batch: &[BatchMessage<'_>],
) -> (usize, Result<(), HookError>) {
    one_by_one(services, batch.len(), |services, index| {
        let BatchMessage { token, bytes } = batch[index];
        handler.message(services, session, state, token, bytes)
    })
}

/// The same of the exchanges from `first` on that are to begin.
#[inline]
pub fn starts_one_by_one<S: Services, H: Handler<S> + ?Sized>(
    handler: &mut H,
    services: &mut S,
    session: u32,
    state: &mut H::Session,
    (first, count): (Token, usize),
) -> (usize, Result<(), HookError>) {
    one_by_one(services, count, |services, index| {
        handler.start(services, session, state, first.wrapping_add(index as Token))
    })
}

#[inline]
fn one_by_one<S: Services>(
    services: &mut S,
    count: usize,
    mut call: impl FnMut(&mut S, usize) -> Result<(), HookError>,
) -> (usize, Result<(), HookError>) {
    for index in 0..count {
        services.at(index);
        if let Err(error) = call(services, index) {
            return (index, Err(error));
        }
        if services.must_stop() {
            return (index + 1, Ok(()));
        }
    }
    (count, Ok(()))
}
