//! Whether processors change how fast they run.

use super::super::finding::Finding;
use super::usable;
use crate::machine::Root;
use std::collections::BTreeSet;

/// What decides on the clock of processors.
pub(super) fn governor(root: &Root) -> Finding {
    const KEY: &str = "processors.governor";
    let governors: BTreeSet<String> = usable(root)
        .iter()
        .flat_map(|list| list.numbers())
        .filter_map(|one| {
            root.line(format!("/sys/devices/system/cpu/cpu{one}/cpufreq/scaling_governor"))
        })
        // It is a word; what is none is not repeated.
        .map(|word| word.chars().filter(char::is_ascii_graphic).take(32).collect())
        .collect();
    if governors.is_empty() {
        return Finding::unknown(
            KEY,
            "not to be seen from here: what is under this system may change the clock",
        )
        .with("governor", None::<String>);
    }
    let names = governors.into_iter().collect::<Vec<_>>().join(", ");
    let finding = if names == "performance" {
        Finding::fine(KEY, "performance: the clock stays up")
    } else {
        let advice = "`cpupower frequency-set --governor performance`: otherwise the clock goes up and down with \
                      the load, and a light load looks slow";
        Finding::change(KEY, names.clone(), advice)
    };
    finding.with("governor", names)
}

/// Whether processors run faster for a while.
pub(super) fn turbo(root: &Root) -> Finding {
    const KEY: &str = "processors.turbo";
    let off = root.number("/sys/devices/system/cpu/intel_pstate/no_turbo").map(|off| off != 0);
    let on = root.number("/sys/devices/system/cpu/cpufreq/boost").map(|on| on != 0);
    let Some(on) = off.map(|off| !off).or(on) else {
        return Finding::unknown(KEY, "whether processors run faster for a while is not known")
            .with("on", None::<bool>);
    };
    let finding = if on {
        let advice = "how long processors stay that fast depends on heat and on other cores: where small \
                      differences count, turn it off (`echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo`, \
                      or `echo 0 > /sys/devices/system/cpu/cpufreq/boost`)";
        Finding::worth(KEY, "on", advice)
    } else {
        Finding::fine(KEY, "off")
    };
    finding.with("on", on)
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::super::fixture::says;
    use super::*;

    #[test]
    fn a_governor_that_saves_is_to_be_changed() {
        let status = ("proc/self/status", "Cpus_allowed_list:\t0-1\n");
        let of = |number: &str, word: &'static str| {
            (format!("sys/devices/system/cpu/cpu{number}/cpufreq/scaling_governor"), word)
        };
        let [first, second] = [of("0", "performance\n"), of("1", "powersave\n")];
        says(governor, &[status, (&*first.0, first.1)], Fine, &["performance"]);
        let both = [status, (&*first.0, first.1), (&*second.0, second.1)];
        says(governor, &both, ChangeThis, &["performance, powersave", "cpupower"]);
        // Nobody measures on the third.
        let third = of("2", "powersave\n");
        says(governor, &[status, (&*first.0, first.1), (&*third.0, third.1)], Fine, &[]);
        says(governor, &[status], NotKnown, &[]);
    }

    #[test]
    fn turbo_is_told_as_either_driver_says_it() {
        let intel = "sys/devices/system/cpu/intel_pstate/no_turbo";
        let other = "sys/devices/system/cpu/cpufreq/boost";
        says(turbo, &[(intel, "0\n")], WorthKnowing, &["on"]);
        says(turbo, &[(intel, "1\n")], Fine, &["off"]);
        says(turbo, &[(other, "1\n")], WorthKnowing, &["no_turbo"]);
        says(turbo, &[(other, "0\n")], Fine, &["off"]);
        says(turbo, &[], NotKnown, &[]);
    }
}
