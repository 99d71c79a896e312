//! Which processors are threads of one core.

use super::Root;
use crate::scenario::ProcessorList;

/// The processors that are threads of the same core as this one, itself included; `None`: not known.
pub fn siblings(root: &Root, processor: usize) -> Option<ProcessorList> {
    let path = format!("/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list");
    ProcessorList::read(&root.line(&path)?).ok()
}

/// Whether a processor of one list and another one of the other are threads of one core; `None`: not known.
pub fn share_core(root: &Root, one: &ProcessorList, other: &ProcessorList) -> Option<bool> {
    let mut known = true;
    for processor in one.numbers() {
        let Some(siblings) = siblings(root, *processor) else {
            known = false;
            continue;
        };
        let others = siblings.without(&[*processor]);
        if others.is_some_and(|others| others.shared_with(other).is_some()) {
            return Some(true);
        }
    }
    known.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_one_core_are_known_by_their_list() {
        let folder = tempfile::tempdir().unwrap();
        for (processor, siblings) in [(0, "0,4"), (1, "1,5"), (4, "0,4"), (5, "1,5"), (6, "?")] {
            let topology = format!("sys/devices/system/cpu/cpu{processor}/topology");
            let topology = folder.path().join(topology);
            std::fs::create_dir_all(&topology).unwrap();
            std::fs::write(topology.join("thread_siblings_list"), format!("{siblings}\n")).unwrap();
        }
        let root = Root::at(folder.path());
        for (one, other, told) in [
            ("0", "4", Some(true)),
            ("0-1", "5", Some(true)),
            ("0", "1", Some(false)),
            // The same processor is not another thread of its core.
            ("0", "0", Some(false)),
            ("6", "0", None),
            ("7", "0", None),
            ("0,6", "4", Some(true)),
        ] {
            let [one, other] = [one, other].map(|text| ProcessorList::read(text).unwrap());
            assert_eq!(share_core(&root, &one, &other), told, "{one} {other}");
        }
    }
}
