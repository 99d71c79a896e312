//! Secrets in what others say: plugins in their errors, programs in what they print.

use super::{DIGITS, Reason, Secret, mark};
use crate::placeholders::PLACEHOLDERS;
use crate::{Foreign, Scenario, fill_placeholders};
use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use wirebench_text::clean;

/// Shorter secrets would be found where they are not meant, in bytes.
const SHORTEST: usize = 4;

/// The same for what is no secret by its name, and for single lines of a longer one.
const SHORTEST_GIVEN: usize = 8;

/// The secrets of a scenario, to be taken out of any text.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Option<Arc<Known>>);

#[derive(Debug)]
struct Known {
    find: AhoCorasick,
    /// What stands for each of the texts that are looked for.
    marks: Vec<String>,
}

impl Secrets {
    pub(super) fn new<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let mut texts = BTreeMap::new();
        for secret in secrets {
            let Some(value) = &secret.value else { continue };
            let shortest = match secret.reason {
                Reason::Named => SHORTEST,
                Reason::Given => SHORTEST_GIVEN,
            };
            let shown = mark(value, DIGITS);
            let parts = parts(value).into_iter().filter(|part| part.len() >= SHORTEST_GIVEN);
            let whole = Some(value.clone()).filter(|value| value.len() >= shortest);
            for text in whole.into_iter().chain(parts) {
                for text in forms(text) {
                    texts.entry(text).or_insert_with(|| shown.clone());
                }
            }
        }
        let (texts, marks): (Vec<String>, Vec<String>) = texts.into_iter().unzip();
        if texts.is_empty() {
            return Self::default();
        }
        let find = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts);
        Self(find.ok().map(|find| Arc::new(Known { find, marks })))
    }

    /// The text with a mark for each secret in it.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.0 {
            Some(known) if known.find.is_match(text) => {
                known.find.replace_all(text, &known.marks).into()
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// Puts a mark for each secret into texts.
    pub fn redact_all<'a>(&self, texts: impl IntoIterator<Item = &'a mut String>) {
        if self.0.is_none() {
            return;
        }
        for text in texts {
            if let Cow::Owned(redacted) = self.redact(text) {
                *text = redacted;
            }
        }
    }

    /// The plan as it may be kept: without what handlers and programs are given.
    pub fn without(&self, scenario: &Scenario) -> Scenario {
        let mut plan = scenario.clone();
        self.redact_all([&mut plan.about]);
        for settings in plan.cells.iter_mut().map(|cell| &mut cell.settings) {
            settings.handler.config = Value::Null;
            if let Some(Foreign::Command(server)) = &mut settings.server {
                server.env.clear();
                server.stdin.clear();
                self.redact_all(&mut server.command);
            }
            for framing in [&mut settings.request_framing, &mut settings.reply_framing] {
                // Those of our own have none.
                if framing.plugin.is_some() {
                    framing.settings.values_mut().for_each(|value| self.redact_json(value));
                }
            }
        }
        plan
    }

    fn redact_json(&self, json: &mut Value) {
        match json {
            Value::String(text) => self.redact_all([text]),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_json(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.redact_json(field)),
            _ => {}
        }
    }
}

/// A text as it is, as programs quote it, and as it is shown.
fn forms(text: String) -> [String; 4] {
    let quoted = format!("{text:?}");
    [quoted[1..quoted.len() - 1].to_owned(), text.replace('\\', "\\\\"), clean(&text), text]
}

/// Lines of a value, and what stands between its placeholders: what a program may print of it.
fn parts(value: &str) -> Vec<String> {
    let filled = fill_placeholders(value, |_| "\n".to_owned());
    let lines: Vec<String> = filled.lines().map(|line| line.trim().to_owned()).collect();
    if lines.len() > 1 || filled != value { lines } else { Vec::new() }
}

/// A message about the secret `written`, without what it quotes of that.
pub(crate) fn hide_quotes(message: &str, written: &str) -> String {
    let mut shown = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['`', '"']) {
        let (before, quoted) = rest.split_at(at);
        let quote = &quoted[..1];
        let Some((inside, behind)) = quoted[1..].split_once(quote) else { break };
        let bare = inside.trim_matches(['{', '}']);
        let is_ours = bare.is_empty() || PLACEHOLDERS.contains(&bare);
        let part = if !is_ours && written.contains(bare) { "…" } else { inside };
        shown.extend([before, quote, part, quote]);
        rest = behind;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[(&str, Reason)]) -> Secrets {
        let place = crate::diagnostics::Place::start_of(0);
        let secret = |(value, reason): &(&str, Reason)| Secret {
            place,
            value: Some((*value).to_owned()),
            reason: *reason,
        };
        let all: Vec<Secret> = values.iter().map(secret).collect();
        Secrets::new(all.iter())
    }

    #[test]
    fn secrets_are_taken_out_of_texts_quoted_or_not() {
        let known = secrets(&[("hunter2", Reason::Named), ("a\"b\\c", Reason::Named)]);
        let (one, two) = (mark("hunter2", DIGITS), mark("a\"b\\c", DIGITS));
        for (text, shown) in [
            ("no hunter here", "no hunter here".to_owned()),
            ("is hunter2.", format!("is {one}.")),
            ("got a\"b\\c!", format!("got {two}!")),
            ("got \"a\\\"b\\\\c\"", format!("got \"{two}\"")),
        ] {
            assert_eq!(known.redact(text), shown);
        }
    }

    #[test]
    fn of_what_a_program_is_given_only_long_parts_are_looked_for() {
        let stdin = "quit\nlogin alice\n";
        let known =
            secrets(&[(stdin, Reason::Given), ("info", Reason::Given), ("abc", Reason::Named)]);
        let shown = known.redact("quit info abc login alice");
        assert_eq!(shown, format!("quit info abc {}", mark(stdin, DIGITS)));
        let filled = secrets(&[("{port}/topsecret", Reason::Given)]);
        assert!(!filled.redact("at 4000/topsecret").contains("topsecret"));
    }

    #[test]
    fn a_message_about_a_secret_quotes_nothing_of_it() {
        let shown = hide_quotes("no `{prot}` in \"x\": `{port}`, `open", "\"a{prot}{port}b\"");
        assert_eq!(shown, "no `…` in \"x\": `{port}`, `open");
    }
}
