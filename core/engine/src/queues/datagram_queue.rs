//! What a side has to do later where its transport has datagrams instead of connections.

use super::ReadySlots;
use wirebench_scenario::Transport;

/// Judges give up on what is past their horizon this often within it.
const LOOKS_PER_HORIZON: u64 = 4;

/// They look no more often than this, in nanoseconds.
const SHORTEST_LOOK: u64 = 1_000_000;

/// What all datagrams of a side share; `B`: room for those of a read.
pub(crate) struct DatagramQueue<B> {
    /// Taken out while its datagrams are handed over.
    batch: Option<B>,
    /// The longest datagram that can be sent, in bytes; known once there is a socket.
    longest: usize,
    /// Connections whose datagrams the kernel does not take now, with no event that says when.
    blocked: ReadySlots,
    /// When the server reads its socket though no event announces anything.
    read_due_ns: Option<u64>,
    /// The server does not read while this much waits to be sent.
    paused: bool,
    /// When the judges look next for what is past their horizon.
    judging_due_ns: u64,
}

impl<B> DatagramQueue<B> {
    /// For a side without sockets yet; `None` where there are connections. `batch` makes room for
    /// datagrams of so many bytes.
    #[inline]
    pub(crate) fn of(transport: &Transport, batch: impl FnOnce(usize) -> B) -> Option<Box<Self>> {
        if transport.kind.has_connections() {
            return None;
        }
        let size = usize::try_from(transport.read_size).unwrap_or(usize::MAX);
        Some(Box::new(Self {
            batch: Some(batch(size)),
            longest: usize::MAX,
            blocked: ReadySlots::default(),
            read_due_ns: None,
            paused: false,
            judging_due_ns: 0,
        }))
    }

    /// When the loop wants to be called at the latest.
    #[inline]
    pub(crate) fn next_deadline(&self, look_again_ns: impl FnOnce() -> u64) -> u64 {
        let blocked = if self.blocked.is_empty() { u64::MAX } else { look_again_ns() };
        self.read_due_ns.unwrap_or(u64::MAX).min(blocked).min(self.judging_due_ns)
    }

    /// Takes the room for the datagrams of a read; `None`: it is in use.
    #[inline]
    pub(crate) fn take_batch(&mut self) -> Option<B> {
        self.batch.take()
    }

    /// They are handed over.
    #[inline]
    pub(crate) fn give_back(&mut self, batch: B) {
        self.batch = Some(batch);
    }

    /// The longest datagram that can be sent, in bytes.
    #[inline]
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// There is a socket, which takes this much.
    #[inline]
    pub(crate) fn set_longest(&mut self, bytes: usize) {
        self.longest = bytes;
    }

    /// The kernel takes no datagrams of the connection in `slot` now.
    #[inline]
    pub(crate) fn block(&mut self, slot: usize) {
        self.blocked.insert(slot);
    }

    /// Connections that this was said of.
    #[inline]
    pub(crate) fn blocked(&mut self) -> &mut ReadySlots {
        &mut self.blocked
    }

    /// The server reads its socket at this time, unless it does so sooner.
    #[inline]
    pub(crate) fn read_at(&mut self, due_ns: u64) {
        self.read_due_ns.get_or_insert(due_ns);
    }

    /// The server reads its socket again with the next turn, unless that is paused.
    #[inline]
    pub(crate) fn read_again(&mut self) {
        if !self.paused {
            self.read_due_ns = Some(0);
        }
    }

    /// It is to be read at some time.
    #[inline]
    pub(crate) fn waits_to_be_read(&self) -> bool {
        self.read_due_ns.is_some()
    }

    /// Takes that out if its time has come, or if reading was paused.
    #[inline]
    pub(crate) fn take_due(&mut self, now: u64) -> bool {
        let due = self.paused || self.read_due_ns.is_some_and(|due| due <= now);
        if due {
            self.read_due_ns = None;
        }
        due
    }

    /// Everything is read now, paused or not.
    #[inline]
    pub(crate) fn read_now(&mut self) {
        (self.read_due_ns, self.paused) = (None, false);
    }

    /// The server does not read its socket, or does.
    #[inline]
    pub(crate) fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// The judges look for what is past their horizon now; `horizon_ns` says when next. False: it is
    /// too soon.
    #[inline]
    pub(crate) fn look(&mut self, now: u64, horizon_ns: u64) -> bool {
        let due = now >= self.judging_due_ns;
        if due {
            self.judging_due_ns = now + (horizon_ns / LOOKS_PER_HORIZON).max(SHORTEST_LOOK);
        }
        due
    }
}
