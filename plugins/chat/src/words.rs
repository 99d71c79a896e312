//! How a text is written that may be left out.

use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};
use std::fmt;

/// A text, or `false`: none is said.
pub(crate) fn text_or_false<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    struct TextOrFalse;
    impl Visitor<'_> for TextOrFalse {
        type Value = Option<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, or false for none")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Option<String>, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_bool<E: Error>(self, on: bool) -> Result<Option<String>, E> {
            if on { Err(E::invalid_value(Unexpected::Bool(true), &self)) } else { Ok(None) }
        }
    }
    from.deserialize_any(TextOrFalse)
}
