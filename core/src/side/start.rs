//! Getting a side ready: processor, shared memory, event queue, plugin, part.

use super::control::Control;
use super::debugger;
use super::error::SideError;
use super::event_loop::{CONTROL, DOORBELL, LISTENER, MAIL, SCRIPT, Side, TIMER};
use super::framing_plugins;
use super::handler_directories::HandlerDirectories;
use super::log::Logged;
use super::sockets::{Beginning, Mail, Sockets};
use super::spec::{Role, SideEvent, SideSpec};
use crate::engine::{Core, Display, Engine, Failure, Framings, Ledgers, Script};
use crate::host::{Library, limits, open_regular};
use crate::ledger::Region;
use crate::load::{NamedPayloads, Payloads, Sizes};
use crate::machine::run_on;
use crate::net::memfd::{map_owner, map_reader};
use crate::net::socket::hold;
use crate::scenario::{Address, ProcessorList, SessionPolicy, Unreachable, Wait};
use mio::unix::SourceFd;
use mio::{Interest, Poll};
use nix::sys::timerfd::{ClockId, TimerFd, TimerFlags};
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

impl Side {
    /// A side that is ready for its first turn. The server listens and has said where.
    pub(super) fn new(control: &mut Control, spec: &SideSpec) -> Result<Self, Failure> {
        pin(spec.processors.as_ref())?;
        limits::allow_open_files(files_wanted(spec));
        let [own, peer, to_client, to_server] =
            control.descriptors().ok_or(SideError::NoLedgers)?;
        let unmapped = SideError::refused("the ledger cannot be mapped");
        let own = map_owner(&own).map_err(&unmapped)?;
        let peer = map_reader(&peer).map_err(&unmapped)?;
        // The plugin's breadcrumb lives as long as the process; so does the mapping.
        let own: &'static Arc<Region> = Box::leak(Box::new(Arc::new(own)));
        let mut bells = [File::from(to_client), File::from(to_server)];
        if spec.role == Role::Server {
            bells.swap(0, 1);
        }
        let [doorbell, peer_bell] = bells;

        let no_queue = SideError::refused("no event queue");
        let poll = Poll::new().map_err(&no_queue)?;
        let registry = poll.registry();
        let watch = |descriptor: std::os::fd::RawFd, token| {
            registry
                .register(&mut SourceFd(&descriptor), token, Interest::READABLE)
                .map_err(SideError::refused("a descriptor cannot be watched"))
        };
        watch(control.descriptor().as_raw_fd(), CONTROL)?;
        let script = match &spec.alone {
            Some(alone) if alone.script => {
                let script: Option<[_; 2]> = control.descriptors();
                let script = script.ok_or(SideError::NoInput)?;
                watch(script[0].as_raw_fd(), SCRIPT)?;
                Some(script)
            }
            _ => None,
        };
        let display = match &spec.alone {
            Some(alone) if alone.show => {
                let display: Option<[_; 1]> = control.descriptors();
                Some(display.ok_or(SideError::NoOutput)?)
            }
            _ => None,
        };
        if spec.role == Role::Client || !spec.settings.link.is_clean() {
            watch(doorbell.as_fd().as_raw_fd(), DOORBELL)?;
        }
        let timer = TimerFd::new(
            ClockId::CLOCK_MONOTONIC,
            TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC,
        )
        .map_err(SideError::NoTimer)?;
        watch(timer.as_fd().as_raw_fd(), TIMER)?;
        let waker = mio::Waker::new(registry, MAIL)
            .map_err(SideError::refused("no way to wake the loop"))?;

        let port = Sockets::new(Beginning {
            clock: spec.clock,
            registry: registry.try_clone().map_err(&no_queue)?,
            transport: spec.settings.transport.clone(),
            alone: spec.alone.is_some(),
            own,
            bells: [doorbell, peer_bell],
            mail: Mail::new(waker),
            directories: HandlerDirectories::new(spec.scratch.clone(), spec.scenario_dir.clone()),
            logged: Logged::new(spec.whole_log),
        });
        let config = spec.config();
        let plugins = framing_plugins::load(&spec.framing_plugins, own.breadcrumb())?;
        let mut core = Core::new(
            &config,
            Framings::new(&config, plugins),
            Ledgers { own: Arc::clone(own), peer: Arc::new(peer), named: named(spec) },
            if script.is_some() { Payloads::scripted() } else { payloads(spec)? },
            port,
        )?;
        if let Some([input, output]) = script {
            let (input, output) = (Box::new(File::from(input)), Box::new(File::from(output)));
            core.set_script(|longest| Script::new(input, output, longest))?;
        }
        if let Some([output]) = display {
            core.set_display(Display::new(Box::new(File::from(output))));
        }
        let library = Library::load(&spec.plugin).map_err(SideError::HandlerPlugin)?;
        if spec.attach {
            debugger::wait(spec.role);
        }
        let handler = &spec.settings.handler;
        let settings = handler.config.to_string();
        let name = handler.handler.as_deref();
        let crumb = own.breadcrumb();
        let handler = match spec.role {
            Role::Server => library.server(name, &settings, &mut core, crumb),
            Role::Client => library.client(name, &settings, &mut core, crumb),
        }
        .map_err(SideError::Handler)?;

        if spec.role == Role::Server {
            listen(&mut core, control, spec)?;
        }
        Ok(Self {
            engine: Engine::new(&config, core, handler),
            poll,
            timer,
            timer_set: None,
            wakes_at: u64::MAX,
            held_up_ns: 0,
            spin: spec.settings.cpu.wait == Wait::Spin,
            control_ready: true,
            polled_ns: 0,
            quiet_until: 0,
        })
    }
}

