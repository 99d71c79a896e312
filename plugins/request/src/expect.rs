//! What an answer must be.

use crate::bytes::Pattern;
use crate::config::{Expected, Json};
use crate::template::{Facts, Names, Template};
use crate::told::{Part, difference, excerpt};
use regex::bytes::{Regex, RegexBuilder};
use serde_json::Value;
use wirebench_sdk::{Error, Result};

/// Bytes that a compiled expression may take.
const REGEX_SIZE: usize = 1 << 20;

/// Requirements, all of which an answer must meet; none: any answer is right.
#[derive(Debug, Default)]
pub(crate) struct Expect {
    exact: Option<Template>,
    prefix: Option<Template>,
    suffix: Option<Template>,
    hex: Option<Pattern>,
    regex: Option<Regex>,
    least: usize,
    most: Option<usize>,
    json: Vec<Holds>,
}

/// What must stand at a place of a JSON document.
#[derive(Debug)]
struct Holds {
    path: String,
    equals: Option<Value>,
}

impl Expect {
    /// Checks what a scenario says at `pointer`.
    pub(crate) fn new(expected: Expected, pointer: &str) -> Result<Self> {
        let at = |key: &str| match expected.is_text {
            true => pointer.to_owned(),
            false => format!("{pointer}/{key}"),
        };
        let names = Names { secrets: None };
        let template = |text: Option<String>, key: &str| {
            let read = text.map(|text| Template::text(&text, names)).transpose();
            read.map_err(|why| Error::at(at(key), why))
        };
        let exact = template(expected.exact, "exact")?;
        let prefix = template(expected.prefix, "prefix")?;
        let suffix = template(expected.suffix, "suffix")?;
        let hex = expected.hex.map(|text| Pattern::read(&text)).transpose();
        let hex = hex.map_err(|why| Error::at(at("hex"), why))?;
        let regex = expected.regex.map(|text| compiled(&text)).transpose();
        let regex = regex.map_err(|why| Error::at(at("regex"), why))?;
        let mut json = Vec::new();
        for (index, one) in expected.json.into_iter().flat_map(|all| all.0).enumerate() {
            json.push(holds(one).map_err(|why| Error::at(at(&format!("json/{index}")), why))?);
        }
        let (mut least, mut most) = (0, None);
        if let Some(length) = expected.length {
            if expected.min_length.is_some() || expected.max_length.is_some() {
                return Err(Error::at(
                    at("length"),
                    "`length` is both bounds: leave `min-length` and `max-length` out",
                ));
            }
            (least, most) = (length.bytes(), Some(length.bytes()));
        }
        if let Some(length) = expected.min_length {
            least = length.bytes();
        }
        if let Some(length) = expected.max_length {
            most = Some(length.bytes());
        }
        if most.is_some_and(|most| most < least) {
            return Err(Error::at(at("max-length"), "it is less than `min-length`"));
        }
        let narrow = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let expect = Self {
            exact,
            prefix,
            suffix,
            hex,
            regex,
            least: narrow(least),
            most: most.map(narrow),
            json,
        };
        match (expected.any, expect.is_any()) {
            (Some(true), false) => {
                Err(Error::at(at("any"), "any answer is right, or one that is told: not both"))
            }
            (Some(false), _) => Err(Error::at(at("any"), "write `any = true`, or leave it out")),
            _ => Ok(expect),
        }
    }

    /// Whether every answer is right.
    pub(crate) fn is_any(&self) -> bool {
        self.templates().flatten().next().is_none()
            && self.hex.is_none()
            && self.regex.is_none()
            && self.least == 0
            && self.most.is_none()
            && self.json.is_empty()
    }

    /// What is filled in for each exchange: the whole answer, its beginning, its end.
    fn templates(&self) -> impl Iterator<Item = Option<&Template>> {
        [&self.exact, &self.prefix, &self.suffix].into_iter().map(Option::as_ref)
    }

    /// Whether the scenario's payload is needed to judge an answer.
    pub(crate) fn uses_payload(&self) -> bool {
        self.templates().flatten().any(Template::uses_payload)
    }

    /// Whether it is held against what its own request carried.
    pub(crate) fn is_its_own(&self) -> bool {
        self.templates().flatten().any(|one| !one.is_constant())
    }

