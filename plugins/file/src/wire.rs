//! Control messages: JSON objects, with keys and words that a scenario may rename.

use crate::dialect::Dialect;
use crate::digest::{Algorithm, Sum};
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use serde_json::{Map, Value};

/// A control message without content is never longer.
pub(crate) const LONGEST_HEADER: usize = 64 << 10;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// To store a file whose bytes follow in messages of their own.
    Put(Put),
    /// To store this text.
    Small {
        /// The file's name.
        name: String,
        /// Its content.
        content: String,
    },
    /// To send a file from an offset on.
    Get {
        /// The file's name.
        name: String,
        /// The first byte wanted.
        offset: u64,
        /// The digest follows the bytes instead of preceding them.
        trailer: bool,
    },
}

/// The header of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Put {
    /// The file's name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest, if it is told beforehand.
    pub digest: Option<Sum>,
    /// A digest follows the bytes, of this kind.
    pub trailer: Option<Algorithm>,
    /// The sender waits until it is told to go on.
    pub wait: bool,
    /// The sender can go on from an offset.
    pub resume: bool,
}

impl Ask {
    /// Reads a request.
    pub(crate) fn parse(
        bytes: &[u8],
        dialect: &Dialect,
        usual: Algorithm,
    ) -> Result<Self, Refusal> {
        let map = object(bytes)?;
        let name = text(&map, &dialect.name)?;
        let op = match dialect.op.as_str() {
            "" => dialect.usual.clone(),
            field => text(&map, field)?,
        };
        match op.as_str() {
            op if op == dialect.put && map.contains_key(&dialect.content) => {
                Ok(Self::Small { name, content: text(&map, &dialect.content)? })
            }
            _ if bytes.len() > LONGEST_HEADER => Err(too_long(bytes.len())),
            op if op == dialect.put => Ok(Self::Put(Put {
                name,
                size: number(&map, &dialect.size)?
                    .ok_or_else(|| bad(format!("`{}` is missing", dialect.size)))?,
                digest: optional_text(&map, &dialect.digest)?
                    .map(|text| Sum::parse(&text, usual))
                    .transpose()?,
                trailer: match optional_text(&map, "trailer")?.as_deref() {
                    None => None,
                    Some("blake3") => Some(Algorithm::Blake3),
                    Some("sha256") => Some(Algorithm::Sha256),
                    Some("md5") => Some(Algorithm::Md5),
                    Some(other) => {
                        return Err(bad(format!("`trailer`: {} is no digest", shown(other))));
                    }
                },
                wait: flag(&map, "wait")?,
                resume: flag(&map, "resume")?,
            })),
            op if op == dialect.get => Ok(Self::Get {
                name,
                offset: number(&map, &dialect.offset)?.unwrap_or(0),
                trailer: flag(&map, "trailer")?,
            }),
            other => Err(bad(format!(
                "{} is no operation: {} and {} are",
                shown(other),
                shown(&dialect.put),
                shown(&dialect.get)
            ))),
        }
    }

    /// As it stands on the wire. With `ascii`, every other character is escaped.
    pub(crate) fn render(&self, dialect: &Dialect, ascii: bool) -> Vec<u8> {
        let mut map = Map::new();
        let mut set = |key: &str, value: Value| map.insert(key.to_owned(), value);
        if !dialect.op.is_empty() {
            let get = matches!(self, Self::Get { .. });
            set(&dialect.op, if get { &dialect.get } else { &dialect.put }.as_str().into());
        }
        match self {
            Self::Put(put) => {
                set(&dialect.name, put.name.as_str().into());
                set(&dialect.size, put.size.into());
                if let Some(sum) = &put.digest {
                    set(&dialect.digest, dialect.sum(sum).into());
                }
                if let Some(algorithm) = put.trailer {
                    set("trailer", algorithm.word().into());
                }
                for (key, on) in [("wait", put.wait), ("resume", put.resume)] {
                    if on {
                        set(key, true.into());
                    }
                }
            }
            Self::Small { name, content } => {
                set(&dialect.name, name.as_str().into());
                set(&dialect.content, content.as_str().into());
            }
            Self::Get { name, offset, trailer } => {
                set(&dialect.name, name.as_str().into());
                if *offset > 0 {
                    set(&dialect.offset, (*offset).into());
                }
                if *trailer {
                    set("trailer", true.into());
                }
            }
        }
        let text = Value::Object(map).to_string();
        if ascii { escaped(&text).into_bytes() } else { text.into_bytes() }
    }
}

