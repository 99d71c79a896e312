//! The reader of `wirebench.toml`. The input is such a file, then a scenario, with NUL between them.
//!
//! Any text has to be answered: with profiles that scenarios can be read with, or with mistakes that can be shown
//! without taking over the terminal.

use wirebench::scenario::{Config, Diagnostics, Overrides, load};

/// A scenario to be changed where the input has none.
const SCENARIO: &str =
    "schema = 1\nname = 't'\nhandler.plugin = 'echo'\n[matrix]\nframing = ['raw', 'line']\n";

/// Profiles that are tried at most.
const MAX_PROFILES: usize = 4;

/// Runs the target.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (file, scenario) = text.split_once('\0').unwrap_or((&text, SCENARIO));
    let config = match Config::read("wirebench.toml", file, &["json", "junit"]) {
        Ok(config) => config,
        Err(diagnostics) => return shown(&diagnostics),
    };
    config.strangers(&["t"]).iter().for_each(shown);
    for name in config.profiles().take(MAX_PROFILES) {
        let profile = config.profile(name).expect("it is one of those that there are");
        assert_eq!(profile.name, name);
        // What another wirebench is told has the form of an option.
        assert!(profile.changes.options("t").iter().all(|set| set.contains('=')));
        let overrides = Overrides { profile: Some(profile.changes), ..Overrides::default() };
        match load("t.toml", scenario, &overrides, &|_| Err("there is no such file".to_owned())) {
            Ok(loaded) => assert_eq!(loaded.scenario.profile.as_deref(), Some(name)),
            Err(diagnostics) => shown(&diagnostics),
        }
    }
}

fn shown(diagnostics: &Diagnostics) {
    assert!(diagnostics.count() > 0);
    let shown = diagnostics.render(false);
    assert!(shown.starts_with("error"));
    let escapes = shown.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(escapes, None, "it could take over a terminal: {shown:?}");
}
