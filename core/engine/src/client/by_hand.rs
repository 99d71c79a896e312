//! How a conversation by hand gets its next connection: nobody is there again before there is something
//! to say.

use super::Client;
use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Failure, Side};
use crate::port::Port;

impl Client {
    /// A connection of a conversation has ended, and the load is on: another one takes its place when a
    /// line waits that no other connection has taken.
    pub(super) fn open_for_a_line<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        let waits = side.core.script.as_mut().is_some_and(|script| script.has_line());
        if self.to_open == 0 || !waits || is_being_opened(&side.core) {
            return Ok(());
        }
        // One a line: the others may never be needed.
        let others = self.to_open - 1;
        self.to_open = 1;
        let opened = self.open_connections(side);
        self.to_open += others;
        opened
    }

    /// True when connections are to be opened, and nothing that an event will tell of comes before that.
    pub(super) fn is_about_to_open<P: Port>(&self, core: &Core<P>) -> bool {
        let by_hand = core.script.is_some();
        if self.opens_when_due(core) && self.has_no_backlog() {
            return false;
        }
        self.to_open > 0 && !(by_hand && (!core.has_more_to_say() || is_being_opened(core)))
    }
}

/// A connect call is under way: who waits for a connection gets that one.
fn is_being_opened<P: Port>(core: &Core<P>) -> bool {
    core.table.iter().any(|(_, connection)| connection.lifecycle().is_connecting())
}
