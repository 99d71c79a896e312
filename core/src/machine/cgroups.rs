//! The control groups that this process is in: each may have limits.

use super::Root;
use std::path::{Component, Path, PathBuf};

/// Most control groups above each other that are looked at.
const DEEPEST: usize = 64;

/// The folders of our group and of those above it, for this controller, in both versions of control groups.
pub fn control_groups(root: &Root, controller: &str) -> Vec<PathBuf> {
    let read = |path: &str| root.text(path).unwrap_or_default();
    folders(&read("/proc/self/cgroup"), &read("/proc/self/mountinfo"), controller)
}

/// The same, from the text of `/proc/self/cgroup` and of `/proc/self/mountinfo`.
fn folders(cgroup: &str, mounts: &str, controller: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in cgroup.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let unified = number == "0" && controllers.is_empty();
        if !unified && !controllers.split(',').any(|one| one == controller) {
            continue;
        }
        let Some((root, mounted)) = mount(mounts, unified, controller) else { continue };
        // In a container the group's path may lie outside of what is mounted: then its own group is
        // the mount itself.
        let below = Path::new(path).strip_prefix(root).unwrap_or(Path::new(""));
        let within = below.components().all(|part| matches!(part, Component::Normal(_)));
        let mut folder = PathBuf::from(mounted);
        if within {
            folder.extend(below);
        }
        for _ in 0..DEEPEST {
            found.push(folder.clone());
            if folder == Path::new(mounted) || !folder.pop() {
                break;
            }
        }
    }
    found
}

/// Root and mount point of the unified hierarchy, or of the one with this controller.
fn mount<'a>(mounts: &'a str, unified: bool, controller: &str) -> Option<(&'a str, &'a str)> {
    mounts.lines().find_map(|line| {
        let (ours, theirs) = line.split_once(" - ")?;
        let mut ours = ours.split(' ').skip(3);
        let (root, mounted) = (ours.next()?, ours.next()?);
        let mut theirs = theirs.split(' ');
        let (kind, options) = (theirs.next()?, theirs.nth(1)?);
        let right = match unified {
            true => kind == "cgroup2",
            false => kind == "cgroup" && options.split(',').any(|option| option == controller),
        };
        right.then_some((root, mounted))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime shared:4 master:1 - cgroup cgroup rw,cpuset
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    fn paths(cgroup: &str, mounts: &str, controller: &str) -> Vec<String> {
        let folders = folders(cgroup, mounts, controller);
        folders.iter().map(|path| path.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_group_and_all_above_it_may_have_a_quota() {
        let mounts = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
        assert_eq!(
            paths("0::/user.slice/job\n", mounts, "cpu"),
            ["/sys/fs/cgroup/user.slice/job", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"]
        );
    }

    #[test]
    fn both_versions_are_looked_at_where_both_are_mounted() {
        let groups = "5:cpuset:/other\n2:cpuacct,cpu:/job\n0::/\n";
        assert_eq!(
            paths(groups, MOUNTS, "cpu"),
            ["/sys/fs/cgroup/cpu/job", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]
        );
        assert_eq!(
            paths(groups, MOUNTS, "cpuset"),
            ["/sys/fs/cgroup/cpuset/other", "/sys/fs/cgroup/cpuset", "/sys/fs/cgroup/unified"]
        );
    }

    #[test]
    fn in_a_container_the_mount_is_its_group() {
        let of = |root: &str| format!("9 8 0:26 {root} /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n");
        // With a namespace, without one, and seen from outside of both.
        for (path, root) in [("/", "/"), ("/docker/x", "/docker/x"), ("/../y", "/docker/x")] {
            let group = format!("0::{path}\n");
            assert_eq!(paths(&group, &of(root), "cpu"), ["/sys/fs/cgroup"], "{path} {root}");
        }
        assert_eq!(paths("0::/../../etc\n", &of("/"), "cpu"), ["/sys/fs/cgroup"]);
    }
}
