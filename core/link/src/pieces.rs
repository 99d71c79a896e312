//! Where the link cuts what is written.

use super::dice::Dice;
use super::frames::Frames;
use serde::{Deserialize, Serialize};
use wirebench_load::Sizes;

/// How a direction's bytes are cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pieces {
    /// Into pieces of these sizes, counted from the start of the stream, whatever stands there.
    Sizes(Sizes),
    /// Every frame once, and each one byte further than the frame before: after as many frames as
    /// a frame has bytes, every cut has been made.
    EveryCut,
}

/// Finds the cuts of one session. Asked with growing offsets.
#[derive(Debug)]
pub(super) struct Cutter {
    pieces: Pieces,
    dice: Dice,
    /// The next cut that the sizes lead to.
    next: u64,
    /// The number of the piece that ends there.
    piece: u64,
}

impl Cutter {
    #[inline]
    pub(super) fn new(pieces: Pieces, dice: Dice) -> Self {
        Self { pieces, dice, next: 0, piece: 0 }
    }

    /// The first cut behind `offset`; none in what is known.
    #[inline]
    pub(super) fn cut_behind(&mut self, offset: u64, frames: &Frames) -> Option<u64> {
        let sizes = match &self.pieces {
            Pieces::EveryCut => return every_cut(offset, frames),
            Pieces::Sizes(sizes) => sizes,
        };
        while self.next <= offset {
            self.next += size_of_piece(sizes, self.piece, &self.dice).max(1);
            self.piece += 1;
        }
        Some(self.next)
    }
}

fn every_cut(offset: u64, frames: &Frames) -> Option<u64> {
    let (number, frame) = frames.at(offset)?;
    let places = (frame.end - frame.start).checked_sub(1).filter(|places| *places > 0)?;
    let cut = frame.start + 1 + number % places;
    (offset < cut).then_some(cut)
}

fn size_of_piece(sizes: &Sizes, piece: u64, dice: &Dice) -> u64 {
    match sizes {
        Sizes::Constant(size) => *size,
        Sizes::Cycle(sizes) if !sizes.is_empty() => sizes[(piece % sizes.len() as u64) as usize],
        Sizes::Uniform(low, high) => low + dice.below(piece, high.saturating_sub(*low) + 1),
        // Refused when the scenario is read.
        Sizes::Cycle(_) | Sizes::File(_) | Sizes::Lines(_) => u64::MAX >> 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FlowKey, FrameSpan};
    use super::*;

    fn cuts(pieces: Pieces, frames: &Frames, to: u64) -> Vec<u64> {
        let flow = FlowKey { seed: 7, session: 1, reply: false };
        let mut cutter = Cutter::new(pieces, Dice::new(flow, "pieces"));
        let (mut at, mut cuts) = (0, Vec::new());
        while at < to {
            at = match cutter.cut_behind(at, frames) {
                Some(cut) => {
                    cuts.push(cut);
                    cut
                }
                None => at + 1,
            };
        }
        cuts
    }

    #[test]
    fn sizes_count_from_the_start_of_the_stream() {
        let none = Frames::default();
        let sized = |sizes| cuts(Pieces::Sizes(sizes), &none, 10);
        assert_eq!(sized(Sizes::Constant(3)), [3, 6, 9, 12]);
        assert_eq!(sized(Sizes::Cycle(vec![1, 4])), [1, 5, 6, 10]);
        let uniform = sized(Sizes::Uniform(1, 4));
        assert_eq!(uniform, sized(Sizes::Uniform(1, 4)), "seed 7");
    }

    #[test]
    fn every_cut_of_a_frame_is_made_once() {
        let mut frames = Frames::default();
        for number in 0..4 {
            let start = number * 5;
            frames.push(FrameSpan {
                start,
                payload: start + 1,
                payload_end: start + 5,
                end: start + 5,
            });
        }
        assert_eq!(cuts(Pieces::EveryCut, &frames, 20), [1, 7, 13, 19]);
    }

    #[test]
    fn a_frame_of_one_byte_has_no_cut() {
        let mut frames = Frames::default();
        frames.push(FrameSpan { start: 0, payload: 0, payload_end: 1, end: 1 });
        assert_eq!(cuts(Pieces::EveryCut, &frames, 1), [0; 0]);
    }
}
