//! Which request a reply answers that is sent after the request's hook has returned.

use crate::hook::MessageContext;

/// Requests that are remembered: a power of two.
const PLACES: usize = 1 << 14;

/// Places that are made at a time: few, so that making them is not felt by the request that needs one.
const MADE_AT_ONCE: usize = 256;

/// The latest requests of a server whose handler answers later: from a worker, a timer, or when
/// there is room again.
///
/// A request stands at the place its token says and gives way to the one that needs that place
/// next. A reply to a request that had to give way has no service time, and nothing worse: memory
/// and work a message stay constant.
#[derive(Debug)]
pub(crate) struct RecentRequests {
    /// As many as were needed so far. Room for all is there from the start, and takes no memory before
    /// it is used.
    places: Vec<MessageContext>,
}

impl RecentRequests {
    /// Remembers nothing yet.
    #[inline]
    pub(crate) fn new() -> Self {
        Self { places: Vec::with_capacity(PLACES) }
    }

    /// Remembers a request.
    #[inline]
    pub(crate) fn remember(&mut self, cause: &MessageContext) {
        let at = cause.exchange as usize % PLACES;
        match self.places.get_mut(at) {
            Some(place) => *place = *cause,
            None => self.remember_further(at, cause),
        }
    }

    /// [`remember`](Self::remember), at a place that is not there yet.
    #[cold]
    fn remember_further(&mut self, at: usize, cause: &MessageContext) {
        self.places.resize((at + 1).next_multiple_of(MADE_AT_ONCE), MessageContext::default());
        self.places[at] = *cause;
    }

    /// The request of exchange `token`, if it is still known.
    #[inline]
    pub(crate) fn find(&self, token: u64) -> Option<MessageContext> {
        let place = *self.places.get(token as usize % PLACES)?;
        (token != 0 && place.exchange == token).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(exchange: u64) -> MessageContext {
        MessageContext { exchange, exchanges: 1, measured: true, ..MessageContext::default() }
    }

    #[test]
    fn a_request_is_found_until_its_place_is_needed() {
        let mut causes = RecentRequests::new();
        causes.remember(&request(7));
        assert!(causes.find(7).is_some_and(|cause| cause.measured));
        causes.remember(&request(7 + PLACES as u64));
        assert!(causes.find(7).is_none());
        assert!(causes.find(0).is_none(), "an unsolicited message answers nothing");
        assert!(causes.find(8).is_none() && causes.find(PLACES as u64 - 1).is_none());
        causes.remember(&request(PLACES as u64 - 1));
        assert!(
            causes.find(PLACES as u64 - 1).is_some() && causes.find(7 + PLACES as u64).is_some()
        );
    }
}
