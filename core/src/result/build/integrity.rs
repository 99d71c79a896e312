//! Verdicts and their evidence, as the document has them.

use super::link::fault_result;
use crate::judge::Verdict;
use crate::measure::Piece;
use crate::result::cell::{DirectionData, PooledExample};
use crate::result::document::{ExampleResult, PieceResult, Verdicts};
use base16ct::lower::encode_string;

/// `received`: the receiver is ours, so that it could count.
pub(super) fn verdicts(data: &DirectionData, received: bool) -> Verdicts {
    let get = |verdict| data.tally.get(verdict);
    let counted = |count: u64| received.then_some(count);
    Verdicts {
        sent: data.sent.messages,
        intact: get(Verdict::Intact),
        merged: get(Verdict::Merged),
        split: get(Verdict::Split),
        straddled: get(Verdict::Straddled),
        truncated: get(Verdict::Truncated),
        corrupted: get(Verdict::Corrupted),
        lost: get(Verdict::Lost),
        duplicated: get(Verdict::Duplicated),
        reordered: get(Verdict::Reordered),
        unsendable: get(Verdict::Unsendable),
        unjudged: get(Verdict::Unjudged),
        copies: counted(data.tally.copies),
        late: counted(data.tally.late),
        unexpected_bytes: counted(data.tally.unexpected_bytes),
        unexpected_messages: counted(data.tally.unexpected_messages),
        kernel_drops: counted(data.kernel_drops),
        ambiguous: counted(data.ambiguous),
    }
}

pub(super) fn example(pooled: &PooledExample) -> ExampleResult {
    let anomaly = &pooled.example.anomaly;
    let head = &anomaly.head;
    ExampleResult {
        direction: pooled.direction,
        round: pooled.round,
        verdict: anomaly.verdict,
        session: head.session,
        seq: head.seq,
        exchange: head.exchange,
        measured: head.measured,
        len: head.len.into(),
        wire_offset: head.wire_offset,
        wire_len: head.wire_len.into(),
        handed_over_ns: head.handed_over_ns,
        offset: anomaly.offset,
        shown_from: anomaly.shown_from,
        expected: encode_string(&anomaly.expected),
        received: encode_string(&anomaly.received),
        received_len: anomaly.received_len,
        received_ns: anomaly.received_ns,
        written: pooled.example.written.iter().map(piece).collect(),
        read: pooled.example.read.iter().map(piece).collect(),
        faults: pooled
            .example
            .faults
            .iter()
            .map(|fault| fault_result(pooled.direction, pooled.round, fault))
            .collect(),
    }
}

fn piece(piece: &Piece) -> PieceResult {
    PieceResult { at: piece.at, len: piece.len.into(), time_ns: piece.time_ns }
}
