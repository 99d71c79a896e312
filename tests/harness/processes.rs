//! The processes of one bench, found by the mark in their environment.

use super::{Bench, MARK};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::{Duration, Instant};

/// How long nothing of a run may outlive it, doubled for a machine that is busy with other tests.
const OUTLIVES_AT_MOST: Duration = Duration::from_secs(4);

/// A process that carries a bench's mark.
#[derive(Clone, Debug)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    /// Its arguments, the program's name left out.
    pub arguments: Vec<String>,
}

impl Process {
    /// The hidden verb it runs, or the first argument.
    pub fn verb(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    pub fn signal(&self, signal: Signal) {
        let _ = kill(Pid::from_raw(self.pid), signal);
    }
}

/// Every living process of this bench. A zombie has no environment, so it does not count.
pub fn of(bench: &Bench) -> Vec<Process> {
    let wanted = format!("{MARK}={}", bench.mark());
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| read(pid, &wanted))
        .collect()
}

fn read(pid: i32, wanted: &str) -> Option<Process> {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    environment.split(|byte| *byte == 0).find(|entry| *entry == wanted.as_bytes())?;
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words = line.split(|byte| *byte == 0).skip(1);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    Some(Process {
        pid,
        parent,
        arguments: words
            .filter(|word| !word.is_empty())
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect(),
    })
}

/// Waits until `count` processes run this hidden verb.
#[track_caller]
pub fn await_verb(bench: &Bench, verb: &str, count: usize) -> Vec<Process> {
    let begun = Instant::now();
    loop {
        let mut found = of(bench);
        found.retain(|process| process.verb() == verb);
        if found.len() >= count {
            found.sort_by_key(|process| process.pid);
            return found;
        }
        assert!(begun.elapsed() < super::ENDS_AT_ALL, "no {verb} was ever seen: {:?}", of(bench));
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The most memory that the side of `serve` or `drive` has had resident so far, in bytes.
#[track_caller]
pub fn peak_memory(bench: &Bench) -> u64 {
    let side = &await_verb(bench, "__side", 1)[0];
    let status = std::fs::read_to_string(format!("/proc/{}/status", side.pid)).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("the kernel tells it");
    kib.parse::<u64>().expect("a number") << 10
}

/// Nothing of this bench may live on, in memory or in the folder for temporary files.
#[track_caller]
pub fn nothing_is_left(bench: &Bench) {
    let begun = Instant::now();
    loop {
        let files: Vec<_> = std::fs::read_dir(bench.temporary())
            .expect("the folder is there")
            .flatten()
            .map(|entry| entry.path())
            .collect();
        let processes = of(bench);
        if files.is_empty() && processes.is_empty() {
            return;
        }
        assert!(begun.elapsed() < OUTLIVES_AT_MOST, "outlived the run: {processes:?}, {files:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
