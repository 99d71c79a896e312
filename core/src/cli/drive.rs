//! `wirebench drive`: the client side alone, against any server.

use super::args::{DriveArgs, DriveFormat};
use super::driven::result;
use super::exit::ExitCode;
use super::machine::{cannot_run, start_runner};
use super::measured;
use super::screen::{Screen, untold};
use super::standalone::{ReadyCell, Refusal, address, prepare};
use crate::host::probe::ProbeSides;
use crate::report::{standalone, table};
use crate::result::document::JudgedBy;
use crate::result::{Outcome, Tool};
use crate::run::{Alone, Conversation, RoundOutcome, StdinPump};
use crate::scenario::{Address, Foreign, SessionPolicy, Until};
use crate::text::path as shown;
use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Instant;
use wirebench_values::Size;

/// What a client from options says besides them. A server of someone's own may take a single
/// connection and count every request: nothing is sent that was not asked for.
const BASE: &str = "\
schema = 1
name = \"drive\"
cpu = { placement = \"free\" }
load = { warmup = \"0ms\" }
";

/// Drives the server and sums up.
pub(super) fn drive(
    args: &DriveArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let ready = begin(args, color).and_then(|ready| Ok((ready, conversation(args)?)));
    let (ready, conversation) = match ready {
        Ok((_, Some(_))) if args.format == DriveFormat::Json => {
            let text = "`--format json` prints a document, and with `--input` standard output has what is received";
            err.page(&Refusal::usage(text).text)?;
            return Ok(ExitCode::USAGE);
        }
        Ok(ready) => ready,
        Err(refusal) => {
            err.page(&refusal.text)?;
            return Ok(refusal.code);
        }
    };
    let mut runner = match start_runner(err)? {
        Ok(runner) => runner,
        Err(code) => return Ok(code),
    };
    out.flush()?;
    args.standalone.log.attach(&mut runner);
    let talks = conversation.is_some();
    let judge = JudgedBy::of(&ready.scenario.cells[0].settings);
    let alone = Alone {
        most_memory: Some(args.standalone.max_memory.bytes()),
        most_of_session: args.standalone.max_session_memory.map(Size::bytes),
        ..Alone::default()
    };
    let began = Instant::now();
    let driven = runner.drive(&ready.scenario, &ready.plugins, alone, conversation);
    let RoundOutcome { outcome, interrupted, .. } = match driven {
        Ok(driven) => driven,
        Err(error) => return cannot_run(&error, err),
    };
    let took_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let of_json = args.format == DriveFormat::Json;
    let tool = if of_json { measured::tool() } else { Tool::this() };
    let document =
        outcome.clone().map(|outcome| result(&ready, outcome, took_ns, interrupted, tool));
    if let Some(document) = document.as_ref().filter(|_| of_json) {
        let text = serde_json::to_string_pretty(document)? + "\n";
        out.json().write_all(text.as_bytes())?;
    }
    let judged = match outcome {
        None => ExitCode::SUCCESS,
        Some(Outcome::Finished { client, .. }) => {
            // What was received has standard output for itself, and so has a document.
            let cells = document.iter().flat_map(|document| &document.cells);
            let notes: Vec<String> = cells.flat_map(|cell| cell.notes.clone()).collect();
            let mut text = standalone::driven(&client, judge, &notes);
            document.iter().for_each(|document| text.page(&table::examples(document, color)));
            if of_json {
                // It is all in the document.
            } else if talks {
                err.page(&text)?
            } else {
                out.page(&text)?
            }
            let judged = if standalone::went_well(&client, judge) {
                ExitCode::SUCCESS
            } else {
                ExitCode::INTEGRITY
            };
            match standalone::unprinted(&client) {
                Some(why) => untold(judged, &std::io::Error::other(why.to_owned()), err),
                None => judged,
            }
        }
        Some(Outcome::Crashed(crash)) => {
            err.page(&standalone::crashed(&crash))?;
            ExitCode::INTEGRITY
        }
        Some(Outcome::Failed { error }) => {
            writeln!(err, "error: {error}")?;
            ExitCode::INTEGRITY
        }
    };
    Ok(if interrupted { ExitCode::INTERRUPTED } else { judged })
}

fn begin(args: &DriveArgs, color: bool) -> Result<ReadyCell, Refusal> {
    let mut set = Vec::new();
    let mut change = |key: &str, value: Option<String>| {
        set.extend(value.map(|value| format!("{key}={value}")));
    };
    change("load.messages", args.messages.map(|count| count.to_string()));
    change("load.duration", args.duration.clone());
    change("load.model", args.rate.as_ref().map(|_| "open".to_owned()));
    change("load.rate", args.rate.clone());
    change("load.arrivals", args.arrivals.clone());
    change("load.in-flight", args.in_flight.map(|count| count.to_string()));
    change("load.connections", args.connections.map(|count| count.to_string()));
    change("load.payload", args.payload.clone());
    let file = args.scenario.as_deref();
    let mut ready =
        prepare(file, &args.standalone, set, BASE, Some(&args.address), ProbeSides::Client, color)?;
    let settings = &mut ready.scenario.cells[0].settings;
    let address = address(&args.address, settings.transport.kind)?;
    if address.is_remote() && !args.standalone.allow_remote {
        return Err(Refusal::usage(format!(
            "{address} is not an address of this machine alone: load goes to loopback addresses \
             only, unless you say `--allow-remote` because that server is yours to load"
        )));
    }
    if let Address::Ip(address) = &address {
        settings.transport.ipv6 = address.is_ipv6();
    }
    settings.server = Some(Foreign::Address(address.to_string()));
    if args.input.is_some() {
        if settings.load.session == SessionPolicy::PerExchange {
            return Err(Refusal::usage(
                "`--input` is one conversation: it needs `load.session = \"keep\"`",
            ));
        }
        let of_input = ["load.messages", "load.duration", "load.payload", "load.warmup"];
        let set =
            args.standalone.set.iter().find(|one| of_input.iter().any(|key| one.starts_with(key)));
        if let Some(set) = set {
            return Err(Refusal::usage(format!(
                "`--set {set}` means nothing with `--input`: its lines are what is sent, all of \
                 them, from the first"
            )));
        }
        if settings.load.open.is_some() {
            return Err(Refusal::usage(
                "`--input` says what is sent and when: it does not go with an open loop \
                 (`--set load.model=closed`)",
            ));
        }
        settings.load.until = Until::Messages(u64::MAX);
        settings.load.warmup_ns = 0;
    }
    Ok(ready)
}

/// Where the lines come from and where messages go, if a script was asked for.
fn conversation(args: &DriveArgs) -> Result<Option<Conversation>, Refusal> {
    let Some(path) = &args.input else { return Ok(None) };
    let cannot = |error: std::io::Error| {
        Refusal::usage(format!("the input {} cannot be read: {error}", shown(path)))
    };
    let source = if path == Path::new("-") {
        std::io::stdin().as_fd().try_clone_to_owned().map_err(cannot)?
    } else {
        let file = std::fs::File::open(path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(Refusal::usage(format!("the input {} is a folder", shown(path))));
        }
        OwnedFd::from(file)
    };
    let (pump, input) = StdinPump::new(source).map_err(cannot)?;
    let output = std::io::stdout().as_fd().try_clone_to_owned().map_err(cannot)?;
    Ok(Some(Conversation { pump, input, output }))
}
