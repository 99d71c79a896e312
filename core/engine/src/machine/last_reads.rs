//! What lies in the sockets when a round ends: it has arrived, so it is read before the rest is judged
//! to be lost.

use super::{Engine, Failure};
use crate::core::Core;
use crate::handler::Handler;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use wirebench_framings::Role;

/// How often the sockets of datagrams are looked at. A peer that never stops sending must not keep us.
const LAST_READS: usize = 1_000;

/// What all streams together are read, in bytes, and in how many turns of some reads each: every stream
/// has one at least. Much less lies there: the kernel keeps some 10 MiB of a connection (`tcp_rmem` and
/// `tcp_wmem`), and whoever waits for answers fills little of that. But a peer that never stops sending
/// must not keep us for more than some seconds, be its bytes many or read one by one.
const LAST_BYTES: u64 = 1 << 30;
const LAST_TURNS: usize = 1 << 18;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// Takes what lies in the sockets.
    pub(super) fn last_reads(&mut self) -> Result<(), Failure> {
        if active(Mutant::LeavesOutTheLastReads) {
            return Ok(());
        }
        if self.side.core.datagrams.is_some() {
            self.last_datagrams()?;
        } else {
            self.last_of_streams()?;
        }
        self.side.core.work.to_read.clear();
        self.side.core.flush_dirty();
        self.side.core.records.reader_mut().catch_up();
        if self.side.core.role == Role::Client {
            self.side.core.learn_damage();
        }
        Ok(())
    }

    /// Reads each stream until it is empty.
    fn last_of_streams(&mut self) -> Result<(), Failure> {
        let before = self.side.core.stats.received_bytes();
        let mut turns = 0;
        for slot in self.side.core.open_slots() {
            loop {
                self.side.core.work.to_read.remove(slot);
                self.side.read(slot)?;
                turns += 1;
                let bytes = self.side.core.stats.received_bytes() - before;
                let may_go_on = bytes < LAST_BYTES && turns < LAST_TURNS;
                let goes_on = self.side.core.work.to_read.contains(slot) && may_go_on;
                if !goes_on || active(Mutant::ReadsOneTurnAtTheEnd) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads all sockets until they are empty: whatever is in them now was sent in the round.
    fn last_datagrams(&mut self) -> Result<(), Failure> {
        for _ in 0..LAST_READS {
            self.side.core.work.to_read.clear();
            for slot in self.side.core.open_slots() {
                self.side.receive_datagrams(slot)?;
            }
            if let Some(datagrams) = &mut self.side.core.datagrams {
                datagrams.read_now();
            }
            self.accept()?;
            let more = self.side.core.datagrams.as_ref().is_some_and(|one| one.waits_to_be_read());
            if !more && self.side.core.work.to_read.is_empty() {
                break;
            }
        }
        Ok(())
    }
}
