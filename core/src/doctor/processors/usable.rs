//! How many processors there are for us, and whether some are kept free.

use super::super::finding::Finding;
use super::usable;
use crate::machine::{Root, control_groups};
use crate::scenario::ProcessorList;

/// So many are enough for both sides and for whatever else runs.
const ENOUGH: usize = 3;

/// Those of this process.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "processors.usable";
    let Some(list) = usable(root) else {
        return Finding::unknown(KEY, "which processors this process may use is not known");
    };
    let online = root.line("/sys/devices/system/cpu/online");
    let online = online.and_then(|list| ProcessorList::read(&list).ok());
    let set = control_groups(root, "cpuset").into_iter().find_map(|folder| {
        let names = ["cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"];
        let list = names.into_iter().find_map(|name| root.line(folder.join(name)))?;
        ProcessorList::read(&list).ok()
    });
    let narrowed = |all: &Option<ProcessorList>| all.as_ref().is_some_and(|all| *all != list);
    let by = match (narrowed(&set), set.is_some() && narrowed(&online)) {
        (true, _) => " (its affinity leaves it no more: `taskset`)",
        (false, true) => " (its cpuset leaves it no more)",
        (false, false) if narrowed(&online) => " (its affinity or its cpuset leaves it no more)",
        _ => "",
    };
    let count = list.numbers().len();
    let of = online.as_ref().map(|online| online.numbers().len());
    let of_all = of.map_or_else(String::new, |of| format!(" of {of}"));
    let found = format!("{count}{of_all}: {}{by}", list.spoken());
    let finding = match count {
        1 => {
            let advice = "give it two: both sides run on this one, and what is measured is mostly the switching \
                          between them (`taskset`, the cpuset, `--cpuset-cpus` of a container)";
            Finding::change(KEY, found, advice)
        }
        count if count < ENOUGH => {
            let advice = "both sides take one each, and nothing is left for whatever else runs: let nothing \
                          else run while it measures";
            Finding::worth(KEY, found, advice)
        }
        _ => Finding::fine(KEY, found),
    };
    let text = |list: Option<ProcessorList>| list.map(|list| list.to_string());
    let finding = finding.with("usable", list.to_string()).with("count", count);
    finding.with("online", text(online)).with("cpuset", text(set))
}

/// Those that the scheduler leaves alone.
pub(super) fn isolated(root: &Root) -> Finding {
    const KEY: &str = "processors.isolated";
    let Some(text) = root.text("/sys/devices/system/cpu/isolated") else {
        return Finding::unknown(KEY, "whether processors are isolated is not known");
    };
    let Ok(isolated) = ProcessorList::read(text.trim()) else {
        return Finding::fine(KEY, "none: other programs run on all of them")
            .with("isolated", None::<String>);
    };
    let ours = usable(root).and_then(|usable| usable.shared_with(&isolated));
    let found = format!("{} (nothing is put there that does not ask for it)", isolated.spoken());
    let finding = match &ours {
        Some(ours) if ours.numbers().len() >= 2 => {
            let [server, client] = [ours.numbers()[0], ours.numbers()[1]];
            let advice = format!(
                "measure on them, which no placement does by itself: `--set cpu.server={server} --set \
                 cpu.client={client}`"
            );
            Finding::change(KEY, found, advice)
        }
        _ => {
            let advice = "this process may use fewer than two of them: start it with `taskset` to measure there";
            Finding::worth(KEY, found, advice)
        }
    };
    finding.with("isolated", isolated.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::super::fixture::says;
    use super::*;

    const STATUS: &str = "proc/self/status";
    const ONLINE: (&str, &str) = ("sys/devices/system/cpu/online", "0-7\n");

    #[test]
    fn one_processor_is_too_few_and_two_leave_nothing_for_others() {
        let of = |list: &str| format!("Name:\tx\nCpus_allowed_list:\t{list}\n");
        says(
            look,
            &[(STATUS, &of("3")), ONLINE],
            ChangeThis,
            &["1 of 8: processor 3", "give it two"],
        );
        says(look, &[(STATUS, &of("2-3")), ONLINE], WorthKnowing, &["processors 2-3", "affinity"]);
        says(look, &[(STATUS, &of("0-7")), ONLINE], Fine, &["8 of 8: processors 0-7"]);
        let group = [
            (STATUS, &*of("0-3")),
            ONLINE,
            ("proc/self/cgroup", "0::/\n"),
            ("proc/self/mountinfo", "9 8 0:26 / /cg ro - cgroup2 cgroup2 rw\n"),
            ("cg/cpuset.cpus.effective", "0-3\n"),
        ];
        says(look, &group, Fine, &["4 of 8", "its cpuset leaves it no more"]);
    }

    #[test]
    fn without_a_list_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        says(look, &[(STATUS, "Cpus_allowed_list:\tall\n")], NotKnown, &[]);
        says(isolated, &[], NotKnown, &[]);
    }

    #[test]
    fn isolated_processors_are_to_be_used() {
        let file = "sys/devices/system/cpu/isolated";
        says(isolated, &[(file, "\n")], Fine, &["none"]);
        let ours = [(file, "4-6\n"), (STATUS, "Cpus_allowed_list:\t0-7\n")];
        says(isolated, &ours, ChangeThis, &["--set cpu.server=4 --set cpu.client=5"]);
        let others = [(file, "4-6\n"), (STATUS, "Cpus_allowed_list:\t0-3\n")];
        says(isolated, &others, WorthKnowing, &["taskset"]);
    }
}
