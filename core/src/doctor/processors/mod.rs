//! The processors that this process may use, and what disturbs them.

mod frequency;
mod quota;
mod threads;
mod usable;
mod virtualised;

use super::finding::Finding;
use crate::machine::Root;
use crate::scenario::ProcessorList;

/// Processors, a line for each thing.
pub(super) fn look(root: &Root) -> Vec<Finding> {
    vec![
        usable::look(root),
        quota::look(root),
        threads::look(root),
        frequency::governor(root),
        frequency::turbo(root),
        usable::isolated(root),
        virtualised::hypervisor(root),
        virtualised::stolen(root),
        virtualised::container(root),
    ]
}

/// Those that this process may use, as its status says.
pub(super) fn usable(root: &Root) -> Option<ProcessorList> {
    let status = root.text("/proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    ProcessorList::read(list).ok()
}
