//! Whether all receivers of a room can agree on one order.
//!
//! Nobody hears everything: who says something does not get it back. So no member's own sequence is
//! the order; it is put together from what all of them hear, as an order that contradicts none.
//! Whoever hears a message that stands behind what it has heard already contradicts others.

use super::bits::Bits;
use super::book::Book;
use std::collections::VecDeque;
use wirebench_sdk::Token;

/// Messages whose order is kept. One that some member still has not heard when so many others came
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

/// What a receiver's hearing means for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It contradicts nobody.
    Agrees,
    /// No order fits what this receiver and the others have heard.
    Disagrees,
}

impl Order {
    /// A member has just got `token` (its exchange knows already). `last` is what stands last of
    /// all that it has heard in this room (0: nothing yet).
    #[inline]
    pub(super) fn hear(&mut self, book: &mut Book, last: &mut Token, token: Token) -> Heard {
        let from = match book.get(*last).and_then(|exchange| exchange.place) {
            Some(place) => self.first.max(place + 1),
            None => self.first,
        };
        let end = self.first + self.log.len() as u64;
        let Some(exchange) = book.get_mut(token) else { return Heard::Agrees };
        if exchange.unordered {
            return Heard::Agrees;
        }
        let at = exchange.place.unwrap_or(end);
        if at < from {
            self.trim(book);
            return Heard::Disagrees;
        }
        *last = token;
        if at == end {
            exchange.place = Some(end);
            self.log.push_back(token);
        }
        if at > from {
            self.lift(book, from, at);
        }
        self.trim(book);
        Heard::Agrees
    }

    /// Moves the message at `at` as near to `from` as the others let it: before everything that
    /// nobody has heard before it, or before what must stand before it.
    fn lift(&mut self, book: &mut Book, from: u64, at: u64) {
        let (low, high) = ((from - self.first) as usize, (at - self.first) as usize);
        self.lifted.clear();
        self.staying.clear();
        let token = self.log[high];
        match book.get(token) {
            Some(exchange) => self.bound.copy(&exchange.due),
            None => return,
        }
        for index in (low..high).rev() {
            let other = self.log[index];
            match book.get(other) {
                // Somebody who hears one of those above has heard this one before.
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
            if let Some(exchange) = book.get_mut(*token) {
                exchange.place = Some(self.first + index as u64);
            }
        }
    }

    /// Forgets what nobody can contradict any more, and what has waited too long.
    #[inline]
    fn trim(&mut self, book: &mut Book) {
        while let Some(oldest) = self.log.front() {
            let over = self.log.len() > MOST;
            match book.get_mut(*oldest) {
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
