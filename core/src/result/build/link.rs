//! What the link of a cell did, as the document has it.

use crate::link::Fault;
use crate::measure::Direction;
use crate::result::cell::{CellData, DirectionData};
use crate::result::document::{Blame, FaultCount, FaultResult, LinkDirection, LinkResult};

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
    Some(LinkResult { request: direction(&data.request), reply: direction(&data.reply), log })
}

fn direction(data: &DirectionData) -> LinkDirection {
    let link = &data.link;
    let mut kinds = link.kinds.clone();
    kinds.sort_by_key(|count| count.kind);
    let count = |count: &crate::link::KindCount| FaultCount {
        kind: count.kind,
        injected: count.injected,
        traced: link.traced(count.kind),
        header: count.header,
        payload: count.payload,
    };
    let explained = &link.explained;
    LinkDirection {
        faults: kinds.iter().map(count).collect(),
        schedule: format!("{:016x}", link.schedule),
        untraced: link.untraced(),
        blame: Blame {
            framing: data.boundaries(),
            link: explained.bytes(),
            header: explained.header,
            payload: explained.payload,
            between: explained.between,
            collateral: explained.collateral,
            nobody: data.wrong_bytes().saturating_sub(explained.bytes()),
            unexplained: data.unexplained(),
            undetected: data.undetected(),
        },
        unconfirmed_pieces: link.unconfirmed,
        forgotten: link.forgotten,
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
