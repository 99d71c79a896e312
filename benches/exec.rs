//! What the exec handler adds to starting a command: its requests against a bare loop of
//! `Command`, with the same program, environment and pipes, both read to their end.
//!
//! The handler is called through the kit, so its whole way is in: parsing, policy, queue, worker,
//! process group, bounds, encodings, mailbox, answer. Contenders take turns, and the figure is the
//! median of the ratios of neighbouring turns.
//!
//! ```text
//! cargo bench --bench exec
//! ```

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wirebench_exec::Exec;
use wirebench_sdk::kit::{Kit, Places, server_in};

/// Turns of each contender.
const TURNS: usize = 9;

/// Commands a turn.
const COMMANDS: u64 = 300;

/// The ratio that must not be passed.
const TARGET: f64 = 1.15;

/// How long an answer may take at all.
const AT_ALL: Duration = Duration::from_secs(60);

/// What is run, and how many bytes it writes.
const SHAPES: [(&str, &[&str], usize); 3] = [
    ("no output", &["true"], 0),
    ("one line", &["echo", "hello"], 6),
    ("256 KiB", &["head", "-c", "262144", "/dev/zero"], 256 << 10),
];

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    println!(
        "{:<12} {:>14} {:>14}  ratio (median [min-max] of {TURNS} turns)",
        "output", "exec", "bare Command"
    );
    for (name, words, bytes) in SHAPES {
        let mut server = server(words, folder.path());
        let program = program(words[0]);
        let mut times = [const { Vec::new() }; 2];
        for _ in 0..TURNS {
            times[0].push(per_command(|| handled(&mut server)));
            times[1].push(per_command(|| bare(&program, &words[1..], folder.path(), bytes)));
        }
        report(name, &times);
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
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
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

fn per_command(mut run: impl FnMut()) -> Duration {
    let begun = Instant::now();
    (0..COMMANDS).for_each(|_| run());
    begun.elapsed() / COMMANDS as u32
}

fn report(name: &str, [ours, bare]: &[Vec<Duration>; 2]) {
    let ratios = ours.iter().zip(bare).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64());
    let ratios = sorted(ratios.collect());
    let middle = ratios[TURNS / 2];
    let verdict = if middle <= TARGET { "reached" } else { "MISSED" };
    let micros = |times: &[Duration]| {
        sorted(times.iter().map(|time| time.as_secs_f64() * 1e6).collect())[TURNS / 2]
    };
    println!(
        "{name:<12} {:>11.0} us {:>11.0} us  {middle:.2} [{:.2}-{:.2}] (target {TARGET}: {verdict})",
        micros(ours),
        micros(bare),
        ratios[0],
        ratios[TURNS - 1],
    );
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}
