//! What stands between us and the processors: a hypervisor, a container.

use super::super::finding::Finding;
use crate::machine::Root;

/// The share of time from which on what is stolen is more than rounds differ by.
const MUCH: f64 = 0.01;

/// The share that is told.
const SOME: f64 = 0.001;

/// Files that containers have and machines have not.
const MARKS: [(&str, &str); 3] = [
    ("/.dockerenv", "Docker"),
    ("/run/.containerenv", "Podman"),
    ("/run/systemd/container", "a container of systemd's kind"),
];

/// Whether the processor says that it runs under a hypervisor.
pub(super) fn hypervisor(root: &Root) -> Finding {
    const KEY: &str = "processors.hypervisor";
    let text = root.text("/proc/cpuinfo");
    // Only x86 has the flag.
    let flags = text.as_ref().and_then(|text| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == "flags").then_some(value)
        })
    });
    let Some(flags) = flags else {
        return Finding::unknown(
            KEY,
            "the processor does not say whether this is a virtual machine",
        )
        .with("virtual", None::<bool>);
    };
    let is_virtual = flags.split_ascii_whitespace().any(|flag| flag == "hypervisor");
    let finding = if is_virtual {
        let advice = "its host may run others on the same cores and change their clock, and nothing here sees \
                      that: hold builds against each other in one run (`--baseline`), not absolute figures";
        Finding::worth(KEY, "this is a virtual machine", advice)
    } else {
        Finding::fine(KEY, "none: this is no virtual machine")
    };
    finding.with("virtual", is_virtual)
}

/// How much time a hypervisor has given to others since the start of the machine.
pub(super) fn stolen(root: &Root) -> Finding {
    const KEY: &str = "processors.stolen";
    let Some(share) = stolen_share(root) else {
        return Finding::unknown(KEY, "whether a hypervisor runs others meanwhile is not known")
            .with("share", None::<f64>);
    };
    let found = format!(
        "a hypervisor has run others for {:.2} % of the time that processors were in use",
        share * 100.0
    );
    let finding = if share > MUCH {
        let advice = "measure on a machine that has its processors for itself: rounds in which more than 1 % was \
                      stolen decide no gate on a time";
        Finding::change(KEY, found, advice)
    } else if share > SOME {
        Finding::worth(
            KEY,
            found,
            "rounds in which that happens are told, and decide no gate on a time",
        )
    } else {
        Finding::fine(KEY, found)
    };
    finding.with("share", share)
}

/// Stolen time, of what was not idle.
fn stolen_share(root: &Root) -> Option<f64> {
    let text = root.text("/proc/stat")?;
    let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let times: Option<Vec<u64>> =
        line.split_ascii_whitespace().map(|word| word.parse().ok()).collect();
    let [user, nice, system, _idle, _waiting, interrupts, soft, stolen, ..] = times?[..] else {
        return None;
    };
    let busy = [user, nice, system, interrupts, soft, stolen];
    let busy = busy.into_iter().fold(0, u64::saturating_add);
    Some(if busy == 0 { 0.0 } else { stolen as f64 / busy as f64 })
}

/// Whether this is a container.
pub(super) fn container(root: &Root) -> Finding {
    const KEY: &str = "processors.container";
    let mark = MARKS.into_iter().find(|(path, _)| root.has(path));
    match mark {
        Some((_, kind)) => {
            let advice = "limits above are the container's, and its seccomp filter makes each system call \
                          slower: hold nothing against figures from outside";
            Finding::worth(KEY, format!("this is {kind}"), advice).with("kind", kind)
        }
        None => Finding::fine(KEY, "no sign of one").with("kind", None::<String>),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::super::fixture::says;
    use super::*;

    #[test]
    fn a_virtual_machine_is_told() {
        let of = |text| [("proc/cpuinfo", text)];
        says(
            hypervisor,
            &of("flags\t\t: fpu hypervisor sse\n"),
            WorthKnowing,
            &["virtual machine"],
        );
        says(hypervisor, &of("flags\t\t: fpu sse\n"), Fine, &["no virtual machine"]);
        says(hypervisor, &of("Features : fp asimd\n"), NotKnown, &[]);
        says(hypervisor, &[], NotKnown, &[]);
    }

    #[test]
    fn time_that_is_stolen_is_held_against_what_was_used() {
        let of = |text| [("proc/stat", text)];
        says(stolen, &of("cpu  90 0 5 9999999 0 0 0 5 0 0\ncpu0 1\n"), ChangeThis, &["5.00 %"]);
        says(stolen, &of("cpu  9900 0 50 1 0 0 0 50 0 0\n"), WorthKnowing, &["0.50 %"]);
        says(stolen, &of("cpu  9900 0 50 1 0 0 0 0 0 0\n"), Fine, &["0.00 %"]);
        for nonsense in ["", "cpu  1 2 3\n", "cpu  a b c d e f g h\n"] {
            says(stolen, &of(nonsense), NotKnown, &[]);
        }
        says(stolen, &[], NotKnown, &[]);
    }

    #[test]
    fn a_container_is_known_by_its_marks() {
        says(container, &[(".dockerenv", "")], WorthKnowing, &["Docker"]);
        says(container, &[("run/.containerenv", "")], WorthKnowing, &["Podman"]);
        says(container, &[], Fine, &["no sign"]);
    }
}
