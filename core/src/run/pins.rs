//! The files that all rounds of a run have to share.

use crate::host::Pinned;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a file is to a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    /// A plugin that the sides load.
    Plugin,
    /// A file whose content is sent.
    Payload,
    /// The program of a server that is not the handler's.
    Server,
}

impl FileUse {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plugin => "plugin",
            Self::Payload => "payload",
            Self::Server => "server",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Plugin => "the plugin file",
            Self::Payload => "the payload file",
            Self::Server => "the server's program",
        }
    }
}

/// Files that were looked at before the first round. Every round opens them anew, so a round after
/// a change would measure something else under the same name.
#[derive(Clone, Debug, Default)]
pub struct Pins {
    files: Vec<(FileUse, Pinned)>,
}

impl Pins {
    /// Adds a file.
    pub fn add(&mut self, used_as: FileUse, file: Pinned) {
        self.files.push((used_as, file));
    }

    /// Keeps those among `used` only.
    pub fn retain(&mut self, used: &BTreeSet<PathBuf>) {
        self.files.retain(|(_, file)| used.contains(file.path()));
    }

    /// Which of them is not what it was, in words that name both states; one system call a file.
    pub fn changed(&mut self) -> Option<String> {
        self.told(Pinned::changed)
    }

    /// The same, by their content.
    pub fn changed_inside(&mut self) -> Option<String> {
        self.told(Pinned::changed_inside)
    }

    fn told(&mut self, look: fn(&mut Pinned) -> Option<String>) -> Option<String> {
        let mut files = self.files.iter_mut();
        files.find_map(|(used_as, file)| Some(format!("{} {}", used_as.file(), look(file)?)))
    }
}
