//! Why a plugin is refused, or refuses its configuration.

use super::elf::ElfFault;
use crate::text::path;
use std::path::PathBuf;
use wirebench_abi as abi;

/// A fault in a plugin's configuration, told by the plugin.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConfigError {
    /// JSON pointer to the fault (`/max`); empty for the configuration as a whole.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pointer.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.pointer, self.message)
        }
    }
}

impl std::error::Error for ConfigError {}

/// A shared object that is not a plugin we can call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// Id and version of the plugin, where it came so far.
    pub plugin: Option<(String, String)>,
    /// The rule it breaks.
    pub fault: LoadFault,
}

/// The rule that a plugin breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadFault {
    /// The file cannot be opened.
    Unreadable(String),
    /// It is no shared object for this machine.
    Elf(ElfFault),
    /// The system's loader refuses it, with this text.
    Refused(String),
    /// It exports no descriptor; `other_major` when it exports one of another major.
    NoSymbol {
        /// The major in the name that it does export.
        other_major: Option<u16>,
    },
    /// The descriptor does not begin with the magic number.
    Magic(u64),
    /// A table is shorter than the first version of the interface had it.
    Short {
        /// Which table.
        table: String,
        /// Its `struct_size`.
        found: u32,
        /// The least there must be.
        least: u32,
    },
    /// It was built for another major of the interface.
    Major {
        /// What the plugin was built with.
        major: u16,
        /// What the plugin was built with.
        minor: u16,
    },
    /// A text is missing, too long, not UTF-8 or holds characters that are not allowed.
    Text {
        /// Which one.
        field: String,
        /// What is wrong with it.
        cause: String,
    },
    /// An array is longer than allowed.
    Count {
        /// Which one.
        array: String,
        /// Its length.
        found: usize,
        /// The most there may be.
        most: usize,
    },
    /// A pointer that is required is null.
    Null(String),
    /// Two handlers or two framings have one name.
    Duplicate(String),
    /// It brings neither handlers nor framings.
    Empty,
    /// It requires an extension that this program does not have.
    Extension(String),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "plugin {}", path(&self.file))?;
        if let Some((id, version)) = &self.plugin {
            write!(f, " ({id} {version})")?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl std::error::Error for LoadError {}

impl std::fmt::Display for LoadFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ours = format!("{}.{}", abi::ABI_MAJOR, abi::ABI_MINOR);
        match self {
            Self::Unreadable(cause) => {
                write!(f, "cannot be read: {cause}; check the path and its permissions")
            }
            Self::Elf(fault) => write!(f, "{fault}"),
            Self::Refused(cause) => write!(
                f,
                "the system's loader refuses it: {cause}; all libraries and symbols that it needs \
                 must be there"
            ),
            Self::NoSymbol { other_major: Some(major) } => write!(
                f,
                "it is built for plugin interface {major}, this wirebench speaks {ours}; {}",
                other_major_remedy(*major)
            ),
            Self::NoSymbol { other_major: None } => write!(
                f,
                "it exports no `{}` (plugin interface {ours}), so it is not a wirebench plugin; \
                 export one with `export_plugin!` or as `wirebench.h` shows",
                abi::SYMBOL
            ),
            Self::Magic(found) => write!(
                f,
                "its descriptor begins with {found:#018x} instead of the magic number {:#018x} \
                 (plugin interface {ours}); set `magic` to WB_MAGIC and rebuild it",
                abi::MAGIC
            ),
            Self::Short { table, found, least } => write!(
                f,
                "its {table} says struct_size = {found}, plugin interface {ours} needs at least \
                 {least}; set `struct_size` to the size of the struct and rebuild it"
            ),
            Self::Major { major, minor } => write!(
                f,
                "it is built for plugin interface {major}.{minor}, this wirebench speaks {ours}; \
                 {}",
                other_major_remedy(*major)
            ),
            Self::Text { field, cause } => {
                write!(f, "its {field} {cause}; correct the text and rebuild it")
            }
            Self::Count { array, found, most } => write!(
                f,
                "it says it has {found} {array}, at most {most} are allowed; correct the count \
                 and rebuild it"
            ),
            Self::Null(what) => {
                write!(f, "its {what} is null but required; set it and rebuild the plugin")
            }
            Self::Duplicate(what) => {
                write!(f, "it has two {what}; give each its own name and rebuild it")
            }
            Self::Empty => write!(
                f,
                "it brings neither handlers nor framings; name at least one and rebuild it"
            ),
            Self::Extension(id) => write!(
                f,
                "it requires the extension `{id}`, which this wirebench (plugin interface {ours}) \
                 does not have; update wirebench or use an older version of the plugin"
            ),
        }
    }
}

fn other_major_remedy(major: u16) -> &'static str {
    if major > abi::ABI_MAJOR {
        "update wirebench, or use a version of the plugin built for the older interface"
    } else {
        "rebuild the plugin with the current SDK or header"
    }
}
