//! TOML as a tree in which every key and value knows where it stands.

use super::diagnostics::{Diagnostic, Place, Sink};
use super::syntax::{self, Headers};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};
use wirebench_values::Written;

/// Duplicate keys that are shown with the first of them.
const MAX_DUPLICATES: usize = 100;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// What a TOML value is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// Integers beyond 128 bits are saturated; every range check refuses them.
    Integer(i128),
    Float(f64),
    Bool(bool),
    Datetime(String),
    List(Vec<Arc<Node>>),
    Table(Table),
}

/// A table's entries in file order.
pub(super) type Table = Vec<Entry>;

/// One `key = value`.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) node: Arc<Node>,
}

impl Entry {
    /// Key and value together, when they stand side by side.
    pub(super) fn place(&self) -> Place {
        self.key_place.to(self.node.place)
    }
}

/// Reads a whole document; syntax errors go to `sink`, what can be read is in the tree. What is not
/// closed is told where it is opened, and the rest is read as if it were closed.
pub(super) fn document(text: &str, source: u32, sink: &mut Sink) -> Table {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty()
        && let Some(mended) = syntax::mend(text)
    {
        let (table, fewer) = DeTable::parse_recoverable(&mended.text);
        // Otherwise something else is wrong, and the parser knows better what.
        if fewer.len() < errors.len() {
            for one in &mended.unclosed {
                let place = Place::new(source, one.start, one.end);
                sink.syntax(Diagnostic::new(place, &one.message).label(&one.label));
            }
            let at = |at| mended.original(at);
            let table = from_table(table.get_ref(), source, &at);
            tell(text, &fewer, &table, source, &at, sink);
            return table;
        }
    }
    let table = from_table(table.get_ref(), source, &|at| at);
    tell(text, &errors, &table, source, &|at| at, sink);
    table
}

/// Tells what the parser found, with the first of what is there twice.
fn tell(
    text: &str,
    errors: &[toml::de::Error],
    table: &Table,
    source: u32,
    at: &At<'_>,
    sink: &mut Sink,
) {
    let headers = Headers::of(text);
    for (number, error) in errors.iter().enumerate() {
        let span = error.span().unwrap_or(0..0);
        let place = Place::new(source, at(span.start), at(span.end));
        // Looking for the first takes time, and more are not shown.
        if error.message() != "duplicate key" || number >= MAX_DUPLICATES {
            sink.syntax(Diagnostic::new(place, error.message()));
            continue;
        }
        let key = text.get(at(span.start)..at(span.end)).unwrap_or_default();
        let key = key.trim_matches(['"', '\'']);
        let diagnostic = Diagnostic::new(place, format!("duplicate key `{key}`"));
        let mut earlier = Vec::new();
        places_of(table, key, &mut earlier);
        let beside = |first: &Place| {
            *first < place && headers.section(first.start()) == headers.section(place.start())
        };
        let header = headers.same(text, place.start());
        let header = header.map(|(start, end)| Place::new(source, start, end));
        sink.syntax(match header.or_else(|| earlier.into_iter().filter(beside).max()) {
            Some(first) => diagnostic.related(first, "it stands here already"),
            None => diagnostic,
        });
    }
}

/// Where keys of this name stand, at any depth.
fn places_of(table: &Table, key: &str, places: &mut Vec<Place>) {
    for entry in table {
        if entry.key == key {
            places.push(entry.key_place);
        }
        if let Some(inner) = entry.node.table() {
            places_of(inner, key, places);
        }
    }
}

/// Reads one value that starts at byte `offset` of its source; `None` when it is not TOML.
pub(super) fn value(text: &str, source: u32, offset: usize) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    Some(from_value(&value, source, &|at| at + offset))
}

/// Why `text` is no value that [`value`] can read; `None` when it can, and for text that only lacks
/// its quotes. What opens a string, a list or a table and does not end it was not meant as text.
pub(super) fn broken(text: &str) -> Option<String> {
    let opens = text.starts_with(['"', '\'', '[', '{']);
    let error = DeValue::parse(text).err().filter(|_| opens)?;
    Some(error.message().to_owned())
}

/// From a byte of what was parsed to that of its source.
type At<'a> = dyn Fn(usize) -> usize + 'a;

fn from_table(table: &DeTable<'_>, source: u32, at: &At<'_>) -> Table {
    table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: Place::new(source, at(key.span().start), at(key.span().end)),
            node: Arc::new(from_value(value, source, at)),
        })
        .collect()
}

