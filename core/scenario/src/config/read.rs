//! Reads `wirebench.toml`, and tells all that is wrong with it at once.

use super::changes::{self, read_set};
use super::keys::{
    ConfigKey, ConfigTable, LONGEST_PATH, MAX_PATHS, Takes, as_of_a_scenario, keys_of,
};
use super::profile::{OfScenario, ProfileBaseline, Written, lineage};
use super::{Config, sources};
use crate::assign::{Scope, flatten};
use crate::diagnostics::{Diagnostic, Diagnostics, Place, Sink, Source};
use crate::key::{Kind, grouped};
use crate::load::{CONFIG, LONGEST_FILE};
use crate::read::{boolean, integer, is_name, quantity, word};
use crate::tree::{self, Entry, Node, Table, Value};
use crate::{keys, secrets};
use std::sync::Arc;
use wirebench_values::similar;

/// Names of profiles and scenarios are at most this long.
const LONGEST_NAME: usize = 64;

pub(super) fn config(name: &str, text: &str, formats: &[&str]) -> Result<Config, Diagnostics> {
    if text.len() > LONGEST_FILE {
        let most = grouped(LONGEST_FILE as u64);
        let message =
            format!("the file has {} bytes; it may have {most}", grouped(text.len() as u64));
        return Err(Diagnostics::unreadable(name, &message));
    }
    let mut reader = Reader { sink: Sink::default(), formats };
    let document = tree::document(text, CONFIG, &mut reader.sink);
    let broken = reader.sink.has_syntax();
    let source = Source {
        secrets: secrets::of_config(&document, CONFIG, text, broken),
        ..Source::new(name, text)
    };
    let config = reader.file(&document, source.clone());
    if reader.sink.is_empty() { Ok(config) } else { Err(reader.sink.finish(sources(source))) }
}

struct Reader<'a> {
    sink: Sink,
    formats: &'a [&'a str],
}

