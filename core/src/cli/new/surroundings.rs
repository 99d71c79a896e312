//! What stands around this program: the sources of the SDK, and the schema of scenarios, as they were built or
//! installed with it.

use super::name::text;
use crate::host::{Place, Program};
use std::path::{Path, PathBuf};

/// Where the sources of the SDK stand below the root of this repository, and below that of what is installed.
const SDK: &str = "plugins/sdk";

/// How many folders above that of a program that cargo has built its workspace may be: `target/debug`, and
/// `target/TRIPLE/debug`.
const UP_TO_WORKSPACE: [usize; 2] = [2, 3];

/// Where what is installed stands, from its prefix, in whose `bin` the program is.
const INSTALLED_SOURCES: &str = "share/wirebench/sdk";
const INSTALLED_SCHEMA: &str = "share/wirebench/schema/wirebench.schema.json";

/// The file of this program; `None`: it cannot find itself.
pub(super) fn program() -> Option<&'static Path> {
    Some(Program::this().ok()?.path())
}

/// The sources of the SDK that go with this program, if they are there.
pub(super) fn sdk(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    let installed = prefix(program).map(|prefix| prefix.join(INSTALLED_SOURCES));
    let workspaces = UP_TO_WORKSPACE.iter().filter_map(|up| folder.ancestors().nth(*up));
    installed
        .into_iter()
        .chain(workspaces.map(Path::to_owned))
        .map(|root| root.join(SDK))
        .find(|sources| is_crate(sources))
}

/// Whether a crate stands there.
pub(super) fn is_crate(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// The folder that it was installed below.
fn prefix(program: &Path) -> Option<PathBuf> {
    Some(Place::of(program)?.prefix()?.to_owned())
}

/// The beginning of a scenario: by its first line an editor that knows taplo or tombi finds the schema.
pub(super) fn schema_lines(program: Option<&Path>) -> String {
    let plain =
        |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    let installed = program
        .and_then(prefix)
        .map(|prefix| prefix.join(INSTALLED_SCHEMA))
        .filter(|schema| schema.is_file());
    // Other characters have other forms in a URL.
    match installed.as_deref().and_then(|schema| text(schema).ok()).filter(plain) {
        Some(schema) => format!("#:schema file://{schema}\n#"),
        None => "#:schema ./wirebench.schema.json\n\
                 # Editors complete and check this file by that schema, once it is made: wirebench schema > wirebench.schema.json\n#"
            .to_owned(),
    }
}

/// What a command calls this program: its name where a shell finds it by that, else its file.
pub(super) fn command(program: Option<&Path>) -> String {
    let name = crate::host::program::NAME;
    let Some(program) = program else { return name.to_owned() };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    let is_this =
        first.and_then(|file| file.canonicalize().ok()).is_some_and(|file| file == program);
    match text(program) {
        Ok(file) if !is_this => file.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for file in files {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, "").expect("a file");
        }
        root
    }

    #[test]
    fn the_sdk_is_found_in_the_workspace_that_a_program_was_built_in() {
        let root = with(&["plugins/sdk/Cargo.toml"]);
        for program in
            ["target/debug/wirebench", "target/x86_64-unknown-linux-gnu/release/wirebench"]
        {
            let found = sdk(&root.path().join(program));
            assert_eq!(found, Some(root.path().join("plugins/sdk")));
        }
        assert_eq!(sdk(&root.path().join("elsewhere/wirebench")), None);
    }

    #[test]
    fn the_sdk_and_the_schema_are_found_below_the_prefix_of_an_installation() {
        let root = with(&[INSTALLED_SCHEMA, "share/wirebench/sdk/plugins/sdk/Cargo.toml"]);
        let program = root.path().join("bin/wirebench");
        assert_eq!(sdk(&program), Some(root.path().join("share/wirebench/sdk/plugins/sdk")));
        let lines = schema_lines(Some(&program));
        let schema = root.path().join(INSTALLED_SCHEMA);
        assert_eq!(lines.lines().next(), Some(&*format!("#:schema file://{}", schema.display())));
    }

    #[test]
    fn without_an_installed_schema_the_file_says_how_to_make_one() {
        for program in [None, Some(Path::new("/opt/bin/wirebench"))] {
            assert!(schema_lines(program).starts_with("#:schema ./wirebench.schema.json\n"));
            assert!(schema_lines(program).contains("wirebench schema > wirebench.schema.json"));
        }
    }
}
