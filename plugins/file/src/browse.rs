//! Walking through directories by text commands.

use crate::dialect::Texts;
use crate::kinds::{Kind, Refusal};
use crate::name::{self, RESERVED, shown};
use crate::store::Root;
use cap_std::fs::Dir;

/// The longest command.
const LONGEST_COMMAND: usize = 4 << 10;

/// The longest listing.
const LONGEST_LISTING: usize = 512 << 10;

/// The deepest place.
const DEEPEST: usize = 64;

/// Where a session stands: the directories from the root to it.
pub(crate) type Place = Vec<String>;

/// Carries a command out. An error leaves the place as it is.
pub(crate) fn command(
    place: &mut Place,
    root: &Root,
    bytes: &[u8],
    texts: &Texts,
) -> Result<String, Refusal> {
    let bad = |why: String| Refusal::new(Kind::BadHeader, why);
    if bytes.len() > LONGEST_COMMAND {
        return Err(bad(format!("a command of {} bytes", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| bad("a command that is no UTF-8".into()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    match text.split_once(' ').unwrap_or((text, "")) {
        ("ls", "") => list(&walk(root, place)?, texts),
        ("pwd", "") => Ok(shown_place(place)),
        ("..", "") | ("cd", "..") => {
            if place.pop().is_none() {
                return Err(Refusal::new(Kind::OutsideRoot, "this is the root already"));
            }
            Ok(shown_place(place))
        }
        // Spaces belong to the name.
        ("cd", to) => {
            enter(place, root, to)?;
            Ok(shown_place(place))
        }
        _ => {
            Err(bad(format!("{} is no command: `ls`, `pwd`, `cd NAME` and `..` are", shown(text))))
        }
    }
}

fn shown_place(place: &Place) -> String {
    format!("/{}", place.join("/"))
}

fn enter(place: &mut Place, root: &Root, to: &str) -> Result<(), Refusal> {
    if to.starts_with('/') || to.split('/').any(|part| part == "..") {
        let why = format!("{} leads out of this directory", shown(to));
        return Err(Refusal::new(Kind::OutsideRoot, why));
    }
    name::check(to)?;
    if place.len() >= DEEPEST {
        return Err(Refusal::new(Kind::BadName, format!("more than {DEEPEST} directories deep")));
    }
    open(&walk(root, place)?, to)?;
    place.push(to.to_owned());
    Ok(())
}

/// Opens the place anew: it may have changed since the last command.
fn walk(root: &Root, place: &Place) -> Result<Dir, Refusal> {
    let mut dir = root.dir().try_clone().map_err(|error| Refusal::io("the root", &error))?;
    for part in place {
        dir = open(&dir, part)?;
    }
    Ok(dir)
}

fn open(dir: &Dir, name: &str) -> Result<Dir, Refusal> {
    let failed = |error: &std::io::Error| Refusal::io(&shown(name), error);
    let metadata = dir.symlink_metadata(name).map_err(|error| failed(&error))?;
    let refused = |kind, what: &str| Err(Refusal::new(kind, format!("{} is {what}", shown(name))));
    if metadata.is_symlink() {
        return refused(Kind::IsSymlink, "a symbolic link, which is never followed");
    }
    if !metadata.is_dir() {
        return refused(Kind::NotADirectory, "no directory");
    }
    dir.open_dir(name).map_err(|error| failed(&error))
}

fn list(dir: &Dir, texts: &Texts) -> Result<String, Refusal> {
    let failed = |error: &std::io::Error| Refusal::io("listing", error);
    let mut names = Vec::new();
    let mut bytes = 0;
    for entry in dir.entries().map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(RESERVED) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            name.push('/');
        }
        bytes += name.len() + texts.separator.len();
        if bytes > LONGEST_LISTING {
            let why = format!("the listing has more than {LONGEST_LISTING} bytes");
            return Err(Refusal::new(Kind::TooLarge, why));
        }
        names.push(name);
    }
    names.sort();
    Ok(if names.is_empty() { texts.empty.clone() } else { names.join(&texts.separator) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded;
    use std::os::unix::fs::symlink;

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["empty/", "two words/inner/", "two words/b.txt", "a.txt"];
        seeded::tree(folder.path(), &paths.map(str::to_owned)).unwrap();
        symlink("/etc", folder.path().join("out")).unwrap();
        symlink("empty", folder.path().join("in")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        (folder, root)
    }

    /// What each command is answered, one after the other.
    #[track_caller]
    fn walks(steps: &[(&str, Result<&str, Kind>)]) {
        let (_folder, root) = root();
        let mut place = Place::new();
        for (say, answer) in steps {
            let got = command(&mut place, &root, say.as_bytes(), &Texts::default());
            let got = got.as_deref().map_err(|refusal| refusal.kind);
            assert_eq!(got, *answer, "{say}");
        }
    }

    #[test]
    fn names_with_spaces_empty_directories_and_the_way_back_are_answers() {
        walks(&[
            ("pwd", Ok("/")),
            ("ls", Ok("a.txt\nempty/\nin\nout\ntwo words/")),
            ("cd two words", Ok("/two words")),
            ("ls", Ok("b.txt\ninner/")),
            ("cd inner\r\n", Ok("/two words/inner")),
            ("ls", Ok("(empty)")),
            ("..", Ok("/two words")),
            ("cd ..", Ok("/")),
            ("cd empty", Ok("/empty")),
            ("ls", Ok("(empty)")),
        ]);
    }

    #[test]
    fn no_way_leads_out_and_what_fails_leaves_the_place_unchanged() {
        walks(&[
            ("cd two words", Ok("/two words")),
            ("cd b.txt", Err(Kind::NotADirectory)),
            ("cd none", Err(Kind::NotFound)),
            ("cd /etc", Err(Kind::OutsideRoot)),
            ("cd ../..", Err(Kind::OutsideRoot)),
            ("cd inner/../..", Err(Kind::OutsideRoot)),
            ("cd a\0b", Err(Kind::BadName)),
            ("cd ", Err(Kind::BadName)),
            ("cd .", Err(Kind::BadName)),
            ("rm b.txt", Err(Kind::BadHeader)),
            ("", Err(Kind::BadHeader)),
            ("pwd", Ok("/two words")),
            ("..", Ok("/")),
            ("..", Err(Kind::OutsideRoot)),
            ("cd ..", Err(Kind::OutsideRoot)),
            ("cd out", Err(Kind::IsSymlink)),
            ("cd in", Err(Kind::IsSymlink)),
            ("pwd", Ok("/")),
        ]);
    }

    #[test]
    fn a_place_that_has_become_a_link_is_not_followed() {
        let (folder, root) = root();
        let mut place = vec!["empty".to_owned()];
        std::fs::remove_dir(folder.path().join("empty")).unwrap();
        symlink("/etc", folder.path().join("empty")).unwrap();
        let refusal = command(&mut place, &root, b"ls", &Texts::default()).unwrap_err();
        assert_eq!(refusal.kind, Kind::IsSymlink);
    }

    #[test]
    fn a_listing_without_end_is_refused() {
        let (folder, root) = root();
        for number in 0..2_200 {
            std::fs::write(folder.path().join(format!("{number}{}", "x".repeat(240))), "").unwrap();
        }
        let refusal = command(&mut Place::new(), &root, b"ls", &Texts::default()).unwrap_err();
        assert_eq!(refusal.kind, Kind::TooLarge);
    }
}
