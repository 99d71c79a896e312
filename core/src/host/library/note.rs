//! What a plugin says of itself in its note: read without loading it, held against its descriptor when
//! it is loaded.

use super::super::{LoadFault, NoteLie};
use super::fields::{MAX_ABOUT, MAX_ITEMS, MAX_NAME, distinct, name, text};
use super::{About, Library};
use wirebench_abi as abi;

/// What a plugin is by the word of its note. Names and texts keep the same rules as in a descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The plugin's id.
    pub id: String,
    /// The plugin's own version.
    pub version: String,
    /// Major and minor of the interface that it was built with.
    pub abi: (u16, u16),
    /// What it says it was built with; empty: it does not say.
    pub sdk: String,
    /// Whether it is a debug build; `None`: it does not say.
    pub debug_build: Option<bool>,
    /// The architecture that it was built for, as Rust calls it.
    pub arch: Option<String>,
    /// The target triple that it was built for.
    pub target: Option<String>,
    /// Its handlers.
    pub handlers: Vec<About>,
    /// Its framings.
    pub framings: Vec<About>,
}

/// What there is of a note in a plugin's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// A note that can be read.
    Note(Box<Note>),
    /// One of another format, which is this.
    OtherFormat(String),
    /// None: an older plugin, or one that was written in another language.
    Nothing,
}

impl Noted {
    /// The note, if it can be read.
    pub fn note(&self) -> Option<&Note> {
        match self {
            Self::Note(note) => Some(note),
            Self::OtherFormat(_) | Self::Nothing => None,
        }
    }

    /// What the text of a note says; `None`: there is no note.
    pub(super) fn of(text: Option<&[u8]>) -> Result<Self, LoadFault> {
        let Some(text) = text else { return Ok(Self::Nothing) };
        let text = std::str::from_utf8(text).map_err(|_| broken("is not UTF-8"))?;
        let mut entries = text.split('\0').filter(|entry| !entry.is_empty());
        match entries.next().and_then(|first| first.strip_prefix("note=")) {
            Some(abi::note::FORMAT) => {}
            Some(other) => return Ok(Self::OtherFormat(short(other))),
            None => return Err(broken("does not begin with its format (`note=1`)")),
        }
        let mut said = Said::default();
        entries.try_for_each(|entry| said.hear(entry))?;
        said.whole().map(|note| Self::Note(Box::new(note)))
    }
}

/// What the entries so far have said.
#[derive(Default)]
struct Said {
    single: [Option<String>; KEYS.len()],
    handlers: Vec<About>,
    framings: Vec<About>,
}

/// Keys that may stand once.
const KEYS: [&str; 7] = ["id", "version", "abi", "sdk", "build", "arch", "target"];

impl Said {
    fn hear(&mut self, entry: &str) -> Result<(), LoadFault> {
        let Some((key, value)) = entry.split_once('=') else {
            return Err(broken(format!("has an entry without `=`: {:?}", short(entry))));
        };
        let items = match key {
            "handler" => &mut self.handlers,
            "framing" => &mut self.framings,
            _ => {
                // A key that is not known is one for later readers.
                let Some(at) = KEYS.iter().position(|known| *known == key) else { return Ok(()) };
                let field = format!("{key} in its note");
                let text = text(&field, abi::Bytes::text(value), MAX_NAME)?;
                if self.single[at].replace(text).is_some() {
                    return Err(broken(format!("says `{key}` twice")));
                }
                return Ok(());
            }
        };
        if items.len() == MAX_ITEMS {
            let array = format!("{key}s in its note");
            return Err(LoadFault::Count { array, found: MAX_ITEMS + 1, most: MAX_ITEMS });
        }
        let (called, about) = value.split_once(' ').unwrap_or((value, ""));
        let called = name(&format!("name of a {key} in its note"), abi::Bytes::text(called))?;
        let field = format!("description of {key} `{called}` in its note");
        let about = text(&field, abi::Bytes::text(about), MAX_ABOUT)?;
        items.push(About { name: called, about });
        Ok(())
    }

