//! How many files a process may have open: each connection is one on each side.

use super::finding::Finding;
use super::limits::{Bound, limit};
use super::{CONNECTIONS, SPARE};
use crate::machine::Root;
use crate::scenario::grouped;

/// Descriptors.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.descriptors";
    let Some((soft, hard)) = limit(root, "Max open files") else {
        return Finding::unknown(KEY, "how many files a process may have open is not known");
    };
    let most = root.number("/proc/sys/fs/nr_open");
    let whole = root.number("/proc/sys/fs/file-max");
    let needed = CONNECTIONS + SPARE;
    let found = format!(
        "a process may have {soft} open, and sides raise that to {hard} by themselves; {} connections take \
         {} a side",
        grouped(CONNECTIONS),
        grouped(needed)
    );
    let lacks_whole = whole.is_some_and(|whole| whole < 2 * needed);
    let finding = if hard < Bound::Of(needed) {
        let advice = "raise the hard limit of open files: `ulimit -Hn`, `nofile` in limits.conf, \
                      LimitNOFILE in systemd, `--ulimit nofile` of a container";
        Finding::change(KEY, found, advice)
    } else if lacks_whole {
        Finding::change(KEY, found, "raise `sysctl fs.file-max`: it is of all processes together")
    } else {
        Finding::fine(KEY, found)
    };
    let finding = finding.with("soft", soft.number()).with("hard", hard.number());
    finding.with("nr_open", most).with("file_max", whole).with("needed", needed)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown};
    use super::super::fixture::says;
    use super::*;

    fn limits(soft: &str, hard: &str) -> String {
        format!("Limit   Soft Limit  Hard Limit  Units\nMax open files   {soft}   {hard}   files\n")
    }

    #[test]
    fn a_hard_limit_below_what_connections_take_is_to_be_raised() {
        let file = "proc/self/limits";
        says(look, &[(file, &limits("1024", "4096"))], ChangeThis, &["1,024", "4,096", "nofile"]);
        says(look, &[(file, &limits("1024", "524288"))], Fine, &["524,288", "11,024"]);
        says(look, &[(file, &limits("1024", "unlimited"))], Fine, &["unlimited"]);
        let small = [(file, &*limits("1024", "524288")), ("proc/sys/fs/file-max", "20000\n")];
        says(look, &small, ChangeThis, &["fs.file-max"]);
    }

    #[test]
    fn without_the_file_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        for nonsense in ["", "Max open files\n", &limits("many", "more"), &limits("-1", "7")] {
            says(look, &[("proc/self/limits", nonsense)], NotKnown, &[]);
        }
    }
}
