//! Where this program is, and with it what was installed beside it.

use super::program::Program;
use std::path::{Path, PathBuf};

/// The name of the folder of programs of an installation.
const PROGRAMS: &str = "bin";

/// Scenarios of a checkout, below the manifest of its workspace.
const SCENARIOS: &str = "scenarios";

/// How many folders above a program that cargo has built its workspace is: `target/debug`, or
/// `target/TRIPLE/debug`.
const UP_TO_WORKSPACE: [usize; 2] = [2, 3];

/// The folder that a program stands in, links to it resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// Of this program; `None`: it cannot find itself.
    pub fn of_this_program() -> Option<Self> {
        Self::of(Program::this().ok()?.path())
    }

    /// Of the program whose file this is.
    pub fn of(program: &Path) -> Option<Self> {
        Some(Self { folder: program.parent()?.to_owned() })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it was installed below: the folder above `bin`. `None`: it stands elsewhere, as where it was built.
    pub fn prefix(&self) -> Option<&Path> {
        self.folder.parent().filter(|_| self.folder.ends_with(PROGRAMS))
    }

    /// The plugins that are installed with it, there or not.
    pub fn plugins(&self) -> Option<PathBuf> {
        Some(self.prefix()?.join("lib/wirebench/plugins"))
    }

    /// The scenarios that ship with it: those that are installed, there or not, or where it was built, those of the
    /// workspace. `None`: it is neither.
    pub fn scenarios(&self) -> Option<PathBuf> {
        match self.prefix() {
            Some(prefix) => Some(prefix.join("share/wirebench/scenarios")),
            None => self.workspace().map(|root| root.join(SCENARIOS)),
        }
    }

    /// The workspace that it was built in: a manifest of cargo above the folder of what cargo builds, and
    /// scenarios beside it.
    fn workspace(&self) -> Option<&Path> {
        let mut above = UP_TO_WORKSPACE.iter().filter_map(|up| self.folder.ancestors().nth(*up));
        above.find(|root| {
            root.join("Cargo.toml").is_file()
                && root.join("core/Cargo.toml").is_file()
                && root.join(SCENARIOS).is_dir()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_found_below_the_folder_above_the_program() {
        let place = Place::of(Path::new("/opt/wb/bin/wirebench")).expect("a program has a folder");
        assert_eq!(place.prefix(), Some(Path::new("/opt/wb")));
        assert_eq!(place.plugins(), Some("/opt/wb/lib/wirebench/plugins".into()));
        assert_eq!(place.scenarios(), Some("/opt/wb/share/wirebench/scenarios".into()));
    }

    #[test]
    fn a_program_outside_of_a_folder_of_programs_is_installed_nowhere() {
        let place = Place::of(Path::new("/opt/wirebench")).expect("a program has a folder");
        assert_eq!((place.prefix(), place.plugins(), place.scenarios()), (None, None, None));
    }

    #[test]
    fn a_program_that_was_built_here_finds_the_scenarios_of_its_workspace() {
        let root = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir_all(root.path().join("core")).expect("a folder in it");
        std::fs::create_dir(root.path().join("scenarios")).expect("a folder in it");
        for built in ["target/debug/wirebench", "target/aarch64-unknown-linux-gnu/debug/wirebench"]
        {
            let place = Place::of(&root.path().join(built)).expect("a program has a folder");
            let manifests = ["Cargo.toml", "core/Cargo.toml"].map(|file| root.path().join(file));
            assert_eq!(place.scenarios(), None, "without a manifest it is no workspace");
            for manifest in &manifests {
                std::fs::write(manifest, "").expect("a file in it");
            }
            assert_eq!(place.scenarios(), Some(root.path().join("scenarios")));
            for manifest in &manifests {
                std::fs::remove_file(manifest).expect("it was made just now");
            }
        }
    }
}