impl Reader<'_> {
    fn file(&mut self, document: &Table, source: Source) -> Config {
        let mut config = Config {
            source,
            scenarios: Vec::new(),
            plugins: Vec::new(),
            results: None,
            keep: None,
            profiles: Vec::new(),
        };
        let mut has_schema = false;
        for (key, entry) in self.known(ConfigTable::File, document) {
            let node = &entry.node;
            match key.name {
                "schema" => {
                    has_schema = true;
                    self.integer(key, node);
                }
                "scenarios" => config.scenarios = self.paths(key, node),
                "plugins" => config.plugins = self.paths(key, node),
                "results" => config.results = self.path(key, node),
                "keep" => config.keep = self.integer(key, node),
                _ => {
                    let named = self.named(key, node);
                    let profiles = named.into_iter().map(|entry| self.profile(entry));
                    config.profiles = profiles.collect();
                }
            }
        }
        if !has_schema {
            let missing = Diagnostic::new(Place::start_of(CONFIG), "`schema` is missing");
            self.sink.push(missing.help("add `schema = 1`"));
        }
        self.check_lineages(&config.profiles);
        config
    }

    fn profile(&mut self, entry: &Entry) -> Written {
        let mut profile = Written { name: entry.key.clone(), ..Written::default() };
        for (key, entry) in self.keys_within(ConfigTable::Profile, entry) {
            let node = &entry.node;
            match key.name {
                "inherits" => {
                    profile.inherits = self.text(key, node, |_| true).map(|name| (name, node.place))
                }
                "set" => profile.changes.set.extend(read_set(node, &mut self.sink)),
                "expect" => profile.changes.expect = Some(Arc::clone(node)),
                "output" => profile.outputs = self.outputs(node),
                "strict" => profile.strict = self.boolean(key, node),
                "retries" => profile.retries = self.integer(key, node),
                "flaky" => profile.flaky = self.word(key, node),
                "abort-on-fail" => profile.abort_on_fail = self.boolean(key, node),
                "trace" => profile.trace = self.integer(key, node),
                "budget" => profile.budget = self.time(key, node),
                "baseline" => {
                    let (baseline, limits) = self.baseline(entry);
                    profile.baseline = Some(baseline);
                    profile.changes.set.extend(limits);
                }
                _ => {
                    let named = self.named(key, node);
                    profile.scenarios =
                        named.into_iter().map(|entry| self.scenario(entry)).collect();
                }
            }
        }
        changes::check(&profile.changes, &mut self.sink);
        profile
    }

    fn scenario(&mut self, entry: &Entry) -> OfScenario {
        let mut scenario = OfScenario {
            name: entry.key.clone(),
            place: entry.key_place,
            changes: super::changes::Part::default(),
            skip: None,
        };
        for (key, entry) in self.keys_within(ConfigTable::Scenario, entry) {
            match key.name {
                "set" => scenario.changes.set = read_set(&entry.node, &mut self.sink),
                "expect" => scenario.changes.expect = Some(Arc::clone(&entry.node)),
                _ => scenario.skip = self.boolean(key, &entry.node),
            }
        }
        changes::check(&scenario.changes, &mut self.sink);
        scenario
    }

    /// The other build; and what decides, as keys of scenarios.
    fn baseline(&mut self, entry: &Entry) -> (ProfileBaseline, Vec<Entry>) {
        let mut baseline = ProfileBaseline::default();
        let mut limits = Vec::new();
        let (mut program, mut server) = (None, None);
        for (key, entry) in self.keys_within(ConfigTable::Baseline, entry) {
            match key.name {
                "program" => {
                    program = Some(entry.key_place);
                    baseline.program = self.path(key, &entry.node);
                }
                "plugins" => baseline.plugins = self.path(key, &entry.node),
                "server" => {
                    server = Some(entry.key_place);
                    self.server(&entry.node, &mut baseline);
                }
                name => limits.push(Entry { key: format!("baseline.{name}"), ..entry.clone() }),
            }
        }
        if let (Some(program), Some(server)) = (program, server) {
            let message = "another wirebench starts its servers itself: `program` and `server` do not go together";
            let diagnostic = Diagnostic::new(program, message).related(server, "the other one");
            self.sink.push(diagnostic.help("remove one of the two"));
        }
        (baseline, limits)
    }

    fn server(&mut self, node: &Node, baseline: &mut ProfileBaseline) {
        let Some(table) = node.table() else {
            let message = format!(
                "`server` takes a table such as `{{ cwd = \"../main\" }}`, not {}",
                node.type_name()
            );
            self.sink.push(Diagnostic::new(node.place, message));
            return;
        };
        for entry in table {
            let path = format!("server.{}", entry.key);
            flatten(&path, entry.key_place, &entry.node, Scope::File, &mut self.sink);
            match (entry.key.as_str(), entry.node.text()) {
                ("cwd", Some(cwd)) => baseline.cwd = Some(cwd.to_owned()),
                (key, _) => baseline.server.push(format!("{key}={}", entry.node.as_toml())),
            }
        }
    }

    fn outputs(&mut self, node: &Node) -> Vec<(String, Option<String>)> {
        let Some(table) = node.table() else {
            let message = format!(
                "`output` takes a table such as `{{ junit = \"results.xml\" }}`, not {}",
                node.type_name()
            );
            self.sink.push(Diagnostic::new(node.place, message));
            return Vec::new();
        };
        let mut outputs = Vec::new();
        let mut files: Vec<(&str, Place)> = Vec::new();
        for Entry { key: format, key_place, node } in table {
            if !self.formats.contains(&format.as_str()) {
                let message = format!("there is no format `{}`", short(format));
                let help = format!("there are {}", self.formats.join(", "));
                let diagnostic = Diagnostic::new(*key_place, message).help(help);
                self.sink.push(diagnostic.suggest(format, self.formats.iter().copied()));
                continue;
            }
            match &node.value {
                Value::Bool(false) => outputs.push((format.clone(), None)),
                Value::Text(file) if is_path(file) => {
                    if let Some((_, first)) = files.iter().find(|(known, _)| known == file) {
                        let message = format!("`{}` is to be written twice", short(file));
                        let diagnostic = Diagnostic::new(node.place, message);
                        self.sink.push(diagnostic.related(*first, "it is written here already"));
                    }
                    files.push((file, node.place));
                    outputs.push((format.clone(), Some(file.clone())));
                }
                _ => {
                    let message = format!("`{format}` takes the path of a file, or `false`");
                    self.sink.push(Diagnostic::new(node.place, message));
                }
            }
        }
        outputs
    }

    /// What profiles inherit is there, and nobody inherits from itself.
    fn check_lineages(&mut self, profiles: &[Written]) {
        let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
        for (at, profile) in profiles.iter().enumerate() {
            let Some((parent, place)) = &profile.inherits else { continue };
            if !names.contains(&parent.as_str()) {
                let message = format!("there is no profile `{}`", short(parent));
                let diagnostic =
                    Diagnostic::new(*place, message).suggest(parent, names.iter().copied());
                self.sink.push(diagnostic.help(format!("there are {}", names.join(", "))));
                continue;
            }
            let chain = lineage(&profile.name, profiles);
            let last = chain.last().and_then(|last| last.inherits.as_ref());
            let first = chain
                .iter()
                .filter_map(|one| names.iter().position(|name| *name == one.name))
                .min();
            // A circle is told once, at the first of those that it goes through.
            if last.is_some_and(|(name, _)| *name == profile.name) && first == Some(at) {
                let round: Vec<&str> = chain.iter().map(|one| one.name.as_str()).collect();
                let message = match round.as_slice() {
                    [one] => format!("the profile `{one}` inherits from itself"),
                    round => format!(
                        "profiles inherit from each other in a circle: {}",
                        round.join(", ")
                    ),
                };
                self.sink.push(Diagnostic::new(*place, message));
            }
        }
    }

    /// Tables by names.
    fn named<'n>(&mut self, key: &ConfigKey, node: &'n Node) -> Vec<&'n Entry> {
        let Some(table) = node.table() else {
            let message = format!("`{}` takes tables by names, not {}", key.name, node.type_name());
            let help = format!("write `[{}]`", example(key));
            self.sink.push(Diagnostic::new(node.place, message).help(help));
            return Vec::new();
        };
        for entry in table.iter().filter(|entry| !is_name(&entry.key, LONGEST_NAME)) {
            let range = Kind::Name(LONGEST_NAME);
            let range = as_of_a_scenario(key, range).range_text();
            let message =
                format!("the name of a {} consists of {range}, and starts with no dot", key.name);
            self.sink.push(Diagnostic::new(entry.key_place, message));
        }
        table.iter().collect()
    }

    /// The keys of a table of the file.
    fn keys_within<'n>(
        &mut self,
        table: ConfigTable,
        entry: &'n Entry,
    ) -> Vec<(&'static ConfigKey, &'n Entry)> {
        match entry.node.table() {
            Some(inner) => self.known(table, inner),
            None => {
                let message =
                    format!("`{}` is a table, not {}", short(&entry.key), entry.node.type_name());
                let keys: Vec<&str> = keys_of(table).map(|key| key.name).collect();
                let help = format!("it has {}", keys.join(", "));
                self.sink.push(Diagnostic::new(entry.node.place, message).help(help));
                Vec::new()
            }
        }
    }

    /// Those that there are; the others are reported.
    fn known<'n>(
        &mut self,
        table: ConfigTable,
        entries: &'n Table,
    ) -> Vec<(&'static ConfigKey, &'n Entry)> {
        let mut known = Vec::new();
        for entry in entries {
            match keys_of(table).find(|key| key.name == entry.key) {
                Some(key) => known.push((key, entry)),
                None => self.sink.push_with(|| unknown(table, entry)),
            }
        }
        known
    }

    fn paths(&mut self, key: &ConfigKey, node: &Node) -> Vec<String> {
        let Value::List(items) = &node.value else {
            let message = format!("`{}` takes a list of paths, not {}", key.name, node.type_name());
            let diagnostic = Diagnostic::new(node.place, message);
            self.sink.push(match node.text() {
                Some(path) => diagnostic.label(format!("did you mean `[{path:?}]`?")),
                None => diagnostic,
            });
            return Vec::new();
        };
        if items.is_empty() || items.len() > MAX_PATHS {
            let message = format!("`{}` has {}", key.name, key.range_text());
            self.sink.push(Diagnostic::new(node.place, message));
        }
        items.iter().filter_map(|item| self.path(key, item)).collect()
    }

    fn path(&mut self, key: &ConfigKey, node: &Node) -> Option<String> {
        self.text(key, node, is_path)
    }

    fn text(&mut self, key: &ConfigKey, node: &Node, fits: fn(&str) -> bool) -> Option<String> {
        let text = node.text().filter(|text| fits(text));
        if text.is_none() {
            let wanted = match key.takes {
                Takes::ProfileName => "the name of a profile",
                _ => "the path of a file or folder",
            };
            let message = match node.text() {
                Some(_) => format!("`{}` takes {wanted}", key.name),
                None => format!("`{}` takes {wanted}, not {}", key.name, node.type_name()),
            };
            self.sink.push(Diagnostic::new(node.place, message));
        }
        text.map(str::to_owned)
    }

    fn integer(&mut self, key: &ConfigKey, node: &Node) -> Option<u64> {
        let Takes::Value(kind) = key.takes else { return None };
        integer(&as_of_a_scenario(key, kind), node, &mut self.sink)
    }

    fn boolean(&mut self, key: &ConfigKey, node: &Node) -> Option<bool> {
        boolean(&as_of_a_scenario(key, Kind::Bool), node, &mut self.sink)
    }

    /// One of the words that the key takes.
    fn word(&mut self, key: &ConfigKey, node: &Node) -> Option<String> {
        let Takes::Value(kind) = key.takes else { return None };
        word(&as_of_a_scenario(key, kind), node, &mut self.sink).map(str::to_owned)
    }

    /// A time as it is written.
    fn time(&mut self, key: &ConfigKey, node: &Node) -> Option<String> {
        let Takes::Value(kind) = key.takes else { return None };
        quantity(&as_of_a_scenario(key, kind), node, &mut self.sink)?;
        node.text().map(str::to_owned)
    }
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_PATH && !text.contains('\0')
}

