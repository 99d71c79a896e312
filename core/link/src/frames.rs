//! Which bytes of a session's stream belong to which frame, as long as they are not all written.

use super::FrameRegion;
use std::collections::VecDeque;

/// Where one frame and the message in it lie, as offsets in the bytes that its session sends in one
/// direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSpan {
    /// Offset of its first byte.
    pub start: u64,
    /// Offset of the first byte of the message in it.
    pub payload: u64,
    /// Offset behind the message.
    pub payload_end: u64,
    /// Offset behind the frame.
    pub end: u64,
}

impl FrameSpan {
    fn hit(&self, from: u64, to: u64) -> FrameRegion {
        let in_header = from < self.payload || to > self.payload_end;
        let in_payload = from < self.payload_end && to > self.payload;
        match (in_header, in_payload) {
            (true, true) => FrameRegion::Both,
            (false, true) => FrameRegion::Payload,
            _ => FrameRegion::Header,
        }
    }
}

/// The frames of a session that are not written yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Frames {
    queue: VecDeque<FrameSpan>,
    /// The number of the oldest one kept, from 0.
    first: u64,
}

impl Frames {
    /// A frame was encoded; returns its number, from 0.
    #[inline]
    pub(super) fn push(&mut self, frame: FrameSpan) -> u64 {
        self.queue.push_back(frame);
        self.first + self.queue.len() as u64 - 1
    }

    /// Everything up to `offset` is written.
    #[inline]
    pub(super) fn written(&mut self, offset: u64) {
        while self.queue.front().is_some_and(|frame| frame.end <= offset) {
            self.queue.pop_front();
            self.first += 1;
        }
    }

    /// The frame that the byte at `offset` belongs to, and its number.
    #[inline]
    pub(super) fn at(&self, offset: u64) -> Option<(u64, &FrameSpan)> {
        let index = self.queue.partition_point(|frame| frame.end <= offset);
        let frame = self.queue.get(index).filter(|frame| frame.start <= offset)?;
        Some((self.first + index as u64, frame))
    }

    /// What the bytes from `at` on belong to.
    #[inline]
    pub(super) fn hit(&self, at: u64, len: u64) -> FrameRegion {
        let to = at.saturating_add(len.max(1));
        match self.at(at) {
            Some((_, frame)) => frame.hit(at, to.min(frame.end)),
            None => FrameRegion::Between,
        }
    }

    /// What a cut before the byte at `offset` divides: the payload only when bytes of it stand on
    /// both sides.
    #[inline]
    pub(super) fn cut(&self, offset: u64) -> FrameRegion {
        match self.at(offset) {
            Some((_, frame)) if offset == frame.start => FrameRegion::Between,
            Some((_, frame)) if frame.payload < offset && offset < frame.payload_end => {
                FrameRegion::Payload
            }
            Some(_) => FrameRegion::Header,
            None => FrameRegion::Between,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_apart_by_what_they_belong_to() {
        let mut frames = Frames::default();
        // A header of four, a payload of five, a trailer of one; then a gap of two.
        frames.push(FrameSpan { start: 0, payload: 4, payload_end: 9, end: 10 });
        let second = frames.push(FrameSpan { start: 12, payload: 16, payload_end: 20, end: 20 });
        assert_eq!(second, 1);
        assert_eq!(frames.hit(3, 1), FrameRegion::Header);
        assert_eq!(frames.hit(4, 1), FrameRegion::Payload);
        assert_eq!(frames.hit(9, 1), FrameRegion::Header);
        assert_eq!(frames.hit(3, 2), FrameRegion::Both);
        assert_eq!(frames.hit(10, 1), FrameRegion::Between);
        assert_eq!(frames.cut(4), FrameRegion::Header);
        assert_eq!(frames.cut(5), FrameRegion::Payload);
        assert_eq!(frames.cut(12), FrameRegion::Between);
        frames.written(12);
        assert_eq!(frames.at(13).map(|(number, _)| number), Some(1));
        assert_eq!(frames.at(3), None);
    }
}
