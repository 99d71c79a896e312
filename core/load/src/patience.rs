//! How long a client goes on connecting to a server that answers nothing there: it waits longer from
//! one session to the next, and after so many in a row it expects no answer any more.

/// The first wait, in nanoseconds; each further one is twice as long.
const FIRST_WAIT_NS: u64 = 1_000_000;

/// The longest wait, in nanoseconds.
const LONGEST_WAIT_NS: u64 = 100_000_000;

/// Sessions in a row that may bring nothing, besides one for each connection of the load: all of
/// them may be lost at once.
const MAX_IN_VAIN: u32 = 20;

/// Sessions so far, by what they brought.
#[derive(Clone, Debug)]
pub struct Patience {
    connections: u32,
    in_vain: u32,
    fruitful: u32,
    opens_at_ns: u64,
}

impl Patience {
    /// For a load over so many connections at a time.
    #[inline]
    pub fn new(connections: u32) -> Self {
        Self { connections, in_vain: 0, fruitful: 0, opens_at_ns: 0 }
    }

    /// A session is over that brought an answer.
    #[inline]
    pub fn brought(&mut self) {
        self.fruitful = self.fruitful.saturating_add(1);
        (self.in_vain, self.opens_at_ns) = (0, 0);
    }

    /// The server has ended a session, or refused it, and nothing was answered in it.
    #[inline]
    pub fn in_vain(&mut self, now_ns: u64) {
        let doublings = self.in_vain.min(u64::BITS - 1);
        let wait = FIRST_WAIT_NS.saturating_mul(1 << doublings).min(LONGEST_WAIT_NS);
        self.in_vain = self.in_vain.saturating_add(1);
        self.opens_at_ns = now_ns.saturating_add(wait);
    }

    /// No session is to be begun before.
    #[inline]
    pub fn opens_at_ns(&self) -> u64 {
        self.opens_at_ns
    }

    /// Sessions that have brought something.
    #[inline]
    pub fn fruitful(&self) -> u32 {
        self.fruitful
    }

    /// So many sessions in a row brought nothing that no answer is to be expected.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.in_vain >= self.connections.saturating_add(MAX_IN_VAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_each_time_and_gives_up_within_seconds() {
        let mut patience = Patience::new(1);
        let (mut now, mut waits) = (0, Vec::new());
        while !patience.is_over() {
            patience.in_vain(now);
            waits.push(patience.opens_at_ns() - now);
            now = patience.opens_at_ns();
        }
        assert_eq!(waits[..3], [1_000_000, 2_000_000, 4_000_000]);
        assert_eq!(waits.len(), 21);
        assert!(waits.is_sorted() && now < 2_000_000_000, "{waits:?}");
    }

    #[test]
    fn an_answer_makes_it_patient_again() {
        let mut patience = Patience::new(1);
        for round in 1..=100 {
            (0..20).for_each(|_| patience.in_vain(7));
            assert!(!patience.is_over());
            patience.brought();
            assert_eq!((patience.opens_at_ns(), patience.fruitful()), (0, round));
        }
    }

    #[test]
    fn all_connections_may_be_lost_at_once() {
        let mut patience = Patience::new(1_000);
        (0..1_000).for_each(|_| patience.in_vain(u64::MAX));
        assert!(!patience.is_over());
        (0..20).for_each(|_| patience.in_vain(u64::MAX));
        assert!(patience.is_over());
    }
}