/// A text to be quoted in a message.
fn short(text: &str) -> &str {
    if text.len() > 100 { "this" } else { text }
}

fn example(key: &ConfigKey) -> &'static str {
    match key.takes {
        Takes::Tables(table) => table.title().trim_matches(['[', ']']),
        _ => key.name,
    }
}

/// An unknown key, with what may have been meant.
fn unknown(table: ConfigTable, entry: &Entry) -> Diagnostic {
    let name = entry.key.as_str();
    let diagnostic = Diagnostic::new(entry.key_place, format!("unknown key `{}`", short(name)));
    let here: Vec<&str> = keys_of(table).map(|key| key.name).collect();
    if let Some(meant) = similar(name, here.iter().copied()) {
        return diagnostic.label(format!("did you mean `{meant}`?"));
    }
    let elsewhere =
        ConfigTable::ALL.into_iter().find(|other| keys_of(*other).any(|key| key.name == name));
    if let Some(other) = elsewhere {
        return diagnostic.label(match other {
            ConfigTable::File => "belongs at the top level, above all tables".to_owned(),
            other => format!("belongs in `{}`", other.title()),
        });
    }
    let first = name.split('.').next().unwrap_or_default();
    let of_scenarios =
        keys::is_group(first) || keys::is_section(first) || keys::covering(name).is_some();
    let diagnostic = match of_scenarios && table != ConfigTable::File {
        true => diagnostic.label("keys of scenarios stand in `set`"),
        false => diagnostic,
    };
    diagnostic.help(format!("{} has {}", quoted(table), here.join(", ")))
}

fn quoted(table: ConfigTable) -> String {
    match table {
        ConfigTable::File => table.title().to_owned(),
        _ => format!("`{}`", table.title()),
    }
}
