//! The order against a search for a cycle in what all members have received.

use super::*;
use crate::client::exchanges::Exchange;
use std::collections::BTreeMap;

/// A small generator: seeds are printed by the assertions.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}

/// What each member receives, in order: messages are numbered from 1 in the order of the server.
struct Story {
    members: usize,
    senders: Vec<usize>,
    echo: bool,
    received: Vec<Vec<Token>>,
}

impl Story {
    fn tell(rng: &mut Rng) -> Self {
        let (members, messages) = (2 + rng.below(4), 1 + rng.below(8));
        let echo = rng.below(4) == 0;
        let senders: Vec<usize> = (0..messages).map(|_| rng.below(members)).collect();
        let receives = |who: usize| {
            let all = senders.iter().enumerate().filter(|(_, sender)| echo || **sender != who);
            all.map(|(index, _)| index as Token + 1).collect()
        };
        let received = (0..members).map(receives).collect();
        Self { members, senders, echo, received }
    }

    /// Some member receives two messages the other way round.
    fn disturb(&mut self, rng: &mut Rng) {
        let who = rng.below(self.members);
        let received = &mut self.received[who];
        if received.len() >= 2 {
            let (one, other) = (rng.below(received.len()), rng.below(received.len()));
            received.swap(one, other);
        }
    }

    /// True when no order fits what everybody receives.
    fn is_contradictory(&self) -> bool {
        let mut edges: BTreeMap<Token, Vec<Token>> = BTreeMap::new();
        for received in &self.received {
            for pair in received.windows(2) {
                edges.entry(pair[0]).or_default().push(pair[1]);
            }
        }
        // Taking away messages that nobody receives anything before, as long as there are any.
        let mut left: Vec<Token> = (1..=self.senders.len() as Token).collect();
        loop {
            let is_first = |one: &Token| {
                !left.iter().any(|other| edges.get(other).is_some_and(|to| to.contains(one)))
            };
            let first: Vec<Token> = left.iter().copied().filter(is_first).collect();
            if first.is_empty() {
                return !left.is_empty();
            }
            left.retain(|one| !first.contains(one));
        }
    }

    /// Plays it with the members' progress mixed at random; true when the order disagrees.
    fn play(&self, rng: &mut Rng) -> bool {
        let mut exchanges = Exchanges::default();
        for (index, sender) in self.senders.iter().enumerate() {
            let token = index as Token + 1;
            let mut exchange = Exchange::default();
            (0..self.members)
                .filter(|who| self.echo || who != sender)
                .for_each(|who| exchange.due.set(who));
            exchange.left = exchange.due.count();
            exchanges.reserve(token);
            exchanges.insert(token, exchange);
        }
        let mut order = Order::default();
        let mut at = vec![0; self.members];
        let mut last = vec![0; self.members];
        let mut disagrees = false;
        loop {
            let ready: Vec<usize> =
                (0..self.members).filter(|who| at[*who] < self.received[*who].len()).collect();
            if ready.is_empty() {
                assert_eq!(order.len(), 0, "what everybody has is forgotten");
                return disagrees;
            }
            let who = ready[rng.below(ready.len())];
            // Often several in a row, as a read brings them.
            for _ in 0..=rng.below(4) {
                let Some(token) = self.received[who].get(at[who]).copied() else { break };
                at[who] += 1;
                let exchange = exchanges.get_mut(token).unwrap();
                exchange.got.set(who);
                exchange.left -= 1;
                let agreement = order.receive(&mut exchanges, &mut last[who], token);
                disagrees |= agreement == Agreement::Disagrees;
            }
        }
    }
}

#[test]
fn one_order_is_never_taken_for_several() {
    for seed in 0..6_000 {
        let mut rng = Rng(seed);
        let story = Story::tell(&mut rng);
        assert!(!story.play(&mut rng), "seed {seed}");
    }
}

#[test]
fn what_no_order_fits_is_found_and_nothing_else() {
    let mut contradictory = 0;
    for seed in 0..6_000 {
        let mut rng = Rng(seed);
        let mut story = Story::tell(&mut rng);
        story.disturb(&mut rng);
        let expected = story.is_contradictory();
        contradictory += u32::from(expected);
        assert_eq!(story.play(&mut rng), expected, "seed {seed}: {:?}", story.received);
    }
    assert!(contradictory > 300, "only {contradictory}");
}

#[test]
fn a_message_that_some_member_never_gets_does_not_fill_the_memory() {
    let (mut exchanges, mut order) = (Exchanges::default(), Order::default());
    let mut last = [0; 2];
    for token in 1..=3 * MOST as Token {
        let mut exchange = Exchange { left: 2, ..Exchange::default() };
        (0..2).for_each(|who| exchange.due.set(who));
        exchanges.reserve(token);
        exchanges.insert(token, exchange);
        for (who, last) in last.iter_mut().enumerate() {
            if (token, who) == (1, 1) {
                continue;
            }
            let exchange = exchanges.get_mut(token).unwrap();
            exchange.got.set(who);
            exchange.left -= 1;
            order.receive(&mut exchanges, last, token);
            assert!(order.len() <= MOST + 1);
        }
    }
    assert_eq!(order.unjudged, 1, "only the one that was missed is not judged");
}
