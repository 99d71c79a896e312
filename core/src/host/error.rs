//! Why a plugin is refused, or refuses its configuration.

use super::elf::ElfFault;
use crate::text::path;
use std::path::PathBuf;
use thiserror::Error;
use wirebench_abi as abi;

/// A fault in a plugin's configuration, told by the plugin.
#[derive(Clone, Debug, PartialEq, Eq, Error, serde::Serialize, serde::Deserialize)]
#[error("{}{message}", at(.pointer))]
pub struct ConfigError {
    /// JSON pointer to the fault (`/max`); empty for the configuration as a whole.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

impl ConfigError {
    /// What is wrong with a configuration as a whole.
    pub(super) fn whole(message: String) -> Self {
        Self { pointer: String::new(), message }
    }
}

/// A shared object that is not a plugin we can call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("plugin {}{}: {fault}", path(.file), in_parentheses(.plugin))]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// Id and version of the plugin, where it came so far.
    pub plugin: Option<(String, String)>,
    /// The rule it breaks.
    pub fault: LoadFault,
}

/// The rule that a plugin breaks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadFault {
    /// The file cannot be opened.
    #[error("cannot be read: {0}; check the path and its permissions")]
    Unreadable(String),
    /// It is no shared object for this machine.
    #[error("{0}")]
    Elf(ElfFault),
    /// The system's loader refuses it, with this text.
    #[error(
        "the system's loader refuses it: {0}; all libraries and symbols that it needs must be there"
    )]
    Refused(String),
    /// It exports no descriptor; `other_major` when it exports one of another major.
    #[error("{}", no_descriptor(.other_major))]
    NoSymbol {
        /// The major in the name that it does export.
        other_major: Option<u16>,
    },
    /// The descriptor does not begin with the magic number.
    #[error(
        "its descriptor begins with {:#018x} instead of the magic number {:#018x} (plugin interface \
         {}); set `magic` to WB_MAGIC and rebuild it",
        .0,
        abi::MAGIC,
        ours()
    )]
    Magic(u64),
    /// A table is shorter than the first version of the interface had it.
    #[error(
        "its {table} says struct_size = {found}, plugin interface {} needs at least {least}; set \
         `struct_size` to the size of the struct and rebuild it",
        ours()
    )]
    Short {
        /// Which table.
        table: String,
        /// Its `struct_size`, in bytes.
        found: u32,
        /// The least there must be, in bytes.
        least: u32,
    },
    /// It was built for another major of the interface.
    #[error(
        "it is built for plugin interface {major}.{minor}, this wirebench speaks {}; {}",
        ours(),
        other_major_remedy(.major)
    )]
    Major {
        /// What the plugin was built with.
        major: u16,
        /// What the plugin was built with.
        minor: u16,
    },
    /// A text is missing, too long, not UTF-8 or holds characters that are not allowed.
    #[error("its {field} {cause}; correct the text and rebuild it")]
    Text {
        /// Which one.
        field: String,
        /// What is wrong with it.
        cause: String,
    },
    /// An array is longer than allowed.
    #[error(
        "it says it has {found} {array}, at most {most} are allowed; correct the count and rebuild it"
    )]
    Count {
        /// Which one.
        array: String,
        /// Its length.
        found: usize,
        /// The most there may be.
        most: usize,
    },
    /// A pointer that is required is null.
    #[error("its {0} is null but required; set it and rebuild the plugin")]
    Null(String),
    /// Two handlers or two framings have one name.
    #[error("it has two {0}; give each its own name and rebuild it")]
    Duplicate(String),
    /// It brings neither handlers nor framings.
    #[error("it brings neither handlers nor framings; name at least one and rebuild it")]
    Empty,
    /// It has a note that cannot be read; what is wrong with it, as the end of a sentence.
    #[error(
        "its note ({}) {}; have it written by `export_plugin!` or WIREBENCH_NOTE and rebuild it",
        abi::note::SECTION,
        .0
    )]
    Note(String),
    /// Its note says something else than what is there.
    #[error("{0}")]
    Lie(Box<NoteLie>),
    /// It requires an extension that this program does not have.
    #[error(
        "it requires the extension `{}`, which this wirebench (plugin interface {}) does not have; \
         update wirebench or use an older version of the plugin",
        .0,
        ours()
    )]
    Extension(String),
}

/// What a plugin's note says that is not so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "its note lies: of its {what} the note says {note}, {file}; say the same in both places (as \
     `export_plugin!` does) and rebuild it"
)]
pub struct NoteLie {
    /// What they differ in.
    pub what: String,
    /// What the note says of it.
    pub note: String,
    /// What is there, as a clause.
    pub file: String,
}

/// `/max: `; nothing where the whole configuration is meant.
fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{pointer}: ") }
}

/// ` (org.example.echo 1.2)`; nothing where the plugin is not known by name.
fn in_parentheses(plugin: &Option<(String, String)>) -> String {
    plugin.as_ref().map_or_else(String::new, |(id, version)| format!(" ({id} {version})"))
}

/// Our version of the plugin interface.
fn ours() -> String {
    format!("{}.{}", abi::ABI_MAJOR, abi::ABI_MINOR)
}

fn no_descriptor(other_major: &Option<u16>) -> String {
    match other_major {
        Some(major) => format!(
            "it is built for plugin interface {major}, this wirebench speaks {}; {}",
            ours(),
            other_major_remedy(major)
        ),
        None => format!(
            "it exports no `{}` (plugin interface {}), so it is not a wirebench plugin; export one \
             with `export_plugin!` or as `wirebench.h` shows",
            abi::SYMBOL,
            ours()
        ),
    }
}

fn other_major_remedy(major: &u16) -> &'static str {
    if *major > abi::ABI_MAJOR {
        "update wirebench, or use a version of the plugin built for the older interface"
    } else {
        "rebuild the plugin with the current SDK or header; those that ship come with the program, and are \
         installed together with it"
    }
}
