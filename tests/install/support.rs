//! A prefix with wirebench in it.

use crate::harness::{Bench, Ran, plugin_folder};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Where plugins are below a prefix.
pub(crate) const PLUGINS: &str = "lib/wirebench/plugins";
/// Where scenarios are below a prefix.
pub(crate) const SCENARIOS: &str = "share/wirebench/scenarios";

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("core lies in the repository").to_owned()
}

/// wirebench below a prefix of its own, and a folder to work in beside it.
pub(crate) struct Installation {
    pub(crate) bench: Bench,
}

impl Installation {
    /// The program alone, as `cargo install` brings it.
    pub(crate) fn bare() -> Self {
        let bench = Bench::new();
        fs::create_dir_all(bench.folder().join("prefix/bin")).expect("a folder");
        let here = Self { bench };
        same(Path::new(env!("CARGO_BIN_EXE_wirebench")), &here.program());
        here
    }

    /// All of it.
    pub(crate) fn whole() -> Self {
        let here = Self::bare();
        let plugins = here.prefix().join(PLUGINS);
        fs::create_dir_all(&plugins).expect("a folder");
        for plugin in ["echo", "exec", "file"] {
            let file = format!("libwirebench_{plugin}.so");
            same(&Path::new(plugin_folder()).join(&file), &plugins.join(&file));
        }
        copy(&root().join("scenarios"), &here.prefix().join(SCENARIOS));
        here
    }

    pub(crate) fn prefix(&self) -> PathBuf {
        self.bench.folder().join("prefix")
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.prefix().join("bin/wirebench")
    }

    /// Calls it, with nothing of the user's own.
    #[track_caller]
    pub(crate) fn call(&self, arguments: &[&str]) -> Ran {
        self.call_as(&self.program(), arguments)
    }

    /// The same by another name of the program.
    #[track_caller]
    pub(crate) fn call_as(&self, program: &Path, arguments: &[&str]) -> Ran {
        let mut command = self.bench.command_of(program, arguments);
        command.env("HOME", self.bench.folder()).env_remove("XDG_DATA_HOME");
        self.bench.launch(command).wait()
    }
}

/// The same file under another name; a copy where that is on another disk.
fn same(from: &Path, to: &Path) {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).expect("it can be copied");
    }
}

/// A folder that only its owner may write to, and nobody's files in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            if entry.file_name() != "wirebench-out" {
                copy(&path, &target);
            }
        } else {
            fs::copy(&path, &target).expect("it can be copied");
            fs::set_permissions(&target, fs::Permissions::from_mode(0o444)).expect("it is ours");
        }
    }
}
