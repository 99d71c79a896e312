//! What can go wrong with files of results.

use crate::text::path as shown;
use std::path::PathBuf;

/// Characters of a cause that are told.
const LONGEST_CAUSE: usize = 500;

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
    /// It is no result document, or one that is damaged or contradicts itself.
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and in which cell or line.
        cause: String,
    },
    /// It is not any more what it was when it was written or read before.
    Changed {
        /// The file.
        path: PathBuf,
        /// How that shows.
        cause: String,
    },
    /// There is nothing at this place that results could be read from.
    Nowhere {
        /// The file or folder.
        path: PathBuf,
        /// What is there instead.
        cause: String,
    },
}

impl JournalError {
    /// Rounds are said to stand in a journal, but nobody said in which.
    pub(in crate::result) fn no_archive() -> Self {
        let cause = "it was not opened for reading".into();
        Self::Changed { path: "journal.jsonl".into(), cause }
    }
}

impl std::fmt::Display for JournalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}; {}", shown(path), remedy(source))
            }
            Self::Unreadable { path, line, cause } => {
                write!(
                    f,
                    "{}, line {line}: {}; measure again, or give another journal",
                    shown(path),
                    told(cause)
                )
            }
            Self::Contradictory { path, line, cause } => write!(
                f,
                "{}, line {line}: {}; the file was altered or two runs wrote to it: measure \
                 again",
                shown(path),
                told(cause)
            ),
            Self::Document { path, cause } => write!(
                f,
                "{}: {}; give the journal beside it, another result, or measure again",
                shown(path),
                told(cause)
            ),
            Self::Changed { path, cause } => write!(
                f,
                "{} was changed while it was in use: {}; measure again",
                shown(path),
                told(cause)
            ),
            Self::Nowhere { path, cause } => write!(
                f,
                "{}: {}; give a run's folder, its journal.jsonl or its result.json, or the \
                 folder of a scenario's runs",
                shown(path),
                told(cause)
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

/// A cause may quote a file that is from anywhere: in one line, and not without end.
fn told(cause: &str) -> String {
    let plain = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut text: String = cause.chars().take(LONGEST_CAUSE).map(plain).collect();
    if cause.chars().nth(LONGEST_CAUSE).is_some() {
        text.push('…');
    }
    text
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
