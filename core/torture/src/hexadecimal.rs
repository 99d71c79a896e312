//! Bytes as hexadecimal text, for documents.

use super::case::from_hex;
use base16ct::lower::encode_string;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&encode_string(bytes))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    from_hex(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}
