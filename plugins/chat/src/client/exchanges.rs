//! The exchanges: each one's message, who must receive it, and who has.

use super::bits::Bits;
use std::collections::VecDeque;
use std::sync::Arc;
use wirebench_sdk::Token;

/// Exchanges that are kept after their end, so that what comes again is told from what was never
/// sent.
const KEPT: usize = 1_024;

/// Exchanges that are kept at all. One that the host has ended (damaged, or unanswered in time)
/// stays without an end here, until it gives way.
const MOST: usize = 65_536;

/// One message and those who must get it.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// The member who said it, and its session: the number may since be another's.
    pub(super) sender: usize,
    pub(super) session: u32,
    pub(super) name: Arc<str>,
    pub(super) room: usize,
    pub(super) private: bool,
    /// Who must get it.
    pub(super) due: Bits,
    /// Who of them has it.
    pub(super) got: Bits,
    /// Who may get it: in the middle of joining or leaving when it was said.
    pub(super) may: Bits,
    /// Who of those has it.
    pub(super) also: Bits,
    /// How many of `due` do not have it yet.
    pub(super) left: u32,
    /// What the same member said before and after it.
    pub(super) before: Token,
    pub(super) after: Token,
    /// Its place in the order of its room, once somebody has it.
    pub(super) place: Option<u64>,
    /// It gave way in the order: nothing more is said about it there.
    pub(super) unordered: bool,
    /// The server did not pass it on to some member, and has said so.
    pub(super) dropped: bool,
    /// Its end has been told to the host.
    pub(super) ended: bool,
}

/// The exchanges by token. Tokens grow by one with each start.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    exchanges: VecDeque<Option<Exchange>>,
    /// The token of the first entry.
    first: Token,
}

impl Exchanges {
    /// Makes room for `token`, and forgets what is long past.
    pub(super) fn reserve(&mut self, token: Token) {
        if self.exchanges.is_empty() {
            self.first = token;
        }
        // A jump ahead, as no host makes, would have to be filled: begin anew behind it.
        if token < self.first || token - self.end() >= MOST as u64 {
            self.exchanges.clear();
            self.first = token;
        }
        while self.end() <= token {
            self.exchanges.push_back(None);
        }
        while self.exchanges.len() > KEPT
            && (self.exchanges.len() > MOST || self.is_past(self.first))
        {
            self.exchanges.pop_front();
            self.first += 1;
        }
    }

    fn end(&self) -> Token {
        self.first + self.exchanges.len() as u64
    }

    fn is_past(&self, token: Token) -> bool {
        self.get(token).is_some_and(|exchange| exchange.ended)
    }

    /// Notes an exchange; false when it has been forgotten already.
    pub(super) fn insert(&mut self, token: Token, exchange: Exchange) -> bool {
        match self.index(token).and_then(|index| self.exchanges.get_mut(index)) {
            Some(place) => {
                *place = Some(exchange);
                true
            }
            None => false,
        }
    }

    #[inline]
    pub(super) fn get(&self, token: Token) -> Option<&Exchange> {
        self.exchanges.get(self.index(token)?)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, token: Token) -> Option<&mut Exchange> {
        let index = self.index(token)?;
        self.exchanges.get_mut(index)?.as_mut()
    }

    #[inline]
    fn index(&self, token: Token) -> Option<usize> {
        usize::try_from(token.checked_sub(self.first)?).ok()
    }

    /// All exchanges that are kept, with their tokens.
    pub(super) fn all(&mut self) -> impl Iterator<Item = (Token, &mut Exchange)> {
        let first = self.first;
        let places = self.exchanges.iter_mut().enumerate();
        places.filter_map(move |(k, place)| Some((first + k as u64, place.as_mut()?)))
    }

    /// Places that are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.exchanges.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_kept_for_a_while_and_what_never_ends_gives_way() {
        let mut exchanges = Exchanges::default();
        for token in 1..=150_000 {
            exchanges.reserve(token);
            let ended = token % 1_000 != 0;
            assert!(exchanges.insert(token, Exchange { ended, ..Exchange::default() }));
        }
        assert!(exchanges.len() <= MOST);
        assert!(exchanges.get(150_000).is_some() && exchanges.get(149_001).is_some());
        assert!(
            exchanges.get(1).is_none()
                && exchanges.get(0).is_none()
                && exchanges.get(u64::MAX).is_none()
        );
    }

    #[test]
    fn finished_exchanges_leave_room_at_once() {
        let mut exchanges = Exchanges::default();
        for token in 7..50_000 {
            exchanges.reserve(token);
            exchanges.insert(token, Exchange { ended: true, ..Exchange::default() });
            assert!(exchanges.len() <= KEPT + 1);
        }
    }

    #[test]
    fn tokens_that_jump_reserve_nothing() {
        let mut exchanges = Exchanges::default();
        for token in [5, u64::MAX / 2, 3, u64::MAX - 1] {
            exchanges.reserve(token);
            assert!(exchanges.len() <= MOST, "{} places", exchanges.len());
            assert!(exchanges.insert(token, Exchange::default()));
        }
    }
}
