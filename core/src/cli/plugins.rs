//! Where a scenario's plugins are, and whether they take its configuration.

use crate::host::{SearchPath, find};
use crate::run::Plugins;
use crate::scenario::Loaded;
use std::path::{Path, PathBuf};

/// Finds every plugin that the scenario names. The error is ready to print.
pub(super) fn locate(loaded: &Loaded, dirs: &[PathBuf], color: bool) -> Result<Plugins, String> {
    let search = SearchPath::of_process(dirs);
    let folder = Path::new(&loaded.scenario.source).parent().unwrap_or(Path::new("")).to_owned();
    let mut plugins = Plugins::default();
    for (index, cell) in loaded.scenario.cells.iter().enumerate() {
        let complain = |pointer: &str, message: &str| {
            loaded.places.diagnostic(index, pointer, message, None).render(color)
        };
        let handler = &cell.settings.handler;
        let key = (handler.plugin.clone(), handler.path.clone());
        if !plugins.handlers.contains_key(&key) {
            let found = match &handler.path {
                Some(path) => existing(folder.join(path)).map_err(|e| complain("/handler/path", &e))?,
                None => find(&handler.plugin, &search)
                    .map_err(|error| complain("/handler/plugin", &error.to_string()))?,
            };
            plugins.handlers.insert(key, found);
        }
        let settings = &cell.settings;
        for spec in [&settings.request_framing, &settings.reply_framing] {
            let Some(name) = &spec.plugin else { continue };
            if !plugins.framings.contains_key(name) {
                let found = find(name, &search)
                    .map_err(|error| complain("/framing", &error.to_string()))?;
                plugins.framings.insert(name.clone(), found);
            }
        }
    }
    Ok(plugins)
}

fn existing(path: PathBuf) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
}
