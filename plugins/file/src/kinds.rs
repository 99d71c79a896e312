//! What goes wrong, by name: the same word to the peer, in the counts and in the outcome.

use std::io;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $word:literal,)+) => {
        /// A named error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }
        }

        /// What both sides count: finished transfers, and errors by kind.
        pub(crate) const COUNTS: &[&str] = &[FILES, $($word,)+];
    };
}

/// Files that arrived whole and stand under their name.
pub(crate) const FILES: &str = "files";

kinds! {
    /// Empty, too long, `.` or `..`, with a separator or NUL, or reserved for parts.
    BadName = "bad-name",
    /// Nothing has that name.
    NotFound = "not-found",
    /// A directory, a device or a pipe stands there.
    NotAFile = "not-a-file",
    /// Something else than a directory stands there.
    NotADirectory = "not-a-directory",
    /// A symbolic link stands there, which is never followed.
    IsSymlink = "is-symlink",
    /// The way leads out of the root.
    OutsideRoot = "outside-root",
    /// More bytes than are allowed.
    TooLarge = "too-large",
    /// More or fewer bytes than were announced.
    SizeLies = "size-lies",
    /// The bytes are not those that the digest was taken of.
    DigestDiffers = "digest-differs",
    /// The storage takes no more.
    DiskFull = "disk-full",
    /// The file was changed between its digest and its last byte.
    ChangedWhileRead = "changed-while-read",
    /// No control message, or one that does not belong here.
    BadHeader = "bad-header",
    /// A transfer cannot go on from there.
    BadOffset = "bad-offset",
    /// The session ended within a transfer.
    BrokenOff = "broken-off",
    /// All of an offer was sent, and its digest, and the session ended before the other one's last word.
    NoLastWord = "no-last-word",
    /// More requests wait than are kept.
    TooManyRequests = "too-many-requests",
    /// The answer does not say what was asked for.
    WrongAnswer = "wrong-answer",
    /// The file system refused for another reason.
    Storage = "storage",
}

/// Why a transfer fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// By name.
    pub kind: Kind,
    /// For people.
    pub text: String,
}

impl Refusal {
    /// An error with its reason.
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// The session ended within a transfer.
    pub(crate) fn broken_off(text: impl Into<String>) -> Self {
        Self::new(Kind::BrokenOff, text)
    }

    /// What the file system said when `what` was tried.
    pub(crate) fn io(what: &str, error: &io::Error) -> Self {
        use io::ErrorKind as E;
        let kind = match error.kind() {
            E::NotFound => Kind::NotFound,
            E::NotADirectory => Kind::NotADirectory,
            E::IsADirectory => Kind::NotAFile,
            E::InvalidFilename => Kind::BadName,
            _ if error.raw_os_error() == Some(libc::ELOOP) => Kind::IsSymlink,
            // A limit of the process on file sizes is as good as a full disk.
            E::StorageFull | E::QuotaExceeded | E::FileTooLarge => Kind::DiskFull,
            // cap-std's own refusal comes from no system call.
            E::PermissionDenied if error.raw_os_error().is_none() => Kind::OutsideRoot,
            _ => Kind::Storage,
        };
        Self::new(kind, format!("{what}: {error}"))
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_count_and_its_word_is_one() {
        for kind in Kind::ALL {
            assert!(COUNTS.contains(&kind.word()));
            assert!(kind.word().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        }
    }

    #[test]
    fn a_full_disk_and_a_limit_of_size_are_the_same_to_a_peer() {
        // ENOSPC, EFBIG, EDQUOT
        for code in [28, 27, 122] {
            let refusal = Refusal::io("writing", &io::Error::from_raw_os_error(code));
            assert_eq!(refusal.kind, Kind::DiskFull, "{refusal}");
        }
    }
}
