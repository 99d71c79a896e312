//! This test program, run again for some of its tests: one after the other, until one fails.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// The environment variable that chooses a mistake of the judge.
pub(crate) const MUTANT: &str = "WIREBENCH_MUTANT";

/// More than tests that pass ever print.
const OUTPUT_BYTES: usize = 1 << 20;

/// How the tests ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// All of these passed.
    Passed(Vec<String>),
    /// This one failed; those after it were not run.
    Failed(String),
    /// This one did not end in time, or printed for ever.
    Hung(String),
    /// The process died in this one.
    Died(String),
}

/// Runs the tests whose names hold one of `filters`.
pub(crate) fn run(filters: &[&str], environment: &[(&str, &str)], limit: Duration) -> Ending {
    let began = Instant::now();
    let mut command = command(filters, environment);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = Killed(child.expect("this program starts"));
    let output = chunks(&mut child.0);
    let mut told = Vec::new();
    loop {
        match output.recv_timeout(limit.saturating_sub(began.elapsed())) {
            Ok(chunk) => told.extend(chunk),
            Err(RecvTimeoutError::Timeout) => return Ending::Hung(Told::read(&told).under_way),
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let Told { failed, under_way, .. } = Told::read(&told);
        if let Some(test) = failed {
            return Ending::Failed(test);
        }
        if told.len() > OUTPUT_BYTES {
            return Ending::Hung(under_way);
        }
    }
    let status = child.0.wait().expect("it is a child of ours");
    let told = Told::read(&told);
    if status.success() {
        return Ending::Passed(told.passed);
    }
    assert!(!told.under_way.is_empty(), "no test was begun, and the end is {status}");
    Ending::Died(told.under_way)
}

/// What [`run`] starts. The limits are for what nobody would end: a mutant that takes all memory, and
/// one whose tests were ended from outside.
pub(crate) fn command(filters: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 4194304; ulimit -t 300; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("this program has a path"))
        .args(["--test-threads=1", "--format=pretty", "--color=never"])
        .args(filters)
        .env_remove(MUTANT)
        .env_remove("RUST_TEST_NOCAPTURE")
        .env_remove("RUST_BACKTRACE")
        // That one fails is enough to know here; the smallest case is for people.
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    command
}

/// A child that does not outlive the test that started it.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the child prints, as it comes.
fn chunks(child: &mut Child) -> Receiver<Vec<u8>> {
    let mut output = child.stdout.take().expect("it is piped");
    let (sender, receiver) = sync_channel(16);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut buffer)
            && sender.send(buffer[..count].to_vec()).is_ok()
        {}
    });
    receiver
}

/// What is read from the lines `test NAME ... ok`, which stand without their last word while the test
/// is under way.
struct Told {
    passed: Vec<String>,
    failed: Option<String>,
    under_way: String,
}

impl Told {
    fn read(output: &[u8]) -> Self {
        let mut told = Self { passed: Vec::new(), failed: None, under_way: String::new() };
        for line in String::from_utf8_lossy(output).lines() {
            let Some((name, end)) =
                line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
            else {
                continue;
            };
            match end {
                "ok" => told.passed.push(name.to_owned()),
                "FAILED" => told.failed = told.failed.or(Some(name.to_owned())),
                _ => told.under_way = name.to_owned(),
            }
        }
        told
    }
}
