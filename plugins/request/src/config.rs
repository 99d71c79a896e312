//! What a scenario writes, before it is checked: see `plan.rs`.

use crate::fields::Form;
use crate::template::Of;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use wirebench_sdk::{SecretSource, Size, Span};

/// The configuration; `docs/request.md` has the tables.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    pub(crate) requests: Vec<Request>,
    pub(crate) order: Order,
    pub(crate) ends: Option<Written>,
    pub(crate) max_answer: Option<Size>,
    pub(crate) correlate: Correlated,
    pub(crate) ignore: Option<Expected>,
    pub(crate) greeting: Option<Expected>,
    pub(crate) before: Vec<Request>,
    pub(crate) after: Vec<Request>,
    pub(crate) secrets: BTreeMap<String, SecretSource>,
}

/// Which request has its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// On every session the first, the second, and so on, then the first again.
    #[default]
    InOrder,
    /// As chance says, by their weights.
    Weighted,
}

/// What is said, and what is to come back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Request {
    pub(crate) name: Option<String>,
    pub(crate) weight: Option<u32>,
    pub(crate) send: Option<String>,
    pub(crate) hex: Option<String>,
    pub(crate) expect: Option<Expected>,
    pub(crate) refused: Option<Expected>,
    pub(crate) answer: Option<Answer>,
    pub(crate) wait: Option<Span>,
    pub(crate) ends: Option<Written>,
}

/// Whether an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// One does.
    Always,
    /// None does.
    None,
    /// One may.
    Maybe,
}

/// Requirements on an answer.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// It stood there as a text: the whole answer.
    pub(crate) is_text: bool,
    pub(crate) any: Option<bool>,
    pub(crate) exact: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
    pub(crate) regex: Option<String>,
    pub(crate) hex: Option<String>,
    pub(crate) length: Option<Size>,
    pub(crate) min_length: Option<Size>,
    pub(crate) max_length: Option<Size>,
    pub(crate) json: Option<Places>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct ExpectedTable {
    any: Option<bool>,
    exact: Option<String>,
    prefix: Option<String>,
    suffix: Option<String>,
    regex: Option<String>,
    hex: Option<String>,
    length: Option<Size>,
    min_length: Option<Size>,
    max_length: Option<Size>,
    json: Option<Places>,
}

/// What stands at a place of a JSON document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Json {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) equals: Option<Value>,
}

/// One place of a JSON document, or several.
#[derive(Debug)]
pub(crate) struct Places(pub(crate) Vec<Json>);

/// Where an answer ends.
#[derive(Debug)]
pub(crate) enum Written {
    /// By a name: `"http"`.
    Name(String),
    /// By a table.
    Table(EndsTable),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EndsTable {
    pub(crate) after: Option<String>,
    pub(crate) bytes: Option<Size>,
    pub(crate) length: Option<Form>,
    pub(crate) at: Option<usize>,
    pub(crate) beyond: Option<usize>,
    pub(crate) until: Option<String>,
    pub(crate) messages: Option<usize>,
    pub(crate) message: Option<String>,
}

/// How an answer is given to its request.
#[derive(Debug, Default)]
pub(crate) enum Correlated {
    /// Answers come in the order of the requests.
    #[default]
    Order,
    /// They carry a number of their request.
    Number(CorrelatedTable),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CorrelatedTable {
    pub(crate) regex: Option<String>,
    pub(crate) field: Option<Form>,
    pub(crate) at: Option<usize>,
    pub(crate) json: Option<String>,
    pub(crate) of: Of,
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Expected;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the whole answer, or a table such as { prefix = \"HTTP/1.1 200\" }")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Expected, E> {
                let exact = Some(text.to_owned());
                Ok(Expected { is_text: true, exact, ..Expected::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Expected, A::Error> {
                let table = ExpectedTable::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Expected {
                    is_text: false,
                    any: table.any,
                    exact: table.exact,
                    prefix: table.prefix,
                    suffix: table.suffix,
                    regex: table.regex,
                    hex: table.hex,
                    length: table.length,
                    min_length: table.min_length,
                    max_length: table.max_length,
                    json: table.json,
                })
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Places;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table such as { path = \"/id\", equals = 7 }, or a list of such")
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Places, A::Error> {
                let one = Json::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Places(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Places, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Places)
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Written;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name such as \"http\", or a table such as { after = \"\\r\\n\" }")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Written, E> {
                Ok(Written::Name(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Written, A::Error> {
                EndsTable::deserialize(MapAccessDeserializer::new(table)).map(Written::Table)
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Correlated {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Correlated;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"order\", or a table such as { json = \"/id\" }")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Correlated, E> {
                match text {
                    "order" => Ok(Correlated::Order),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Correlated, A::Error> {
                let table = CorrelatedTable::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Correlated::Number(table))
            }
        }
        from.deserialize_any(Either)
    }
}
