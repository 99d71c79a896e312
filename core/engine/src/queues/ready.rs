//! Slots that something is to be done about.

/// Slots, each at most once, in the order in which they came up. Who is taken out may come in again.
#[derive(Debug, Default)]
pub(crate) struct ReadySlots {
    slots: Vec<usize>,
    /// By slot: it is among them.
    is_in: Vec<bool>,
    /// Memory that is used again.
    spare: Vec<usize>,
}

impl ReadySlots {
    /// Puts a slot behind the others, unless it is among them.
    #[inline(always)]
    pub(crate) fn insert(&mut self, slot: usize) {
        match self.is_in.get_mut(slot) {
            Some(true) => {}
            Some(is_in) => {
                *is_in = true;
                self.slots.push(slot);
            }
            None => self.grow(slot),
        }
    }

    #[cold]
    fn grow(&mut self, slot: usize) {
        self.is_in.resize(slot + 1, false);
        self.insert(slot);
    }

    /// True when the slot is among them.
    #[inline]
    pub(crate) fn contains(&self, slot: usize) -> bool {
        self.is_in.get(slot).is_some_and(|is_in| *is_in)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// All of them, in their order.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.slots.iter().copied()
    }

    /// Takes the last one out.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let slot = self.slots.pop()?;
        self.is_in[slot] = false;
        Some(slot)
    }

    /// Takes the first one out of which `wanted` holds; the last takes its place.
    #[inline]
    pub(crate) fn take_one(&mut self, wanted: impl FnMut(usize) -> bool) -> Option<usize> {
        let index = self.slots.iter().copied().position(wanted)?;
        let slot = self.slots.swap_remove(index);
        self.is_in[slot] = false;
        Some(slot)
    }

    /// Takes one out, if it is among them.
    #[inline]
    pub(crate) fn remove(&mut self, slot: usize) {
        if self.contains(slot) {
            self.is_in[slot] = false;
            self.slots.retain(|other| *other != slot);
        }
    }

    /// Takes all of them out. Their list comes [back](Self::give_back) once they are seen to.
    #[inline]
    pub(crate) fn take(&mut self) -> Vec<usize> {
        let taken = std::mem::replace(&mut self.slots, std::mem::take(&mut self.spare));
        taken.iter().for_each(|slot| self.is_in[*slot] = false);
        taken
    }

    /// A list that was taken is not needed any more.
    #[inline]
    pub(crate) fn give_back(&mut self, mut taken: Vec<usize>) {
        taken.clear();
        self.spare = taken;
    }

    /// Takes all of them out, and forgets them.
    #[inline]
    pub(crate) fn clear(&mut self) {
        let taken = self.take();
        self.give_back(taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_in_once_and_may_come_again_when_it_is_out() {
        let mut ready = ReadySlots::default();
        for slot in [3, 1, 3, 70, 1] {
            ready.insert(slot);
        }
        assert!(ready.iter().eq([3, 1, 70]) && ready.contains(1) && !ready.contains(2));
        assert_eq!((ready.pop(), ready.contains(70)), (Some(70), false));
        let taken = ready.take();
        assert_eq!(taken, [3, 1]);
        assert!(ready.is_empty() && !ready.contains(3));
        ready.insert(1);
        ready.give_back(taken);
        ready.insert(3);
        assert_eq!(ready.take_one(|slot| slot != 1), Some(3));
        ready.remove(1);
        ready.remove(1);
        assert!(ready.is_empty() && !ready.contains(1));
    }

    #[test]
    fn what_comes_in_while_others_are_seen_to_waits_for_the_next_time() {
        let mut ready = ReadySlots::default();
        ready.insert(1);
        let taken = ready.take();
        for slot in &taken {
            ready.insert(*slot);
        }
        ready.give_back(taken);
        assert!(ready.iter().eq([1]));
        ready.clear();
        assert!(ready.is_empty() && ready.take().is_empty());
    }
}
