//! What can go wrong with files of results.

use std::path::PathBuf;

/// Why results could not be kept or read. Names the place, the cause and the next step.
#[derive(Debug)]
pub enum JournalError {
    /// A file or folder could not be written or read.
    Io {
        /// What was being done: `write a round to`, `create the folder`.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It is not a journal, or a line in its middle is damaged.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        cause: String,
    },
    /// Its lines are well-formed, but cannot all be true.
    Contradictory {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What contradicts what.
        cause: String,
    },
}

impl std::fmt::Display for JournalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}; {}", path.display(), remedy(source))
            }
            Self::Unreadable { path, line, cause } => {
                write!(
                    f,
                    "{}, line {line}: {cause}; measure again, or give another journal",
                    path.display()
                )
            }
            Self::Contradictory { path, line, cause } => write!(
                f,
                "{}, line {line}: {cause}; the file was altered or two runs wrote to it: measure \
                 again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

fn remedy(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space, or choose another folder with --out"
        }
        ErrorKind::NotFound => "check the path",
        _ => "choose a folder that you can write to with --out",
    }
}
