//! From a plugin's name to its file.

use super::elf::{Elf, open};
use super::library::descriptors;
use super::place::Place;
use crate::text::path;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where plugins are searched, first to last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPath {
    folders: Vec<PathBuf>,
    /// Those that the user has named.
    named: Vec<PathBuf>,
    /// Where the plugins are that were installed with this program.
    installed: Option<PathBuf>,
}

impl SearchPath {
    /// `plugin_dirs` (what the user named), then `WIREBENCH_PLUGIN_PATH`, beside the executable and
    /// in its `deps/`, what is installed with it, the user's and the system's plugin folders.
    pub fn of_process(plugin_dirs: &[PathBuf]) -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let mut folders = plugin_dirs.to_vec();
        if let Some(listed) = variable("WIREBENCH_PLUGIN_PATH") {
            // An empty entry would mean the working folder by accident.
            folders.extend(std::env::split_paths(&listed).filter(|p| !p.as_os_str().is_empty()));
        }
        let named = folders.clone();
        let place = Place::of_this_program();
        let installed = place.as_ref().and_then(Place::plugins);
        if let Some(beside) = place.as_ref().map(Place::folder) {
            folders.push(beside.to_owned());
            folders.push(beside.join("deps"));
        }
        folders.extend(installed.clone());
        let data = variable("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || variable("HOME").map(|home| Path::new(&home).join(".local/share"));
        folders.extend(data.or_else(home).map(|data| data.join("wirebench/plugins")));
        folders.push("/usr/local/lib/wirebench/plugins".into());
        folders.push("/usr/lib/wirebench/plugins".into());
        Self { named, installed, ..Self::new(folders) }
    }

    /// Exactly these folders.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut distinct = Vec::new();
        for folder in folders {
            if !distinct.contains(&folder) {
                distinct.push(folder);
            }
        }
        Self { folders: distinct, ..Self::default() }
    }

    /// The folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// What is wrong with the folders themselves, each with what to do: one that somebody has named, or that
    /// belongs to this program, is not there, or any cannot be read.
    pub fn faults(&self) -> Vec<String> {
        self.folders.iter().filter_map(|folder| self.fault(folder)).collect()
    }

    fn fault(&self, folder: &PathBuf) -> Option<String> {
        let error = std::fs::read_dir(folder).err()?;
        let missing = error.kind() == ErrorKind::NotFound;
        let shown = path(folder);
        if !missing {
            return Some(format!(
                "the plugin folder {shown} cannot be read: {error}; let this user read it, or name another \
                 with --plugin-dir or WIREBENCH_PLUGIN_PATH"
            ));
        }
        if self.named.contains(folder) {
            return Some(format!(
                "the plugin folder {shown} is not there; correct --plugin-dir, WIREBENCH_PLUGIN_PATH or \
                 `plugins` of wirebench.toml, whichever names it"
            ));
        }
        (self.installed.as_ref() == Some(folder)).then(|| {
            format!(
                "this program was installed without its plugins: their folder {shown} is not there; install \
                 it whole, as docs/install.md says (`cargo install` brings the program alone)"
            )
        })
    }

    /// Every plugin, first to last: shared objects that export a descriptor, which is read from the
    /// file without loading it, and what its name (`libwirebench_….so`) or folder says to be one, so
    /// that what is broken is seen. What an earlier folder has under the same file name hides the
    /// later one.
    pub fn candidates(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut here: Vec<_> = entries.map(|entry| entry.path()).collect();
            here.sort();
            for file in here {
                let name = file.file_name().unwrap_or_default();
                let hidden = found.iter().any(|other| other.file_name() == Some(name));
                let name = name.as_encoded_bytes();
                let meant =
                    name.starts_with(b"libwirebench_") || folder.ends_with("wirebench/plugins");
                if name.ends_with(b".so") && !hidden && file.is_file() && (meant || exports(&file))
                {
                    found.push(file);
                }
            }
        }
        found
    }
}

/// True when the file exports a descriptor, of whichever major, or has the note of a plugin, built for
/// whichever machine.
fn exports(file: &Path) -> bool {
    let Ok(file) = open(file) else { return false };
    if Elf::note_of(&file).is_some() {
        return true;
    }
    let Ok(Ok(elf)) = Elf::of(file) else { return false };
    descriptors().any(|symbol| elf.exports(&symbol) == Some(true))
}