    /// Whether an answer is right. Nothing is written that is longer than what came, so that a server's short
    /// answers cost no more than their bytes.
    pub(crate) fn meets(&self, answer: &[u8], facts: &Facts<'_>, scratch: &mut Vec<u8>) -> bool {
        let len = answer.len() as u64;
        let fits = |one: &Option<Template>| one.as_ref().is_none_or(|one| one.len(facts) <= len);
        let is = [&self.exact, &self.prefix, &self.suffix].into_iter().all(fits)
            && answer.len() >= self.least
            && self.most.is_none_or(|most| answer.len() <= most);
        is && self.wrong(answer, facts, scratch).is_none()
    }

    /// What is wrong with an answer; `None`: nothing. `scratch` takes what was expected.
    pub(crate) fn wrong(
        &self,
        answer: &[u8],
        facts: &Facts<'_>,
        scratch: &mut Vec<u8>,
    ) -> Option<String> {
        let parts = [Part::Whole, Part::Beginning, Part::End];
        for (template, part) in self.templates().zip(parts) {
            let Some(template) = template else { continue };
            if let Err(why) = template.render(facts, scratch) {
                return Some(format!("what was expected cannot be written: {why}"));
            }
            if let Some(how) = difference(answer, scratch, part) {
                return Some(how);
            }
        }
        if let Some(how) = self.hex.as_ref().and_then(|pattern| pattern.differs(answer)) {
            return Some(format!("{how}; it says {}", excerpt(answer)));
        }
        let len = answer.len();
        if len < self.least || self.most.is_some_and(|most| len > most) {
            let bounds = match self.most {
                Some(most) if most == self.least => format!("{most}"),
                Some(most) => format!("{} to {most}", self.least),
                None => format!("at least {}", self.least),
            };
            let says = excerpt(answer);
            return Some(format!("it has {len} bytes, and {bounds} were expected; it says {says}"));
        }
        if let Some(regex) = self.regex.as_ref().filter(|regex| !regex.is_match(answer)) {
            let regex = beginning(regex.as_str());
            return Some(format!("it does not match {regex}: it says {}", excerpt(answer)));
        }
        if self.json.is_empty() { None } else { self.wrong_json(answer) }
    }

    fn wrong_json(&self, answer: &[u8]) -> Option<String> {
        let document: Value = match serde_json::from_slice(answer) {
            Ok(document) => document,
            Err(why) => return Some(format!("it is no JSON: {why}; it says {}", excerpt(answer))),
        };
        for Holds { path, equals } in &self.json {
            let found = document.pointer(path);
            let path = beginning(path);
            let Some(found) = found else {
                let says = excerpt(answer);
                return Some(format!("nothing stands at `{path}` of its JSON: it says {says}"));
            };
            if let Some(equals) = equals.as_ref().filter(|equals| !same(equals, found)) {
                let (found, equals) = (short(found), short(equals));
                return Some(format!("at `{path}` of its JSON stands {found}, expected {equals}"));
            }
        }
        None
    }
}

/// Equal as JSON means it: 1 and 1.0 are the same number, and the order of members is of no weight.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let there = |(key, value): (&String, &Value)| {
                other.get(key).is_some_and(|found| same(value, found))
            };
            one.len() == other.len() && one.iter().all(there)
        }
        _ => one == other,
    }
}

/// What a scenario has written, as far as it is shown.
fn beginning(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(64).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

fn short(value: &Value) -> String {
    excerpt(value.to_string().as_bytes())
}

/// An expression over bytes: `.` and `\w` are of single bytes unless it says `(?u)`.
pub(crate) fn compiled(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).unicode(false).size_limit(REGEX_SIZE).build();
    built.map_err(|error| error.to_string())
}

fn holds(json: Json) -> Result<Holds, String> {
    pointer(&json.path)?;
    Ok(Holds { path: json.path, equals: json.equals })
}

/// Refuses what is no JSON pointer (RFC 6901).
pub(crate) fn pointer(path: &str) -> Result<(), String> {
    let escapes = path.split('~').skip(1);
    let right = escapes.into_iter().all(|rest| rest.starts_with(['0', '1']));
    if !(path.is_empty() || path.starts_with('/')) || !right {
        return Err(format!(
            "`{path}` is no JSON pointer (RFC 6901): write \"/result/0\", `~0` for ~ and `~1` for /"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
