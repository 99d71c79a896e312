//! Where `wirebench.toml` is: in the working folder or the nearest one above, as far as the repository goes.

use super::formats;
use crate::cli::args::ConfigArgs;
use crate::cli::exit::ExitCode;
use crate::cli::files::{folder_of, read_text_of};
use crate::cli::screen::Screen;
use crate::host::open_regular;
use crate::run::NO_CONFIG;
use crate::scenario::{CONFIG_FILE, Config, Diagnostics};
use crate::text::path as shown;
use nix::unistd::Uid;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Whoever has it in a folder says that a repository begins there.
const REPOSITORY: &str = ".git";

/// A file that was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) config: Config,
    /// The file itself.
    pub(super) file: PathBuf,
}

impl Found {
    /// A path as the file has it: relative to its folder.
    pub(super) fn path(&self, written: &str) -> PathBuf {
        folder_of(&self.file).join(written)
    }
}

/// Finds and reads the file; `None`: there is none, or none is wanted. The inner error is the code of what was
/// wrong, told already.
pub(super) fn find(
    args: &ConfigArgs,
    color: bool,
    err: &mut Screen,
) -> std::io::Result<Result<Option<Found>, ExitCode>> {
    if is_refused(args) {
        return Ok(Ok(None));
    }
    let file = match &args.config {
        Some(file) => file.clone(),
        None => match nearest() {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Ok(None)),
            Err(why) => {
                writeln!(err, "error: {why}")?;
                return Ok(Err(ExitCode::INVALID));
            }
        },
    };
    match read(&file) {
        Ok(config) => Ok(Ok(Some(Found { config, file }))),
        Err(diagnostics) => {
            err.page(&diagnostics.page(color))?;
            Ok(Err(ExitCode::INVALID))
        }
    }
}

/// The file that would be read, whatever stands in it; `None`: there is none that may be.
pub(in crate::cli) fn file(args: &ConfigArgs) -> Option<PathBuf> {
    if is_refused(args) {
        return None;
    }
    args.config.clone().or_else(|| nearest().ok().flatten())
}

/// No file is wanted.
pub(super) fn is_refused(args: &ConfigArgs) -> bool {
    args.no_config || std::env::var_os(NO_CONFIG).is_some_and(|value| !value.is_empty())
}

fn read(file: &Path) -> Result<Config, Diagnostics> {
    let name = shown(file);
    let text =
        read_text_of("configuration", file).map_err(|why| Diagnostics::unreadable(&name, &why))?;
    let formats = formats();
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    Config::read(&name, &text, &formats)
}

/// The nearest file, relative to the working folder. An error: it is somebody else's.
fn nearest() -> Result<Option<PathBuf>, String> {
    // Where the working folder is gone, nothing is above it.
    let Ok(here) = std::env::current_dir() else { return Ok(None) };
    let owner = here.metadata().map_or(0, |folder| folder.uid());
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        let file = up.join(CONFIG_FILE);
        if file.symlink_metadata().is_ok() {
            return if is_trusted(&file, owner) { Ok(Some(file)) } else { Err(foreign(&file)) };
        }
        if folder.join(REPOSITORY).symlink_metadata().is_ok() {
            break;
        }
        up.push("..");
    }
    Ok(None)
}

/// What the file says is done, plugins loaded and programs started: so nobody else may have put it in our way.
/// What cannot be looked at will not be read either, and says why.
fn is_trusted(file: &Path, owner_of_folder: u32) -> bool {
    let link = file.symlink_metadata();
    let target = open_regular(file).and_then(|file| file.metadata());
    let ours = [Uid::effective().as_raw(), 0, owner_of_folder];
    [link, target].into_iter().flatten().all(|file| ours.contains(&file.uid()))
}

fn foreign(file: &Path) -> String {
    format!(
        "{} belongs to another user, who would decide what is run here. Name it with --config if it is meant, or \
         say --no-config.",
        shown(file)
    )
}
