//! A quota of processor time, as containers and services have one.
#![allow(unsafe_code)] // pre_exec

use crate::harness::{Bench, scenario};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

/// A control group that may use a fifth of a processor.
struct Group(PathBuf);

impl Group {
    /// `None`: this user or this machine cannot make one.
    fn new() -> Option<Self> {
        let kinds = [
            ("/sys/fs/cgroup", "cpu.max", "20000 100000"),
            ("/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "20000"),
            ("/sys/fs/cgroup/cpu,cpuacct", "cpu.cfs_quota_us", "20000"),
        ];
        kinds.into_iter().find_map(|(above, file, quota)| {
            let path = Path::new(above).join(format!("wirebench-test-{}", std::process::id()));
            std::fs::create_dir(&path).ok()?;
            let group = Self(path);
            let file = group.0.join(file);
            (file.exists() && std::fs::write(file, quota).is_ok()).then_some(group)
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_quota_that_slows_a_round_is_told_and_decides_no_gate_on_costs() {
    let Some(group) = Group::new() else {
        eprintln!("not tried: no control group with a quota can be made here");
        return;
    };
    let bench = Bench::new();
    let gates = "[expect]\nintact = \"100%\"\np50 = \"< 1min\"\n";
    bench.write("scenario.toml", scenario("\"len32be\"", "duration = \"500ms\"\n", gates));
    let mut command = bench.command(&bench.run_arguments(&[]));
    let members = group.0.join("cgroup.procs");
    // SAFETY: between fork and exec it writes a file whose name was made above.
    unsafe { command.pre_exec(move || std::fs::write(&members, "0")) };
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert!(cell.count("/rounds/0/throttled_ns") > 0, "{ran}");
    assert!(ran.stdout.contains("a quota of processor time (control group) took effect"), "{ran}");
    let gates: Vec<_> = cell.list("gates").iter().map(|gate| gate["pass"].as_bool()).collect();
    assert_eq!(gates, [Some(true), None], "{ran}");
}
