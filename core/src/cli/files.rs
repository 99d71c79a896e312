//! The edge between scenarios and the file system: which files, their text, and what they send.

use super::args::ScenarioArgs;
use super::exit::ExitCode;
use super::screen::Screen;
use super::shipped::{hint, meant};
use crate::host::{Digest, open_regular};
use crate::scenario::{CONFIG_FILE, Diagnostics, FileFacts, LONGEST_FILE, Loaded, Overrides, load};
use crate::text::path as shown;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Where results are kept unless told otherwise.
pub(super) const OUT_FOLDER: &str = "wirebench-out";

/// How deep folders may stand in folders.
const DEEPEST: usize = 8;

/// Names the scenario files that `given` means: a folder stands for its `*.toml` files, sorted, and
/// then for those of the folders in it; what is not there may be the name of one that ships. `results`: a folder
/// below which runs are kept, scenarios and all.
/// The error says what cannot be found.
pub fn scenario_files(given: &[PathBuf], results: Option<&Path>) -> Result<Vec<PathBuf>, String> {
    let results = results.and_then(|folder| folder.canonicalize().ok());
    let mut files = Vec::new();
    for path in given {
        let path = meant(path)?;
        if path.is_dir() {
            toml_files(&path, results.as_deref(), DEEPEST, &mut files)?;
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// [`scenario_files`] for a verb: what is wrong has been told, and the inner error is its code.
pub(super) fn named_files(
    args: &ScenarioArgs,
    err: &mut Screen,
) -> std::io::Result<Result<Vec<PathBuf>, ExitCode>> {
    match scenario_files(&args.files, args.applied.results()) {
        Ok(files) if files.is_empty() => {
            writeln!(err, "error: there is no *.toml file in what was named")?;
            Ok(Err(ExitCode::NOTHING))
        }
        Ok(files) => Ok(Ok(files)),
        Err(why) => {
            writeln!(err, "error: {why}")?;
            Ok(Err(ExitCode::INVALID))
        }
    }
}

fn toml_files(
    folder: &Path,
    results: Option<&Path>,
    deep: usize,
    files: &mut Vec<PathBuf>,
) -> Result<(), String> {
    let cannot_read =
        |error: std::io::Error| format!("cannot read the folder {}: {error}", shown(folder));
    let (mut here, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(cannot_read)? {
        let entry = entry.map_err(cannot_read)?;
        let (path, name) = (entry.path(), entry.file_name());
        // Not through links, which may lead round in circles, nor into what is hidden or holds
        // results, and neither is `wirebench.toml` a scenario.
        if name == CONFIG_FILE {
            continue;
        }
        let hidden = name.as_encoded_bytes().starts_with(b".") || name == OUT_FOLDER;
        if entry.file_type().map_err(cannot_read)?.is_dir() {
            let kept =
                || results.is_some_and(|kept| path.canonicalize().is_ok_and(|it| it == kept));
            if !hidden && deep > 0 && !kept() {
                folders.push(path);
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            here.push(path);
        }
    }
    here.sort();
    folders.sort();
    files.extend(here);
    folders.iter().try_for_each(|folder| toml_files(folder, results, deep - 1, files))
}

/// Reads and checks one scenario with the options of the command line.
pub fn load_file(path: &Path, args: &ScenarioArgs) -> Result<Loaded, Diagnostics> {
    load_changed(path, &args.overrides())
}

/// The same with the changes of any verb.
pub(super) fn load_changed(path: &Path, overrides: &Overrides) -> Result<Loaded, Diagnostics> {
    let name = shown(path);
    let text = read_text(path)
        .map_err(|why| Diagnostics::unreadable(&name, &format!("{why}{}", hint(path))))?;
    let folder = folder_of(path).to_owned();
    let mut loaded = load(&name, &text, overrides, &|file| facts(&folder, file))?;
    // The name may be written otherwise than the file is called.
    loaded.scenario.folder = folder;
    loaded.scenario.text_sha256 = Digest::of(&mut text.as_bytes()).ok().map(|text| text.sha256);
    Ok(loaded)
}

/// The folder that a file stands in.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// The text of a scenario; longer than any scenario may be, it is cut off (and then refused).
pub(super) fn read_text(path: &Path) -> Result<String, String> {
    read_text_of("scenario", path)
}

/// The text of a file that is called `what`, and may be as long as a scenario.
pub(super) fn read_text_of(what: &str, path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot read the {what}: {error}");
    let file = open_regular(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > LONGEST_FILE {
        let most = LONGEST_FILE >> 10;
        return Err(format!("the file is too long: a {what} has at most {most} KiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("the file is not UTF-8: line {line} holds another encoding's bytes")
    })
}

/// Looks up a file that a scenario in `folder` sends.
pub(super) fn facts(folder: &Path, file: &str) -> Result<FileFacts, String> {
    let path = folder.join(file);
    let shown = shown(&path);
    let absolute = path.canonicalize().map_err(|error| format!("{shown}: {error}"))?;
    let metadata = absolute.metadata().map_err(|error| format!("{shown}: {error}"))?;
    if !metadata.is_file() {
        return Err(format!("{shown} is not a regular file"));
    }
    let absolute = absolute.to_str().ok_or(format!("{shown} is not a UTF-8 path"))?.to_owned();
    Ok(FileFacts { absolute, bytes: metadata.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_all_toml_files_in_it_in_order() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["b.toml", "a.toml", "notes.md", CONFIG_FILE] {
            std::fs::write(folder.path().join(name), "").expect("a file in it");
        }
        for inner in ["c.toml", "deeper/still", ".hidden", OUT_FOLDER, "kept"] {
            let inner = folder.path().join(inner);
            std::fs::create_dir_all(&inner).expect("a folder in it");
            std::fs::write(inner.join("x.toml"), "").expect("a file in that");
        }
        std::os::unix::fs::symlink(folder.path(), folder.path().join("round")).expect("a link");
        let kept = folder.path().join("deeper/../kept");
        let files = scenario_files(&[folder.path().to_owned()], Some(&kept))
            .expect("the folder is readable");
        let names = files.iter().map(|file| file.strip_prefix(folder.path()).expect("inside"));
        let names: Vec<_> = names.filter_map(Path::to_str).collect();
        assert_eq!(names, ["a.toml", "b.toml", "c.toml/x.toml", "deeper/still/x.toml"]);
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("gbk.toml");
        std::fs::write(&path, b"schema = 1\nname = \"\xd6\xd0\"\n").expect("a file in it");
        let why = read_text(&path).expect_err("it is not UTF-8");
        assert!(why.contains("line 2"), "{why}");
        assert!(read_text(folder.path()).expect_err("a folder").contains("regular file"));
        assert!(read_text(Path::new("/none.toml")).expect_err("nothing").contains("cannot read"));
    }

    #[test]
    fn a_file_to_send_is_found_beside_the_scenario() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("body.bin"), [7; 100]).expect("a file in it");
        let found = facts(folder.path(), "body.bin").expect("it is there");
        assert_eq!(found.bytes, 100);
        assert!(Path::new(&found.absolute).is_absolute());
        assert!(facts(folder.path(), "other.bin").is_err());
        assert!(facts(folder.path(), ".").expect_err("a folder").contains("regular file"));
    }
}
