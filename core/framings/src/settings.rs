//! The settings of a framing: which there are, what they may hold, and how a wrong one is told.

use super::SpecError;
use serde::Deserialize;
use serde_json::{Map, Value};
use wirebench_values::{Size, Span, similar};

/// What one setting may hold. Bounds include both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A [`Size`] within these bounds, in bytes.
    Size {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A [`Span`] within these bounds, in nanoseconds; a bare number of them too.
    Duration {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A plain integer within these bounds.
    Integer {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One of these integers.
    OneOf(&'static [i64]),
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text of at least one and at most this many bytes.
    Text {
        /// The most.
        max: usize,
    },
}

/// What a setting holds when the scenario leaves it out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultValue {
    /// This text, read like one from a scenario.
    Text(&'static str),
    /// This integer.
    Integer(i64),
    /// This flag.
    Flag(bool),
    /// Computed from the other settings; the text says how.
    Derived(&'static str),
}

/// One setting of one framing. What it says here is all that is said of it: it is read, refused,
/// documented and completed by this.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The key in scenarios.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What it holds when a scenario leaves it out.
    pub default: DefaultValue,
    /// What it does, in one line.
    pub about: &'static str,
}

impl Setting {
    /// Its row in the reference.
    pub fn reference_row(&self) -> String {
        let default = match self.default {
            DefaultValue::Derived(how) => how.to_owned(),
            constant => format!("`{}`", constant.text()),
        };
        let (name, kind, range) = (self.name, self.kind.type_text(), self.kind.range_text());
        format!("| `{name}` | {kind} | {default} | {range} | {} |", self.about)
    }
}

impl DefaultValue {
    /// The default as the reference prints it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{text}\""),
            Self::Integer(integer) => integer.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Derived(text) => (*text).to_owned(),
        }
    }

    /// The default as a scenario would say it; `None`: it is not always the same.
    pub fn value(&self) -> Option<Value> {
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
    /// The type as the reference names it.
    pub fn type_text(&self) -> &'static str {
        match self {
            Self::Size { .. } => "size",
            Self::Duration { .. } => "duration",
            Self::Integer { .. } | Self::OneOf(_) => "integer",
            Self::Flag => "boolean",
            Self::Choice(_) => "word",
            Self::Text { .. } => "string",
        }
    }

    /// What it may hold, as the reference says it.
    pub fn range_text(&self) -> String {
        let listed = |words: Vec<String>| words.join(", ");
        match *self {
            Self::Size { min, max } => {
                format!("{} to {}", Size::from_bytes(min), Size::from_bytes(max))
            }
            Self::Duration { min, max } => {
                format!("{} to {}", Span::from_ns(min), Span::from_ns(max))
            }
            Self::Integer { min, max } => format!("{min} to {max}"),
            Self::OneOf(numbers) => listed(numbers.iter().map(|n| format!("`{n}`")).collect()),
            Self::Flag => "`true`, `false`".to_owned(),
            Self::Choice(words) => listed(words.iter().map(|w| format!("`\"{w}\"`")).collect()),
            Self::Text { max } => format!("1 to {max} bytes"),
        }
    }

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
            Self::OneOf(numbers) => match value.as_i64() {
                Some(integer) if numbers.contains(&integer) => Ok(Value::from(integer)),
                _ => {
                    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                    Err(format!("is {}, but must be {}", named(value), numbers.join(" or ")))
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
