//! Quotas of processor time: where one is used up, everything stands still until its next period.

use super::super::finding::Finding;
use super::usable;
use crate::machine::{Root, control_groups};

/// Quotas of our control groups.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "processors.quota";
    let groups = control_groups(root, "cpu");
    if groups.is_empty() {
        return Finding::unknown(KEY, "whether a control group limits processor time is not known");
    }
    let least = groups.iter().filter_map(|folder| quota(root, folder)).min_by(f64::total_cmp);
    let Some(least) = least else {
        return Finding::fine(KEY, "none").with("processors", None::<f64>);
    };
    let usable = usable(root).map(|list| list.numbers().len());
    let found = format!("the time of {least:.2} processors in each period");
    let finding = match usable {
        Some(usable) if least >= usable as f64 => {
            Finding::fine(KEY, format!("{found}: as much as there is"))
        }
        _ => {
            let advice = "raise or remove it (`cpu.max`, `cpu.cfs_quota_us`, `--cpus` of a container): once it \
                          is used up, all sides stand still for milliseconds, and rounds in which that happened \
                          decide no gate on a time";
            Finding::change(KEY, found, advice)
        }
    };
    finding.with("processors", least)
}

/// How many processors' time a group has; `None`: it has no quota.
fn quota(root: &Root, folder: &std::path::Path) -> Option<f64> {
    let share = |quota: f64, period: f64| {
        let share = quota / period;
        (quota > 0.0 && share.is_finite()).then_some(share)
    };
    if let Some(line) = root.line(folder.join("cpu.max")) {
        let (quota, period) = line.split_once(' ')?;
        return share(quota.parse().ok()?, period.trim().parse().ok()?);
    }
    // -1 where there is none.
    let number = |name: &str| root.line(folder.join(name))?.parse::<f64>().ok();
    share(number("cpu.cfs_quota_us")?, number("cpu.cfs_period_us")?)
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::State::{ChangeThis, Fine, NotKnown};
    use super::super::super::fixture::says;
    use super::*;

    const STATUS: (&str, &str) = ("proc/self/status", "Cpus_allowed_list:\t0-1\n");
    const GROUP: (&str, &str) = ("proc/self/cgroup", "0::/job\n2:cpu:/\n");
    const MOUNTS: (&str, &str) = (
        "proc/self/mountinfo",
        "9 8 0:26 / /cg ro - cgroup2 cgroup2 rw\n9 8 0:26 / /v1 ro - cgroup cgroup rw,cpu\n",
    );

    fn with(file: &'static str, text: &'static str) -> [(&'static str, &'static str); 4] {
        [STATUS, GROUP, MOUNTS, (file, text)]
    }

    #[test]
    fn a_quota_below_the_processors_is_to_be_raised() {
        says(look, &with("cg/cpu.max", "max 100000\n"), Fine, &["none"]);
        says(
            look,
            &with("cg/cpu.max", "150000 100000\n"),
            ChangeThis,
            &["1.50 processors", "cpu.max"],
        );
        says(look, &with("cg/job/cpu.max", "50000 100000\n"), ChangeThis, &["0.50 processors"]);
        says(look, &with("cg/cpu.max", "200000 100000\n"), Fine, &["as much as there is"]);
        let first = [
            STATUS,
            GROUP,
            MOUNTS,
            ("v1/cpu.cfs_quota_us", "25000"),
            ("v1/cpu.cfs_period_us", "100000"),
        ];
        says(look, &first, ChangeThis, &["0.25 processors"]);
        let none = [
            STATUS,
            GROUP,
            MOUNTS,
            ("v1/cpu.cfs_quota_us", "-1"),
            ("v1/cpu.cfs_period_us", "100000"),
        ];
        says(look, &none, Fine, &["none"]);
    }

    #[test]
    fn nonsense_is_no_quota_and_without_groups_it_is_not_known() {
        for nonsense in ["", "1", "1 0", "x y", "-1 5", "NaN 7"] {
            says(look, &with("cg/cpu.max", nonsense), Fine, &[]);
        }
        says(look, &[STATUS], NotKnown, &[]);
    }
}
