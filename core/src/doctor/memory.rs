//! Memory that there is, and what limits it.

use super::CONNECTIONS;
use super::finding::Finding;
use super::limits::limit;
use crate::machine::{Root, control_groups};
use crate::scenario::grouped;

/// What a connection takes, both sides and the kernel, in bytes. (5,000 of them under `len32be` took the two
/// sides 2.3 KB each and the kernel some 10 KB.)
const OF_CONNECTION: u64 = 16 << 10;

/// What a round takes besides, in bytes: two sides with a plugin, and their ledgers.
const OF_ROUND: u64 = 128 << 20;

/// More than any machine has: what version 1 of control groups says where there is no limit.
const NO_LIMIT: u64 = 1 << 60;

/// Memory.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.memory";
    let Some(available) = meminfo(root, "MemAvailable") else {
        return Finding::unknown(KEY, "how much memory is available is not known");
    };
    let needed = CONNECTIONS * OF_CONNECTION + OF_ROUND;
    let group = group_room(root);
    // Where the kernel lends nothing, what is promised is what counts.
    let strict = root.number("/proc/sys/vm/overcommit_memory") == Some(2);
    let promised = meminfo(root, "CommitLimit")
        .zip(meminfo(root, "Committed_AS"))
        .map(|(limit, used)| limit.saturating_sub(used))
        .filter(|_| strict);
    let locked = limit(root, "Max locked memory").and_then(|(soft, _)| soft.number());
    let mib = |bytes: u64| format!("{} MiB", grouped(bytes >> 20));
    let also = |what: &str, bytes: Option<u64>| {
        bytes.map_or_else(String::new, |bytes| format!(", {} {what}", mib(bytes)))
    };
    let found = format!(
        "{} available{}{}; a round of {} connections takes some {}",
        mib(available),
        also("below the limit of the control group", group),
        also("may still be promised", promised),
        grouped(CONNECTIONS),
        mib(needed)
    );
    let finding = if group.is_some_and(|room| room < needed) {
        Finding::change(
            KEY,
            found,
            "raise the limit of the control group: `memory.max`, `--memory` of a container",
        )
    } else if promised.is_some_and(|room| room < needed) {
        Finding::change(
            KEY,
            found,
            "`sysctl vm.overcommit_memory=0`, or raise `vm.overcommit_ratio`",
        )
    } else if available < needed {
        Finding::change(
            KEY,
            found,
            "end other programs, or measure with fewer connections: what finds no memory is killed",
        )
    } else {
        Finding::fine(KEY, found)
    };
    let finding = finding.with("available_bytes", available).with("group_bytes", group);
    let finding = finding.with("promisable_bytes", promised).with("lockable_bytes", locked);
    finding.with("needed_bytes", needed)
}

/// A field of `/proc/meminfo`, in bytes.
pub(super) fn meminfo(root: &Root, name: &str) -> Option<u64> {
    let text = root.text("/proc/meminfo")?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1_024)
}

/// What our control groups leave us, in bytes; `None`: none of them has a limit.
fn group_room(root: &Root) -> Option<u64> {
    let room = |folder: std::path::PathBuf| {
        let of = |limit: &str, used: &str| {
            let limit = root.number(folder.join(limit)).filter(|limit| *limit < NO_LIMIT)?;
            Some(limit.saturating_sub(root.number(folder.join(used)).unwrap_or(0)))
        };
        of("memory.max", "memory.current")
            .or_else(|| of("memory.limit_in_bytes", "memory.usage_in_bytes"))
    };
    control_groups(root, "memory").into_iter().filter_map(room).min()
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown};
    use super::super::fixture::says;
    use super::*;

    const MEMINFO: &str = "proc/meminfo";
    const PLENTY: &str = "MemTotal: 9 kB\nMemAvailable:    8388608 kB\n";

    #[test]
    fn what_is_there_is_held_against_what_connections_take() {
        says(look, &[(MEMINFO, PLENTY)], Fine, &["8,192 MiB available", "some 284 MiB"]);
        let little = "MemAvailable: 102400 kB\n";
        says(look, &[(MEMINFO, little)], ChangeThis, &["100 MiB available", "fewer connections"]);
    }

    #[test]
    fn the_limit_of_a_control_group_counts_in_both_versions() {
        let second = [
            (MEMINFO, PLENTY),
            ("proc/self/cgroup", "0::/job\n"),
            ("proc/self/mountinfo", "9 8 0:26 / /cg ro - cgroup2 cgroup2 rw\n"),
            ("cg/memory.max", "max\n"),
            ("cg/job/memory.max", "134217728\n"),
            ("cg/job/memory.current", "33554432\n"),
        ];
        says(look, &second, ChangeThis, &["96 MiB below the limit", "memory.max"]);
        let first = [
            (MEMINFO, PLENTY),
            ("proc/self/cgroup", "4:memory:/\n"),
            ("proc/self/mountinfo", "9 8 0:26 / /cg ro - cgroup cgroup rw,memory\n"),
            ("cg/memory.limit_in_bytes", "134217728\n"),
        ];
        says(look, &first, ChangeThis, &["128 MiB below the limit"]);
        let none =
            [first[0], first[1], first[2], ("cg/memory.limit_in_bytes", "9223372036854771712")];
        says(look, &none, Fine, &[]);
    }

    #[test]
    fn what_may_be_promised_counts_where_the_kernel_lends_nothing() {
        let text = format!("{PLENTY}CommitLimit: 900000 kB\nCommitted_AS: 800000 kB\n");
        let strict = ("proc/sys/vm/overcommit_memory", "2\n");
        says(look, &[(MEMINFO, &text), strict], ChangeThis, &["97 MiB may still be promised"]);
        says(look, &[(MEMINFO, &text)], Fine, &[]);
    }

    #[test]
    fn without_the_file_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        for nonsense in
            ["", "MemAvailable: -1 kB", "MemAvailable: 99999999999999999999 kB", "MemAvailable"]
        {
            says(look, &[(MEMINFO, nonsense)], NotKnown, &[]);
        }
    }
}
