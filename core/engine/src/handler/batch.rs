//! Several messages, or exchanges that are to begin, handed to a handler together.

use super::{HookError, Services, Token};

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

/// Calls a hook for each of `count` messages, for handlers that take them one by one.
///
/// Before each, the side is told [which one](Services::at) it is; after each, it may have the handler
/// [stop](Services::must_stop). Returns how many were handled; where one failed, the others behind it are
/// not handled.
#[inline]
pub fn one_by_one<S: Services>(
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
