//! Why a file is no shared object that this machine can load.

use super::machine::here;

/// Why a file cannot be loaded as a plugin on this machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ElfFault {
    /// It is another kind of file; this is how it begins, in 16 bytes at most.
    #[error("{}", other(.0))]
    Other(Vec<u8>),
    /// It ends before a part that it says it has.
    #[error(
        "the file is cut off: its {part} end at byte {ends}, but it has {length} bytes; build or \
         copy it again"
    )]
    CutOff {
        /// Which part.
        part: &'static str,
        /// Where that ends, in bytes.
        ends: u64,
        /// Where the file ends, in bytes.
        length: u64,
    },
    /// It is built for another machine: this one.
    #[error(
        "it is built for another machine ({}), this one needs {}; build it for this one",
        .0,
        here()
    )]
    Machine(String),
    /// It is no shared object but this.
    #[error(
        "it is {0}, not a shared object; link it as one (crate-type = [\"cdylib\"], or `cc -shared`)"
    )]
    Kind(Kind),
    /// What it says of itself cannot be: this.
    #[error("{0}; build or copy it again")]
    Broken(&'static str),
}

/// What an ELF file can be besides a shared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a compiler makes of one source file.
    Relocatable,
    /// A program.
    Executable,
    /// What a crash leaves.
    Core,
    /// None of these.
    Unknown(u16),
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Relocatable => f.write_str("an object file that is not linked yet"),
            Self::Executable => f.write_str("a program"),
            Self::Core => f.write_str("the memory of a program that crashed"),
            Self::Unknown(number) => write!(f, "an ELF file of type {number}"),
        }
    }
}

/// What to say of a file that begins with `start`, which no ELF file does.
fn other(start: &[u8]) -> String {
    let what = match start {
        [] => return "the file is empty; build or copy it again".into(),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => " (a static library)",
        [b'M', b'Z', ..] => " (a file for Windows)",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => " (a file for macOS)",
        [b'#', b'!', ..] => " (a script)",
        _ => "",
    };
    format!(
        "it begins with \"{}\"{what}, a shared object for Linux with \"\\x7fELF\"; name the .so file \
         that the build made",
        start.escape_ascii()
    )
}
