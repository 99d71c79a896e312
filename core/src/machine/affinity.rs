//! Which processors a process may use.

use crate::scenario::ProcessorList;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The processors that a process may use; 0 is this one. `None`: the kernel does not tell, or it has ended.
pub fn affinity(pid: Pid) -> Option<ProcessorList> {
    let set = sched_getaffinity(pid).ok()?;
    let numbers = 0..CpuSet::count();
    ProcessorList::of(numbers.filter(|processor| set.is_set(*processor).unwrap_or(false)))
}

/// Has this thread, and what it starts, use these processors alone.
pub fn run_on(processors: &ProcessorList) -> nix::Result<()> {
    let mut set = CpuSet::new();
    processors.numbers().iter().try_for_each(|processor| set.set(*processor))?;
    sched_setaffinity(Pid::from_raw(0), &set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Root;

    #[test]
    fn the_kernel_says_the_same_in_both_ways() {
        let status = Root::this().text("/proc/self/status").unwrap();
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
        assert_eq!(affinity(Pid::this()), ProcessorList::read(list).ok());
    }

    #[test]
    fn a_thread_runs_where_it_is_told() {
        let told = std::thread::spawn(|| {
            let last = *affinity(Pid::from_raw(0)).unwrap().numbers().last().unwrap();
            let list = ProcessorList::of([last]).unwrap();
            run_on(&list).unwrap();
            affinity(Pid::from_raw(0)) == Some(list)
        });
        assert!(told.join().unwrap());
    }
}
