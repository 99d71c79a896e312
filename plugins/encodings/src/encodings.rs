//! The encodings of both directions, which may differ.

use crate::Encoding;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// What requests and replies are written in: one name for both (`"gbk"`), or a table with a name each
/// (`{ request = "utf-8", reply = "gbk" }`; a missing one is UTF-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encodings {
    /// What the client sends.
    pub request: Encoding,
    /// What the server sends.
    pub reply: Encoding,
}

impl Encodings {
    /// The same in both directions.
    pub const fn both(encoding: Encoding) -> Self {
        Self { request: encoding, reply: encoding }
    }
}

/// The table.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Apart {
    request: Encoding,
    reply: Encoding,
}

impl Default for Apart {
    fn default() -> Self {
        Self { request: Encoding::UTF_8, reply: Encoding::UTF_8 }
    }
}

impl<'de> Deserialize<'de> for Encodings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Encodings;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an encoding, or { request = \"…\", reply = \"…\" }")
            }
            fn visit_str<E: Error>(self, label: &str) -> Result<Encodings, E> {
                Encoding::from_label(label).map(Encodings::both).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Encodings, A::Error> {
                let Apart { request, reply } =
                    Apart::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Encodings { request, reply })
            }
        }
        from.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::Encodings;
    use crate::Encoding;

    fn read(text: &str) -> Result<Encodings, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn one_name_stands_for_both_directions_and_a_table_for_each() {
        let gbk = Encoding::from_label("gbk").unwrap();
        assert_eq!(read("\"gbk\""), Ok(Encodings::both(gbk)));
        let apart = Encodings { request: Encoding::UTF_8, reply: gbk };
        assert_eq!(read(r#"{"request": "utf-8", "reply": "gbk"}"#), Ok(apart));
        assert_eq!(read(r#"{"reply": "gbk"}"#), Ok(apart));
        for (wrong, told) in [
            ("\"klingon\"", "no encoding is called"),
            (r#"{"reply": "klingon"}"#, "no encoding is called"),
            (r#"{"answer": "gbk"}"#, "unknown field"),
            ("7", "the name of an encoding"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(told), "{wrong}: {error}");
        }
    }
}
