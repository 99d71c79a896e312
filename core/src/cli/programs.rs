//! Whether the programs that scenarios name as servers are there.

use crate::scenario::{
    At, Complaint, Complaints, Foreign, ForeignCommand, Loaded, fill_placeholders,
};
use crate::text::path as shown;
use std::cell::Cell;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Complains about the programs of a scenario that cannot be started.
pub(super) fn judge(loaded: &Loaded, complaints: &mut Complaints<'_>) {
    let folder = &loaded.scenario.folder;
    for (cell, settings) in loaded.scenario.cells.iter().map(|cell| &cell.settings).enumerate() {
        let Some(Foreign::Command(server)) = &settings.server else { continue };
        if let Err((pointer, message)) = find(server, &folder.join(&server.cwd)) {
            complaints.push(cell, At::Value(pointer), Complaint::new(message));
        }
    }
}

/// The file that a server's command starts, from its working folder; `None` where only the round
/// knows it. The error is a key and what is wrong with it.
pub(super) fn find(
    server: &ForeignCommand,
    cwd: &Path,
) -> Result<Option<PathBuf>, (&'static str, String)> {
    // An empty path stands for where we are.
    let cwd = if cwd.as_os_str().is_empty() { Path::new(".") } else { cwd };
    if !cwd.is_dir() {
        let shown = shown(cwd);
        return Err(("/server/cwd", format!("the server's working folder {shown} is no folder")));
    }
    // What a placeholder stands for is known when the program is started.
    let is_told = Cell::new(false);
    let filled = |text: &str| {
        fill_placeholders(text, |_| {
            is_told.set(true);
            String::new()
        })
    };
    let program = filled(&server.command[0]);
    if is_told.get() {
        return Ok(None);
    }
    if program.contains('/') {
        let path = cwd.join(&program);
        if is_program(&path) {
            return Ok(Some(path));
        }
        let shown = shown(&path);
        return Err(("/server/command", format!("{shown} is not a program that can be started")));
    }
    let own =
        server.env.iter().find(|(name, _)| name == "PATH").map(|(_, value)| filled(value).into());
    let search = own.or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&search).collect();
    places.iter_mut().for_each(|place| place.push(&program));
    if let Some(path) = places.into_iter().find(|path| is_program(path)) {
        return Ok(Some(path));
    }
    let message = format!("there is no program `{program}` in any folder of PATH");
    Err(("/server/command", message))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}
