//! Workers that run commands off the loop: one command a session at a time, sessions in turn.

use crate::child::{Child, Ran, Setup};
use crate::commands::Plan;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wirebench_launch::Killer;
use wirebench_sdk::Mailbox;

/// How long the end of the server waits for that of its commands. They are killed: only what hangs in
/// the kernel takes so long.
const ENDING: Duration = Duration::from_secs(5);

/// What became of a plan: the command's output, or why it could not be run.
pub(crate) type Outcome = Result<Ran, io::Error>;

/// Threads that run commands. Dropped, it kills what runs and waits until that is reaped, if it can
/// be.
#[derive(Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
    most: usize,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// There is work, or an end of it.
    work: Condvar,
    /// A command has been reaped.
    reaped: Condvar,
    setup: Setup,
    mailbox: Mailbox,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<(u32, Plan)>,
    running: HashMap<u32, Running>,
    done: HashMap<u32, Outcome>,
    threads: usize,
    idle: usize,
    /// A command was killed with its session, and no hook has been called since: the other sessions
    /// may be about to end too, so nothing that is queued takes its place.
    held: bool,
    /// The queued session that has been sent a letter for that, so that a hook is called.
    woken: Option<u32>,
    stopped: bool,
}

/// A command under way. It stands here until it is reaped.
#[derive(Debug, Default)]
struct Running {
    /// `None` before it is started, and from when it has been killed.
    killer: Option<Killer>,
    /// Nobody waits for it any more.
    cancelled: bool,
}

impl Pool {
    /// A pool of at most `most` commands at once, which starts its threads when they are needed.
    /// An empty letter to a session says that its outcome can be [taken](Self::take).
    pub(crate) fn new(most: usize, setup: Setup, mailbox: Mailbox) -> Self {
        let shared = Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            reaped: Condvar::new(),
            setup,
            mailbox,
        };
        Self { shared: Arc::new(shared), most }
    }

    /// Runs a command for a session, which has none under way.
    pub(crate) fn submit(&self, session: u32, plan: Plan) -> io::Result<()> {
        let mut state = self.shared.lock();
        if state.idle <= state.queue.len() && state.threads < self.most {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("exec".into());
            match thread.spawn(move || shared.work()) {
                Ok(_) => state.threads += 1,
                // Those that are there do the work.
                Err(error) if state.threads == 0 => return Err(error),
                Err(_) => {}
            }
        }
        state.queue.push_back((session, plan));
        drop(state);
        self.shared.work.notify_one();
        Ok(())
    }

    /// The outcome of a session's command, if it is over.
    pub(crate) fn take(&self, session: u32) -> Option<Outcome> {
        self.shared.lock().done.remove(&session)
    }

    /// Forgets a session's command; one that runs is killed. Its place is given to
    /// nobody until the server [goes on](Self::go_on): a server that ends closes one session after
    /// the other.
    pub(crate) fn cancel(&self, session: u32) {
        let mut state = self.shared.lock();
        state.queue.retain(|(queued, _)| *queued != session);
        state.done.remove(&session);
        if let Some(running) = state.running.get_mut(&session) {
            running.cancel();
            state.held = true;
        }
        let held = state.held;
        drop(state);
        if held {
            // The session that was to be woken may be the one that is gone.
            self.shared.work.notify_all();
        }
    }

    /// The server is called for something else than a session's end, so it goes on.
    pub(crate) fn go_on(&self) {
        let mut state = self.shared.lock();
        state.woken = None;
        if std::mem::take(&mut state.held) {
            drop(state);
            self.shared.work.notify_all();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        state.queue.clear();
        state.running.values_mut().for_each(Running::cancel);
        self.shared.work.notify_all();
        // Threads are not joined: one may wait for room in a mailbox that nobody empties now.
        let waited =
            self.shared.reaped.wait_timeout_while(state, ENDING, |state| !state.running.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Running {
    fn cancel(&mut self) {
        self.cancelled = true;
        self.kill();
    }

    fn kill(&mut self) {
        if let Some(killer) = self.killer.take() {
            killer.kill();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        // All that a pipe holds, so that whoever fills it is woken once, not for every few bytes.
        let mut buffer = vec![0; 64 << 10];
        while let Some((session, plan)) = self.next() {
            let outcome = self.run(session, &plan, &mut buffer);
            let mut state = self.lock();
            let cancelled = state.running.remove(&session).is_none_or(|one| one.cancelled);
            if !cancelled {
                state.done.insert(session, outcome);
            }
            drop(state);
            self.reaped.notify_all();
            if !cancelled {
                self.mailbox.post(session, b"");
            }
        }
    }

    /// The next command to run; `None`: there is nothing more to do, ever.
    fn next(&self) -> Option<(u32, Plan)> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if state.held {
                let first = state.queue.front().map(|(session, _)| *session);
                if first.is_some() && state.woken != first {
                    state.woken = first;
                    drop(state);
                    self.mailbox.post(first.unwrap_or_default(), b"");
                    state = self.lock();
                    continue;
                }
            } else if let Some((session, plan)) = state.queue.pop_front() {
                state.running.insert(session, Running::default());
                return Some((session, plan));
            }
            state.idle += 1;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    fn run(&self, session: u32, plan: &Plan, buffer: &mut [u8]) -> Outcome {
        let child = Child::start(&self.setup, plan)?;
        let killer = child.killer();
        if let Some(running) = self.lock().running.get_mut(&session) {
            running.killer = Some(killer);
            if running.cancelled {
                running.kill();
            }
        }
        // From here on until it is reaped its number is its own; afterwards nobody kills it.
        child.finish(&self.setup, buffer, || {
            if let Some(running) = self.lock().running.get_mut(&session) {
                running.kill();
            }
        })
    }
}
