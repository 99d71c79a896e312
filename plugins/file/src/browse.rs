//! Walking through directories by text commands.

use crate::config::{CdAnswer, Config};
use crate::dialect::Texts;
use crate::kinds::{Kind, Refusal};
use crate::name::{self, RESERVED, shown};
use crate::store::Root;
use cap_std::fs::Dir;
use std::path::Path;

/// The longest command.
const LONGEST_COMMAND: usize = 4 << 10;

/// The longest listing.
const LONGEST_LISTING: usize = 512 << 10;

/// The deepest place.
const DEEPEST: usize = 64;

/// Where a session stands: the directories from the root to it.
pub(crate) type Place = Vec<String>;

/// How commands are answered.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    texts: &'a Texts,
    /// A way that was gone is answered by what stands there, and every other by one text.
    by_listing: bool,
    /// The names of directories end with `/`.
    slash: bool,
}

impl<'a> Manner<'a> {
    /// As the scenario has it.
    pub(crate) fn of(config: &'a Config) -> Self {
        let by_listing = config.cd_answer == CdAnswer::Listing;
        Self { texts: &config.texts, by_listing, slash: config.slash }
    }

    /// What is said of a command that was not carried out.
    pub(crate) fn refused(self, refusal: &Refusal) -> String {
        let gone = [Kind::NotFound, Kind::OutsideRoot, Kind::IsSymlink, Kind::BadName];
        match refusal.kind {
            Kind::NotADirectory => self.texts.not_a_directory.clone(),
            kind if self.by_listing && gone.contains(&kind) => self.texts.not_a_directory.clone(),
            _ => refusal.to_string(),
        }
    }
}

/// The first message of a session: the directory to begin in. It is absolute, on the machine of the
/// root (`path`) or within it, and is answered by what stands there.
pub(crate) fn begin(
    place: &mut Place,
    root: &Root,
    path: &Path,
    bytes: &[u8],
    manner: Manner<'_>,
) -> Result<String, Refusal> {
    let text = text(bytes)?;
    if !text.starts_with('/') {
        let why = format!("{} is no directory to begin in: it has to be absolute", shown(text));
        return Err(Refusal::new(Kind::BadHeader, why));
    }
    let within = Path::new(text).strip_prefix(path).ok().and_then(Path::to_str).unwrap_or(text);
    let mut wanted = Place::new();
    for part in within.split('/').filter(|part| !part.is_empty() && *part != ".") {
        enter(&mut wanted, root, part)?;
    }
    let listing = list(&walk(root, &wanted)?, manner)?;
    *place = wanted;
    Ok(listing)
}

