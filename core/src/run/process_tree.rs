//! What the processes of a server's program use and hold, seen from outside: from `/proc` and from the
//! clocks of processes.
//!
//! The guard is above all of them. Whoever has ended and was waited for is among the reaped children of its
//! parent, and who was left by its parent among those of the guard; so between two readings no time is lost,
//! however often they fork, but for what ends and is waited for while the tree is being read. Of those who end the kernel tells the time in ticks of 10 ms, of those who live
//! to the nanosecond.

use super::meters::TICK_NS;
use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;
use std::fs::{File, read_dir};
use std::io::{self, Read as _};
use std::path::Path;

/// Processes and threads that are looked at, at most: looking must not take long.
const MOST: usize = 4_096;

/// The longest file that is read, in bytes: the numbers of all children of a thread.
const LONGEST: u64 = 1 << 20;

/// The processes of a program at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TreeReading {
    /// CPU time, user and system, of all who are or were among them, in nanoseconds. Only the difference of
    /// two readings means something; `None`: it cannot be told.
    pub(super) cpu_ns: Option<u64>,
    /// What they hold; `None`: there is none of them, or it cannot be told.
    pub(super) memory: Option<TreeMemory>,
}

/// Resident memory of several processes, in bytes. What they share is counted for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TreeMemory {
    /// Now.
    pub(super) resident: u64,
    /// The sum of the most that each of them ever had.
    pub(super) peak: u64,
}

/// One process.
struct Seen {
    cpu_ns: u64,
    /// `None`: it has ended and was not waited for.
    memory: Option<TreeMemory>,
    /// Nobody waits for its children, so what these used is lost with them.
    loses_children: bool,
}

/// Reads all processes below `guard` but `spared` and those below that.
pub(super) fn read(guard: Pid, spared: Pid) -> TreeReading {
    // What cannot be read is not known, and never nothing.
    walk(guard, spared).unwrap_or_default()
}

fn walk(guard: Pid, spared: Pid) -> io::Result<TreeReading> {
    let guards_own = stat(guard)?.ok_or(io::ErrorKind::NotFound)?;
    let mut looked = 0;
    let (mut cpu_ns, mut loses, mut memory) = (guards_own.reaped_ns, false, None);
    let mut left = children(guard, &mut looked)?;
    left.retain(|pid| *pid != spared);
    while let Some(pid) = left.pop() {
        // One that has ended meanwhile is among the reaped of its parent.
        let Some(seen) = process(pid)? else { continue };
        cpu_ns = cpu_ns.saturating_add(seen.cpu_ns);
        loses |= seen.loses_children;
        memory = match (memory, seen.memory) {
            (Some(TreeMemory { resident, peak }), Some(more)) => Some(TreeMemory {
                resident: resident.saturating_add(more.resident),
                peak: peak.saturating_add(more.peak),
            }),
            (one, other) => one.or(other),
        };
        left.extend(children(pid, &mut looked)?);
    }
    Ok(TreeReading { cpu_ns: (!loses).then_some(cpu_ns), memory })
}

/// `None`: it is gone.
fn process(pid: Pid) -> io::Result<Option<Seen>> {
    let Some(times) = stat(pid)? else { return Ok(None) };
    let Some(status) = text(format!("/proc/{pid}/status"))? else { return Ok(None) };
    let field = |name: &str| {
        let mut lines = status.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    };
    let bytes = |name: &str| -> Option<u64> {
        field(name)?.strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
    };
    let memory = bytes("VmRSS").zip(bytes("VmHWM"));
    let ignored = field("SigIgn").and_then(|mask| u64::from_str_radix(mask, 16).ok());
    let of_children = 1 << (Signal::SIGCHLD as u32 - 1);
    Ok(Some(Seen {
        cpu_ns: clock_ns(pid).unwrap_or(times.own_ns).saturating_add(times.reaped_ns),
        memory: memory.map(|(resident, peak)| TreeMemory { resident, peak }),
        loses_children: ignored.is_some_and(|mask| mask & of_children != 0),
    }))
}

/// What all threads of a process have used, those that have ended included, in nanoseconds.
fn clock_ns(pid: Pid) -> Option<u64> {
    let time = clock_gettime(clock_getcpuclockid(pid).ok()?).ok()?;
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(u64::try_from(time.tv_nsec()).ok()?)
}

/// CPU time of a process, in nanoseconds, by the tick.
#[derive(Debug, PartialEq, Eq)]
struct Times {
    own_ns: u64,
    /// Of its children that have ended and that it has waited for, and of theirs.
    reaped_ns: u64,
}

