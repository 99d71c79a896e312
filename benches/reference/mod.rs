//! The loops in C beside this file: builds them, and plays one of them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Each has a file of its name.
pub(crate) const LOOPS: [&str; 5] = ["stream", "datagrams", "epoll", "compare", "uring"];

/// What all of them are linked with.
const SHARED: [&str; 4] = ["options.c", "sides.c", "sockets.c", "window.c"];

/// The loops, built.
pub(crate) struct Loops {
    folder: PathBuf,
}

impl Loops {
    /// Builds all of them in `folder`.
    pub(crate) fn build(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder for the loops");
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/reference");
        for name in LOOPS {
            let made = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()))
                .args(["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
                .arg(folder.join(name))
                .arg(sources.join(format!("{name}.c")))
                .args(SHARED.map(|shared| sources.join(shared)))
                .output()
                .expect("a C compiler runs");
            let said = String::from_utf8_lossy(&made.stderr);
            assert!(made.status.success(), "{name} cannot be built:\n{said}");
        }
        Self { folder: folder.to_owned() }
    }

    /// Plays one with `options` (`--in-flight 16 --payload 64`: see `options.h`); returns exchanges per
    /// second, or what went wrong in its words.
    pub(crate) fn play(&self, name: &str, options: &str) -> Result<f64, String> {
        let mut program = Command::new(self.folder.join(name));
        let output = program.args(options.split_whitespace()).output().expect("the loop runs");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim_end().to_owned());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        said.trim_end().parse().map_err(|_| format!("no rate: {said}"))
    }
}