/// What an answer, or a trailer, says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The file's size in bytes.
    pub size: Option<u64>,
    /// Its digest.
    pub digest: Option<Sum>,
    /// Where a transfer goes on.
    pub offset: Option<u64>,
}

impl Answer {
    /// Reads an answer. `Ok(Err(_))` is the peer's own error: its kind and text.
    pub(crate) fn parse(
        bytes: &[u8],
        dialect: &Dialect,
        usual: Algorithm,
    ) -> Result<Result<Self, (String, String)>, Refusal> {
        if bytes.len() > LONGEST_HEADER {
            return Err(too_long(bytes.len()));
        }
        let map = object(bytes)?;
        if let Some(kind) = optional_text(&map, "error")? {
            return Ok(Err((kind, optional_text(&map, "text")?.unwrap_or_default())));
        }
        if !flag(&map, "ok")? {
            return Err(bad("neither `ok` nor `error`".to_owned()));
        }
        Ok(Ok(Self {
            size: number(&map, &dialect.size)?,
            digest: optional_text(&map, &dialect.digest)?
                .map(|text| Sum::parse(&text, usual))
                .transpose()?,
            offset: number(&map, &dialect.offset)?,
        }))
    }

    /// As it stands on the wire.
    pub(crate) fn render(&self, dialect: &Dialect) -> Vec<u8> {
        let mut map = Map::new();
        map.insert("ok".to_owned(), true.into());
        if let Some(size) = self.size {
            map.insert(dialect.size.clone(), size.into());
        }
        if let Some(sum) = &self.digest {
            map.insert(dialect.digest.clone(), dialect.sum(sum).into());
        }
        if let Some(offset) = self.offset {
            map.insert(dialect.offset.clone(), offset.into());
        }
        Value::Object(map).to_string().into_bytes()
    }
}

/// An error as it stands on the wire.
pub(crate) fn render_error(refusal: &Refusal) -> Vec<u8> {
    let mut map = Map::new();
    map.insert("error".to_owned(), refusal.kind.word().into());
    map.insert("text".to_owned(), refusal.text.as_str().into());
    Value::Object(map).to_string().into_bytes()
}

fn bad(why: String) -> Refusal {
    Refusal::new(Kind::BadHeader, why)
}

fn too_long(len: usize) -> Refusal {
    bad(format!("a control message of {len} bytes; at most {LONGEST_HEADER} are taken"))
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        bad(format!("no JSON object ({error}): {}", shown(&start)))
    })
}

fn text(map: &Map<String, Value>, key: &str) -> Result<String, Refusal> {
    optional_text(map, key)?.ok_or_else(|| bad(format!("`{key}` is missing")))
}

fn optional_text(map: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(bad(format!("`{key}` is no text"))),
    }
}

fn number(map: &Map<String, Value>, key: &str) -> Result<Option<u64>, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(bad(format!("`{key}` is no whole number of 64 bits, from 0 on"))),
        },
    }
}

fn flag(map: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(_) => Err(bad(format!("`{key}` is neither true nor false"))),
    }
}

