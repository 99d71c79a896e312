//! A scenario of our own, played once: what the instrument shows of itself.

use super::plugins;
use crate::result::document::CellResult;
use crate::result::{Document, Host, Round, Tool};
use crate::run::{Runner, Watcher};
use crate::scenario::{Overrides, load};
use std::path::PathBuf;

/// Plays the only cell of a scenario, with these settings besides. The error says why there is nothing to show: no plugin,
/// a round that could not be played, the user.
pub(super) fn play(
    runner: &mut Runner,
    text: &str,
    set: Vec<String>,
    plugin_dirs: &[PathBuf],
) -> Result<CellResult, String> {
    let overrides = Overrides { set, ..Overrides::default() };
    let loaded = load("of wirebench's own", text, &overrides, &|_| Err("no files".into()));
    let mut loaded = loaded.map_err(|mistakes| mistakes.render(false))?;
    let located = plugins::locate(&mut loaded, plugin_dirs, false);
    let plugins = located.map_err(|why| why.to_string())?;
    let mut kept = Kept::default();
    let ran = runner.run(&loaded.scenario, &plugins, 0, &mut kept);
    let ran = ran.map_err(|error| error.to_string())?;
    if ran.interrupted {
        return Err("it was interrupted".into());
    }
    if let Some(why) = ran.stopped {
        return Err(why);
    }
    let document = Document::build(&loaded.scenario, &kept.0, Host::default(), Tool::this());
    let cell = document.cells.into_iter().next().ok_or("it has no cell")?;
    if let Some(crash) = cell.crashes.first() {
        return Err(format!("the {} {}", crash.side, crash.how));
    }
    if let Some(error) = cell.rounds.iter().find_map(|round| round.error.clone()) {
        return Err(error);
    }
    Ok(cell)
}

/// The rounds that were played.
#[derive(Default)]
struct Kept(Vec<Round>);

impl Watcher for Kept {
    fn begins(&mut self, _: usize, _: u32) {}

    fn ended(&mut self, round: Round) {
        self.0.push(round);
    }
}
