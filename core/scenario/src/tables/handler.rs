//! `[handler]`: the plugin that plays both sides.

use crate::diagnostics::Sink;
use crate::key::{Key, Kind, key, required};
use crate::layered::Values;
use crate::partial::{optional, value};
use crate::plan::PluginName;
use crate::read;
use serde::{Deserialize, Serialize};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    required(key(
        "handler.plugin",
        Kind::Name(128),
        "",
        "the plugin that plays both sides, by its short name or its id",
    )),
    key(
        "handler.handler",
        Kind::Name(128),
        "",
        "which of the plugin's handlers, if it has several",
    ),
    key(
        "handler.path",
        Kind::Text(4_096),
        "",
        "the plugin's shared object, relative to the scenario's folder; without it the plugin is searched for",
    ),
    key("handler.config", Kind::Config, "{}", "settings of the plugin, which checks them itself"),
];

/// `handler = { plugin = "echo", path = "…", config = { … } }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandlerSpec {
    /// The plugin's short name or id.
    pub plugin: String,
    /// Which of the plugin's handlers; `None`: its only one.
    pub handler: Option<String>,
    /// An explicit shared object, relative to the scenario's folder.
    pub path: Option<String>,
    /// `config`, for the plugin.
    pub config: serde_json::Value,
}

impl HandlerSpec {
    /// The plugin, by name and file.
    pub fn brought_by(&self) -> PluginName {
        (self.plugin.clone(), self.path.clone())
    }
}

/// Reads it.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> HandlerSpec {
    HandlerSpec {
        plugin: value(values, "handler.plugin", sink, read::text, String::new()),
        handler: optional(values, "handler.handler", sink, read::text, String::new()),
        path: optional(values, "handler.path", sink, read::text, String::new()),
        config: value(values, "handler.config", sink, read::config, serde_json::Value::Null),
    }
}
