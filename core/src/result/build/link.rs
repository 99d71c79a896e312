//! What the link of a cell did, as the document has it.

use crate::link::Fault;
use crate::measure::Direction;
use crate::result::cell::{CellData, DirectionData};
use crate::result::document::{Attribution, FaultCount, FaultResult, LinkDirection, LinkResult};

pub(super) fn link(data: &CellData) -> Option<LinkResult> {
    if !data.linked {
        return None;
    }
    let of = |direction, data: &DirectionData| {
        let one = move |(round, fault): &(u32, Fault)| fault_result(direction, *round, fault);
        data.link.log.iter().map(one).collect::<Vec<_>>()
    };
    let mut log = of(Direction::Request, &data.request);
    log.extend(of(Direction::Reply, &data.reply));
    let direction = |of: &DirectionData| direction(of, data.has_our_server());
    Some(LinkResult { request: direction(&data.request), reply: direction(&data.reply), log })
}

/// `judged`: there is a ledger, so that it can be told what came of a fault. What was done is known
/// without one: our side did it.
fn direction(data: &DirectionData, judged: bool) -> LinkDirection {
    let link = &data.link;
    let mut kinds = link.kinds.clone();
    kinds.sort_by_key(|count| count.kind);
    let count = |count: &crate::link::KindCount| FaultCount {
        kind: count.kind,
        injected: count.injected,
        traced: judged.then(|| link.traced(count.kind)),
        header: count.header,
        payload: count.payload,
    };
    LinkDirection {
        faults: kinds.iter().map(count).collect(),
        schedule: format!("{:016x}", link.schedule),
        untraced: judged.then(|| link.untraced()),
        attribution: judged.then(|| attribution(data)),
        unconfirmed_pieces: judged.then_some(link.unconfirmed),
        forgotten: judged.then_some(link.forgotten),
    }
}

fn attribution(data: &DirectionData) -> Attribution {
    let explained = &data.link.explained;
    Attribution {
        framing: data.boundaries(),
        link: explained.bytes(),
        header: explained.header,
        payload: explained.payload,
        between: explained.between,
        collateral: explained.collateral,
        nobody: data.wrong_bytes().saturating_sub(explained.bytes()),
        unexplained: data.unexplained(),
        undetected: data.undetected(),
    }
}

pub(super) fn fault_result(direction: Direction, round: u32, fault: &Fault) -> FaultResult {
    let open = fault.len > 0 && fault.end() == u64::MAX;
    FaultResult {
        direction,
        round,
        kind: fault.kind,
        session: fault.session,
        at: fault.at,
        len: (!open).then_some(fault.len),
    }
}
