//! A server that is not ours: started from the scenario's command, or found at an address.

use super::children::Children;
use super::output_lines::LineSink;
use super::output_pipe::OutputPipe;
use super::plan::RoundPlan;
use super::temporary::temporary_file;
use crate::host::limits;
use crate::machine::run_on;
use crate::net::listening::{Listening, listening};
use crate::net::socket::free_address;
use crate::result::{Crash, EndedProgram, How};
use crate::scenario::{
    Address, Foreign, ForeignCommand, ProcessorList, SHORTER_TMPDIR, TransportKind,
    fill_placeholders,
};
use crate::side::spec::Role;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::{BorrowedFd, OwnedFd};

/// The server of a round, as the supervisor sees it.
pub(super) struct ForeignServer<'a> {
    /// Where it is, or is to listen.
    address: Address,
    kind: TransportKind,
    /// `None` for one that runs already.
    program: Option<Program>,
    lines: LineSink<'a>,
}

struct Program {
    id: u64,
    name: String,
    output: OutputPipe,
    /// Until when it must listen, in nanoseconds on the shared clock.
    listen_deadline: u64,
    /// The same from its start on, in nanoseconds.
    start_timeout_ns: u64,
    ended: Option<How>,
}

/// How far a server has come.
pub(super) enum Readiness {
    /// Connections will be taken.
    Ready,
    /// The kernel does not tell: the client is to try for this long, in nanoseconds.
    Unknown(u64),
    /// Not yet.
    NotYet,
    /// It never will: this is why.
    Never(String),
    /// It never will: its program has ended.
    Ended,
}

impl<'a> ForeignServer<'a> {
    /// Starts the program, if there is one to start. An error: it has no place to listen, or the guard is
    /// gone. Whether the program could be executed shows in the guard's events.
    pub(super) fn start(
        children: &mut Children,
        plan: &RoundPlan<'a>,
        server: &Foreign,
    ) -> io::Result<Self> {
        match server {
            Foreign::Address(text) => {
                let kind = plan.settings.transport.kind;
                let address = Address::in_scenario(text, kind)
                    .map_err(|wrong| io::Error::other(wrong.message))?
                    .from_folder(plan.scenario_dir);
                Ok(Self { address, kind, program: None, lines: plan.lines })
            }
            Foreign::Command(server) => Self::start_program(children, plan, server),
        }
    }

    fn start_program(
        children: &mut Children,
        plan: &RoundPlan<'a>,
        server: &ForeignCommand,
    ) -> io::Result<Self> {
        let address = choose_address(plan)?;
        let filled = |text: &String| fill(text, &address);
        let mut command: Vec<String> = server.command.iter().map(filled).collect();
        let cwd = plan.scenario_dir.join(&server.cwd);
        // A relative path is meant from the working folder, whoever starts it.
        if command[0].contains('/') {
            command[0] = cwd.join(&command[0]).to_string_lossy().into_owned();
        }
        let env = server.env.iter().map(|(name, value)| (name.clone(), filled(value))).collect();
        let mut input = temporary_file()?;
        input.write_all(server.stdin.as_bytes())?;
        input.seek(SeekFrom::Start(0))?;
        let (output, theirs) = OutputPipe::new()?;
        let input = OwnedFd::from(input);
        let processors = plan.processors.server.as_ref();
        let id = children.spawn_foreign(&command, env, cwd, processors, input, theirs)?;
        let name = command.join(" ").chars().take(200).collect();
        let start_timeout_ns = server.start_timeout_ns;
        let listen_deadline = plan.clock.now() + start_timeout_ns;
        let program = Program { id, name, output, listen_deadline, start_timeout_ns, ended: None };
        let kind = plan.settings.transport.kind;
        Ok(Self { address, kind, program: Some(program), lines: plan.lines })
    }

    /// The guard's name of its program, if there is one.
    pub(super) fn id(&self) -> Option<u64> {
        self.program.as_ref().map(|program| program.id)
    }

    /// True when the guard means its program by `id`.
    pub(super) fn has_id(&self, id: u64) -> bool {
        self.program.as_ref().is_some_and(|program| program.id == id)
    }

