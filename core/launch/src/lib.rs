//! The one place where wirebench and its handlers start programs: those that are not ours, and our
//! own.
//!
//! Whoever starts a program hands it more than its arguments: a mask of blocked signals, signals
//! that are ignored, open descriptors, a process group. None of that is meant. So every program
//! starts in a standard state, and what started it keeps a handle that means this very
//! process, wherever it goes.
#![allow(unsafe_code)] // system calls that no crate wraps, between fork and exec

mod process;
mod program;

pub use process::{Killer, Process};
pub use program::Program;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Who else ends a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The kernel kills it when the thread that started it ends, for whatever reason.
    WithItsStarter,
    /// Nobody: it has something left to do then.
    ByItself,
}

/// Has `command`, a program of our own, start in the standard state: no signal blocked or ignored, and
/// a process group of its own. Descriptors it inherits: it may need them to start programs itself, and
/// [marks](close_descriptors) them otherwise.
fn prepare(command: &mut Command, ends: Ends) -> &mut Command {
    let starter = (ends == Ends::WithItsStarter).then(rustix::process::getpid);
    command.process_group(0);
    // SAFETY: it makes system calls and nothing else: no memory is allocated and no lock taken, so
    // whatever another thread held at the fork does not matter.
    unsafe { command.pre_exec(move || standard_process(starter)) }
}

/// Has `command` take the place of this process, which somebody has started to become it. Its
/// standard state is that of every program, and it gets the standard streams only. Returns only when
/// that fails.
pub fn become_program(command: &mut Command) -> io::Error {
    close_descriptors();
    command.process_group(0);
    // SAFETY: as in `prepare`.
    unsafe { command.pre_exec(|| standard_process(None)) };
    command.exec()
}

/// Gives this process the signals that a program expects: none blocked, none ignored but SIGPIPE,
/// which the Rust runtime ignores. For processes of our own, at their start.
pub fn standard_signals() {
    reset_signals(&[libc::SIGPIPE]);
}

/// Any process of the user may trace this one: a debugger, where the machine lets it trace descendants alone
/// (Yama). Where there is no such bound, it changes nothing.
pub fn let_others_trace() {
    // Fails where Yama is not there.
    let _ = rustix::process::set_ptracer(rustix::process::PTracer::Any);
}

/// The end of a child is told, also when whoever started us did not want to hear of its own.
pub fn hear_of_children() {
    // SAFETY: it installs no handler, only the default action.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// Runs between fork and exec: system calls only. With a `starter`, it ends with that.
fn standard_process(starter: Option<Pid>) -> io::Result<()> {
    reset_signals(&[]);
    if starter.is_some() {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // Whoever has ended before that was asked for is not noticed.
        if getppid() != starter {
            return Err(Errno::SRCH.into());
        }
    }
    Ok(())
}

fn reset_signals(but: &[i32]) {
    for signal in (1..=libc::SIGRTMAX()).filter(|signal| !but.contains(signal)) {
        // SAFETY: it installs no handler, only the default action. Signals that have no other, and
        // those of the C library, are refused.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised by the first call, and outlives the second.
    unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
    }
}

/// Marks all descriptors but the standard streams to be closed in programs that this process starts
/// or becomes: those get what they are given and nothing that happens to be open.
pub fn close_descriptors() {
    let (first, last) = (3, libc::c_uint::MAX);
    // SAFETY: it closes nothing at once, and changes no memory.
    let marked =
        unsafe { libc::syscall(libc::SYS_close_range, first, last, libc::CLOSE_RANGE_CLOEXEC) };
    if marked == 0 {
        return;
    }
    // Kernels before 5.11, and valgrind: all that could be open. Nothing is allocated here.
    // SAFETY: as above; a number that means nothing is an error.
    unsafe {
        let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 16) as i32;
        for number in 3..most {
            libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
}
