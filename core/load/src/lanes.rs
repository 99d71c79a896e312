//! Which connection an arrival of an open loop belongs to, and where it waits until that has room.
//!
//! A connection is chosen before anybody looks at how busy it is: who took the next free one would spare
//! the slow ones, and miss what they do to those that come to them.

use crate::rng::SplitMix64;
use std::collections::VecDeque;

/// The backlog of an open loop: arrivals that are due and have not been started, by the connection that they
/// belong to.
///
/// Each arrival goes to another connection, until all have had one; then it begins anew in another order, so
/// that no connection keeps a phase of its own. Its memory follows the number of lanes and the bound.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// The order of this turn, and how far it has come.
    order: Vec<u32>,
    at: usize,
    random: SplitMix64,
    lanes: Vec<Lane>,
    waiting: usize,
    most: usize,
    /// The most that have waited at a time.
    peak: usize,
}

#[derive(Clone, Debug, Default)]
struct Lane {
    /// Intended times, in nanoseconds.
    arrivals: VecDeque<u64>,
    /// The last so many have not been looked at yet.
    fresh: usize,
}

impl Lanes {
    /// As many lanes as there are connections, one at least, in which `most` arrivals may wait together.
    pub fn new(count: u32, most: u32, seed: u64) -> Self {
        /// `lanes` in ASCII, so that no other purpose has the same sequence.
        const PURPOSE: u64 = 0x6c61_6e65_7300_0000;
        let count = count.max(1);
        Self {
            order: (0..count).collect(),
            at: count as usize,
            random: SplitMix64::stream(seed, PURPOSE),
            lanes: vec![Lane::default(); count as usize],
            waiting: 0,
            most: most.max(1) as usize,
            peak: 0,
        }
    }

    /// An arrival is due: the lane that it goes to; `None`: the backlog is full.
    #[inline]
    pub fn arrive(&mut self, intended_ns: u64) -> Option<usize> {
        // The turn goes on where nothing can be kept: the lanes do not depend on what happens.
        let lane = self.next_lane();
        if self.waiting >= self.most {
            return None;
        }
        let chosen = self.lanes.get_mut(lane)?;
        chosen.arrivals.push_back(intended_ns);
        chosen.fresh += 1;
        self.waiting += 1;
        self.peak = self.peak.max(self.waiting);
        Some(lane)
    }

    #[inline]
    fn next_lane(&mut self) -> usize {
        if self.at >= self.order.len() {
            self.at = 0;
            // Fisher and Yates, in Durstenfeld's form.
            for index in (1..self.order.len()).rev() {
                self.order.swap(index, self.random.below(index as u64 + 1) as usize);
            }
        }
        let lane = self.order[self.at];
        self.at += 1;
        lane as usize
    }

    /// The intended time of the arrival that waits longest in a lane.
    #[inline]
    pub fn first(&self, lane: usize) -> Option<u64> {
        self.lanes.get(lane)?.arrivals.front().copied()
    }

    /// The intended time of the arrival of this number in a lane, from the one that waits longest.
    #[inline]
    pub fn get(&self, lane: usize, index: usize) -> Option<u64> {
        self.lanes.get(lane)?.arrivals.get(index).copied()
    }

    /// Arrivals in a lane.
    #[inline]
    pub fn len(&self, lane: usize) -> usize {
        self.lanes.get(lane).map_or(0, |one| one.arrivals.len())
    }

    /// Nothing waits in any.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Takes out the arrival that waits longest in a lane.
    #[inline]
    pub fn take(&mut self, lane: usize) -> Option<u64> {
        let chosen = self.lanes.get_mut(lane)?;
        let intended_ns = chosen.arrivals.pop_front()?;
        chosen.fresh = chosen.fresh.min(chosen.arrivals.len());
        self.waiting -= 1;
        Some(intended_ns)
    }

    /// A lane has been looked at: how many of its arrivals found no room, and had been given no look before.
    #[inline]
    pub fn settle(&mut self, lane: usize) -> usize {
        self.lanes.get_mut(lane).map_or(0, |one| std::mem::take(&mut one.fresh))
    }

    /// Takes everything out, lane by lane.
    pub fn drain(&mut self) -> impl Iterator<Item = u64> + '_ {
        self.waiting = 0;
        self.lanes.iter_mut().flat_map(|lane| {
            lane.fresh = 0;
            lane.arrivals.drain(..)
        })
    }

    /// The most arrivals that have waited at a time.
    #[inline]
    pub fn peak(&self) -> usize {
        self.peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_one_before_any_has_two_and_no_order_comes_again_at_once() {
        let mut lanes = Lanes::new(16, 1_000, 7);
        let turn = |lanes: &mut Lanes| -> Vec<usize> {
            (0..16).filter_map(|time| lanes.arrive(time)).collect()
        };
        let turns: Vec<Vec<usize>> = (0..10).map(|_| turn(&mut lanes)).collect();
        for order in &turns {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..16).collect::<Vec<usize>>());
        }
        assert!(turns.windows(2).all(|pair| pair[0] != pair[1]), "a phase is kept: {turns:?}");
        assert_eq!((lanes.len(0), lanes.peak()), (10, 160));
    }

    #[test]
    fn a_full_backlog_takes_no_more_until_something_leaves() {
        let mut lanes = Lanes::new(2, 3, 1);
        let kept: Vec<bool> = (0..5).map(|time| lanes.arrive(time).is_some()).collect();
        assert_eq!(kept, [true, true, true, false, false]);
        let lane = usize::from(lanes.len(0) == 0);
        assert!(lanes.take(lane).is_some());
        assert!(lanes.arrive(9).is_some());
        assert_eq!(lanes.peak(), 3);
    }

    #[test]
    fn arrivals_leave_in_their_order_and_each_waits_once() {
        let mut lanes = Lanes::new(1, 10, 1);
        for time in 1..=3 {
            lanes.arrive(time);
        }
        assert_eq!((lanes.first(0), lanes.get(0, 2)), (Some(1), Some(3)));
        assert_eq!(lanes.take(0), Some(1));
        assert_eq!(lanes.settle(0), 2, "two found no room");
        assert_eq!(lanes.settle(0), 0, "and are not counted again");
        lanes.arrive(4);
        assert_eq!(lanes.take(0), Some(2));
        assert_eq!(lanes.settle(0), 1);
        assert!(lanes.drain().eq([3, 4]));
        assert!(lanes.is_empty() && lanes.take(0).is_none());
    }
}