    /// What becomes readable when the program prints something.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.program.as_ref().and_then(|program| program.output.descriptor())
    }

    /// Takes what the program has printed.
    pub(super) fn read_output(&mut self) {
        if let Some(program) = &mut self.program {
            program.output.read("program", self.lines);
        }
    }

    /// The first lines of what it has printed, and how many there were besides.
    pub(super) fn take_log(&mut self) -> (Vec<String>, u64) {
        self.read_output();
        self.program.as_mut().map(|program| program.output.take_log()).unwrap_or_default()
    }

    /// The program has ended.
    pub(super) fn note_end(&mut self, how: How) {
        if let Some(program) = &mut self.program {
            program.ended = Some(how);
        }
    }

    /// True while the program runs, if there is one.
    pub(super) fn is_running(&self) -> bool {
        self.program.as_ref().is_some_and(|program| program.ended.is_none())
    }

    /// True when it is a program that was started.
    pub(super) fn was_started(&self) -> bool {
        self.program.is_some()
    }

    /// Where it is, or is to listen.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Looks whether it listens, without connecting. `now`: nanoseconds on the shared clock.
    pub(super) fn readiness(&mut self, now: u64) -> Readiness {
        let Some(program) = &mut self.program else { return Readiness::Ready };
        match listening(&self.address, self.kind) {
            Listening::Yes => Readiness::Ready,
            Listening::Unknown => Readiness::Unknown(program.start_timeout_ns),
            Listening::No if program.ended.is_some() => Readiness::Ended,
            Listening::No if now >= program.listen_deadline => {
                let after = wirebench_values::Span::from_ns(program.start_timeout_ns);
                let when = format!("does not listen on {} after {after}", self.address);
                Readiness::Never(self.complaint(&when))
            }
            Listening::No => Readiness::NotYet,
        }
    }

    /// How the program has ended, and what is known of that; `None`: it runs, or there is none.
    /// `listened`: the round had begun.
    pub(super) fn crash(&mut self, listened: bool) -> Option<Crash> {
        self.read_output();
        let program = self.program.as_ref()?;
        Some(Crash {
            side: Role::Server.word().to_owned(),
            how: program.ended.clone()?,
            plugin: String::new(),
            hook: None,
            session: None,
            message: None,
            hooks_called: 0,
            stderr: program.output.text(),
            // What it printed is its own, line by line.
            log: Vec::new(),
            log_left_out: 0,
            program: Some(EndedProgram { command: program.name.clone(), listened }),
        })
    }

    /// `server: `python3 x.py` does not listen; it printed: …`.
    fn complaint(&mut self, what: &str) -> String {
        self.read_output();
        let Some(program) = &self.program else { return format!("server: it {what}") };
        let printed = match program.output.text() {
            text if text.is_empty() => "it printed nothing".to_owned(),
            // It stands in a sentence.
            text => format!("it printed: {}", text.lines().collect::<Vec<_>>().join(" | ")),
        };
        format!("server: `{}` {what}; {printed}", program.name)
    }
}

/// Where a program is to listen.
fn choose_address(plan: &RoundPlan<'_>) -> io::Result<Address> {
    let path = plan.directory.join("server.sock");
    let address = free_address(&plan.settings.transport, &path)?;
    match address.lacks_room() {
        Some(why) => Err(io::Error::other(format!("{address}: {why}; {SHORTER_TMPDIR}"))),
        None => Ok(address),
    }
}

fn fill(text: &str, address: &Address) -> String {
    fill_placeholders(text, |name| match (name, address.port(), address.path()) {
        ("port", Some(port), _) => port.to_string(),
        ("path", _, Some(path)) => path.to_string_lossy().into_owned(),
        _ => address.to_string(),
    })
}

/// Plays the part of the hidden verb that becomes a foreign program: `processors files program
/// arguments`, where `files` is the soft limit of open files that we were started with.
/// Returns the process's exit status when that fails.
pub fn foreign_main(arguments: &[std::ffi::OsString]) -> i32 {
    let [processors, files, program, arguments @ ..] = arguments else { return 2 };
    if let Some(list) = processors.to_str().and_then(|text| ProcessorList::read(text).ok()) {
        // Where that fails, the round's record says where it ran.
        let _ = run_on(&list);
    }
    if let Some(soft) = files.to_str().and_then(|text| text.parse().ok()) {
        limits::set_open_files(soft);
    }
    let mut command = std::process::Command::new(program);
    let error = wirebench_launch::become_program(command.args(arguments));
    let program = program.to_string_lossy();
    let _ = writeln!(io::stderr(), "{program} cannot be started: {error}");
    127
}
