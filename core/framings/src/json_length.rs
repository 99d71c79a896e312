//! A header of JSON in front of a body: a signed 32-bit little-endian length, and an object of so
//! many bytes that holds the body's length under a known key.

use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{LARGEST, wrong};
use super::{DecodeError, FrameWriter, SpecError};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use wirebench_framing::misfit::shown;

/// Bytes of the header's length.
pub(super) const PREFIX: usize = 4;

pub(super) const fn key_setting(default: &'static str) -> Setting {
    Setting {
        name: "key",
        kind: Kind::Text { max: 256 },
        default: DefaultValue::Text(default),
        about: "the key of the body's length",
    }
}

pub(super) const HEADER_MAX: Setting = Setting {
    name: "header-max",
    kind: Kind::Size { min: 16, max: 1 << 20 },
    default: DefaultValue::Text("4 KiB"),
    about: "the longest JSON object in bytes",
};

/// Reads and writes such headers.
pub(super) struct JsonLength {
    key: String,
    /// Our own header up to the number: `{"data_size": `.
    opening: Vec<u8>,
    header_max: usize,
}

/// A header that has come.
pub(super) struct Header {
    /// Where it ends and the body begins.
    pub start: usize,
    /// The body's length in bytes.
    pub body: u64,
    /// The object has other members than that length.
    pub others: bool,
}

impl JsonLength {
    /// From the two settings above.
    pub(super) fn make(values: &Values) -> Result<Self, SpecError> {
        let key = values.text("key").to_owned();
        let header_max = values.unsigned("header-max") as usize;
        let opening = format!("{{{}: ", serde_json::Value::from(key.as_str()));
        let longest = opening.len() + LARGEST.to_string().len() + 1;
        if longest > header_max {
            let message = format!("`header-max` must be at least {longest} for this `key`");
            return Err(error("header-max", message));
        }
        Ok(Self { key, opening: opening.into_bytes(), header_max })
    }

    /// The key of the body's length.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The longest object in bytes.
    pub(super) fn header_max(&self) -> usize {
        self.header_max
    }

    /// Writes the header of a body of `len` bytes.
    #[inline]
    pub(super) fn write(&self, len: usize, out: &mut FrameWriter<'_>) {
        let mut buffer = itoa::Buffer::new();
        let number = buffer.format(len);
        let header_len = self.opening.len() + number.len() + 1;
        out.header(&(header_len as u32).to_le_bytes());
        out.header(&self.opening);
        out.header(number.as_bytes());
        out.header(b"}");
    }

    /// The header at `at`, or how many bytes it lacks.
    pub(super) fn read(
        &self,
        input: &[u8],
        at: usize,
    ) -> Result<Result<Header, usize>, DecodeError> {
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
        let Some(object) = rest.get(PREFIX..PREFIX + header_len) else {
            return Ok(Err(PREFIX + header_len - rest.len()));
        };
        match self.length_in(object) {
            Ok((body, others)) => Ok(Ok(Header { start: at + PREFIX + header_len, body, others })),
            Err(why) => Err(complaint(object, at, &format!("the header is wrong: {why}"))),
        }
    }

    /// The body's length that an object holds, and whether it has other members.
    pub(super) fn length_in(&self, object: &[u8]) -> Result<(u64, bool), serde_json::Error> {
        let mut json = serde_json::Deserializer::from_slice(object);
        let found = SizeIn { key: &self.key }.deserialize(&mut json)?;
        json.end().map(|()| found)
    }

    /// The body of the header that ended before `start` is longer than `max`; the frame began at
    /// `at`.
    #[cold]
    pub(super) fn over(&self, input: &[u8], at: usize, header: &Header, max: u64) -> DecodeError {
        let problem = format!("`{}` is {}, over the limit of {max}", self.key, header.body);
        complaint(&input[at + PREFIX..header.start], at, &problem)
    }
}

/// What is wrong with an object, and how it begins.
#[cold]
pub(super) fn complaint(object: &[u8], at: usize, problem: &str) -> DecodeError {
    let begin = String::from_utf8_lossy(&object[..object.len().min(64)]).into_owned();
    wrong(at + PREFIX, format!("{problem} (read {begin:?})"))
}

/// Reads an object and keeps nothing but the one length, and whether there was anything else. The depth of what is skipped is bounded
/// by serde_json, its size by `header-max`.
struct SizeIn<'a> {
    key: &'a str,
}

impl<'de> DeserializeSeed<'de> for SizeIn<'_> {
    type Value = (u64, bool);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SizeIn<'_> {
    type Value = (u64, bool);

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with the body's length under `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut others) = (None, false);
        while let Some(is_it) = map.next_key_seed(KeyIs { key: self.key })? {
            if !is_it {
                map.next_value::<IgnoredAny>()?;
                others = true;
            } else if found.replace(map.next_value::<u64>()?).is_some() {
                // Two lengths could disagree, and readers differ on which of them counts.
                return Err(A::Error::custom(format_args!("`{}` stands there twice", self.key)));
            }
        }
        let missing = || A::Error::custom(format_args!("there is no `{}`", self.key));
        found.map(|len| (len, others)).ok_or_else(missing)
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
