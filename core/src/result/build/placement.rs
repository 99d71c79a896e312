//! What a reader should know of where the sides ran.

use crate::scenario::{Cpu, Placement, Wait};

pub(super) fn notes(cpu: &Cpu) -> Vec<String> {
    let mut notes = Vec::new();
    match (cpu.instead_of, cpu.placement) {
        (None, _) => {}
        (Some(_), Placement::Free) => notes.push(
            "the kernel did not tell which processors may be used, so it placed the sides \
             (placement free): compare with nothing but such cells"
                .into(),
        ),
        (Some(_), _) => notes.push(
            "one processor may be used, so both sides ran on it (placement same instead of split): \
             compare with nothing but such cells"
                .into(),
        ),
    }
    if (cpu.placement, cpu.wait) == (Placement::Same, Wait::Spin) {
        notes.push(
            "both sides spun on one processor: each waited until the other's time slice was over, so \
             times are the scheduler's; use `cpu.wait = \"block\"`"
                .into(),
        );
    }
    notes
}
