//! What the exec handler adds to starting a command: its requests against a bare loop of
//! `Command`, with the same program, environment and pipes, both read to their end.
//!
//! The handler is called through the kit, so its whole way is in: parsing, policy, queue, worker,
//! process group, bounds, encodings, mailbox, answer. Contenders take turns, and the figures are the
//! medians of the ratios of neighbouring turns: of the time, and of the processor time of this
//! program and its commands, which is steadier on a busy machine.
//!
//! ```text
//! cargo bench --bench exec                # all shapes
//! cargo bench --bench exec -- "one line"  # the shapes whose name contains it
//! ```

use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wirebench_exec::Exec;
use wirebench_sdk::kit::{Kit, Places, server_in};

/// Where both contenders and their commands run, as a side of a round does: a wake-up across
/// processors would be measured instead.
const PROCESSOR: usize = 0;

/// Turns of each contender.
const TURNS: usize = 9;

/// Commands a turn.
const COMMANDS: u64 = 300;

/// The ratio that must not be passed.
const TARGET: f64 = 1.15;

/// How long an answer may take at all.
const AT_ALL: Duration = Duration::from_secs(60);

/// What commands of the handler inherit. Programs that know their language read its files first.
const INHERITED: [&str; 3] = ["PATH", "LANG", "LC_ALL"];

/// What is run, and how many bytes it writes.
const SHAPES: [(&str, &[&str], usize); 3] = [
    ("no output", &["true"], 0),
    ("one line", &["echo", "hello"], 6),
    ("256 KiB", &["head", "-c", "262144", "/dev/zero"], 256 << 10),
];

fn main() {
    let mut processors = CpuSet::new();
    processors.set(PROCESSOR).expect("a processor");
    sched_setaffinity(Pid::from_raw(0), &processors).expect("the processor is ours");
    let folder = tempfile::tempdir().expect("a folder");
    println!(
        "{:<12} {:>14} {:>14}  ratios (median [min-max] of {TURNS} turns)",
        "output", "exec", "bare Command"
    );
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    for (name, words, bytes) in SHAPES {
        if filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        let mut server = server(words, folder.path());
        let program = program(words[0]);
        let mut turns = [const { Vec::new() }; 2];
        for _ in 0..TURNS {
            turns[0].push(turn(|| handled(&mut server)));
            turns[1].push(turn(|| bare(&program, &words[1..], folder.path(), bytes)));
        }
        report(name, &turns);
    }
}

/// The exec server with this one command.
fn server(words: &[&str], folder: &Path) -> Kit {
    let config = format!(r#"{{ "commands": {{ "it": {words:?} }} }}"#);
    let places = Places { scratch: Some(folder), scenario: Some(folder) };
    let mut kit = server_in::<Exec>(&config, places).expect("a server");
    kit.keep_sent(false);
    kit.open().expect("a session");
    kit
}

fn handled(server: &mut Kit) {
    let before = server.sent_count();
    server.message(0, before + 1, b"it").expect("a request is taken");
    while server.sent_count() == before {
        assert!(server.deliver_mail(AT_ALL).expect("mail"), "an answer comes");
    }
}

fn bare(program: &str, arguments: &[&str], folder: &Path, bytes: usize) {
    let output = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert_eq!(output.stdout.len(), bytes);
}

/// Where a program is: neither contender searches for it.
fn program(name: &str) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists());
    found.expect("a common program").to_str().expect("a path in UTF-8").to_owned()
}

/// Time and processor time of one command, in microseconds.
type Cost = [f64; 2];

/// Runs a turn's commands.
fn turn(mut run: impl FnMut()) -> Cost {
    let (begun, used) = (Instant::now(), processor_time());
    (0..COMMANDS).for_each(|_| run());
    let took = [begun.elapsed(), processor_time() - used];
    took.map(|time| time.as_secs_f64() * 1e6 / COMMANDS as f64)
}

/// Of this program and of all commands that have ended.
fn processor_time() -> Duration {
    let micros: i64 = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN]
        .map(|who| getrusage(who).expect("the usage"))
        .iter()
        .map(|usage| usage.user_time().num_microseconds() + usage.system_time().num_microseconds())
        .sum();
    Duration::from_micros(micros as u64)
}

fn report(name: &str, [ours, bare]: &[Vec<Cost>; 2]) {
    let median = |costs: &[Cost]| sorted(costs.iter().map(|cost| cost[0]).collect())[TURNS / 2];
    let [time, processor] = [0, 1]
        .map(|which| sorted(ours.iter().zip(bare).map(|(a, b)| a[which] / b[which]).collect()));
    let middle = time[TURNS / 2];
    let verdict = if middle <= TARGET { "reached" } else { "MISSED" };
    println!(
        "{name:<12} {:>11.0} us {:>11.0} us  {middle:.2} [{:.2}-{:.2}] (target {TARGET}: {verdict}), \
         processor {:.2} [{:.2}-{:.2}]",
        median(ours),
        median(bare),
        time[0],
        time[TURNS - 1],
        processor[TURNS / 2],
        processor[0],
        processor[TURNS - 1],
    );
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}
