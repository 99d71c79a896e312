//! What `serve` and `drive` share: from a scenario or from options to the one cell that is played.

use super::args::StandaloneArgs;
use super::exit::ExitCode;
use super::files::load_changed;
use super::plan::selects;
use super::plugins;
use super::shipped::meant;
use crate::host::probe::ProbeSides;
use crate::run::{Plugins, usable_processors};
use crate::scenario::{Address, Cell, Loaded, Overrides, Scenario, TransportKind, load};
use crate::text::Page;
use std::fmt::Display;
use std::path::Path;

/// A scenario of one cell, ready to be played.
pub(super) struct ReadyCell {
    pub(super) scenario: Scenario,
    pub(super) plugins: Plugins,
}

/// Why a verb cannot begin: told to stderr, with this code.
pub(super) struct Refusal {
    pub(super) text: Page,
    pub(super) code: ExitCode,
}

impl Refusal {
    /// Wrong usage of the command line.
    pub(super) fn usage(text: impl Display) -> Self {
        Self::new(text, ExitCode::USAGE)
    }

    /// A scenario or a plugin that is not valid.
    pub(super) fn invalid(text: impl Display) -> Self {
        Self::new(text, ExitCode::INVALID)
    }

    /// For any other reason, with the code of that.
    pub(super) fn new(why: impl Display, code: ExitCode) -> Self {
        let mut text = Page::new();
        text.line(format_args!("error: {why}"));
        Self { text, code }
    }
}

/// Reads the scenario, or makes one of the options: `base` is what it says besides them. Options of
/// the verb itself are in `set`. The address only says which transport is meant.
pub(super) fn prepare(
    file: Option<&Path>,
    args: &StandaloneArgs,
    mut set: Vec<String>,
    base: &str,
    address: Option<&str>,
    sides: ProbeSides,
    color: bool,
) -> Result<ReadyCell, Refusal> {
    let file = file.map(meant).transpose().map_err(Refusal::invalid)?;
    let file = file.as_deref();
    set.extend(options(args)?);
    let names_handler =
        args.handler.is_some() || args.set.iter().any(|one| one.starts_with("handler"));
    if file.is_none() && !names_handler {
        return Err(Refusal::usage(
            "nothing says what to play: name a scenario, or a plugin with `--handler` and a \
             framing with `--framing`",
        ));
    }
    let says_transport = args.set.iter().any(|one| one.starts_with("transport"));
    if let (None, None, false, Some(address)) = (file, &args.transport, says_transport, address) {
        let kind = TransportKind::of_address(address);
        // What holds anyway is no change.
        if kind != TransportKind::default() {
            set.push(format!("transport.kind={}", kind.name()));
        }
    }
    // What is written out wins.
    set.extend(args.set.iter().cloned());
    let told = |text: Page| Refusal { text, code: ExitCode::INVALID };
    let overrides = Overrides { set, one_side: true, ..Overrides::default() };
    let loaded = match file {
        Some(file) => load_changed(file, &overrides),
        None => load("options", base, &overrides, &|file| super::files::facts(Path::new(""), file)),
    };
    let mut loaded = loaded.map_err(|diagnostics| told(diagnostics.page(color)))?;
    let chosen = choose(&loaded, args.cell.as_deref())?.id;
    loaded
        .fit(&usable_processors(), &|cell| cell.id == chosen)
        .map_err(|diagnostics| told(diagnostics.page(color)))?;
    let cell = choose(&loaded, args.cell.as_deref())?;
    refuse_lock_step(&cell, sides)?;
    let plugins = plugins::locate_for(&mut loaded, sides, &args.plugin_dir, color).map_err(told)?;
    loaded.scenario.cells = vec![cell];
    Ok(ReadyCell { scenario: loaded.scenario, plugins })
}

/// The other side shares no memory with this one, so it cannot say what it has read: every piece would
/// wait in vain. What else a link asks of the other side is not ours to do, and not ours to refuse.
fn refuse_lock_step(cell: &Cell, sides: ProbeSides) -> Result<(), Refusal> {
    let link = &cell.settings.link;
    let (name, is_confirmed) = match sides {
        ProbeSides::Server => ("reply", link.reply.is_confirmed()),
        ProbeSides::Client | ProbeSides::Both => ("request", link.request.is_confirmed()),
    };
    if !is_confirmed {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "`link.{name}.pieces` in lock-step needs a reader that says what it has consumed, and the other \
         side is not ours: add `--set link.{name}.lock-step=false`"
    )))
}

