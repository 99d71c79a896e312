//! Where, and how, the link ends a connection before its time.

use super::dice::{Dice, FlowKey};
use super::{DirectionProfile, FaultKind, FrameSpan, Point};

/// The ends that a scenario asks for; the first one that is reached is the one that happens.
#[derive(Debug)]
pub(super) struct Ends {
    dice: Dice,
    /// Those that depend on frames to come.
    open: Vec<(FaultKind, Point)>,
    /// The nearest one that is known.
    known: Option<(u64, FaultKind)>,
}

impl Ends {
    pub(super) fn new(way: &DirectionProfile, flow: FlowKey) -> Self {
        let dice = Dice::new(flow, "ends");
        let asked = [
            (FaultKind::Fin, way.fin_after),
            (FaultKind::Reset, way.rst_after),
            (FaultKind::HalfClose, way.half_close_after),
        ];
        let mut ends = Self { dice, open: Vec::new(), known: None };
        for (kind, point) in asked {
            match point {
                Some(Point::Bytes(bytes)) => ends.know(bytes, kind),
                Some(point) => ends.open.push((kind, point)),
                None => {}
            }
        }
        if way.flap > 0 {
            // From 1 to twice the mean less 1, all equally likely; half of them inside a frame.
            let frames = 1 + dice.below(0, 2 * u64::from(way.flap) - 1);
            let inside = dice.below(1, 2) == 0;
            let point = if inside { Point::Inside(frames) } else { Point::Behind(frames) };
            ends.open.push((FaultKind::Fin, point));
        }
        ends
    }

    /// A frame was encoded. `number`: from 0.
    #[inline]
    pub(super) fn framed(&mut self, number: u64, frame: &FrameSpan) {
        if self.open.is_empty() {
            return;
        }
        for (kind, point) in self.open.clone() {
            match point {
                Point::Inside(nth) if nth == number + 1 => {
                    let places = (frame.end - frame.start).saturating_sub(1);
                    let at = frame.start + 1 + self.dice.below(2 + number, places.max(1));
                    self.know(at.min(frame.end), kind);
                }
                Point::Behind(nth) if nth == number + 1 => self.know(frame.end, kind),
                _ => {}
            }
        }
    }

    fn know(&mut self, at: u64, kind: FaultKind) {
        if self.known.is_none_or(|(known, _)| at < known) {
            self.known = Some((at, kind));
        }
    }

    /// The end that comes first: where, and how.
    #[inline]
    pub(super) fn next(&self) -> Option<(u64, FaultKind)> {
        self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey { seed: 5, session: 3, reply: false };

    fn frame(start: u64, end: u64) -> FrameSpan {
        FrameSpan { start, payload: start, payload_end: end, end }
    }

    #[test]
    fn the_first_of_several_ends_is_the_one_that_happens() {
        let way = DirectionProfile {
            fin_after: Some(Point::Bytes(100)),
            rst_after: Some(Point::Behind(2)),
            ..DirectionProfile::default()
        };
        let mut ends = Ends::new(&way, FLOW);
        assert_eq!(ends.next(), Some((100, FaultKind::Fin)));
        ends.framed(0, &frame(0, 20));
        assert_eq!(ends.next(), Some((100, FaultKind::Fin)));
        ends.framed(1, &frame(20, 40));
        assert_eq!(ends.next(), Some((40, FaultKind::Reset)));
    }

    #[test]
    fn inside_a_frame_is_neither_before_nor_behind_it() {
        for seed in 0..200 {
            let way = DirectionProfile {
                rst_after: Some(Point::Inside(1)),
                ..DirectionProfile::default()
            };
            let mut ends = Ends::new(&way, FlowKey { seed, ..FLOW });
            ends.framed(0, &frame(10, 14));
            let (at, kind) = ends.next().unwrap();
            assert_eq!(kind, FaultKind::Reset);
            assert!((11..14).contains(&at), "seed {seed}: {at}");
        }
    }

    #[test]
    fn flapping_connections_live_as_long_as_asked_on_average() {
        let way = DirectionProfile { flap: 10, ..DirectionProfile::default() };
        let mut frames = 0;
        for session in 0..2_000 {
            let mut ends = Ends::new(&way, FlowKey { session, ..FLOW });
            let mut number = 0;
            while ends.next().is_none() {
                ends.framed(number, &frame(number * 8, number * 8 + 8));
                number += 1;
            }
            frames += number;
        }
        assert!((18_000..22_000).contains(&frames), "seed 5: {frames} frames of 2,000 sessions");
    }
}
