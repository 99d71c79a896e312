//! How many pieces a link makes of a message: what a lock-step costs is known before it is run.

use super::super::datagrams::frame_length;
use super::super::plan::{Cell, Sizes, Until};
use wirebench_framings::FramingSpec;
use wirebench_link::{DirectionProfile, Pieces};

/// Longer messages are not encoded only to count their pieces.
const LONGEST_ENCODED: u64 = 16 << 20;

/// The pieces of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceCount {
    /// Of one request, and of one reply if it is as long as `load.reply-payload` or, without that, as
    /// its request. 0 where nothing is cut. Of the largest messages, where they differ.
    pub a_message: [u64; 2],
    /// Of all requests and replies of a round, where the scenario counts messages.
    pub a_round: Option<u64>,
    /// Each waits until the last one is consumed.
    pub lock_step: bool,
}

/// The pieces of a cell; `None` where nothing is cut, or the length of a frame cannot be told.
pub fn pieces_of(cell: &Cell) -> Option<PieceCount> {
    let settings = &cell.settings;
    let payload = largest(&settings.load.payload)?;
    let reply = settings.load.reply_payload.as_ref().map_or(Some(payload), largest)?;
    let of = |way: &DirectionProfile, framing: &FramingSpec, len| match &way.pieces {
        None => Some(0),
        Some(pieces) => pieces_of_frame(pieces, frame_bytes(framing, len)?),
    };
    let request = of(&settings.link.request, &settings.request_framing, payload)?;
    let reply = of(&settings.link.reply, &settings.reply_framing, reply)?;
    let a_round = match settings.load.until {
        Until::Messages(count) => Some(count.saturating_mul(request.saturating_add(reply))),
        Until::Duration(_) => None,
    };
    let lock_step = settings.link.request.is_confirmed() || settings.link.reply.is_confirmed();
    (request + reply > 0).then_some(PieceCount { a_message: [request, reply], a_round, lock_step })
}

/// Pieces of a frame that begins where a piece does.
pub(super) fn pieces_of_frame(pieces: &Pieces, frame: u64) -> Option<u64> {
    let mean = match pieces {
        Pieces::EveryCut => return Some(frame.min(2)),
        Pieces::Sizes(Sizes::Constant(size)) => return Some(frame.div_ceil((*size).max(1))),
        Pieces::Sizes(Sizes::Cycle(sizes)) => {
            sizes.iter().sum::<u64>() / (sizes.len() as u64).max(1)
        }
        Pieces::Sizes(Sizes::Uniform(low, high)) => low.midpoint(*high),
        Pieces::Sizes(Sizes::File(_) | Sizes::Lines(_)) => return None,
    };
    Some(frame.div_ceil(mean.max(1)))
}

/// The length of a frame; of a plugin's framing only the plugin knows, so that it is the payload's.
pub(super) fn frame_bytes(framing: &FramingSpec, len: u64) -> Option<u64> {
    if framing.plugin.is_some() || len > LONGEST_ENCODED {
        return Some(len);
    }
    frame_length(framing, len)
}

fn largest(sizes: &Sizes) -> Option<u64> {
    match sizes {
        Sizes::Constant(size) => Some(*size),
        Sizes::Cycle(sizes) => sizes.iter().max().copied(),
        Sizes::Uniform(_, high) => Some(*high),
        Sizes::File(_) | Sizes::Lines(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_frame_are_counted() {
        let count = |pieces, frame| pieces_of_frame(&pieces, frame).unwrap();
        assert_eq!(count(Pieces::Sizes(Sizes::Constant(3)), 10), 4);
        assert_eq!(count(Pieces::EveryCut, 68), 2);
        assert_eq!(count(Pieces::EveryCut, 1), 1);
        assert_eq!(count(Pieces::Sizes(Sizes::Uniform(1, 9)), 10), 2);
    }
}
