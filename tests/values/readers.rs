//! Those who read values, each behind the same function: a value as TOML in, and out what was made of
//! it, or what was said.

use crate::json;
use clap::Parser;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use wirebench::cli::args::Cli;
use wirebench::framing::FramingSpec;
use wirebench::scenario::{Overrides, Scenario, load};
use wirebench_sdk::{Handler, kit};

/// What a reader may be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value.
    Anything,
    /// Lists and tables too, which mean something else than one value.
    Lists,
    /// Text alone.
    Text,
    /// Words, without the quotes of a file.
    Words,
}

/// From a value as TOML to what was made of it, or to what was said.
type Read = dyn Fn(&str) -> Result<String, String>;

/// Somebody who reads a value.
pub(crate) struct Reader {
    pub(crate) name: String,
    pub(crate) takes: Takes,
    pub(crate) read: Box<Read>,
}

fn reader(
    name: String,
    takes: Takes,
    read: impl Fn(&str) -> Result<String, String> + 'static,
) -> Reader {
    Reader { name, takes, read: Box::new(read) }
}

fn scenario(more: &str) -> Result<Scenario, String> {
    const HEAD: &str =
        "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\nframing = \"len32be\"\n";
    let no_files = |_: &str| Err("there is no such file".to_owned());
    load("t.toml", &format!("{HEAD}{more}\n"), &Overrides::default(), &no_files)
        .map(|loaded| loaded.scenario)
        .map_err(|diagnostics| diagnostics.render(false))
}

/// A key of a scenario.
pub(crate) fn key(path: &'static str, takes: Takes) -> Reader {
    reader(path.to_owned(), takes, move |value| {
        scenario(&format!("{path} = {value}")).map(|read| format!("{:?}", read.cells[0].settings))
    })
}

/// A setting of the link.
pub(crate) fn link(name: &'static str, takes: Takes) -> Reader {
    reader(format!("link.{name}"), takes, move |value| {
        let read = scenario(&format!("link.{name} = {value}"))?;
        Ok(format!("{:?}", read.cells[0].settings.link))
    })
}

/// A limit, behind its operator.
pub(crate) fn limit(metric: &'static str, operator: &'static str) -> Reader {
    reader(format!("expect.{metric}"), Takes::Text, move |value| {
        let text = value.trim_matches('"');
        let read = scenario(&format!("expect.{metric} = \"{operator} {text}\""))?;
        Ok(format!("{:?}", read.cells[0].expect[0].limit))
    })
}

/// A setting of a framing.
pub(crate) fn framing(kind: &'static str, name: &'static str) -> Reader {
    reader(format!("{kind}.{name}"), Takes::Anything, move |value| {
        let settings = [(name.to_owned(), json(value))].into_iter().collect();
        let read = FramingSpec::parse(kind, settings).map_err(|errors| errors[0].to_string())?;
        Ok(read.settings[name].to_string())
    })
}

/// A setting of a handler. `beside`: what stands before it in the configuration.
pub(crate) fn handler<H: Handler, C: DeserializeOwned + Debug>(
    name: &'static str,
    beside: &'static str,
) -> Reader {
    reader(format!("{}.{name}", H::NAME), Takes::Anything, move |value| {
        let config = format!("{{{beside}\"{name}\": {}}}", json(value));
        for made in [kit::server::<H>(&config), kit::client::<H>(&config)] {
            made.map_err(|refused| refused.text)?;
        }
        let read: C = serde_json::from_str(&config).expect("the sides have read it");
        Ok(format!("{read:?}"))
    })
}

/// A setting of a handler that has a client side alone.
pub(crate) fn client<H: Handler, C: DeserializeOwned + Debug>(
    name: &'static str,
    beside: &'static str,
) -> Reader {
    reader(format!("{}.{name}", H::NAME), Takes::Anything, move |value| {
        let config = format!("{{{beside}\"{name}\": {}}}", json(value));
        kit::client::<H>(&config).map_err(|refused| refused.text)?;
        let read: C = serde_json::from_str(&config).expect("the client has read it");
        Ok(format!("{read:?}"))
    })
}

/// The option that ends this command line.
pub(crate) fn cli(words: &'static [&'static str]) -> Reader {
    reader(words.join(" "), Takes::Words, move |value| {
        let (option, before) = words.split_last().expect("there is an option");
        let option = format!("{option}={}", value.trim_matches('"'));
        let line = ["wirebench"].into_iter().chain(before.iter().copied()).chain([&*option]);
        let read = Cli::try_parse_from(line).map_err(|error| error.to_string())?;
        Ok(format!("{read:?}"))
    })
}
