//! What a side calls a handler for.

use super::{BatchMessage, HookError, Services, Token, messages_one_by_one, starts_one_by_one};

/// The hooks of one side of a handler. They are called one at a time; each gets the services that the
/// handler may use while it runs. An error that [is fatal](super::HookErrorKind::is_fatal) means that no
/// hook may be called any more; any other costs the session.
pub trait Handler<S> {
    /// What the handler keeps for one session.
    type Session;

    /// A session is connected. `session` is the number that the handler and [`Services`] know it by.
    fn open(&mut self, services: &mut S, session: u32) -> Result<Self::Session, HookError>;

    /// A message arrived. `token` is the exchange it belongs to (0: none).
    fn message(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        token: Token,
        bytes: &[u8],
    ) -> Result<(), HookError>;

    /// Begin exchange `token` (client side).
    fn start(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        token: Token,
    ) -> Result<(), HookError>;

    /// Several messages of one session, which arrived together: as [`message`](Self::message) for each, in
    /// this order. Returns how many were handled, and whether the next one failed.
    ///
    /// Fewer than all are handled without an error only where the side has said that the handler
    /// [must stop](Services::must_stop), or where the handler wants the others in another call; of one
    /// message or more, never none. What the handler asks for meanwhile comes with the
    /// [number of the message](Services::at).
    #[inline]
    fn messages(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        batch: &[BatchMessage<'_>],
    ) -> (usize, Result<(), HookError>)
    where
        S: Services,
    {
        messages_one_by_one(self, services, session, state, batch)
    }

    /// Begin `count` exchanges, `first` and those that follow it: as [`start`](Self::start) for each, in
    /// this order. Returns what [`messages`](Self::messages) does.
    #[inline]
    fn starts(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        first: Token,
        count: usize,
    ) -> (usize, Result<(), HookError>)
    where
        S: Services,
    {
        starts_one_by_one(self, services, session, state, (first, count))
    }

    /// The timer `id` of the session is due.
    fn timer(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        id: u64,
    ) -> Result<(), HookError>;

    /// A mailbox post for the session.
    fn mail(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
        bytes: &[u8],
    ) -> Result<(), HookError>;

    /// After a send found no room: there is room again.
    fn writable(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
    ) -> Result<(), HookError>;

    /// The load is over and all that will be answered is: what is still to be said is said now (client
    /// side). The session lasts while the handler says that something is
    /// [pending](Services::set_pending), within the time for answers.
    fn ending(
        &mut self,
        services: &mut S,
        session: u32,
        state: &mut Self::Session,
    ) -> Result<(), HookError> {
        let _ = (services, session, state);
        Ok(())
    }

    /// The session is over; what was kept for it is freed.
    fn close(
        &mut self,
        services: &mut S,
        session: u32,
        state: Self::Session,
    ) -> Result<(), HookError>;
}