    fn whole(self) -> Result<Note, LoadFault> {
        let [id, version, abi, sdk, build, arch, target] = self.single;
        let there = |key: &str, text: Option<String>| {
            text.ok_or_else(|| broken(format!("does not say `{key}`")))
        };
        let id = there("id", id)?;
        let id = name("id in its note", abi::Bytes::text(&id))?;
        let abi = there("abi", abi)?;
        let numbers = abi.split_once('.').and_then(|(major, minor)| {
            Some((major.parse::<u16>().ok()?, minor.parse::<u16>().ok()?))
        });
        distinct("handlers in its note", self.handlers.iter())?;
        distinct("framings in its note", self.framings.iter())?;
        Ok(Note {
            id,
            version: there("version", version)?,
            abi: numbers.ok_or_else(|| {
                broken(format!("says abi={abi:?}, which is no major and minor (`{}`)", abi::ABI))
            })?,
            sdk: sdk.unwrap_or_default(),
            debug_build: match build.as_deref() {
                Some("release") => Some(false),
                Some("debug") => Some(true),
                _ => None,
            },
            arch,
            target,
            handlers: self.handlers,
            framings: self.framings,
        })
    }
}

impl Note {
    /// The plugin that it names, by id and version.
    pub fn plugin(&self) -> (String, String) {
        (self.id.clone(), self.version.clone())
    }

    /// Refuses what can never be called, whatever its descriptor says: a plugin of another major of the
    /// interface, and one that says it is for another architecture than its file is.
    pub(super) fn suits(&self) -> Result<(), LoadFault> {
        let (major, minor) = self.abi;
        if major != abi::ABI_MAJOR {
            return Err(LoadFault::Major { major, minor });
        }
        match &self.arch {
            Some(arch) if arch != std::env::consts::ARCH => Err(lie(
                "architecture",
                format!("`{arch}`"),
                format!("the file is for `{}`", std::env::consts::ARCH),
            )),
            _ => Ok(()),
        }
    }

    /// Checks that the descriptor says the same: what is listed has to be what runs.
    pub(super) fn agrees(&self, library: &Library) -> Result<(), LoadFault> {
        let abi = |(major, minor): (u16, u16)| format!("{major}.{minor}");
        let (noted, loaded) = (abi(self.abi), abi(library.abi));
        let texts = [
            ("id", &self.id, &library.id),
            ("version", &self.version, &library.version),
            ("plugin interface", &noted, &loaded),
            ("SDK", &self.sdk, &library.sdk),
        ];
        for (what, note, table) in texts {
            // What it was built with need not be said.
            let is_silent = what == "SDK" && note.is_empty();
            if note != table && !is_silent {
                return Err(differs(what, format!("`{note}`"), format!("`{table}`")));
            }
        }
        if let (Some(note), Some(table)) = (self.debug_build, library.debug_build)
            && note != table
        {
            let build = |debug| if debug { "debug" } else { "release" }.to_owned();
            return Err(differs("build", build(note), build(table)));
        }
        same("handler", &self.handlers, &library.handlers())?;
        same("framing", &self.framings, &library.framings())
    }
}

/// Checks that both lists hold the same, in whatever order.
fn same(kind: &str, noted: &[About], loaded: &[About]) -> Result<(), LoadFault> {
    let called = |items: &[About], name: &str| {
        items.iter().find(|item| item.name == name).map(|item| item.about.clone())
    };
    for About { name, .. } in noted.iter().chain(loaded) {
        let (note, table) = (called(noted, name), called(loaded, name));
        if note != table {
            let shown = |about: Option<String>| match about {
                Some(about) => format!("`{name} {about}`"),
                None => format!("there is no `{name}`"),
            };
            return Err(differs(kind, shown(note), shown(table)));
        }
    }
    Ok(())
}

fn differs(what: &str, note: String, table: String) -> LoadFault {
    lie(what, note, format!("its descriptor says {table}"))
}

fn lie(what: &str, note: String, file: String) -> LoadFault {
    LoadFault::Lie(Box::new(NoteLie { what: what.into(), note, file }))
}

fn broken(how: impl Into<String>) -> LoadFault {
    LoadFault::Note(how.into())
}

/// The beginning of a text that may be long and anything.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
#[path = "note_tests.rs"]
mod tests;