/// The short name by which a plugin's file is found.
fn short_name(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_str()?;
    let stem = stem.strip_prefix("lib").unwrap_or(stem);
    Some(stem.strip_prefix("wirebench_").unwrap_or(stem).to_owned())
}

/// A plugin that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// What was asked for.
    pub name: String,
    /// The names of files that were looked for.
    pub files: Vec<String>,
    /// Where they were looked for, in order; none when a path was asked for.
    pub folders: Vec<PathBuf>,
    /// The short names of the plugins that are there.
    pub known: Vec<String>,
    /// What is wrong with the folders, each with what to do.
    pub faults: Vec<String>,
}

impl NotFound {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> String {
        match self.folders.is_empty() {
            true => format!("there is no file {}", self.name),
            false => format!("there is no plugin `{}`", self.name),
        }
    }

    /// What there is, what was tried, and what to do.
    pub fn help(&self) -> Vec<String> {
        if self.folders.is_empty() {
            return Vec::new();
        }
        let known = match self.known.as_slice() {
            [] => "no plugin was found".to_owned(),
            known => format!("found were {}", known.join(", ")),
        };
        let folders: Vec<String> = self.folders.iter().map(path).collect();
        let looked = format!("looked for {} in {}", self.files.join(", "), folders.join(", "));
        let mut help = vec![known, looked];
        help.extend(self.faults.iter().cloned());
        help.push(
            "build it (`cargo build` makes those of the workspace), name its folder with \
             --plugin-dir or WIREBENCH_PLUGIN_PATH, or give `path` in the scenario"
                .to_owned(),
        );
        help
    }
}

impl std::fmt::Display for NotFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message())?;
        self.help().iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for NotFound {}

/// Finds the file of the plugin `name`: a path if it holds a `/`, else a short name or an id. In
/// each folder `libwirebench_NAME.so`, `libNAME.so` and `NAME.so` are tried, for the name (with `-`
/// as `_` too) and for the last part of an id (`wirebench.echo` is `echo` in a file name). The
/// first file that exists is the answer, whether it loads or not.
///
/// Whether the plugin in it has the id asked for can be told once it is loaded: [`is_named`].
pub fn find(name: &str, path: &SearchPath) -> Result<PathBuf, NotFound> {
    let mut wanted = NotFound {
        name: name.to_owned(),
        files: file_names(name),
        folders: path.folders.clone(),
        known: Vec::new(),
        faults: Vec::new(),
    };
    if name.contains('/') {
        wanted.files = vec![name.to_owned()];
        wanted.folders.clear();
    }
    let places: Vec<PathBuf> = match wanted.folders.as_slice() {
        [] => wanted.files.iter().map(PathBuf::from).collect(),
        folders => {
            let of = |folder: &PathBuf| wanted.files.iter().map(|file| folder.join(file)).collect();
            folders.iter().flat_map(|folder| -> Vec<PathBuf> { of(folder) }).collect()
        }
    };
    places.into_iter().find(|file| file.is_file()).ok_or_else(|| {
        if !wanted.folders.is_empty() {
            wanted.known = path.candidates().iter().filter_map(|file| short_name(file)).collect();
            wanted.faults = path.faults();
        }
        wanted
    })
}

/// True when a plugin with `id` is what `name` asks for: a path or a short name means whatever is
/// in the file, a name with dots means the plugin with that very id.
pub fn is_named(name: &str, id: &str) -> bool {
    !name.contains('.') || name.contains('/') || name == id
}

fn file_names(name: &str) -> Vec<String> {
    let mut stems = vec![name.to_owned()];
    let mut add = |stem: String| {
        if !stem.is_empty() && !stems.contains(&stem) {
            stems.push(stem);
        }
    };
    add(name.replace('-', "_"));
    if let Some((_, last)) = name.rsplit_once('.') {
        add(last.to_owned());
        add(last.replace('-', "_"));
    }
    let forms = |stem: &String| {
        [format!("libwirebench_{stem}.so"), format!("lib{stem}.so"), format!("{stem}.so")]
    };
    stems.iter().flat_map(forms).collect()
}
