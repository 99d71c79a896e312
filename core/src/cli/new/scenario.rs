//! `wirebench new scenario`.

use super::super::args::NewScenarioArgs;
use super::super::exit::ExitCode;
use super::super::standalone::Refusal;
use super::files::make_file;
use super::fill::fill;
use super::name::{of_scenario, text};
use super::surroundings::{command, program, schema_lines};
use super::{Made, quoted};
use crate::framing::{Capabilities, FramingSpec, names};
use crate::scenario::{CONFIG_FILE, Diagnostics, Overrides, TransportKind, load};
use crate::text::{Page, path as shown};
use serde::Deserialize;
use serde_json::Map;
use std::path::PathBuf;

const SCENARIO: &str = include_str!("templates/scenario/scenario.toml");
const HANDLERS: &str = include_str!("templates/scenario/handlers.toml");

/// What is said of the handlers: `templates/scenario/handlers.toml`.
#[derive(Deserialize)]
struct Handlers {
    handler: Vec<Handler>,
}

/// What a scenario says of one handler.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Handler {
    /// Empty: any other.
    name: String,
    about: String,
    handler: String,
    load: String,
    matrix: String,
    expect: String,
}

/// All that are known, the one to take where none is named first, and the one for any other last.
fn handlers() -> Vec<Handler> {
    // A test reads it, so it can be read.
    toml::from_str(HANDLERS).map(|all: Handlers| all.handler).unwrap_or_default()
}

/// The names of the handlers that ship.
pub(super) fn shipped() -> Vec<String> {
    let names = handlers().into_iter().map(|handler| handler.name);
    names.filter(|name| !name.is_empty()).collect()
}

/// Makes a scenario.
pub(super) fn make(args: &NewScenarioArgs) -> Result<Made, Refusal> {
    of_scenario(&args.name).map_err(Refusal::usage)?;
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", args.name)));
    if path.file_name().is_some_and(|name| name == CONFIG_FILE) {
        return Err(Refusal::usage(format!(
            "{} is where profiles stand, and no scenario: take another name, or say with `--out FILE` where it goes",
            shown(&path)
        )));
    }
    let file = text(&path).map_err(Refusal::usage)?;
    let scenario = write(args, file)?;
    make_file(&path, &scenario)?;
    let file = quoted(file);
    Ok(Made {
        what: shown(&path).to_string(),
        next: [
            format!("wirebench check {file}"),
            format!("wirebench plan {file}"),
            format!("wirebench run {file}"),
        ],
    })
}

/// The text of a scenario that `check` finds nothing wrong with.
fn write(args: &NewScenarioArgs, file: &str) -> Result<String, Refusal> {
    let capabilities = capabilities(&args.framing)?;
    if !TransportKind::NAMES.contains(&&*args.transport) {
        let all = TransportKind::NAMES.join(", ");
        let why = format!("`{}` is no transport; there are {all}", args.transport);
        return Err(Refusal::usage(why));
    }
    let mut all = handlers();
    let named = |handler: &Handler| args.handler.as_ref().is_none_or(|name| *name == handler.name);
    let Some(at) = all.iter().position(named).or(all.len().checked_sub(1)) else {
        let why = "what a scenario says of each handler cannot be read: this is a bug";
        return Err(Refusal::new(why, ExitCode::INTERNAL));
    };
    let handler = all.swap_remove(at);
    let plugin = args.handler.as_deref().unwrap_or(&handler.name);
    // It would stand in comments and texts.
    of_scenario(plugin).map_err(|_| {
        Refusal::usage(format!(
            "`{plugin}` is no name of a plugin: letters, digits, `.`, `_` and `-`"
        ))
    })?;
    let kind = TransportKind::ALL.into_iter().find(|kind| kind.name() == args.transport);
    let keeps = capabilities.invariant
        || kind.is_some_and(|kind| kind.has_datagrams() || kind.has_packets());
    let (plugin_text, framing) = (toml_text(plugin), toml_text(&args.framing));
    let program = toml_text(&command(program()).replace('{', "{{").replace('}', "}}"));
    let values = [
        ("plugin", plugin),
        ("plugin_text", &plugin_text),
        ("framing", &framing),
        ("wirebench", &program),
    ];
    let part = |template: &str| fill(template.trim(), &values);
    let mut load = part(&handler.load);
    if capabilities.per_connection && !load.contains("session") {
        // A connection carries one message in each direction.
        let width = load.find('=').map_or(0, |at| at.saturating_sub(1));
        load.push_str(&format!("\n{:width$} = \"per-exchange\"", "session"));
    }
    // Where reads are taken for messages, two that are under way may be read as one.
    let in_flight = if keeps { "[1, 8]" } else { "[1]" };
    let mut matrix = format!("framing          = [{framing}]\n\"load.in-flight\" = {in_flight}\n");
    matrix.push_str(&part(&handler.matrix));
    let (schema, transport) = (schema_lines(self::program()), toml_text(&args.transport));
    let text = fill(
        SCENARIO,
        &[
            ("schema", &schema),
            ("name", &args.name),
            ("file", &quoted(file)),
            ("about", &part(&handler.about)),
            ("handler", &part(&handler.handler)),
            ("transport", &transport),
            ("load", &load),
            ("matrix", matrix.trim_end()),
            ("expect", &part(&handler.expect)),
        ],
    );
    match load_made(file, &text) {
        Ok(()) => Ok(text),
        Err(wrong) => {
            let mut text = Page::new();
            text.line("error: these do not go together, and nothing was made:");
            text.page(&wrong.page(false));
            Err(Refusal { text, code: ExitCode::INVALID })
        }
    }
}