/// Carries a command out. An error leaves the place as it is.
pub(crate) fn command(
    place: &mut Place,
    root: &Root,
    bytes: &[u8],
    manner: Manner<'_>,
) -> Result<String, Refusal> {
    let text = text(bytes)?;
    match text.split_once(' ').unwrap_or((text, "")) {
        ("ls", "") => list(&walk(root, place)?, manner),
        ("pwd", "") => Ok(shown_place(place)),
        ("..", "") | ("cd", "..") => {
            let mut above = place.clone();
            if above.pop().is_none() {
                return Err(Refusal::new(Kind::OutsideRoot, "this is the root already"));
            }
            moved(place, above, root, manner)
        }
        // Spaces belong to the name.
        ("cd", to) => {
            let mut below = place.clone();
            enter(&mut below, root, to)?;
            moved(place, below, root, manner)
        }
        _ => {
            let why = format!("{} is no command: `ls`, `pwd`, `cd NAME` and `..` are", shown(text));
            Err(Refusal::new(Kind::BadHeader, why))
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    let bad = |why: String| Refusal::new(Kind::BadHeader, why);
    if bytes.len() > LONGEST_COMMAND {
        return Err(bad(format!("a command of {} bytes", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| bad("a command that is no UTF-8".into()))?;
    Ok(text.trim_end_matches(['\r', '\n']))
}

/// Goes there, if what is answered can be said.
fn moved(place: &mut Place, to: Place, root: &Root, manner: Manner<'_>) -> Result<String, Refusal> {
    let answer = match manner.by_listing {
        true => list(&walk(root, &to)?, manner)?,
        false => shown_place(&to),
    };
    *place = to;
    Ok(answer)
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

fn list(dir: &Dir, manner: Manner<'_>) -> Result<String, Refusal> {
    let failed = |error: &std::io::Error| Refusal::io("listing", error);
    let texts = manner.texts;
    let mut names = Vec::new();
    let mut bytes = 0;
    for entry in dir.entries().map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(RESERVED) {
            continue;
        }
        if manner.slash && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
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
            let got = command(&mut place, &root, say.as_bytes(), Manner::of(&Config::default()));
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

    fn plain(more: &str) -> Config {
        let texts = r#""texts": {"separator": "--", "empty": "nothing"}"#;
        let config = format!(r#"{{"cd-answer": "listing", "slash": false, {texts}{more}}}"#);
        serde_json::from_str(&config).unwrap()
    }

    #[test]
    fn a_way_that_was_gone_may_be_answered_by_what_stands_there() {
        let (_folder, root) = root();
        let (mut place, config) = (Place::new(), plain(""));
        for (say, answer) in [
            ("cd two words", Ok("b.txt--inner")),
            ("cd inner", Ok("nothing")),
            ("..", Ok("b.txt--inner")),
            ("cd b.txt", Err("not a directory")),
            ("cd none", Err("not a directory")),
            ("cd /etc", Err("not a directory")),
            ("cd ..", Ok("a.txt--empty--in--out--two words")),
            ("..", Err("not a directory")),
            ("cd out", Err("not a directory")),
            (
                "rm a.txt",
                Err("bad-header: `rm a.txt` is no command: `ls`, `pwd`, `cd NAME` and `..` are"),
            ),
        ] {
            let manner = Manner::of(&config);
            let got = command(&mut place, &root, say.as_bytes(), manner);
            let got = got.map_err(|refusal| manner.refused(&refusal));
            assert_eq!(got.as_deref().map_err(String::as_str), answer, "{say}");
        }
    }

    #[test]
    fn whoever_begins_somewhere_begins_within_the_root() {
        let (folder, root) = root();
        let path = folder.path();
        let here = |more: &str| format!("{}{more}", path.display());
        for (say, answer) in [
            ("/".to_owned(), Ok("")),
            ("/two words/inner/".to_owned(), Ok("two words/inner")),
            (here(""), Ok("")),
            (here("/two words\n"), Ok("two words")),
            (here("/.."), Err(Kind::OutsideRoot)),
            ("/etc".to_owned(), Err(Kind::NotFound)),
            ("/a.txt".to_owned(), Err(Kind::NotADirectory)),
            ("/out".to_owned(), Err(Kind::IsSymlink)),
            ("two words".to_owned(), Err(Kind::BadHeader)),
            (String::new(), Err(Kind::BadHeader)),
        ] {
            let mut place = Place::new();
            let begun = begin(&mut place, &root, path, say.as_bytes(), Manner::of(&plain("")));
            let place = begun.map(|_| place.join("/")).map_err(|refusal| refusal.kind);
            assert_eq!(place.as_deref().map_err(|kind| *kind), answer, "{say}");
        }
    }

    #[test]
    fn a_place_that_has_become_a_link_is_not_followed() {
        let (folder, root) = root();
        let mut place = vec!["empty".to_owned()];
        std::fs::remove_dir(folder.path().join("empty")).unwrap();
        symlink("/etc", folder.path().join("empty")).unwrap();
        let refusal =
            command(&mut place, &root, b"ls", Manner::of(&Config::default())).unwrap_err();
        assert_eq!(refusal.kind, Kind::IsSymlink);
    }

    #[test]
    fn a_listing_without_end_is_refused() {
        let (folder, root) = root();
        for number in 0..2_200 {
            std::fs::write(folder.path().join(format!("{number}{}", "x".repeat(240))), "").unwrap();
        }
        let refusal =
            command(&mut Place::new(), &root, b"ls", Manner::of(&Config::default())).unwrap_err();
        assert_eq!(refusal.kind, Kind::TooLarge);
    }
}
