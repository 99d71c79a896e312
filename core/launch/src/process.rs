//! A program that runs: a handle that means it and nobody else, and its end.

use crate::{Ends, Program, prepare};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open, pidfd_send_signal,
};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a process that was killed may take to end. SIGKILL acts at once unless the process hangs
/// in the kernel.
const DYING: Duration = Duration::from_secs(2);

/// How often a process is looked at that nothing tells the end of.
const LOOK: Duration = Duration::from_millis(2);

/// A program that was started. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    killer: Killer,
    reaped: bool,
}

/// Ends a process; clones end the same one.
#[derive(Clone, Debug)]
pub struct Killer {
    pid: Pid,
    means: Means,
}

/// How a process is meant, and not another one that has its number later.
#[derive(Clone, Debug)]
enum Means {
    /// By a descriptor.
    Handle(Arc<OwnedFd>),
    /// By its number until it is reaped, which is noted here: valgrind and kernels before 5.3 know
    /// nothing better. Only for programs of our own, which stay where they are.
    Number(Arc<AtomicBool>),
}

impl Killer {
    /// Kills the process, wherever it has gone, and all that is in the group that it was started in.
    /// Does nothing once it is reaped; nobody may reap it meanwhile.
    pub fn kill(&self) {
        let alive = match &self.means {
            Means::Handle(handle) => pidfd_send_signal(handle, Signal::KILL).is_ok(),
            Means::Number(reaped) => {
                !reaped.load(Ordering::Acquire) && kill_process(self.pid, Signal::KILL).is_ok()
            }
        };
        if alive {
            // It fails only when nobody is in it.
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
    }
}

impl Process {
    /// Starts a program of our own in the standard state. It inherits descriptors: it may need them to
    /// start programs itself, and [marks](crate::close_descriptors) them otherwise.
    pub fn start(mut command: Command, ends: Ends) -> io::Result<Self> {
        let child = prepare(&mut command, ends).spawn()?;
        let pid = Pid::from_child(&child);
        match Self::of(child) {
            Err((child, Errno::NOSYS)) => {
                let means = Means::Number(Arc::new(AtomicBool::new(false)));
                Ok(Self { child, killer: Killer { pid, means }, reaped: false })
            }
            other => other.or_else(give_up),
        }
    }

    /// Starts a program that is not ours in the standard state. It gets no descriptor but these
    /// streams, and ends with the thread that starts it.
    pub fn start_foreign(
        program: &Program<'_>,
        [stdin, stdout, stderr]: [Stdio; 3],
    ) -> io::Result<Self> {
        let mut command = program.command()?;
        let child = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn()?;
        Self::of(child).or_else(give_up)
    }

    /// The child, with a descriptor that means it.
    fn of(child: Child) -> Result<Self, (Child, Errno)> {
        let pid = Pid::from_child(&child);
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) => {
                let killer = Killer { pid, means: Means::Handle(Arc::new(handle)) };
                Ok(Self { child, killer, reaped: false })
            }
            Err(error) => Err((child, error)),
        }
    }

    /// Its number, which is its group's too.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// True once it is reaped: its number may be somebody else's then.
    pub fn is_reaped(&self) -> bool {
        self.reaped
    }

    /// Readable once it has ended, reaped or not. Programs that are not ours always have it.
    pub fn handle(&self) -> io::Result<BorrowedFd<'_>> {
        match &self.killer.means {
            Means::Handle(handle) => Ok(handle.as_fd()),
            Means::Number(_) => Err(Errno::NOSYS.into()),
        }
    }

    /// What ends it.
    pub fn killer(&self) -> Killer {
        self.killer.clone()
    }

    /// The end of its standard output that is ours, once, if that is a pipe.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The end of its error output that is ours, once, if that is a pipe.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for its end, but no longer than `limit`, and reaps it; `None`: it still runs.
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            let left = limit.saturating_sub(begun.elapsed());
            let has_ended = match &self.killer.means {
                Means::Handle(handle) => ends_within(handle, left)?,
                Means::Number(_) => true,
            };
            if has_ended && let Some(status) = self.child.try_wait()? {
                self.note_reaped();
                return Ok(Some(status));
            }
            if left.is_zero() {
                return Ok(None);
            }
            if has_ended {
                std::thread::sleep(left.min(LOOK));
            }
        }
    }

    fn note_reaped(&mut self) {
        self.reaped = true;
        if let Means::Number(reaped) = &self.killer.means {
            reaped.store(true, Ordering::Release);
        }
    }

    /// Kills it and its group, and reaps it. An error: it hangs in the kernel, or somebody else has
    /// reaped it.
    pub fn kill(&mut self) -> io::Result<ExitStatus> {
        self.killer.kill();
        let hangs = || io::Error::other("it was killed and does not end");
        self.wait(DYING)?.ok_or_else(hangs)
    }

    /// Gives up the right to reap it: somebody else does.
    pub fn leave(mut self) -> Killer {
        self.note_reaped();
        self.killer.clone()
    }
}

