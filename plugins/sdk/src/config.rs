//! From the JSON text of the configuration to the plugin's own type.

use crate::{Error, Result};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// Reads a configuration. Empty text and `null` stand for `{}`, so a configuration whose fields
/// all have defaults may be left out.
pub(crate) fn read<C: DeserializeOwned>(text: &str) -> Result<C> {
    let text = match text.trim() {
        "" | "null" => "{}",
        text => text,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        // The text ends in a line and column of the JSON, which nobody wrote by hand.
        let text = error.into_inner().to_string();
        let text = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
        Error::at(pointer, text)
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Config {
        limits: Vec<Limit>,
    }

    #[derive(Debug, Deserialize)]
    struct Limit {
        #[serde(rename = "a/b~c")]
        _max: u8,
    }

    #[test]
    fn a_missing_configuration_is_an_empty_one() {
        for text in ["", " ", "null", "{}"] {
            assert!(read::<Config>(text).unwrap().limits.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_wrong_value_is_pointed_at_with_escapes() {
        let error = read::<Config>(r#"{"limits": [{"a/b~c": 1}, {"a/b~c": 300}]}"#).unwrap_err();
        assert_eq!(error.pointer(), "/limits/1/a~1b~0c");
        assert_eq!(error.text(), "invalid value: integer `300`, expected u8");
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let error = read::<Config>(r#"{"limit": 1}"#).unwrap_err();
        assert_eq!(error.pointer(), "/limit");
        assert!(error.text().contains("unknown field `limit`"), "{error}");
    }

    #[test]
    fn text_that_is_no_json_is_an_error_without_a_place() {
        let error = read::<Config>("{").unwrap_err();
        assert_eq!(error.pointer(), "");
    }
}