/// What a framing that is built in says of itself, with its defaults.
fn capabilities(name: &str) -> Result<Capabilities, Refusal> {
    let refuse = |why: String| {
        let all = names().join(", ");
        Refusal::usage(format!(
            "`--framing {name}`: {why}; built in are {all}. One of a plugin's stands in the file as a table: \
             {{ kind = \"{name}\", plugin = \"PLUGIN\" }}"
        ))
    };
    let spec = FramingSpec::parse(name, Map::new()).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        refuse(errors.join("; "))
    })?;
    spec.capabilities().map_err(|error| refuse(error.to_string()))
}

/// Whether it is valid, as far as no plugin has to be asked.
fn load_made(file: &str, text: &str) -> Result<(), Diagnostics> {
    let find = |file: &str| Err(format!("a new scenario sends no file, and not {file}"));
    load(file, text, &Overrides::default(), &find).map(drop)
}

/// As TOML writes it.
fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(handler: Option<&str>, framing: &str, transport: &str) -> NewScenarioArgs {
        NewScenarioArgs {
            name: "mine".into(),
            handler: handler.map(str::to_owned),
            framing: framing.into(),
            transport: transport.into(),
            out: None,
        }
    }

    #[test]
    fn every_handler_makes_a_valid_scenario_without_an_empty_place() {
        let shipped = shipped();
        assert!(shipped.len() > 4, "{shipped:?}");
        let handlers = shipped.iter().map(String::as_str).chain(["one-of-mine"]).map(Some);
        for handler in handlers.chain([None]) {
            let made = write(&args(handler, "len32be", "tcp"), "mine.toml");
            let text = made.unwrap_or_else(|refusal| panic!("{handler:?}: {}", refusal.text));
            assert!(!text.contains("__"), "{text}");
            assert!(text.starts_with("#:schema "), "{text}");
        }
    }

    #[test]
    fn every_framing_and_every_transport_makes_a_valid_scenario_or_says_why_not() {
        for framing in names() {
            let made = write(&args(None, framing, "tcp"), "mine.toml");
            assert!(
                made.is_ok(),
                "{framing}: {}",
                made.err().map(|r| r.text.to_string()).unwrap_or_default()
            );
        }
        for transport in TransportKind::NAMES {
            assert!(write(&args(None, "len32be", transport), "mine.toml").is_ok(), "{transport}");
        }
        let refusal = write(&args(None, "sleep", "udp"), "mine.toml").expect_err("no stream");
        assert_eq!(refusal.code, ExitCode::INVALID);
    }

    #[test]
    fn what_is_unknown_is_refused_with_what_there_is() {
        for (framing, transport) in [("len32", "tcp"), ("len32be", "tpc")] {
            let refusal = write(&args(None, framing, transport), "mine.toml").expect_err("wrong");
            assert_eq!(refusal.code, ExitCode::USAGE);
            assert!(
                refusal.text.to_string().contains("there are")
                    || refusal.text.to_string().contains("built in are")
            );
        }
    }
}
