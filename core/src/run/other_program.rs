//! Rounds that another wirebench plays: its program is called for each, by its public command line, and its
//! journal is read.
//!
//! Whoever compares two programs has to play both of them this way: what a program does around its rounds is
//! then the same on both sides.

use crate::load::rng::SplitMix64;
use crate::result::journal::read;
use crate::result::{Round, Tool};
use crate::scenario::Scenario;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use wirebench_launch::{Process, Program};

/// What a call may take besides the longest round there can be.
const AROUND: Duration = Duration::from_secs(60);

/// How much of the end of its error output is told, in bytes.
const TOLD: u64 = 2048;

/// Variables that would have it use plugins of this installation, or change what it is told to play.
const NOT_HANDED_ON: [&str; 4] =
    ["WIREBENCH_PLUGIN_PATH", "WIREBENCH_PARTITION", PROFILE, NO_CONFIG];

/// Names a profile of `wirebench.toml`.
pub const PROFILE: &str = "WIREBENCH_PROFILE";

/// Set to anything, it has wirebench look for no `wirebench.toml`: what that says is handed on as options.
pub const NO_CONFIG: &str = "WIREBENCH_NO_CONFIG";

/// A wirebench that may be another one than this.
#[derive(Clone, Debug)]
pub struct OtherProgram {
    /// Its file.
    pub program: PathBuf,
    /// The scenario's file.
    pub file: PathBuf,
    /// Options that the scenario is read with: `--set`, `--duration`, `--plugin-dir`.
    pub options: Vec<OsString>,
}

/// How a call ended.
pub(super) enum Played {
    /// With a round, by this program.
    Round(Box<(Round, Tool)>),
    /// The user wants to stop.
    Interrupted,
    /// Without a round, and why.
    Nothing(String),
}

impl OtherProgram {
    /// Has it play one round of a cell. `folder`: where it may put its result.
    pub(super) fn play(
        &self,
        scenario: &Scenario,
        cell: usize,
        number: u32,
        folder: &Path,
        interrupts: &SignalFd,
    ) -> std::io::Result<Played> {
        let said = folder.join("said");
        let out = folder.join("out");
        let said_by_it = File::create(&said)?;
        let arguments = self.arguments(scenario, cell, number, &out);
        let environment: Vec<(OsString, OsString)> = std::env::vars_os()
            .filter(|(name, _)| !NOT_HANDED_ON.iter().any(|not| name == not))
            .chain([(NO_CONFIG.into(), "1".into())])
            .collect();
        let program = Program {
            path: &self.program,
            arguments: &arguments,
            environment: &environment,
            folder: Path::new("."),
        };
        let streams = [Stdio::null(), Stdio::null(), Stdio::from(said_by_it)];
        let mut process = match Process::start_foreign(&program, streams) {
            Ok(process) => process,
            Err(error) => return Ok(Played::Nothing(format!("it cannot be started: {error}"))),
        };
        let load = &scenario.cells[cell].settings.load;
        let longest = load.longest_ns().saturating_add(load.drain_ns);
        let limit = Duration::from_nanos(longest).saturating_add(AROUND);
        let status = match wait(&mut process, limit, interrupts)? {
            Ended::Status(status) => status,
            Ended::Interrupted => return Ok(Played::Interrupted),
            Ended::Late => {
                return Ok(Played::Nothing(format!("it did not end within {} s", limit.as_secs())));
            }
        };
        match round(&out, scenario, cell, number) {
            Ok(round) => Ok(Played::Round(Box::new(round))),
            Err(why) => {
                let ended = match status.code() {
                    Some(code) => format!("it ended with {code}"),
                    None => "it was killed".to_owned(),
                };
                let told = tail(&said).unwrap_or_default();
                let told = if told.is_empty() { why } else { format!("{why}; it said: {told}") };
                Ok(Played::Nothing(format!("{ended}, and left no round that can be read: {told}")))
            }
        }
    }

    fn arguments(
        &self,
        scenario: &Scenario,
        cell: usize,
        number: u32,
        out: &Path,
    ) -> Vec<OsString> {
        // The same for both programs, and another one for each round. TOML has no larger numbers.
        let seed = SplitMix64::stream(scenario.seed, u64::from(number)).next_u64() >> 1;
        let mut arguments: Vec<OsString> = vec!["run".into(), self.file.clone().into()];
        arguments.extend(self.options.iter().cloned());
        for (axis, value) in &scenario.cells[cell].axes {
            arguments.extend(["--filter".into(), format!("{axis}={value}").into()]);
        }
        let seed = seed.to_string();
        let more = ["--rounds", "1", "--seed", &seed, "--quiet", "--out"];
        arguments.extend(more.map(OsString::from));
        arguments.push(out.into());
        arguments
    }
}

enum Ended {
    Status(std::process::ExitStatus),
    Interrupted,
    Late,
}

/// Sleeps until it ends, or the user wants to stop; then it is killed, and all that it has started ends with
/// it.
fn wait(process: &mut Process, limit: Duration, interrupts: &SignalFd) -> std::io::Result<Ended> {
    let until = Instant::now() + limit;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut waiting = [
            PollFd::new(process.handle()?, PollFlags::POLLIN),
            PollFd::new(interrupts.as_fd(), PollFlags::POLLIN),
        ];
        let millis = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
        match poll(&mut waiting, PollTimeout::from(millis)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(status) = process.wait(Duration::ZERO)? {
            return Ok(Ended::Status(status));
        }
        if interrupts.read_signal()?.is_some() {
            process.kill()?;
            return Ok(Ended::Interrupted);
        }
        if left.is_zero() {
            process.kill()?;
            return Ok(Ended::Late);
        }
    }
}

/// The round in the journal that it kept, as one of ours.
fn round(
    out: &Path,
    scenario: &Scenario,
    cell: usize,
    number: u32,
) -> Result<(Round, Tool), String> {
    let of_scenario = std::fs::read_dir(out)
        .ok()
        .and_then(|entries| entries.filter_map(Result::ok).find(|entry| entry.path().is_dir()))
        .ok_or("it kept no result, as a wirebench does")?;
    let journal = of_scenario.path().join("latest").join("journal.jsonl");
    let kept = read(&journal).map_err(|error| error.to_string())?;
    let id = &scenario.cells[cell].id;
    let cells: Vec<&String> = kept.header.scenario.cells.iter().map(|cell| &cell.id).collect();
    if cells != [id] {
        return Err(format!("it played {cells:?} and not {id}"));
    }
    let mut rounds = kept.rounds.into_iter();
    match (rounds.next(), rounds.next()) {
        (Some(round), None) => {
            Ok((Round { cell, round: number, attempt: 0, ..round }, kept.header.tool))
        }
        _ => Err("its journal has not one round".to_owned()),
    }
}

/// The end of what it said, in one line.
fn tail(said: &Path) -> std::io::Result<String> {
    let mut file = File::open(said)?;
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TOLD)))?;
    let mut bytes = Vec::new();
    file.take(TOLD).read_to_end(&mut bytes)?;
    Ok(crate::text::in_one_line(String::from_utf8_lossy(&bytes).trim()))
}
