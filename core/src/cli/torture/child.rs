//! The child process: makes the framing and runs the checks. Whatever happens to it, the verb goes
//! on.

use super::protocol::{Line, Request, Subject};
use crate::framing::{Framing, Nanos, Prepared, Role};
use crate::host::heap::HeapWatch;
use crate::host::{Breadcrumb, Library};
use crate::text::path as shown;
use crate::torture::{self, Case, Rig, Settings};
use nix::sys::resource::{Resource, setrlimit};
use nix::time::{ClockId, clock_gettime};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

/// The longest request that is read, and the most address space that a framing may fill, in bytes.
const MAX_REQUEST: u64 = 4 << 20;
const MAX_MEMORY: u64 = 16 << 30;

/// How often the child says that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_millis(200);

/// What the hidden verb does. Returns the exit code: 0 whenever every answer was written.
pub(in crate::cli) fn main() -> i32 {
    // Failing is no reason not to work.
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    let _ = setrlimit(Resource::RLIMIT_AS, MAX_MEMORY, MAX_MEMORY);
    // What a plugin prints must not mix with the answers.
    let (answers, redirected) = match std::io::stdout().as_fd().try_clone_to_owned() {
        Ok(kept) => (kept, nix::unistd::dup2_stdout(std::io::stderr())),
        Err(_) => return 1,
    };
    let mut text = String::new();
    let read = std::io::stdin().take(MAX_REQUEST).read_to_string(&mut text);
    if redirected.is_err() || read.is_err() {
        return 1;
    }
    let mut answers = Answers { to: File::from(answers), whole: true };
    match serde_json::from_str(&text) {
        Ok(request) => {
            if let Err(refusal) = work(&request, &mut answers) {
                answers.say(&Line::Refused(refusal));
            }
        }
        Err(error) => answers.say(&Line::Refused(format!("the request is not readable: {error}"))),
    }
    i32::from(!answers.whole)
}

fn work(request: &Request, answers: &mut Answers) -> Result<(), String> {
    let case = request.case.as_deref().map(Case::parse).transpose()?;
    let checks = request.checks.iter().map(|name| {
        torture::check_named(name).ok_or_else(|| format!("there is no check `{name}`"))
    });
    let checks = checks.collect::<Result<Vec<_>, String>>()?;
    let mut bench = Bench::new(request, answers)?;
    let capabilities = bench.framing(Role::Server)?.capabilities();
    bench.answers.say(&Line::Ready(capabilities));
    if case.is_none() {
        // Panics are findings; thousands of reports of them help nobody.
        std::panic::set_hook(Box::new(|_| {}));
    }
    let built_in = request.subject.spec.plugin.is_none();
    let settings = Settings { seed: request.seed, quick: request.quick, counts_work: built_in };
    for check in checks {
        bench.answers.say(&Line::Begins(check.name.to_owned()));
        let report = match &case {
            None => torture::run(&mut bench, capabilities, settings, check),
            Some(case) => torture::retry(&mut bench, capabilities, settings, check, case),
        };
        bench.answers.say(&Line::Report(Box::new(report)));
    }
    Ok(())
}

struct Answers {
    to: File,
    whole: bool,
}

impl Answers {
    fn say(&mut self, line: &Line) {
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        self.whole &= self.to.write_all(text.as_bytes()).is_ok();
    }
}

/// Where framings come from.
enum Source {
    BuiltIn(Prepared),
    Plugin { library: Box<Library>, name: String, config: String },
}

struct Bench<'a> {
    source: Source,
    answers: &'a mut Answers,
    trace: Option<File>,
    told: Instant,
    heap: HeapWatch,
}

impl<'a> Bench<'a> {
    fn new(request: &Request, answers: &'a mut Answers) -> Result<Self, String> {
        let Subject { spec, file, .. } = &request.subject;
        let source = match file {
            None => Source::BuiltIn(Prepared::new(spec).map_err(|error| error.to_string())?),
            Some(file) => Source::Plugin {
                library: Box::new(Library::load(file).map_err(|error| error.to_string())?),
                name: spec.kind.clone(),
                config: serde_json::Value::Object(spec.settings.clone()).to_string(),
            },
        };
        let trace = match &request.trace {
            Some(path) => Some(
                File::options()
                    .write(true)
                    .open(path)
                    .map_err(|error| format!("{}: {error}", shown(path)))?,
            ),
            None => None,
        };
        let (told, foreign) = (Instant::now(), file.is_some());
        let heap = HeapWatch::new(foreign);
        Ok(Self { source, answers, trace, told, heap })
    }
}

impl Rig for Bench<'_> {
    fn framing(&mut self, role: Role) -> Result<Box<dyn Framing>, String> {
        static CRUMB: Breadcrumb = Breadcrumb::new();
        match &self.source {
            Source::BuiltIn(prepared) => prepared.framing(role).map_err(|error| error.to_string()),
            Source::Plugin { library, name, config } => {
                library.framing(name, config, role, &CRUMB).map_err(|error| error.to_string())
            }
        }
    }

    fn trying(&mut self, case: &mut dyn FnMut() -> Case) {
        if let Some(trace) = &self.trace {
            let text = case().to_string();
            let head = (text.len() as u64).to_le_bytes();
            // A trace that cannot be written is found missing by who reads it.
            let _ = trace.write_all_at(&[&head[..], text.as_bytes()].concat(), 0);
        }
        if self.told.elapsed() > SIGN_OF_LIFE {
            self.told = Instant::now();
            self.answers.say(&Line::Alive);
        }
    }

    fn worked(&mut self) -> Option<Nanos> {
        let worked = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
        u64::try_from(Duration::from(worked).as_nanos()).ok()
    }

    fn watch_heap(&mut self) -> bool {
        self.heap.begin()
    }

    fn heap_peak(&mut self) -> u64 {
        self.heap.peak()
    }
}

/// The case that a trace ends with; `None` when nothing was tried.
pub(super) fn last_case(trace: &[u8]) -> Option<Case> {
    let (head, text) = trace.split_first_chunk::<8>()?;
    let len = usize::try_from(u64::from_le_bytes(*head)).ok()?;
    Case::parse(std::str::from_utf8(text.get(..len)?).ok()?).ok()
}
