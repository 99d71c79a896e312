//! Waiting for a debugger.

use super::spec::Role;
use std::io::Write as _;
use std::time::Duration;

/// How often it is looked whether one is there.
const LOOK: Duration = Duration::from_millis(50);

/// Says which process this is, and waits until a debugger holds it.
pub(super) fn wait(role: Role) {
    wirebench_launch::let_others_trace();
    let process = std::process::id();
    // The supervisor reads it and hands it on; where it does not, nobody waits for us.
    let _ = writeln!(
        std::io::stderr(),
        "the {} waits for a debugger, its plugin is loaded: gdb -p {process}   (then `break`, `continue`)",
        role.word()
    );
    while !is_traced() {
        std::thread::sleep(LOOK);
    }
}

/// True when another process traces this one (`TracerPid` of proc(5)).
fn is_traced() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}