/// Listens, and says where.
fn listen(
    core: &mut Core<Sockets>,
    control: &mut Control,
    spec: &SideSpec,
) -> Result<(), SideError> {
    let given = spec.alone.as_ref().and_then(|alone| alone.listen.as_ref());
    let address = match spec.settings.unreachable {
        Unreachable::No => core.port_mut().listen(LISTENER, given, &spec.socket_path)?,
        way => core.port_mut().stand_in(way, given, &spec.socket_path)?,
    };
    // Its file is removed at the end, by somebody who must know it from others.
    let file = match &address {
        Address::Path(path) if spec.alone.is_some() => hold(path).ok(),
        _ => None,
    };
    let word = SideEvent::Listening(address);
    let told = match &file {
        Some(file) => control.send_with(&word, &[file.as_fd()]),
        None => control.send(&word),
    };
    told.map_err(SideError::Unsent)
}

/// Has this process run on these processors alone.
fn pin(processors: Option<&ProcessorList>) -> Result<(), SideError> {
    let Some(list) = processors else { return Ok(()) };
    run_on(list).map_err(|cause| SideError::Processors { processors: list.spoken(), cause })
}

/// Open files that the side may need: a connection has its socket and what a handler opens for it.
fn files_wanted(spec: &SideSpec) -> u64 {
    let load = &spec.settings.load;
    let at_once = match load.session {
        SessionPolicy::Keep => 1,
        SessionPolicy::PerExchange => u64::from(load.in_flight),
    };
    let ours = u64::from(load.connections).saturating_mul(at_once);
    let others = spec.alone.as_ref().map_or(0, |alone| u64::from(alone.most_sessions));
    ours.max(others).saturating_mul(8).saturating_add(4 * limits::ORDINARY)
}

/// What the ledgers may name instead of holding it.
fn named(spec: &SideSpec) -> NamedPayloads {
    if spec.alone.is_some() {
        return NamedPayloads::default();
    }
    let load = &spec.settings.load;
    NamedPayloads::new(spec.seed, &load.payload, load.reply_payload.as_ref(), load.alphabet)
}

/// The client's requests, or the server's `reply-payload`.
fn payloads(spec: &SideSpec) -> Result<Payloads, SideError> {
    let load = &spec.settings.load;
    let sizes = match spec.role {
        Role::Client => &load.payload,
        Role::Server => load.reply_payload.as_ref().unwrap_or(&load.payload),
    };
    let file = match sizes {
        Sizes::File(path) | Sizes::Lines(path) => {
            let mut bytes = Vec::new();
            open_regular(path.as_ref())
                .and_then(|mut file| file.read_to_end(&mut bytes))
                .map_err(|cause| SideError::Payloads { path: path.clone(), cause })?;
            Some(bytes)
        }
        _ => None,
    };
    Ok(Payloads::new(spec.seed, sizes, load.alphabet, file))
}
