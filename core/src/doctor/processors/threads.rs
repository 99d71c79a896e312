//! Whether `cpu.placement = "split"` would put both sides on one core.

use super::super::finding::Finding;
use super::usable;
use crate::machine::{Root, siblings};

/// Threads of one core.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "processors.threads";
    let usable = usable(root);
    let numbers = usable.as_ref().map_or(&[][..], |list| list.numbers());
    let [server, client, ..] = *numbers else {
        return Finding::unknown(KEY, "with fewer than two processors no core can be shared")
            .with("split_shares_core", None::<bool>);
    };
    let Some(of_server) = siblings(root, server) else {
        return Finding::unknown(KEY, "which processors are threads of one core is not known")
            .with("split_shares_core", None::<bool>);
    };
    if !of_server.contains(client) {
        let found = format!(
            "`split` takes processors {server} and {client}, which are no threads of one core"
        );
        return Finding::fine(KEY, found).with("split_shares_core", false);
    }
    let found =
        format!("`split` takes processors {server} and {client}, which are threads of one core");
    let other = numbers.iter().find(|number| !of_server.contains(**number));
    let finding = match other {
        Some(other) => {
            let advice = format!(
                "take different cores: `--set cpu.server={server} --set cpu.client={other}`, or \
                 `cpu = {{ server = {server}, client = {other} }}` in the scenario"
            );
            Finding::change(KEY, found, advice)
        }
        None => {
            let advice = "there is no other core for this process: each side slows the other down, and the more \
                          so the busier it is";
            Finding::worth(KEY, found, advice)
        }
    };
    finding.with("split_shares_core", true)
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::super::fixture::says;
    use super::*;

    fn cores(usable: &str, siblings: &[&str]) -> Vec<(String, String)> {
        let mut files =
            vec![("proc/self/status".to_owned(), format!("Cpus_allowed_list:\t{usable}\n"))];
        for (number, list) in siblings.iter().enumerate() {
            let path = format!("sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list");
            files.push((path, format!("{list}\n")));
        }
        files
    }

    #[track_caller]
    fn is(files: &[(String, String)], state: super::super::super::finding::State, words: &[&str]) {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (&**path, &**text)).collect();
        says(look, &files, state, words);
    }

    #[test]
    fn threads_of_one_core_are_to_be_replaced_by_different_cores() {
        let neighbours = ["0-1", "0-1", "2-3", "2-3"];
        is(&cores("0-3", &neighbours), ChangeThis, &["--set cpu.server=0 --set cpu.client=2"]);
        is(&cores("0-1", &neighbours), WorthKnowing, &["there is no other core"]);
        is(&cores("0-3", &["0,2", "1,3", "0,2", "1,3"]), Fine, &["no threads of one core"]);
    }

    #[test]
    fn without_topology_or_two_processors_it_is_not_known() {
        is(&cores("0-3", &[]), NotKnown, &[]);
        is(&cores("0", &["0"]), NotKnown, &[]);
        is(&[], NotKnown, &[]);
    }
}
