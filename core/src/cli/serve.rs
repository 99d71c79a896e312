//! `wirebench serve`: the server side alone.

use super::args::ServeArgs;
use super::exit::ExitCode;
use super::machine::{cannot_run, start_runner};
use super::screen::{Screen, untold};
use super::standalone::{ReadyCell, Refusal, address, prepare};
use crate::host::probe::ProbeSides;
use crate::report::standalone;
use crate::run::{Alone, ServeOutcome};
use crate::scenario::Address;
use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use wirebench_values::{Size, Span};

/// What a server from options says besides them.
const BASE: &str = "\
schema = 1
name = \"serve\"
cpu = { placement = \"free\" }
load = { drain = \"500ms\" }
";

/// Serves until it is told to end, and sums up.
pub(super) fn serve(
    args: &ServeArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let (ready, alone) = match begin(args, color) {
        Ok(begun) => begun,
        Err(refusal) => {
            err.page(&refusal.text)?;
            return Ok(refusal.code);
        }
    };
    let mut runner = match start_runner(err)? {
        Ok(runner) => runner,
        Err(code) => return Ok(code),
    };
    args.standalone.log.attach(&mut runner);
    let display = match args.show.then(display).transpose() {
        Ok(display) => display,
        Err(error) => return Ok(untold(ExitCode::SUCCESS, &error, err)),
    };
    let served = runner.serve(&ready.scenario, &ready.plugins, alone, display, &mut |address| {
        writeln!(out, "{address}")?;
        out.flush()
    });
    match served {
        Ok(ServeOutcome::Finished(report)) => {
            out.page(&standalone::served(&report))?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(ServeOutcome::Crashed(crash)) => {
            err.page(&standalone::crashed(&crash))?;
            Ok(ExitCode::INTEGRITY)
        }
        Ok(ServeOutcome::Failed(error)) => {
            writeln!(err, "error: {error}")?;
            Ok(ExitCode::INTEGRITY)
        }
        Err(error) => cannot_run(&error, err),
    }
}

/// Standard output for a side that may not wait for it: a pipe or a terminal is opened once more, because
/// whoever shares it with us would not have it changed. A file is always taken, and what cannot be opened again
/// is waited for.
fn display() -> std::io::Result<OwnedFd> {
    let shared = std::io::stdout().as_fd().try_clone_to_owned()?;
    let kind = File::from(shared.try_clone()?).metadata()?.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return Ok(shared);
    }
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let path = format!("/proc/self/fd/{}", shared.as_raw_fd());
    let opened = OpenOptions::new().write(true).custom_flags(flags).open(path);
    Ok(opened.map_or(shared, OwnedFd::from))
}

fn begin(args: &ServeArgs, color: bool) -> Result<(ReadyCell, Alone), Refusal> {
    let file = args.scenario.as_deref();
    let listen = args.listen.as_deref();
    let mut ready =
        prepare(file, &args.standalone, Vec::new(), BASE, listen, ProbeSides::Server, color)?;
    let settings = &mut ready.scenario.cells[0].settings;
    if settings.server.is_some() {
        return Err(Refusal::usage(
            "the server of this scenario is a program of its own: there is no side of ours to serve",
        ));
    }
    let listen = listen.map(|text| address(text, settings.transport.kind)).transpose()?;
    if let Some(Address::Ip(address)) = &listen {
        settings.transport.ipv6 = address.is_ipv6();
    }
    if args.sessions.is_some() && !settings.transport.kind.has_connections() {
        return Err(Refusal::usage(
            "`--sessions` counts sessions that are over, and nobody says goodbye over datagrams: \
             leave it out, and end the server with a signal",
        ));
    }
    if let Some(address) = listen.as_ref().filter(|address| address.is_remote()) {
        if !args.standalone.allow_remote {
            return Err(Refusal::usage(format!(
                "{address} can be reached from elsewhere: listen on a loopback address, or say \
                 `--allow-remote` if that is meant"
            )));
        }
        if ready.plugins.loopback_only.contains(&settings.handler) {
            return Err(Refusal::invalid(format!(
                "the handler of `{}` may only be served on a loopback address with this \
                 configuration: whoever reaches it could do harm on this machine",
                settings.handler.plugin
            )));
        }
    }
    let alone = Alone {
        listen,
        most_sessions: args.max_sessions,
        sessions: args.sessions,
        most_memory: Some(args.standalone.max_memory.bytes()),
        most_of_session: args.standalone.max_session_memory.map(Size::bytes),
        idle_ns: args.idle_timeout.map(Span::ns),
        ..Alone::default()
    };
    Ok((ready, alone))
}