/// `None`: it is gone.
fn stat(pid: Pid) -> io::Result<Option<Times>> {
    let Some(line) = text(format!("/proc/{pid}/stat"))? else { return Ok(None) };
    times(&line).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn times(line: &str) -> Option<Times> {
    // The name in parentheses may hold anything.
    let mut words = line.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut both = || {
        let ticks: [u64; 2] = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
        Some(ticks[0].saturating_add(ticks[1]).saturating_mul(TICK_NS))
    };
    Some(Times { own_ns: both()?, reaped_ns: both()? })
}

/// The children of all threads of a process; none if it is gone.
fn children(pid: Pid, looked: &mut usize) -> io::Result<Vec<Pid>> {
    let mut found = Vec::new();
    let threads = match read_dir(format!("/proc/{pid}/task")) {
        Err(error) if is_gone(&error) => return Ok(found),
        threads => threads?,
    };
    for thread in threads {
        let thread = match thread {
            Err(error) if is_gone(&error) => break,
            thread => thread?,
        };
        *looked += 1;
        if *looked > MOST {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let path = thread.path();
        let Some(list) = text(path.join("children"))? else {
            // The thread is gone, or this kernel does not tell.
            if path.exists() {
                return Err(io::ErrorKind::Unsupported.into());
            }
            continue;
        };
        found.extend(list.split_whitespace().filter_map(|pid| pid.parse().ok().map(Pid::from_raw)));
    }
    Ok(found)
}

/// What a file holds; `None`: whose it is is gone.
fn text(path: impl AsRef<Path>) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(Errno::ESRCH as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write as _};
    use std::process::{Child, Command, Stdio};

    #[test]
    fn times_follow_a_name_that_holds_anything() {
        let line = "7 (a) b) (c) S 1 2 3 4 5 6 7 8 9 10 30 12 50 4 20 0 1";
        assert_eq!(times(line), Some(Times { own_ns: 420_000_000, reaped_ns: 540_000_000 }));
        for wrong in ["", "7 (a) S 1", "7 (a) S 1 2 3 4 5 6 7 8 9 10 x 12 50 4", "no name"] {
            assert_eq!(times(wrong), None, "{wrong}");
        }
    }

    /// A program that does what it is told, line by line, and says when it is done.
    struct Told(Child, BufReader<std::process::ChildStdout>);

    impl Told {
        fn start(before: &str) -> Self {
            let script = format!(
                "import os, signal, sys, time\nkept = []\n\
                 def burn():\n    end = time.process_time() + 0.1\n    \
                 while time.process_time() < end: pass\n\
                 {before}\nfor line in sys.stdin:\n    exec(line)\n    print(flush=True)\n"
            );
            let mut python = Command::new("python3");
            python.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = python.spawn().expect("there is a Python");
            let out = BufReader::new(child.stdout.take().expect("it is a pipe"));
            Self(child, out)
        }

        fn does(&mut self, what: &str) {
            let mut stdin = self.0.stdin.as_ref().expect("it is a pipe");
            writeln!(stdin, "{what}").expect("it reads");
            self.1.read_line(&mut String::new()).expect("it answers");
        }

        /// As if this were the guard of its children.
        fn read(&self) -> TreeReading {
            read(Pid::from_raw(self.0.id() as i32), Pid::from_raw(-1))
        }
    }

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn used(before: TreeReading, after: TreeReading) -> u64 {
        after.cpu_ns.zip(before.cpu_ns).map(|(after, before)| after - before).expect("it is known")
    }

    /// Every child burns 0.1 s.
    const FORK: &str = "pid = os.fork(); pid or (burn(), os._exit(0)); os.waitpid(pid, 0)";

    #[test]
    fn what_children_used_that_have_ended_is_counted() {
        let mut told = Told::start("");
        told.does("pass");
        let before = told.read();
        told.does(FORK);
        told.does(FORK);
        let used = used(before, told.read());
        // By ticks, and whatever Python does besides.
        assert!((180_000_000..2_000_000_000).contains(&used), "{used}");
    }

    #[test]
    fn what_children_use_and_hold_that_live_is_counted_and_those_of_the_spared_are_not() {
        let mut told = Told::start("");
        let stays = "reader, writer = os.pipe(); pid = os.fork(); \
                     pid or (burn(), kept.append(b'x' * (32 << 20)), os.write(writer, b'.'), time.sleep(1000)); \
                     os.read(reader, 1); kept.append(pid)";
        told.does(stays);
        let one = told.read();
        let memory = one.memory.expect("there is a child");
        assert!(memory.resident > 32 << 20 && memory.peak >= memory.resident, "{memory:?}");
        told.does(stays);
        let two = told.read();
        assert!(used(one, two) >= 90_000_000, "{one:?}, {two:?}");
        assert!(two.memory.is_some_and(|two| two.resident > memory.resident + (32 << 20)));
        let guard = Pid::from_raw(told.0.id() as i32);
        let mut looked = 0;
        let children = children(guard, &mut looked).expect("it lives");
        assert_eq!(children.len(), 2);
        let but_one = read(guard, children[0]);
        assert!(but_one.memory.is_some_and(|left| left.resident < memory.resident + (32 << 20)));
        told.does("[os.kill(pid, 9) for pid in kept if isinstance(pid, int)]");
    }

    #[test]
    fn of_who_does_not_wait_for_its_children_the_time_is_not_known() {
        let mut told = Told::start("");
        told.does("kept.append(os.fork()); kept[0] or time.sleep(1000)");
        assert!(told.read().cpu_ns.is_some());
        told.does("os.kill(kept.pop(), 9); signal.signal(signal.SIGCHLD, signal.SIG_IGN)");
        told.does("kept.append(os.fork()); kept[0] or time.sleep(1000)");
        let reading = told.read();
        assert!(reading.cpu_ns.is_none() && reading.memory.is_some(), "{reading:?}");
        told.does("os.kill(kept.pop(), 9)");
    }

    #[test]
    fn of_nobody_nothing_is_known() {
        assert_eq!(read(Pid::from_raw(-1), Pid::from_raw(-1)), TreeReading::default());
    }
}
