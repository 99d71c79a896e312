//! From a case that fails to a small one that still fails. Every step asks a predicate; its budget
//! bounds how often, so that shrinking ends even where every answer is slow.

use std::cell::Cell;

/// How often a predicate may still be asked.
#[derive(Debug)]
pub struct Budget(Cell<u32>);

impl Budget {
    /// So many times.
    pub fn new(times: u32) -> Self {
        Self(Cell::new(times))
    }

    fn spend(&self) -> bool {
        let any = self.0.get() > 0;
        self.0.set(self.0.get().saturating_sub(1));
        any
    }

    fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// Fewest messages, then the shortest, then the plainest that still fail.
pub fn messages(
    start: Vec<Vec<u8>>,
    budget: &Budget,
    fails: &mut dyn FnMut(&[Vec<u8>]) -> bool,
) -> Vec<Vec<u8>> {
    let mut best = start;
    let mut try_it = |candidate: Vec<Vec<u8>>, best: &mut Vec<Vec<u8>>| {
        let better = budget.spend() && fails(&candidate);
        if better {
            *best = candidate;
        }
        better
    };
    loop {
        let before = best.clone();
        fewer(&mut best, budget, &mut try_it);
        for index in 0..best.len() {
            while !best[index].is_empty() && !budget.is_spent() {
                let len = best[index].len();
                let lengths = [0, 1, len / 2, len - len.div_ceil(8), len - 1];
                let shorter = lengths.into_iter().filter(|shorter| *shorter < len).any(|shorter| {
                    let mut candidate = best.clone();
                    candidate[index].truncate(shorter);
                    try_it(candidate, &mut best)
                });
                if !shorter {
                    break;
                }
            }
            let mut plain = best.clone();
            plain[index].fill(b'a');
            if plain != best {
                try_it(plain, &mut best);
            }
        }
        if best == before || budget.is_spent() {
            return best;
        }
    }
}

/// Fewest cuts, then the fewest bytes, then the plainest that still fail. Cuts stay ascending and
/// inside the bytes.
pub fn stream(
    bytes: Vec<u8>,
    cuts: Vec<usize>,
    budget: &Budget,
    fails: &mut dyn FnMut(&[u8], &[usize]) -> bool,
) -> (Vec<u8>, Vec<usize>) {
    let mut best = (bytes, cuts);
    let mut try_it = |bytes: Vec<u8>, cuts: Vec<usize>, best: &mut Cut| {
        let better = budget.spend() && fails(&bytes, &cuts);
        if better {
            *best = (bytes, cuts);
        }
        better
    };
    loop {
        let before = best.clone();
        fewer_cuts(&mut best, budget, &mut try_it);
        without_parts(&mut best, budget, &mut try_it);
        for index in 0..best.0.len() {
            for plainer in PLAIN.into_iter().take(rank(best.0[index])) {
                if budget.is_spent() {
                    return best;
                }
                let mut bytes = best.0.clone();
                bytes[index] = plainer;
                if try_it(bytes, best.1.clone(), &mut best) {
                    break;
                }
            }
        }
        if best == before || budget.is_spent() {
            return best;
        }
    }
}

/// A stream and where it is cut.
type Cut = (Vec<u8>, Vec<usize>);

/// Tries a stream; if it fails too, it is the best from then on.
type TryStream<'a> = dyn FnMut(Vec<u8>, Vec<usize>, &mut Cut) -> bool + 'a;

/// Cuts that are tried alone.
const SINGLE_CUTS: usize = 64;

/// No cut at all, or one of those there are, before they are taken away by and by.
fn fewer_cuts(best: &mut Cut, budget: &Budget, try_it: &mut TryStream<'_>) {
    if best.1.is_empty() || try_it(best.0.clone(), Vec::new(), best) {
        return;
    }
    if best.1.len() > 1 {
        let singles: Vec<usize> = best.1.iter().copied().take(SINGLE_CUTS).collect();
        singles.into_iter().any(|cut| try_it(best.0.clone(), vec![cut], best));
    }
    let mut cuts = best.1.clone();
    fewer(&mut cuts, budget, &mut |fewer, cuts| {
        let better = try_it(best.0.clone(), fewer.clone(), best);
        if better {
            *cuts = fewer;
        }
        better
    });
}

/// Bytes from the plainest on; what is not among them is less plain.
const PLAIN: [u8; 4] = [b'a', 0, 1, 0x80];

fn rank(byte: u8) -> usize {
    PLAIN.iter().position(|plain| *plain == byte).unwrap_or(PLAIN.len())
}

/// Takes ever smaller runs of items away.
fn fewer<T: Clone>(
    best: &mut Vec<T>,
    budget: &Budget,
    try_it: &mut dyn FnMut(Vec<T>, &mut Vec<T>) -> bool,
) {
    let mut run = best.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < best.len() && !budget.is_spent() {
            let mut candidate = best.clone();
            candidate.drain(at..(at + run).min(best.len()));
            if !try_it(candidate, best) {
                at += run;
            }
        }
        run = if run == 1 { 0 } else { run.div_ceil(2) };
    }
}

