//! From a plugin's name to its file.

use std::path::{Path, PathBuf};

/// Where plugins are searched, first to last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPath {
    folders: Vec<PathBuf>,
}

impl SearchPath {
    /// `plugin_dirs` (what the user named), then `WIREBENCH_PLUGIN_PATH`, beside the executable and
    /// in its `deps/`, the user's and the system's plugin folders.
    pub fn of_process(plugin_dirs: &[PathBuf]) -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let mut folders = plugin_dirs.to_vec();
        if let Some(listed) = variable("WIREBENCH_PLUGIN_PATH") {
            // An empty entry would mean the working folder by accident.
            folders.extend(std::env::split_paths(&listed).filter(|p| !p.as_os_str().is_empty()));
        }
        if let Some(beside) = std::env::current_exe().ok().as_deref().and_then(Path::parent) {
            folders.push(beside.to_owned());
            folders.push(beside.join("deps"));
        }
        let data = variable("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || variable("HOME").map(|home| Path::new(&home).join(".local/share"));
        folders.extend(data.or_else(home).map(|data| data.join("wirebench/plugins")));
        folders.push("/usr/local/lib/wirebench/plugins".into());
        folders.push("/usr/lib/wirebench/plugins".into());
        Self::new(folders)
    }

    /// Exactly these folders.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut distinct = Vec::new();
        for folder in folders {
            if !distinct.contains(&folder) {
                distinct.push(folder);
            }
        }
        Self { folders: distinct }
    }

    /// The folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Every shared object whose name says that it is a plugin (`libwirebench_….so`), first to last,
    /// and those in the folders that hold nothing but plugins. What an earlier folder has under
    /// the same file name hides the later one.
    pub fn candidates(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut here: Vec<_> = entries.map(|entry| entry.path()).collect();
            here.sort();
            for file in here {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let plugin = (name.starts_with("libwirebench_") && name.ends_with(".so"))
                    || (folder.ends_with("wirebench/plugins") && name.ends_with(".so"));
                let hidden = found.iter().any(|other| other.file_name() == file.file_name());
                if plugin && !hidden && file.is_file() {
                    found.push(file);
                }
            }
        }
        found
    }
}

/// A plugin that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// What was asked for.
    pub name: String,
    /// Every place that was looked at, in order.
    pub searched: Vec<PathBuf>,
}

impl std::fmt::Display for NotFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "plugin `{}` was not found; searched:", self.name)?;
        for place in &self.searched {
            write!(f, "\n  {}", place.display())?;
        }
        write!(
            f,
            "\nbuild it (`cargo build` makes those of the workspace), name its folder with \
             --plugin-dir or WIREBENCH_PLUGIN_PATH, or give `path` in the scenario"
        )
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
    let mut searched = Vec::new();
    if name.contains('/') {
        let file = PathBuf::from(name);
        if file.is_file() {
            return Ok(file);
        }
        searched.push(file);
        return Err(NotFound { name: name.to_owned(), searched });
    }
    for folder in &path.folders {
        for file in file_names(name) {
            let file = folder.join(file);
            if file.is_file() {
                return Ok(file);
            }
            searched.push(file);
        }
    }
    Err(NotFound { name: name.to_owned(), searched })
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
