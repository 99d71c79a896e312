//! Cleaning everything in a value at once: whoever renders it cannot forget a part of it.

use super::{clean, is_plain};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::{self, Write};

/// Fields of several lines, which stay lines: what shows them sets each apart from its own.
const OF_LINES: [&str; 1] = ["stderr"];

/// The value with all texts in it cleaned, names of maps too; usually they are clean already.
pub fn cleaned<T: Serialize + DeserializeOwned + Clone>(value: &T) -> Cow<'_, T> {
    if serde_json::to_writer(Plain, value).is_ok() {
        return Cow::Borrowed(value);
    }
    // What was written can be read; a figure that JSON has no word for is none of ours.
    let read = serde_json::to_value(value).and_then(|value| serde_json::from_value(parts(value)));
    read.map_or(Cow::Borrowed(value), Cow::Owned)
}

/// Takes JSON as long as there is nothing in its texts to clean.
struct Plain;

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // It comes in pieces of whole characters, an escape in a piece of its own.
        let escaped = bytes.len() > 1 && bytes[0] == b'\\' && b"bfnrtu".contains(&bytes[1]);
        match str::from_utf8(bytes) {
            Ok(text) if !escaped && text.chars().all(is_plain) => Ok(bytes.len()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn parts(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(parts).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(field).collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn field((name, value): (String, Value)) -> (String, Value) {
    let value = match value {
        Value::String(text) if OF_LINES.contains(&name.as_str()) => {
            Value::String(text.lines().map(clean).collect::<Vec<_>>().join("\n"))
        }
        value => parts(value),
    };
    (clean(&name), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_clean_is_not_copied() {
        let value = json!({"name": "Größe", "quote": "a \"b\" \\n", "more": [1, null, {"x": 1.5}]});
        assert!(matches!(cleaned(&value), Cow::Borrowed(_)));
    }

    #[test]
    fn every_text_and_name_is_cleaned_and_stderr_keeps_its_lines() {
        for hostile in ["\u{1b}", "\n", "\u{7f}", "\u{9b}", "\u{202e}"] {
            let value = json!({"a": [{"b": hostile}], hostile: 1});
            let shown = clean(hostile);
            assert_eq!(*cleaned(&value), json!({"a": [{"b": shown}], shown.clone(): 1}));
        }
        let value = json!({"stderr": "one\ntwo\u{1b}\n"});
        assert_eq!(*cleaned(&value), json!({"stderr": "one\ntwo\\u{1b}"}));
    }
}
