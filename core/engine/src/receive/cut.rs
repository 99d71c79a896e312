//! What a read did not take of a packet or datagram: the kernel has let it go.

use crate::core::Core;
use crate::handler::{Handler, HookError};
use crate::machine::Side;
use crate::port::Port;
use wirebench_framings::driver::ReceiveBuffer;
use wirebench_measure::CUT;

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// The first `read` bytes of a packet of `whole` bytes are decoded. Where a read is a message, that
    /// one is shorter; any other framing would take what comes next for the rest, so its connection
    /// is over.
    #[cold]
    pub(crate) fn decode_cut(
        &mut self,
        slot: usize,
        buffer: &mut ReceiveBuffer,
        read: usize,
        whole: usize,
    ) -> Result<(), HookError> {
        let is_message = self.core.reads_are_messages(slot);
        self.core.hook.set_cut(is_message);
        let outcome = self.decode(slot, buffer);
        let core = &mut self.core;
        // What was wrong with the bytes that came may have ended the connection.
        if let Some(connection) = core.table.get(slot) {
            if core.hook.is_cut() {
                core.note_cut(slot, "packet", read, whole);
                buffer.pass(whole - read);
            } else {
                let (id, at) = (connection.id(), buffer.received());
                core.given_up(id, at);
                core.fail(slot, CUT, &cause("packet", read, whole));
            }
        }
        core.hook.set_cut(false);
        outcome
    }
}

impl<P: Port> Core<P> {
    /// A packet (or datagram) of which `read` of `whole` bytes were read is counted.
    #[cold]
    pub(crate) fn note_cut(&mut self, slot: usize, what: &str, read: usize, whole: usize) {
        let id = self.table.get(slot).map_or(0, |connection| connection.id());
        self.stats.error(CUT, 1, || format!("session {id}: {}", cause(what, read, whole)));
    }

    /// True when the incoming framing of the connection takes one read for one message.
    fn reads_are_messages(&mut self, slot: usize) -> bool {
        let Some(connection) = self.table.get_mut(slot) else { return false };
        let capabilities = connection.incoming().capabilities();
        !capabilities.invariant && !capabilities.duplex
    }
}

fn cause(what: &str, read: usize, whole: usize) -> String {
    format!(
        "the {what} was cut: {read} bytes read of {whole}, and the rest is gone; raise \
         `transport.read-size`"
    )
}
