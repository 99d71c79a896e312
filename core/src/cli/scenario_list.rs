//! The scenarios there are, each as it can be typed: those of the working folder by their files, and those that
//! ship by name.

use super::files::scenario_files;
use super::shipped::Shipped;
use crate::text::{Page, path as shown};
use std::path::{Path, PathBuf};

/// Where the scenarios of a working folder are.
const HERE: &str = "scenarios";

/// What `list` says of scenarios.
pub(super) fn scenarios_text() -> Page {
    let shipped = Shipped::of_this_program();
    let mut out = Page::new();
    out.line("scenarios");
    let (mut listed, mut wrong) = (Vec::new(), Vec::new());
    let here = Path::new(HERE);
    let is_shipped = shipped.folder().is_some_and(|folder| is_same(folder, here));
    if here.is_dir() && !is_shipped {
        match scenario_files(&[here.to_owned()], None) {
            Ok(files) => listed.extend(files.into_iter().map(|file| (shown(&file), file))),
            Err(why) => wrong.push(why),
        }
    }
    match shipped.all() {
        Ok(named) => listed.extend(named),
        Err(why) => wrong.push(why),
    }
    if let Some(folder) = shipped.folder().filter(|folder| !folder.is_dir()) {
        wrong.push(format!(
            "those that ship are not in {}, where they belong: install all of wirebench, as docs/install.md says",
            shown(folder)
        ));
    }
    if listed.is_empty() && wrong.is_empty() {
        out.line("  none found");
    }
    for (name, file) in &listed {
        out.line(format_args!("  {name}  {}", about(file)));
    }
    wrong.iter().for_each(|why| out.line(format_args!("  broken: {why}")));
    out
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// The `about` of a scenario file; empty when it has none or is not readable. A file beyond belief or with faults
/// is still listed: `check` says what is wrong with it.
fn about(file: &PathBuf) -> String {
    const MAX: u64 = 1 << 20;
    let small = file.metadata().is_ok_and(|metadata| metadata.len() <= MAX);
    let text =
        if small { std::fs::read_to_string(file).unwrap_or_default() } else { String::new() };
    let table = text.parse::<toml::Table>().unwrap_or_default();
    table.get("about").and_then(toml::Value::as_str).unwrap_or_default().to_owned()
}