fn from_value(value: &toml::Spanned<DeValue<'_>>, source: u32, at: &At<'_>) -> Node {
    let span = value.span();
    let place = Place::new(source, at(span.start), at(span.end));
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let parsed = i128::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.unwrap_or(i128::MAX))
        }
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::Datetime(time.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| Arc::new(from_value(item, source, at))).collect())
        }
        DeValue::Table(table) => Value::Table(from_table(table, source, at)),
    };
    Node { place, value }
}

impl Node {
    /// The type's name with its article, for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Bool(_) => "a boolean",
            Value::Datetime(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The value for whoever reads sizes, durations and the like.
    pub(super) fn as_quantity(&self) -> Written<'_> {
        match &self.value {
            Value::Text(text) => Written::Text(text),
            Value::Integer(number) => Written::Integer(*number),
            Value::Float(number) => Written::Float(*number),
            _ => Written::Other(self.type_name()),
        }
    }

    /// The string, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, if it is a table.
    pub(super) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The entry `key` of a table.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.table()?.iter().find(|entry| entry.key == key)
    }

    /// The value on one line: a string as its text, everything else as TOML.
    pub(super) fn written(&self) -> String {
        match self.text() {
            Some(text) => text.to_owned(),
            None => self.toml(),
        }
    }

    /// A text that two values share exactly when they are the same value; tables in any order.
    pub(super) fn canonical(&self) -> String {
        match &self.value {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.canonical()).collect();
                format!("[{}]", items.join(","))
            }
            Value::Table(table) => {
                let mut entries: Vec<String> = table
                    .iter()
                    .map(|entry| format!("{:?}={}", entry.key, entry.node.canonical()))
                    .collect();
                entries.sort();
                format!("{{{}}}", entries.join(","))
            }
            _ => self.toml(),
        }
    }

    /// The value in TOML, to be read again.
    pub(super) fn as_toml(&self) -> toml::Value {
        match &self.value {
            Value::Text(text) => toml::Value::String(text.clone()),
            // What does not fit is refused by whoever reads it.
            Value::Integer(number) => {
                toml::Value::Integer(i64::try_from(*number).unwrap_or(i64::MAX))
            }
            Value::Float(number) => toml::Value::Float(*number),
            Value::Bool(flag) => toml::Value::Boolean(*flag),
            Value::Datetime(text) => match text.parse() {
                Ok(time) => toml::Value::Datetime(time),
                Err(_) => toml::Value::String(text.clone()),
            },
            Value::List(items) => {
                toml::Value::Array(items.iter().map(|item| item.as_toml()).collect())
            }
            Value::Table(table) => toml::Value::Table(
                table.iter().map(|entry| (entry.key.clone(), entry.node.as_toml())).collect(),
            ),
        }
    }

    fn toml(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => format!("{number:?}"),
            Value::Bool(flag) => flag.to_string(),
            Value::Datetime(text) => text.clone(),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.toml()).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(table) if table.is_empty() => "{}".to_owned(),
            Value::Table(table) => {
                let entries: Vec<String> = table
                    .iter()
                    .map(|entry| format!("{} = {}", entry.key, entry.node.toml()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    /// The value as JSON. Dates become strings; numbers JSON cannot hold are reported.
    pub(super) fn json(&self, sink: &mut Sink) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => Json::String(text.clone()),
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Integer(number) => {
                if let Ok(number) = i64::try_from(*number) {
                    return number.into();
                }
                if let Ok(number) = u64::try_from(*number) {
                    return number.into();
                }
                sink.push(Diagnostic::new(self.place, "an integer must fit into 64 bits"));
                Json::Null
            }
            Value::Float(number) => match serde_json::Number::from_f64(*number) {
                Some(number) => Json::Number(number),
                None => {
                    sink.push(Diagnostic::new(
                        self.place,
                        "a float must be finite here: it is handed on as JSON",
                    ));
                    Json::Null
                }
            },
            Value::List(items) => Json::Array(items.iter().map(|item| item.json(sink)).collect()),
            Value::Table(table) => Json::Object(
                table.iter().map(|entry| (entry.key.clone(), entry.node.json(sink))).collect(),
            ),
        }
    }

    /// The place a JSON pointer leads to: as deep as it can be followed.
    pub(super) fn locate(&self, pointer: &str) -> Place {
        let mut node = self;
        let mut place = self.place;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::Table(table) => match table.iter().find(|entry| entry.key == step) {
                    Some(entry) => {
                        place = entry.place();
                        node = &entry.node;
                    }
                    None => return place,
                },
                Value::List(items) => {
                    match step.parse::<usize>().ok().and_then(|index| items.get(index)) {
                        Some(item) => {
                            place = item.place;
                            node = item;
                        }
                        None => return place,
                    }
                }
                _ => return place,
            }
        }
        place
    }
}
