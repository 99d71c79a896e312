//! Whether all receivers of a room can agree on one order.
//!
//! Nobody receives everything: a sender does not get its own messages. So no member's own sequence is
//! the order; it is put together from what all of them receive, as an order that contradicts none.
//! A member that receives a message which stands before one it has received already contradicts others.

use super::bits::Bits;
use super::exchanges::Exchanges;
use std::collections::VecDeque;
use wirebench_sdk::Token;

/// Messages whose order is kept. One that some member still lacks when so many others came
/// after it is not looked at any more.
const MOST: usize = 4_096;

/// The order of a room, as far as somebody may still contradict it.
#[derive(Debug, Default)]
pub(super) struct Order {
    log: VecDeque<Token>,
    /// The place of the first one in `log`.
    first: u64,
    /// Messages that gave way before every member had them; to be taken by whoever counts.
    pub(super) unjudged: u64,
    /// Kept for their memory.
    lifted: Vec<Token>,
    staying: Vec<Token>,
    bound: Bits,
}

/// Whether what a member has received fits the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// It contradicts nobody.
    Agrees,
    /// No order fits what this member and the others have received.
    Disagrees,
}

impl Order {
    /// A member has just got `token` (its exchange knows already). `last` is what stands last of
    /// all that it has received in this room (0: nothing yet).
    #[inline]
    pub(super) fn receive(
        &mut self,
        exchanges: &mut Exchanges,
        last: &mut Token,
        token: Token,
    ) -> Agreement {
        let from = match exchanges.get(*last).and_then(|exchange| exchange.place) {
            Some(place) => self.first.max(place + 1),
            None => self.first,
        };
        let end = self.first + self.log.len() as u64;
        let Some(exchange) = exchanges.get_mut(token) else { return Agreement::Agrees };
        if exchange.unordered {
            return Agreement::Agrees;
        }
        let at = exchange.place.unwrap_or(end);
        if at < from {
            self.trim(exchanges);
            return Agreement::Disagrees;
        }
        *last = token;
        if at == end {
            exchange.place = Some(end);
            self.log.push_back(token);
        }
        if at > from {
            self.lift(exchanges, from, at);
        }
        self.trim(exchanges);
        Agreement::Agrees
    }

    /// Moves the message at `at` as near to `from` as the others let it: before everything that
    /// nobody has received before it, or before what must stand before it.
    fn lift(&mut self, exchanges: &mut Exchanges, from: u64, at: u64) {
        let (low, high) = ((from - self.first) as usize, (at - self.first) as usize);
        self.lifted.clear();
        self.staying.clear();
        let token = self.log[high];
        match exchanges.get(token) {
            Some(exchange) => self.bound.copy(&exchange.due),
            None => return,
        }
        for index in (low..high).rev() {
            let other = self.log[index];
            match exchanges.get(other) {
                // Somebody who receives one of those above has received this one before.
                Some(exchange) if exchange.got.meets(&self.bound) => {
                    self.bound.add(&exchange.due);
                    self.lifted.push(other);
                }
                _ => self.staying.push(other),
            }
        }
        let order = self.lifted.iter().rev().chain([&token]).chain(self.staying.iter().rev());
        for (index, token) in (low..).zip(order) {
            self.log[index] = *token;
            if let Some(exchange) = exchanges.get_mut(*token) {
                exchange.place = Some(self.first + index as u64);
            }
        }
    }

    /// Forgets what nobody can contradict any more, and what has waited too long.
    #[inline]
    fn trim(&mut self, exchanges: &mut Exchanges) {
        while let Some(oldest) = self.log.front() {
            let over = self.log.len() > MOST;
            match exchanges.get_mut(*oldest) {
                Some(exchange) if exchange.left > 0 && !over => return,
                Some(exchange) if exchange.left > 0 => {
                    exchange.unordered = true;
                    self.unjudged += 1;
                }
                Some(_) => {}
                None => {}
            }
            self.log.pop_front();
            self.first += 1;
        }
    }

    /// Messages in it.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.log.len()
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
