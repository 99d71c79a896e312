//! From a framing's name and settings to a [`Framing`].

use super::entry::Entry;
use super::settings::{Setting, Values, check};
use super::{CATALOGUE, Capabilities, Framing, Role, handshake_one_way};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wirebench_values::similar;

/// A framing as a scenario names it: checked, with every setting filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FramingSpec {
    /// The name in scenarios (`len32be`), or the plugin framing's own id.
    pub kind: String,
    /// The plugin that brings it, as the scenario names it; `None` for built-in framings.
    pub plugin: Option<String>,
    /// The plugin's file as the scenario names it; `None`: it is searched for.
    #[serde(default)]
    pub path: Option<String>,
    /// The settings as JSON, durations in nanoseconds and sizes in bytes.
    pub settings: Map<String, Value>,
}

/// How a scenario names a plugin: its name, and its file where the scenario says that.
pub type PluginName = (String, Option<String>);

/// A wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError {
    /// JSON pointer to the setting (`/max`); empty for the framing itself.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// A similar name that exists.
    pub suggestion: Option<String>,
}

impl std::fmt::Display for SpecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(name) => write!(f, " (did you mean `{name}`?)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SpecError {}

impl FramingSpec {
    /// Checks the settings of the built-in framing `kind` and fills in every default. Durations
    /// and sizes may be text (`"200ms"`, `"4 KiB"`) or integers (nanoseconds, bytes); afterwards
    /// they are integers. All mistakes are told at once.
    pub fn parse(kind: &str, settings: Map<String, Value>) -> Result<Self, Vec<SpecError>> {
        let entry = entry(kind).ok_or_else(|| vec![unknown(kind)])?;
        let mut values = check(kind, entry.settings, settings)?;
        (entry.derive)(&mut values);
        // Making one finds the settings that do not go together.
        (entry.make)(&values, Role::Client).map_err(|error| vec![error])?;
        Ok(Self { kind: kind.to_owned(), plugin: None, path: None, settings: values.into_map() })
    }

    /// The plugin that brings it, by name and file; `None` for built-in framings.
    pub fn brought_by(&self) -> Option<PluginName> {
        Some((self.plugin.clone()?, self.path.clone()))
    }

    /// True for the built-in `raw`: the message is what a read or a datagram holds.
    pub fn is_raw(&self) -> bool {
        self.kind == "raw" && self.plugin.is_none()
    }

    /// True when a connection may have this framing in one direction and `other` in the other although
    /// either of them is [duplex](Capabilities::duplex).
    pub fn goes_beside(&self, other: &Self) -> bool {
        let built_in = self.plugin.is_none() && other.plugin.is_none();
        built_in && handshake_one_way::suits(&self.kind, &other.kind)
    }

    /// What this framing is able to do with these settings where every frame is a datagram.
    pub fn nature_on_datagrams(&self) -> Result<Capabilities, SpecError> {
        if self.is_raw() { Ok(super::raw::DATAGRAMS) } else { self.capabilities() }
    }

    /// What this framing is able to do with these settings.
    pub fn capabilities(&self) -> Result<Capabilities, SpecError> {
        build(self, Role::Client).map(|framing| framing.capabilities())
    }
}

/// The names of all built-in framings, in the order of the documentation.
pub fn names() -> Vec<&'static str> {
    CATALOGUE.iter().map(|entry| entry.name).collect()
}

/// A built-in framing whose settings were checked once, to make many of.
pub struct Prepared {
    entry: &'static Entry,
    values: Values,
}

impl Prepared {
    /// Checks the settings again, since a specification may have come from outside; of several
    /// mistakes the first is told.
    pub fn new(spec: &FramingSpec) -> Result<Self, SpecError> {
        if let Some(plugin) = &spec.plugin {
            return Err(SpecError {
                pointer: String::new(),
                message: format!(
                    "framing `{}` is not built in: plugin `{plugin}` makes it",
                    spec.kind
                ),
                suggestion: None,
            });
        }
        let entry = entry(&spec.kind).ok_or_else(|| unknown(&spec.kind))?;
        let mut values = check(&spec.kind, entry.settings, spec.settings.clone())
            .map_err(|mut errors| errors.swap_remove(0))?;
        (entry.derive)(&mut values);
        Ok(Self { entry, values })
    }

    /// Its name in scenarios.
    pub(super) fn name(&self) -> &'static str {
        self.entry.name
    }

    /// Its settings, checked.
    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// Makes one connection's framing.
    pub fn framing(&self, role: Role) -> Result<Box<dyn Framing>, SpecError> {
        (self.entry.make)(&self.values, role)
    }
}

/// Makes the one framing that serves both directions of a connection where they differ and cannot do
/// without each other ([`FramingSpec::goes_beside`]). `None`: each direction has its own.
pub fn together(
    outgoing: &Prepared,
    incoming: &Prepared,
    role: Role,
) -> Result<Option<Box<dyn Framing>>, SpecError> {
    if !handshake_one_way::suits(outgoing.name(), incoming.name()) {
        return Ok(None);
    }
    handshake_one_way::make(outgoing, incoming, role).map(Some)
}

/// Makes one connection's framing; as [`Prepared`].
pub fn build(spec: &FramingSpec, role: Role) -> Result<Box<dyn Framing>, SpecError> {
    Prepared::new(spec)?.framing(role)
}

/// A built-in framing, for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The name in scenarios.
    pub name: &'static str,
    /// What it puts on the wire, in one line.
    pub on_wire: &'static str,
    /// Its settings, in the order of the documentation.
    pub settings: &'static [Setting],
    /// What it is able to do with its defaults.
    pub capabilities: Capabilities,
}

/// What the built-in framing `name` is; `None` when there is none of that name.
pub fn describe(name: &str) -> Option<Description> {
    let &Entry { name, on_wire, settings, .. } = entry(name)?;
    let capabilities = FramingSpec::parse(name, Map::new()).ok()?.capabilities().ok()?;
    Some(Description { name, on_wire, settings, capabilities })
}

/// The entry of that name.
fn entry(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}

fn unknown(kind: &str) -> SpecError {
    SpecError {
        pointer: String::new(),
        message: format!("there is no framing `{kind}`; there are {}", names().join(", ")),
        suggestion: similar(kind, names()).map(str::to_owned),
    }
}
