//! How much memory the control groups of a process leave.

use std::path::{Component, Path};

/// Most control groups above each other that are looked at.
const DEEPEST: usize = 64;

/// Where a hierarchy is mounted, and what its files are called.
struct Hierarchy {
    mount: &'static str,
    limit: &'static str,
    used: &'static str,
    /// What can be given back at once stands in `memory.stat` behind this word.
    reclaimable: &'static str,
}

const VERSION_1: Hierarchy = Hierarchy {
    mount: "sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    reclaimable: "total_inactive_file ",
};

const VERSION_2: Hierarchy = Hierarchy {
    mount: "sys/fs/cgroup",
    limit: "memory.max",
    used: "memory.current",
    reclaimable: "inactive_file ",
};

/// The least that a group above the process leaves, in bytes; `None`: none has a limit. `cgroup` is
/// `/proc/self/cgroup`; files are read by `read`, by their path without the first slash.
pub(super) fn left(cgroup: &str, read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let mut least: Option<u64> = None;
    for line in cgroup.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let hierarchy = match controllers {
            "" if number == "0" => &VERSION_2,
            _ if controllers.split(',').any(|one| one == "memory") => &VERSION_1,
            _ => continue,
        };
        for folder in Path::new(path.trim_start_matches('/')).ancestors().take(DEEPEST) {
            // In a container the path may lead out of what is mounted: its own group is the mount itself.
            if folder.components().all(|part| matches!(part, Component::Normal(_))) {
                let of_group = left_by(hierarchy, &Path::new(hierarchy.mount).join(folder), &read);
                least = least.into_iter().chain(of_group).min();
            }
        }
    }
    least
}

fn left_by(
    hierarchy: &Hierarchy,
    folder: &Path,
    read: &impl Fn(&Path) -> Option<String>,
) -> Option<u64> {
    let number = |name: &str| read(&folder.join(name))?.trim().parse::<u64>().ok();
    // `max` is no number.
    let (limit, used) = (number(hierarchy.limit)?, number(hierarchy.used)?);
    let stat = read(&folder.join("memory.stat")).unwrap_or_default();
    let reclaimable = stat
        .lines()
        .find_map(|line| line.strip_prefix(hierarchy.reclaimable)?.trim().parse().ok())
        .unwrap_or(0);
    Some(limit.saturating_sub(used.saturating_sub(reclaimable)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_in(cgroup: &str, files: &[(&str, &str)]) -> Option<u64> {
        left(cgroup, |path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn the_tightest_group_counts_and_what_it_can_give_back_is_there() {
        let files = [
            ("sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("sys/fs/cgroup/a/b/memory.current", "10\n"),
            ("sys/fs/cgroup/a/memory.max", "1000\n"),
            ("sys/fs/cgroup/a/memory.current", "700\n"),
            ("sys/fs/cgroup/a/memory.stat", "anon 600\ninactive_file 100\n"),
        ];
        assert_eq!(left_in("0::/a/b\n", &files), Some(400));
        assert_eq!(left_in("0::/other\n", &files), None);
    }

    #[test]
    fn version_1_and_a_path_that_leads_out_of_a_container_are_read() {
        let files = [
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "500\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "600\n"),
        ];
        assert_eq!(left_in("4:cpu:/\n9:memory:/docker/1\n", &files), Some(0));
        assert_eq!(left_in("9:memory:/../..\n", &files), Some(0));
    }

    #[test]
    fn any_text_gets_an_answer() {
        for text in ["", ":", "0::", "0:\n::", "9:memory", "9:memory:", "0::///..//"] {
            assert_eq!(left_in(text, &[]), None, "{text:?}");
        }
    }
}
