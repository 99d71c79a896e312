//! The settings of a framing: which there are, what they may hold, and how a wrong one is told.

use super::SpecError;
use serde::Deserialize;
use serde_json::{Map, Value};
use wirebench_values::{Size, Span, similar};

/// What one setting may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A [`Size`] within these bounds, in bytes.
    Size { min: u64, max: u64 },
    /// A [`Span`] within these bounds, in nanoseconds; a bare number of them too.
    Duration { min: u64, max: u64 },
    /// A plain integer within these bounds.
    Integer { min: i64, max: i64 },
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text of at least one and at most this many bytes.
    Text { max: usize },
}

/// What a setting holds when the scenario leaves it out.
#[derive(Clone, Copy, Debug)]
pub(super) enum DefaultValue {
    /// This text, read like one from a scenario.
    Text(&'static str),
    /// This integer.
    Integer(i64),
    /// This flag.
    Flag(bool),
    /// Computed from the other settings; the text says how.
    Derived(&'static str),
}

/// One setting of one framing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) default: DefaultValue,
    pub(super) about: &'static str,
}

impl DefaultValue {
    /// The default as the reference prints it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{text}\""),
            Self::Integer(integer) => integer.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Derived(text) => (*text).to_owned(),
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::Text(text) => Some(Value::from(*text)),
            Self::Integer(integer) => Some(Value::from(*integer)),
            Self::Flag(flag) => Some(Value::from(*flag)),
            Self::Derived(_) => None,
        }
    }
}

/// Checks every setting of `given` and fills in what has a constant default. All mistakes are told
/// at once.
pub(super) fn check(
    kind: &str,
    known: &[Setting],
    given: Map<String, Value>,
) -> Result<Values, Vec<SpecError>> {
    let mut values = Map::new();
    let mut errors = Vec::new();
    for (name, value) in given {
        match known.iter().find(|setting| setting.name == name) {
            Some(setting) => match setting.kind.read(&value) {
                Ok(value) => drop(values.insert(name, value)),
                Err(message) => errors.push(error(&name, format!("`{name}` {message}"))),
            },
            None => errors.push(unknown(kind, known, &name)),
        }
    }
    for setting in known {
        if let Some(default) =
            setting.default.value().filter(|_| !values.contains_key(setting.name))
        {
            match setting.kind.read(&default) {
                Ok(value) => drop(values.insert(setting.name.to_owned(), value)),
                Err(message) => {
                    errors.push(error(setting.name, format!("the default {message}")));
                }
            }
        }
    }
    if errors.is_empty() { Ok(Values { values }) } else { Err(errors) }
}

/// The error of one setting.
pub(super) fn error(name: &str, message: String) -> SpecError {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    SpecError { pointer: format!("/{escaped}"), message, suggestion: None }
}

fn unknown(kind: &str, known: &[Setting], name: &str) -> SpecError {
    let names: Vec<&str> = known.iter().map(|setting| setting.name).collect();
    let message = if names.is_empty() {
        format!("framing `{kind}` has no settings, so not `{name}` either")
    } else {
        format!("framing `{kind}` has no setting `{name}`; it has {}", names.join(", "))
    };
    let suggestion = similar(name, names).map(str::to_owned);
    SpecError { suggestion, ..error(name, message) }
}

impl Kind {
    /// The value in its canonical form, or what is wrong with it (to be put after its name).
    fn read(self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Size { min, max } => {
                let size = Size::deserialize(value).map_err(is_wrong)?;
                let size = size.within(Size::from_bytes(min), Size::from_bytes(max));
                Ok(Value::from(size.map_err(is_wrong)?.bytes()))
            }
            Self::Duration { min, max } => {
                // Settings that were filled in are plain nanoseconds, and read again.
                let span = match value.as_u64() {
                    Some(ns) => Span::from_ns(ns),
                    None => Span::deserialize(value).map_err(is_wrong)?,
                };
                let span = span.within(Span::from_ns(min), Span::from_ns(max));
                Ok(Value::from(span.map_err(is_wrong)?.ns()))
            }
            Self::Integer { min, max } => match value.as_i64() {
                Some(integer) if (min..=max).contains(&integer) => Ok(Value::from(integer)),
                Some(integer) => Err(format!("is {integer}, but must be from {min} to {max}")),
                None => {
                    Err(format!("is {}, but must be an integer from {min} to {max}", named(value)))
                }
            },
            Self::Flag => match value {
                Value::Bool(_) => Ok(value.clone()),
                other => Err(format!("is {}, but must be true or false", named(other))),
            },
            Self::Choice(words) => match value.as_str() {
                Some(word) if words.contains(&word) => Ok(value.clone()),
                _ => Err(format!(
                    "is {}, but must be one of \"{}\"",
                    named(value),
                    words.join("\", \"")
                )),
            },
            Self::Text { max } => match value.as_str() {
                Some(text) if !text.is_empty() && text.len() <= max => Ok(value.clone()),
                Some(text) => {
                    Err(format!("has {} bytes, but must have from 1 to {max}", text.len()))
                }
                None => Err(format!("is {}, but must be text", named(value))),
            },
        }
    }
}

fn is_wrong(why: impl std::fmt::Display) -> String {
    format!("is wrong: {why}")
}

/// A value for an error message; long ones are only named.
fn named(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
        other => {
            let text = other.to_string();
            if text.len() > 60 { "a long value".to_owned() } else { format!("`{text}`") }
        }
    }
}

/// Checked settings. The getters answer with the type's zero for a name that the schema does not
/// have; a test builds every framing, so such a slip cannot stay unseen.
#[derive(Clone, Debug)]
pub(super) struct Values {
    values: Map<String, Value>,
}

impl Values {
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A size in bytes or a duration in nanoseconds.
    pub(super) fn unsigned(&self, name: &str) -> u64 {
        self.values.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    pub(super) fn integer(&self, name: &str) -> i64 {
        self.values.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Fills in a derived default.
    pub(super) fn default_to(&mut self, name: &str, value: u64) {
        if !self.has(name) {
            self.values.insert(name.to_owned(), Value::from(value));
        }
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.values
    }
}
