//! The scenarios that ship, by name: `sticky` or `hostile/one-byte`, from any working folder. What is there under
//! that name is meant first.

use super::files::scenario_files;
use crate::host::Place;
use crate::text::path as shown;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use wirebench_values::similar;

/// How the files of scenarios end.
const ENDING: &str = "toml";

/// What people may write in front of a name, because it is so in a checkout.
const FOLDER_OF_A_CHECKOUT: &str = "scenarios/";

/// The folder of the scenarios that ship with this program.
#[derive(Clone, Debug)]
pub(super) struct Shipped {
    folder: Option<PathBuf>,
}

impl Shipped {
    /// Of this program, installed or in its checkout.
    pub(super) fn of_this_program() -> Self {
        Self { folder: Place::of_this_program().and_then(|place| place.scenarios()) }
    }

    /// The folder, there or not; `None`: this program stands where none belongs to it.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The file of the scenario that is called so, or the folder of several.
    pub(super) fn find(&self, name: &Path) -> Option<PathBuf> {
        let folder = self.folder.as_ref().filter(|_| is_name(name))?;
        let mut file = folder.join(name).into_os_string();
        file.push(format!(".{ENDING}"));
        let (file, several) = (PathBuf::from(file), folder.join(name));
        [(file.is_file(), file), (several.is_dir(), several)]
            .into_iter()
            .find_map(|(there, path)| there.then_some(path))
    }

    /// All names with their files, sorted as `run` would play them; the error says why they cannot be read.
    pub(super) fn all(&self) -> Result<Vec<(String, PathBuf)>, String> {
        let Some(folder) = self.folder.as_ref().filter(|folder| folder.is_dir()) else {
            return Ok(Vec::new());
        };
        let files = scenario_files(std::slice::from_ref(folder), None)?;
        let named = files.into_iter().filter_map(|file| {
            let name = file.strip_prefix(folder).ok()?.with_extension("");
            Some((name.to_str()?.to_owned(), file))
        });
        Ok(named.collect())
    }

    /// The name that was most likely meant.
    fn nearest(&self, wrong: &Path) -> Option<String> {
        let names: Vec<String> = self.all().ok()?.into_iter().map(|(name, _)| name).collect();
        let wrong = wrong.to_str()?;
        let wrong = wrong.strip_prefix(FOLDER_OF_A_CHECKOUT).unwrap_or(wrong);
        let wrong = wrong.strip_suffix(&format!(".{ENDING}")).unwrap_or(wrong);
        let last = |name: &String| name.rsplit('/').next().map(str::to_owned);
        let in_a_folder = names.iter().find(|name| last(name).as_deref() == Some(wrong));
        let near = || similar(wrong, names.iter().map(String::as_str)).map(str::to_owned);
        let near_in_a_folder = || {
            let lasts: Vec<String> = names.iter().filter_map(last).collect();
            let meant = similar(wrong, lasts.iter().map(String::as_str))?;
            names.iter().find(|name| last(name).as_deref() == Some(meant)).cloned()
        };
        in_a_folder.cloned().or_else(near).or_else(near_in_a_folder)
    }
}

/// The file or folder that is meant by what somebody wrote: the one that is there, or else what ships under that
/// name. What is written as a path and is not there stays as it is: whoever reads it says so.
pub(super) fn meant(written: &Path) -> Result<PathBuf, String> {
    if !is_missing(written) {
        return Ok(written.to_owned());
    }
    let shipped = Shipped::of_this_program();
    if let Some(found) = shipped.find(written) {
        return Ok(found);
    }
    if written.extension().is_some_and(|end| end == ENDING) || !is_name(written) {
        return Ok(written.to_owned());
    }
    let name = shown(written);
    let why = match shipped.folder() {
        Some(folder) if folder.is_dir() => match shipped.nearest(written) {
            Some(near) => {
                format!("and no scenario that ships is called so; did you mean `{near}`?")
            }
            None => "and no scenario that ships is called so".to_owned(),
        },
        Some(folder) => format!(
            "and the scenarios that ship are not in {}, where they belong: install all of wirebench, as \
             docs/install.md says",
            shown(folder)
        ),
        None => "and none ship with this program, which is neither installed nor in its checkout"
            .to_owned(),
    };
    Err(format!(
        "there is no file or folder {name} here, {why} (`wirebench list scenarios` shows what there is)"
    ))
}

/// What to say to whoever wrote the path of a scenario that is not there; empty where nothing is near.
pub(super) fn hint(path: &Path) -> String {
    let near = is_missing(path).then(|| Shipped::of_this_program().nearest(path)).flatten();
    near.map_or_else(String::new, |near| {
        format!("; did you mean `{near}`, which ships and goes by its name in any folder?")
    })
}

/// Nothing is there, whatever it is.
fn is_missing(path: &Path) -> bool {
    let nothing = [ErrorKind::NotFound, ErrorKind::NotADirectory];
    path.symlink_metadata().is_err_and(|error| nothing.contains(&error.kind()))
}

/// It leads nowhere but down.
fn is_name(path: &Path) -> bool {
    let mut parts = path.components();
    parts.clone().next().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of scenarios as it is installed.
    fn installed() -> (tempfile::TempDir, Shipped) {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("scenarios");
        for file in ["sticky", "sizes", "hostile/one-byte", "claims/the-mtu-splits"] {
            let file = folder.join(file).with_extension(ENDING);
            std::fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
            std::fs::write(file, "").expect("a file in it");
        }
        std::fs::write(folder.join("README.md"), "").expect("a file in it");
        (root, Shipped { folder: Some(folder) })
    }

    #[test]
    fn a_scenario_is_found_by_its_name_and_several_by_that_of_their_folder() {
        let (root, shipped) = installed();
        let found = |name: &str| {
            let file = shipped.find(Path::new(name))?;
            Some(file.strip_prefix(root.path()).expect("inside").display().to_string())
        };
        assert_eq!(found("sticky").as_deref(), Some("scenarios/sticky.toml"));
        assert_eq!(found("hostile/one-byte").as_deref(), Some("scenarios/hostile/one-byte.toml"));
        assert_eq!(found("claims").as_deref(), Some("scenarios/claims"));
        for nothing in ["README", "", ".", "../scenarios", "/sticky", "hostile/../sticky", "one"] {
            assert_eq!(found(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn names_are_those_that_can_be_typed() {
        let (_root, shipped) = installed();
        let all = shipped.all().expect("the folder can be read");
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["sizes", "sticky", "claims/the-mtu-splits", "hostile/one-byte"]);
        for (name, file) in &all {
            assert_eq!(shipped.find(Path::new(name)).as_ref(), Some(file));
        }
    }

    #[test]
    fn the_nearest_name_is_told_whatever_stands_around_it() {
        let (_root, shipped) = installed();
        for (wrong, near) in [
            ("stiky", Some("sticky")),
            ("scenarios/sticky.toml", Some("sticky")),
            ("one-byte", Some("hostile/one-byte")),
            ("hostile/onebyte", Some("hostile/one-byte")),
            ("the-mtu-split", Some("claims/the-mtu-splits")),
            ("something-else", None),
        ] {
            assert_eq!(shipped.nearest(Path::new(wrong)).as_deref(), near, "{wrong}");
        }
    }
}
