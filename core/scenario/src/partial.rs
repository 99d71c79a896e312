//! From one cell's values to its settings: each key by itself. What must go together is validated
//! afterwards.

use super::datagrams;
use super::diagnostics::{Diagnostic, Place, Sink};
use super::framings::{self, FramingPair};
use super::key::Key;
use super::keys::{KEYS, index};
use super::layered::Values;
use super::link;
use super::plan::{Settings, Unreachable};
use super::tables::{choice, cpu, handler, load, server, transport};
use super::transports::TransportKind;
use super::tree::Node;

/// A cell's settings, before the alphabet of the whole matrix is known.
#[derive(Clone, Debug)]
pub(super) struct PartialSettings {
    pub(super) settings: Settings,
    pub(super) framings: FramingPair,
    /// True when `load.alphabet` is `auto`.
    pub(super) auto_alphabet: bool,
    /// Both sides are ours, so that every message gets a record in a ledger of a size that is asked for.
    pub(super) keeps_ledger: bool,
}

/// The key's row in the catalogue and its value, if it has one.
pub(super) fn lookup<'a>(values: &'a Values, path: &str) -> Option<(&'static Key, &'a Node)> {
    let key = &KEYS[index(path)?];
    Some((key, &values.get(path)?.node))
}

/// What a key says, or `stand_in` for what cannot be read. Stand-ins are never run: they let the
/// rest of a cell be checked, so that all mistakes are told at once, and are chosen to fit to
/// everything.
pub(super) fn value<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
    stand_in: T,
) -> T {
    lookup(values, path).and_then(|(key, node)| read(key, node, sink)).unwrap_or(stand_in)
}

/// The same for a key without a default: absent is fine.
pub(super) fn optional<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
    stand_in: T,
) -> Option<T> {
    let (key, node) = lookup(values, path)?;
    Some(read(key, node, sink).unwrap_or(stand_in))
}

/// Reads every key and puts the settings together. Where something was reported, they are only good
/// for finding more. `one_side`: the other is not ours, whatever the values say of a server.
pub(super) fn read_settings(values: &Values, one_side: bool, sink: &mut Sink) -> PartialSettings {
    let transport = transport::read(values, sink);
    let framings = framings(values, transport.kind, sink).unwrap_or_else(FramingPair::stand_in);
    let server = server::read(values, sink);
    let alone = one_side || server.is_some();
    let (load, auto_alphabet) = load::read(values, alone, sink);
    let handler = handler::read(values, sink);
    let echoes = server::echoes(values, &handler, sink);
    let settings = Settings {
        handler,
        request_framing: framings.request.spec.clone(),
        reply_framing: framings.reply.spec.clone(),
        transport,
        cpu: cpu::read(values, sink),
        load,
        link: lookup(values, "link")
            .and_then(|(_, node)| link::read(node, sink))
            .unwrap_or_default(),
        server,
        echoes,
        unreachable: choice(values, "server.unreachable", sink, Unreachable::No),
    };
    PartialSettings { settings, framings, auto_alphabet, keeps_ledger: !alone }
}

fn framings(values: &Values, transport: TransportKind, sink: &mut Sink) -> Option<FramingPair> {
    let given = lookup(values, "framing");
    if !transport.has_datagrams() {
        if given.is_none() {
            let missing = Diagnostic::new(Place::start_of(0), "`framing` is missing");
            sink.push(missing.help("add `framing = \"len32be\"`"));
        }
        return framings::read(given?.1, sink);
    }
    let Some((_, node)) = given else { return datagrams::default_framing(values) };
    let mut framings = framings::read(node, sink)?;
    for chosen in [&mut framings.request, &mut framings.reply] {
        if chosen.capabilities.is_some() {
            chosen.capabilities = chosen.spec.nature_on_datagrams().ok();
        }
    }
    Some(framings)
}
