//! `json-header`: a signed 32-bit little-endian header length, a JSON object that holds the body's
//! length under a known key, and the body.

use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use wirebench_framing::misfit::shown;

/// Bytes of the header's length.
const PREFIX: usize = 4;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "key",
        kind: Kind::Text { max: 256 },
        default: DefaultValue::Text("data_size"),
        about: "the key of the body's length",
    },
    Setting {
        name: "header-max",
        kind: Kind::Size { min: 16, max: 1 << 20 },
        default: DefaultValue::Text("4 KiB"),
        about: "the longest JSON object in bytes",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let key = values.text("key").to_owned();
    let header_max = values.unsigned("header-max") as usize;
    let opening = format!("{{{}: ", serde_json::Value::from(key.as_str()));
    let longest = opening.len() + LARGEST.to_string().len() + 1;
    if longest > header_max {
        let message = format!("`header-max` must be at least {longest} for this `key`");
        return Err(error("header-max", message));
    }
    let opening = opening.into_bytes();
    Ok(Box::new(JsonHeader { key, opening, header_max, max: values.unsigned("max"), body: None }))
}

struct JsonHeader {
    key: String,
    /// Our own header up to the number: `{"data_size": `.
    opening: Vec<u8>,
    header_max: usize,
    max: u64,
    /// Where the body of the frame at the start of the unconsumed input begins and ends, once its
    /// header has been read: no header is parsed twice.
    body: Option<(usize, usize)>,
}

impl Framing for JsonHeader {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        let mut buffer = itoa::Buffer::new();
        let number = buffer.format(payload.len());
        let header_len = self.opening.len() + number.len() + 1;
        out.header(&(header_len as u32).to_le_bytes());
        out.header(&self.opening);
        out.header(number.as_bytes());
        out.header(b"}");
        out.payload(payload);
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let (start, end) = match self.body.take() {
                Some(body) => body,
                None => match self.header(input, at)? {
                    Ok(body) => {
                        out.inspected += body.0 - at;
                        body
                    }
                    Err(missing) => {
                        out.inspected += PREFIX.min(input.len() - at);
                        break missing;
                    }
                },
            };
            if end > input.len() {
                self.body = Some((start - at, end - at));
                break out.lacks(end - input.len());
            }
            out.frames.push(frame(start, end - start, at, end));
            at = end;
        };
        Ok(())
    }
}

impl JsonHeader {
    /// Where the body of the frame at `at` begins and ends, or how many bytes its header lacks.
    fn header(
        &self,
        input: &[u8],
        at: usize,
    ) -> Result<Result<(usize, usize), usize>, DecodeError> {
        let rest = &input[at..];
        let Some(prefix) = rest.first_chunk::<PREFIX>() else {
            return Ok(Err(PREFIX - rest.len()));
        };
        let claimed = i32::from_le_bytes(*prefix);
        let header_len = match usize::try_from(claimed) {
            Ok(len) if (2..=self.header_max).contains(&len) => len,
            _ => {
                let text = format!(
                    "the header's length is {claimed}, but it must be from 2 to {} (read {})",
                    self.header_max,
                    shown(prefix)
                );
                return Err(wrong(at, text));
            }
        };
        let Some(header) = rest.get(PREFIX..PREFIX + header_len) else {
            return Ok(Err(PREFIX + header_len - rest.len()));
        };
        let body_len = self.body_len(header).map_err(|problem| {
            let begin = String::from_utf8_lossy(&header[..header.len().min(64)]).into_owned();
            wrong(at + PREFIX, format!("{problem} (read {begin:?})"))
        })?;
        let start = at + PREFIX + header_len;
        Ok(Ok((start, start + body_len)))
    }

    fn body_len(&self, header: &[u8]) -> Result<usize, String> {
        let mut json = serde_json::Deserializer::from_slice(header);
        let len = SizeIn { key: &self.key }
            .deserialize(&mut json)
            .and_then(|len| json.end().map(|()| len))
            .map_err(|why| format!("the header is wrong: {why}"))?;
        if len > self.max {
            return Err(format!("`{}` is {len}, over the limit of {}", self.key, self.max));
        }
        Ok(len as usize)
    }
}

/// Reads an object and keeps nothing but the one length. The depth of what is skipped is bounded
/// by serde_json, its size by `header-max`.
struct SizeIn<'a> {
    key: &'a str,
}

impl<'de> DeserializeSeed<'de> for SizeIn<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SizeIn<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with the body's length under `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(KeyIs { key: self.key })? {
            if !is_it {
                map.next_value::<IgnoredAny>()?;
            } else if found.replace(map.next_value::<u64>()?).is_some() {
                // Two lengths could disagree, and readers differ on which of them counts.
                return Err(A::Error::custom(format_args!("`{}` stands there twice", self.key)));
            }
        }
        found.ok_or_else(|| A::Error::custom(format_args!("there is no `{}`", self.key)))
    }
}

/// Tells whether a key is the wanted one, without keeping it.
struct KeyIs<'a> {
    key: &'a str,
}

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.key)
    }
}