/// Ends a child that cannot be meant, and says why.
fn give_up((mut child, error): (Child, Errno)) -> io::Result<Process> {
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let _ = child.kill();
    child.wait()?;
    Err(error.into())
}

/// Whether the process ends within `limit`.
fn ends_within(handle: &OwnedFd, limit: Duration) -> io::Result<bool> {
    let time = Timespec::try_from(limit).ok();
    match poll(&mut [PollFd::new(handle, PollFlags::IN)], time.as_ref()) {
        Ok(ended) => Ok(ended > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = self.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// Signals 32 and 33, which the C library keeps to itself.
    const OF_THE_C_LIBRARY: u64 = 3 << 31;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn output(process: &mut Process) -> String {
        let mut text = String::new();
        let mut stdout = process.take_stdout().expect("it is a pipe");
        stdout.read_to_string(&mut text).expect("it is text");
        text
    }

    #[test]
    fn what_is_started_blocks_and_ignores_nothing() {
        let mut process = Process::start(shell("cat /proc/self/status"), Ends::WithItsStarter)
            .expect("it starts");
        let status = output(&mut process);
        for name in ["SigBlk", "SigIgn"] {
            let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
            let mask =
                line.split('\t').next_back().and_then(|mask| u64::from_str_radix(mask, 16).ok());
            assert_eq!(mask.map(|mask| mask & !OF_THE_C_LIBRARY), Some(0), "{line}");
        }
        assert!(process.wait(DYING).expect("it can be waited for").is_some());
    }

    fn foreign(path: &str, arguments: &[&str]) -> io::Result<Process> {
        let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
        let environment = [("A".into(), "b".into())];
        let program = Program {
            path: path.as_ref(),
            arguments: &arguments,
            environment: &environment,
            folder: "/".as_ref(),
        };
        Process::start_foreign(&program, [Stdio::null(), Stdio::piped(), Stdio::null()])
    }

    #[test]
    fn what_is_not_ours_gets_what_it_is_given_and_nothing_else() {
        let kept = std::fs::File::open("/").expect("it is there");
        rustix::io::fcntl_setfd(&kept, rustix::io::FdFlags::empty()).expect("it is open");
        let mut process = foreign("/bin/ls", &["/proc/self/fd"]).expect("it starts");
        // The last is the listing itself.
        assert_eq!(output(&mut process), "0\n1\n2\n3\n");
        let mut process = foreign("/bin/cat", &["/proc/self/environ"]).expect("it starts");
        assert_eq!(output(&mut process), "A=b\0");
    }

    #[test]
    fn what_is_no_program_is_not_taken_for_a_script() {
        let path = std::env::temp_dir().join(format!("wirebench-launch-{}", std::process::id()));
        // Written by another process: what this one had open for writing would be busy in every
        // program that another test starts meanwhile.
        let mut writer = Command::new("sh");
        writer.args(["-c", "echo a shell reads this >\"$0\" && chmod 755 \"$0\""]).arg(&path);
        assert!(writer.status().expect("there is a shell").success());
        let started = foreign(path.to_str().expect("UTF-8"), &[]);
        std::fs::remove_file(&path).expect("it is ours");
        let error = started.map(|process| process.id()).expect_err("nobody can run it");
        assert_eq!(error.raw_os_error(), Some(libc::ENOEXEC), "{error}");
    }

    #[test]
    fn it_is_killed_in_whatever_group_it_is() {
        // The shell's own group is not this one any more: it goes into that of its starter.
        let script = "import os, time\n\
                      os.setpgid(0, os.getpgid(os.getppid()))\nprint(flush=True)\ntime.sleep(1000)";
        let mut command = Command::new("python3");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = Process::start(command, Ends::WithItsStarter).expect("it starts");
        let mut stdout = process.take_stdout().expect("it is a pipe");
        stdout.read_exact(&mut [0]).expect("it has moved");
        assert!(process.wait(Duration::ZERO).expect("it can be waited for").is_none());
        let status = process.kill().expect("it ends");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
        // Nobody is killed in its place.
        process.killer().kill();
    }

    #[test]
    fn it_ends_with_whoever_holds_it() {
        let process =
            Process::start(shell("sleep 1000 & wait"), Ends::ByItself).expect("it starts");
        let id = process.id();
        drop(process);
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
}