/// Streams up to so many bytes are tried without each of their first parts, and without each part.
const FEW_FOR_STARTS: usize = 400;
const FEW_FOR_PARTS: usize = 40;

/// Takes ever smaller runs of bytes away, the end first; then whatever else may be a whole frame.
/// Cuts move along.
fn without_parts(best: &mut Cut, budget: &Budget, try_it: &mut TryStream<'_>) {
    let mut run = best.0.len().div_ceil(2);
    while run > 0 {
        let mut end = best.0.len();
        while end > 0 && !budget.is_spent() {
            let start = end.saturating_sub(run);
            end = if without(start, end, best, try_it) { end.min(best.0.len()) } else { start };
        }
        run = if run == 1 { 0 } else { run.div_ceil(2) };
    }
    if best.0.len() <= FEW_FOR_STARTS {
        (1..best.0.len()).rev().any(|end| without(0, end, best, try_it));
    }
    if best.0.len() <= FEW_FOR_PARTS {
        let len = best.0.len();
        let parts = (2..len).rev().flat_map(|run| (1..=len - run).map(move |at| (at, at + run)));
        parts.into_iter().any(|(start, end)| without(start, end, best, try_it));
    }
}

fn without(start: usize, end: usize, best: &mut Cut, try_it: &mut TryStream<'_>) -> bool {
    let mut bytes = best.0.clone();
    bytes.drain(start..end);
    let mut cuts: Vec<usize> = best.1.iter().map(|cut| moved(*cut, start, end)).collect();
    cuts.dedup();
    cuts.retain(|cut| *cut > 0 && *cut < bytes.len());
    try_it(bytes, cuts, best)
}

/// Where a cut lies once `start..end` is gone.
fn moved(cut: usize, start: usize, end: usize) -> usize {
    if cut >= end { cut - (end - start) } else { cut.min(start) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_guilty_message_is_left_in_its_shortest_form() {
        let start = vec![b"one".to_vec(), b"two".to_vec(), vec![b'x'; 300], b"three".to_vec()];
        let small = messages(start, &Budget::new(1_000), &mut |messages| {
            messages.iter().any(|message| message.len() >= 128)
        });
        assert_eq!(small, [vec![b'a'; 128]]);
    }

    #[test]
    fn two_guilty_messages_stay_together() {
        let start: Vec<Vec<u8>> = (0..40).map(|k| vec![k; 5]).collect();
        let small = messages(start, &Budget::new(1_000), &mut |messages| {
            messages.iter().any(|m| m.contains(&7)) && messages.iter().any(|m| m.contains(&31))
        });
        assert_eq!(small, [vec![7], vec![31]]);
    }

    #[test]
    fn bytes_go_and_cuts_move_along() {
        let mut bytes = vec![b'x'; 200];
        (bytes[120], bytes[121]) = (0xf0, 0x0f);
        // It fails where a cut lies between these two.
        let mut fails = |bytes: &[u8], cuts: &[usize]| {
            cuts.iter().any(|cut| bytes[..*cut].ends_with(&[0xf0]) && bytes[*cut] == 0x0f)
        };
        let cuts: Vec<usize> = (1..200).collect();
        let small = stream(bytes, cuts, &Budget::new(10_000), &mut fails);
        assert_eq!(small, (vec![0xf0, 0x0f], vec![1]));
    }

    #[test]
    fn a_frame_in_front_goes_as_a_whole() {
        // Length and payload, again and again; it fails where a frame begins with 0xf0.
        let mut fails = |bytes: &[u8], _: &[usize]| {
            let mut at = 0;
            while at < bytes.len() && bytes[at] != 0xf0 {
                at += 1 + usize::from(bytes[at]);
            }
            bytes.get(at) == Some(&0xf0)
        };
        let start = [&[46][..], &[b'x'; 46], &[3], b"abc", &[0xf0]].concat();
        let small = stream(start, vec![], &Budget::new(4_000), &mut fails);
        assert_eq!(small, (vec![0xf0], vec![]));
    }

    #[test]
    fn what_fails_without_a_cut_loses_its_cuts_and_becomes_plain() {
        let small = stream(b"qwerty".to_vec(), vec![2, 4], &Budget::new(500), &mut |bytes, _| {
            bytes.len() >= 3
        });
        assert_eq!(small, (b"aaa".to_vec(), vec![]));
    }

    #[test]
    fn the_budget_is_kept() {
        let mut asked = 0;
        stream(vec![1; 5_000], vec![], &Budget::new(50), &mut |bytes, _| {
            asked += 1;
            bytes.len() > 4_900
        });
        assert_eq!(asked, 50);
        let mut asked = 0;
        messages(vec![vec![1; 50]; 50], &Budget::new(50), &mut |_| {
            asked += 1;
            false
        });
        assert_eq!(asked, 50);
    }
}
