//! What one round needs to know, whether both of its sides are ours or one.

use super::output_lines::LineSink;
use super::placement::Processors;
use crate::net::clock::Clock;
use crate::scenario::{Address, PluginName, Settings};
use crate::side::spec::{Alone, FramingPlugin, Role, SideSpec};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What one round needs to know.
pub(super) struct RoundPlan<'a> {
    /// What the sides do.
    pub(super) settings: &'a Settings,
    /// The seed of everything random.
    pub(super) seed: u64,
    /// The clock both sides share.
    pub(super) clock: Clock,
    /// The handler's shared object.
    pub(super) plugin: &'a Path,
    /// The shared objects of plugin framings.
    pub(super) framing_plugins: &'a BTreeMap<PluginName, PathBuf>,
    /// Where the sides run.
    pub(super) processors: Processors,
    /// A directory for Unix sockets and scratch files.
    pub(super) directory: &'a Path,
    /// Where the scenario's file stands.
    pub(super) scenario_dir: &'a Path,
    /// Examples to keep of each anomaly.
    pub(super) examples: usize,
    /// The side that waits for a debugger; nothing has to come in time then.
    pub(super) attach: Option<Role>,
    /// Where the lines go that the sides write.
    pub(super) lines: LineSink<'a>,
}

impl RoundPlan<'_> {
    /// What a side is told at its start. `alone`: the other side is not ours.
    pub(super) fn spec(&self, role: Role, alone: Option<Alone>) -> SideSpec {
        SideSpec {
            role,
            settings: self.settings.clone(),
            seed: self.seed,
            clock: self.clock,
            plugin: self.plugin.to_owned(),
            framing_plugins: self
                .framing_plugins
                .iter()
                .map(|(name, file)| FramingPlugin { name: name.clone(), file: file.clone() })
                .collect(),
            processors: match role {
                Role::Server => self.processors.server.clone(),
                Role::Client => self.processors.client.clone(),
            },
            scratch: self.directory.join(role.word()),
            scenario_dir: self.scenario_dir.to_owned(),
            socket_path: self.directory.join("server.sock"),
            examples: self.examples,
            whole_log: self.lines.wants_all(),
            attach: self.attach == Some(role),
            alone,
        }
    }

    /// The name of a plugin that a side has, by the number that it has there: 0 for the handler's, then
    /// those of framings in the order of their names. A number from a side is not to be trusted.
    pub(super) fn plugin_name(&self, number: u16) -> &str {
        let framing = usize::from(number).checked_sub(1);
        let framing = framing.and_then(|index| self.framing_plugins.keys().nth(index));
        framing.map_or(&self.settings.handler.plugin, |(name, _)| name)
    }

    /// True where the server of a round may listen: on this machine alone.
    pub(super) fn may_listen_on(&self, address: &Address) -> bool {
        match address.path() {
            Some(path) => path == self.directory.join("server.sock"),
            None => !address.is_remote(),
        }
    }

    /// From the start to the client's report, if all goes well, in nanoseconds.
    pub(super) fn length_ns(&self) -> u64 {
        let load = &self.settings.load;
        // Closing takes as long as draining at most.
        load.longest_ns().saturating_add(load.drain_ns)
    }
}