/// The options as changes of keys, so that what is wrong with them is told as it is for keys.
fn options(args: &StandaloneArgs) -> Result<Vec<String>, Refusal> {
    let mut set = Vec::new();
    if let Some(handler) = &args.handler {
        set.push(format!("handler.plugin={handler}"));
    }
    if let Some(config) = &args.config {
        set.push(format!("handler.config={}", config_as_toml(config)?));
    }
    if let Some(transport) = &args.transport {
        set.push(format!("transport.kind={transport}"));
    }
    let both = args.framing.as_ref();
    if both.is_some() && args.request_framing.is_some() && args.reply_framing.is_some() {
        return Err(Refusal::usage(
            "`--framing` is left with no direction: `--request-framing` and `--reply-framing` take \
             one each",
        ));
    }
    let request = args.request_framing.as_ref().or(both);
    let reply = args.reply_framing.as_ref().or(both);
    match (request, reply) {
        (None, None) => {}
        (Some(request), Some(reply)) if request == reply => {
            set.push(format!("framing={request}"));
        }
        (Some(request), Some(reply)) => {
            let (request, reply) = (in_a_table(request), in_a_table(reply));
            set.push(format!("framing={{ request = {request}, reply = {reply} }}"));
        }
        _ => {
            return Err(Refusal::usage(
                "one direction has a framing and the other has none: give `--request-framing` and \
                 `--reply-framing`, or `--framing` for what is left",
            ));
        }
    }
    Ok(set)
}

/// A framing as it stands within a table: a table as it is, a name in quotes.
fn in_a_table(framing: &str) -> String {
    if framing.trim_start().starts_with('{') { framing.to_owned() } else { quoted(framing) }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// JSON becomes TOML; anything else is taken for TOML, whose reader tells what is wrong with it.
fn config_as_toml(config: &str) -> Result<String, Refusal> {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(config) else {
        return Ok(config.to_owned());
    };
    inline(&json).ok_or_else(|| {
        Refusal::usage("`--config` holds `null`, which a scenario cannot say: leave the key out")
    })
}

fn inline(json: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    Some(match json {
        Value::Null => return None,
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(inline).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Object(fields) => {
            let fields: Option<Vec<String>> = fields
                .iter()
                .map(|(key, value)| Some(format!("{} = {}", quoted(key), inline(value)?)))
                .collect();
            format!("{{ {} }}", fields?.join(", "))
        }
    })
}

/// The one cell that is meant.
fn choose(loaded: &Loaded, wanted: Option<&str>) -> Result<Cell, Refusal> {
    let cells = &loaded.scenario.cells;
    let found: Vec<&Cell> = match wanted {
        None => cells.iter().collect(),
        Some(id) => match cells.iter().find(|cell| cell.id == id) {
            Some(cell) => vec![cell],
            None => cells.iter().filter(|cell| selects(&[id.to_owned()], cell)).collect(),
        },
    };
    match found[..] {
        [cell] => Ok(cell.clone()),
        [] => Err(Refusal::new(
            format_args!(
                "no cell is `{}`; `wirebench plan` shows the cells of a scenario",
                wanted.unwrap_or_default()
            ),
            ExitCode::NOTHING,
        )),
        [first, ..] => Err(Refusal::usage(format!(
            "{} cells could be meant: choose one with `--cell`, such as `--cell '{}'`",
            found.len(),
            first.id
        ))),
    }
}

/// Reads an address for a transport; a path is made absolute. The error says what is wrong with it.
pub(super) fn address(text: &str, kind: TransportKind) -> Result<Address, Refusal> {
    match Address::in_argument(text, kind).map_err(Refusal::usage)? {
        Address::Path(path) => std::path::absolute(path)
            .map(Address::Path)
            .map_err(|error| Refusal::usage(format!("`{text}`: {error}"))),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_toml_and_toml_stays() {
        let toml = |text: &str| config_as_toml(text).map_err(|refusal| refusal.text.to_string());
        assert_eq!(
            toml(r#"{"verify": true, "list": [1, "a\"b"]}"#),
            Ok(r#"{ "verify" = true, "list" = [1, 'a"b'] }"#.to_owned())
        );
        assert_eq!(toml("{ verify = true }"), Ok("{ verify = true }".to_owned()));
        assert!(toml(r#"{"a": null}"#).is_err_and(|text| text.contains("null")));
    }
}