/// Every character beyond ASCII as `\uXXXX`, in surrogate pairs where needed (RFC 8259, 7).
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a scenario with this configuration, in JSON, has it.
    fn dialect(config: &str) -> Dialect {
        Dialect::of(&serde_json::from_str(config).unwrap())
    }

    fn parse(text: &str) -> Result<Ask, Refusal> {
        Ask::parse(text.as_bytes(), &dialect("{}"), Algorithm::Blake3)
    }

    #[test]
    fn every_request_is_read_as_it_was_written() {
        let digest = Some(Sum { algorithm: Algorithm::Md5, hex: "0f".repeat(16) });
        let (name, size) = ("a b.bin".to_owned(), 1_073_741_824_000);
        let put = Put { name, size, digest, trailer: None, wait: true, resume: true };
        let late = Put { digest: None, trailer: Some(Algorithm::Sha256), ..put.clone() };
        let get = Ask::Get { name: "文".to_owned(), offset: 7, trailer: true };
        let small = Ask::Small { name: "s".to_owned(), content: "é\n\"😀".to_owned() };
        let words = r#"{"texts": {"put": "post"}, "keys": {"op": "do"}, "bare-digest": true}"#;
        for ask in [Ask::Put(put), Ask::Put(late), get, small] {
            for (config, ascii) in
                [("{}", false), (r#"{"do": "small-upload"}"#, true), (words, false)]
            {
                let bytes = ask.render(&dialect(config), ascii);
                assert!(!ascii || bytes.is_ascii());
                let read = Ask::parse(&bytes, &dialect(config), Algorithm::None);
                assert_eq!(read, Ok(ask.clone()), "{config}");
            }
        }
    }

    #[test]
    fn a_header_without_an_operation_asks_for_what_the_conversation_is_about() {
        let header = br#"{"name":"a","size":3}"#;
        let keys = r#""keys": {"op": ""}"#;
        let read = |what: &str| {
            let dialect = dialect(&format!("{{{what}{keys}}}"));
            let ask = Ask::parse(header, &dialect, Algorithm::None).unwrap();
            assert!(!ask.render(&dialect, false).windows(4).any(|part| part == b"\"op\""));
            ask
        };
        assert!(matches!(read(r#""do": "download", "#), Ask::Get { .. }));
        assert!(matches!(read(""), Ask::Put(Put { size: 3, .. })));
    }

    #[test]
    fn answers_and_errors_are_told_apart() {
        let dialect = dialect("{}");
        let read = |bytes: &[u8]| Answer::parse(bytes, &dialect, Algorithm::None);
        let answer = Answer { size: Some(u64::MAX), digest: None, offset: Some(3) };
        assert_eq!(read(&answer.render(&dialect)), Ok(Ok(answer)));
        let refusal = Refusal::new(Kind::TooLarge, "why");
        let told = ("too-large".to_owned(), "why".to_owned());
        assert_eq!(read(&render_error(&refusal)), Ok(Err(told)));
        for wrong in ["{}", "[]", "", "{\"ok\":1}", "{\"ok\":true,\"size\":-1}", "{\"error\":7}"] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_named() {
        for (text, named) in [
            ("{", "no JSON object"),
            ("{\"op\":\"put\"}", "`name` is missing"),
            ("{\"name\":\"a\"}", "`op` is missing"),
            ("{\"op\":\"del\",\"name\":\"a\"}", "`del` is no operation: `put` and `get` are"),
            ("{\"op\":\"put\",\"name\":\"a\"}", "`size` is missing"),
            ("{\"op\":\"put\",\"name\":\"a\",\"size\":1.5}", "`size` is no whole number"),
            ("{\"op\":\"put\",\"name\":\"a\",\"size\":18446744073709551616}", "64 bits"),
            ("{\"op\":\"put\",\"name\":7,\"size\":1}", "`name` is no text"),
            ("{\"op\":\"put\",\"name\":\"a\",\"size\":1,\"wait\":1}", "neither true nor false"),
        ] {
            let refusal = parse(text).expect_err(text);
            assert_eq!(refusal.kind, Kind::BadHeader);
            assert!(refusal.text.contains(named), "{text}: {refusal}");
        }
    }
}
