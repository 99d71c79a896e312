//! Which request an answer belongs to.

use crate::config::{Correlated, CorrelatedTable};
use crate::expect::{compiled, pointer};
use crate::fields::Form;
use crate::template::Of;
use regex::bytes::Regex;
use serde_json::Value;
use wirebench_sdk::{Error, Result};

/// How an answer is given to its request.
#[derive(Debug)]
pub(crate) enum Correlate {
    /// To the oldest that has none.
    Order,
    /// To the one that carried the number that stands in it.
    Number { place: Place, of: Of },
}

/// Where the number stands.
#[derive(Debug)]
pub(crate) enum Place {
    /// In what the first group of an expression matches.
    Regex(Regex),
    /// At a place of its own.
    Field { form: Form, at: usize },
    /// At a JSON pointer, as a number or as digits in a text.
    Json(String),
}

impl Correlate {
    /// Checks what stands at `/correlate`.
    pub(crate) fn new(written: Correlated) -> Result<Self> {
        let Correlated::Number(CorrelatedTable { regex, field, at, json, of }) = written else {
            return Ok(Self::Order);
        };
        let refuse = |key: &str, why: String| Err(Error::at(format!("/correlate{key}"), why));
        if at.is_some() && field.is_none() {
            return refuse("/at", "this is of `field`, a number of fixed width".to_owned());
        }
        let place = match (regex, field, json) {
            (Some(text), None, None) => match compiled(&text) {
                Ok(regex) if regex.captures_len() == 2 => Place::Regex(regex),
                Ok(_) => {
                    let why =
                        "one group is the number: write \"id=(\\\\d+)\", and `(?:…)` for others";
                    return refuse("/regex", why.to_owned());
                }
                Err(why) => return refuse("/regex", why),
            },
            (None, Some(form), None) => Place::Field { form, at: at.unwrap_or(0) },
            (None, None, Some(path)) => match pointer(&path) {
                Ok(()) => Place::Json(path),
                Err(why) => return refuse("/json", why),
            },
            _ => {
                let why = "the number of a request stands in one place: `regex`, `field` or `json`";
                return refuse("", why.to_owned());
            }
        };
        Ok(Self::Number { place, of })
    }

    pub(crate) fn is_order(&self) -> bool {
        matches!(self, Self::Order)
    }

    /// The number by which a request is found again; `None`: by its turn.
    pub(crate) fn key_of(&self, token: u64, seq: u64) -> Option<u64> {
        let Self::Number { place, of } = self else { return None };
        let number = match of {
            Of::Token => token,
            Of::Seq => seq,
        };
        Some(match place {
            // A narrow field holds its lowest bits.
            Place::Field { form, .. } => number & form.most(),
            Place::Regex(_) | Place::Json(_) => number,
        })
    }

    /// The number that stands in an answer; `None`: none does.
    pub(crate) fn key_in(&self, answer: &[u8]) -> Option<u64> {
        let Self::Number { place, .. } = self else { return None };
        match place {
            Place::Field { form, at } => form.read(answer, *at),
            Place::Regex(regex) => digits(regex.captures(answer)?.get(1)?.as_bytes()),
            Place::Json(path) => {
                let document: Value = serde_json::from_slice(answer).ok()?;
                match document.pointer(path)? {
                    Value::Number(number) => number.as_u64(),
                    Value::String(text) => digits(text.as_bytes()),
                    _ => None,
                }
            }
        }
    }
}

fn digits(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.starts_with('+'))?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Correlate;
    use crate::config::Config;

    fn correlate(json: &str) -> Result<Correlate, wirebench_sdk::Error> {
        let config: Config = serde_json::from_str(&format!(r#"{{"correlate": {json}}}"#)).unwrap();
        Correlate::new(config.correlate)
    }

    #[test]
    fn the_number_is_found_where_it_stands() {
        for (json, answer, key) in [
            (r#"{"regex": "id=(\\d+)"}"#, &b"ok id=258\xff"[..], Some(258)),
            (r#"{"regex": "id=(\\d+)"}"#, b"ok", None),
            (r#"{"regex": "id=(\\d+)"}"#, b"id=99999999999999999999", None),
            (r#"{"field": "u16le", "at": 1}"#, b"x\x02\x01y", Some(258)),
            (r#"{"field": "u16le", "at": 1}"#, b"x\x02", None),
            (r#"{"json": "/id"}"#, br#"{"id": 258}"#, Some(258)),
            (r#"{"json": "/id"}"#, br#"{"id": "258"}"#, Some(258)),
            (r#"{"json": "/id"}"#, br#"{"id": -1}"#, None),
            (r#"{"json": "/id"}"#, b"{}", None),
            (r#"{"json": "/id"}"#, b"no", None),
        ] {
            assert_eq!(correlate(json).unwrap().key_in(answer), key, "{json}");
        }
    }

    #[test]
    fn a_narrow_field_holds_the_lowest_bits_of_both_numbers() {
        let of = |json, token, seq| correlate(json).unwrap().key_of(token, seq);
        assert_eq!(of(r#"{"field": "u8"}"#, 258, 7), Some(2));
        assert_eq!(of(r#"{"field": "u8", "of": "seq"}"#, 258, 263), Some(7));
        assert_eq!(of(r#"{"json": "", "of": "seq"}"#, 258, 263), Some(263));
        assert_eq!(of(r#""order""#, 258, 263), None);
    }

    #[test]
    fn what_holds_no_number_is_refused() {
        for (json, pointer, told) in [
            ("{}", "/correlate", "in one place"),
            (r#"{"json": "/id", "field": "u8"}"#, "/correlate", "in one place"),
            (r#"{"json": "/id", "at": 1}"#, "/correlate/at", "of `field`"),
            (r#"{"json": "id"}"#, "/correlate/json", "no JSON pointer"),
            (r#"{"regex": "\\d+"}"#, "/correlate/regex", "one group"),
            (r#"{"regex": "("}"#, "/correlate/regex", "unclosed"),
        ] {
            let error = correlate(json).unwrap_err();
            assert_eq!(error.pointer(), pointer, "{json}: {error}");
            assert!(error.text().contains(told), "{json}: {error}");
        }
    }
}
