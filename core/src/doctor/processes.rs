//! How many processes and threads may run.

use super::CONNECTIONS;
use super::finding::Finding;
use super::limits::{Bound, limit};
use crate::machine::{Root, control_groups};
use crate::scenario::grouped;

/// What a round needs: guard, two sides, a server of one's own with its threads, and some room.
const NEEDED: u64 = 64;

/// Processes.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.processes";
    let of_user = limit(root, "Max processes").map(|(soft, _)| soft);
    let of_machine = root.number("/proc/sys/kernel/threads-max");
    let of_group = group_room(root);
    let bounds = [of_user, of_machine.map(Bound::Of), of_group.map(Bound::Of)];
    let Some(most) = bounds.into_iter().flatten().min() else {
        return Finding::unknown(KEY, "how many processes may run is not known");
    };
    let found = format!(
        "{most} processes and threads may run (of the user, the machine and the control group, the least); \
         a round takes 3, and with `exec` one a request under way"
    );
    let finding = if most < Bound::Of(NEEDED) {
        let advice =
            "raise `ulimit -u`, `pids.max` of the control group, or `--pids-limit` of a container";
        Finding::change(KEY, found, advice)
    } else if most < Bound::Of(CONNECTIONS) {
        let advice = format!(
            "a server with a thread or process per connection ends below {} connections",
            grouped(CONNECTIONS)
        );
        Finding::worth(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    let finding = finding.with("user", of_user.and_then(Bound::number));
    finding.with("machine", of_machine).with("group", of_group).with("needed", NEEDED)
}

/// How many more our control groups allow; `None`: none of them has a limit.
fn group_room(root: &Root) -> Option<u64> {
    let room = |folder: std::path::PathBuf| {
        let most = root.number(folder.join("pids.max"))?;
        Some(most.saturating_sub(root.number(folder.join("pids.current")).unwrap_or(0)))
    };
    control_groups(root, "pids").into_iter().filter_map(room).min()
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::fixture::says;
    use super::*;

    fn limits(most: &str) -> String {
        format!("Max processes             {most}                63349                processes\n")
    }

    #[test]
    fn the_least_of_all_limits_counts() {
        let file = "proc/self/limits";
        says(look, &[(file, &limits("63349"))], Fine, &["63,349 processes"]);
        says(look, &[(file, &limits("unlimited"))], Fine, &["unlimited processes"]);
        says(look, &[(file, &limits("4096"))], WorthKnowing, &["per connection"]);
        says(look, &[(file, &limits("20"))], ChangeThis, &["ulimit -u"]);
        let group = [
            (file, &*limits("63349")),
            ("proc/self/cgroup", "0::/\n"),
            ("proc/self/mountinfo", "9 8 0:26 / /cg ro - cgroup2 cgroup2 rw\n"),
            ("cg/pids.max", "100\n"),
            ("cg/pids.current", "90\n"),
        ];
        says(look, &group, ChangeThis, &["10 processes", "pids.max"]);
    }

    #[test]
    fn without_any_limit_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
    }
}
