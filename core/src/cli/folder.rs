//! A folder of files that an output makes. It holds nothing else: whoever reads it reads all of it.

use crate::report::TextFile;
use crate::result::journal::{MODE, try_folder};
use crate::text::{Json, path as shown};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A folder that is there and empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder at `path`, or finds that it is there and empty. The error is what to tell the user.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let cannot = |error: io::Error| {
            format!(
                "cannot write the files of {}: {error}; name a folder that you may write to.",
                shown(path)
            )
        };
        match fs::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(cannot(error)),
            _ => {}
        }
        if !path.is_dir() {
            return Err(format!("{} is no folder; name a new one, or an empty one.", shown(path)));
        }
        let folder = path.canonicalize().map_err(cannot)?;
        if fs::read_dir(&folder).map_err(cannot)?.next().is_some() {
            return Err(format!(
                "{} is not empty: what is in it would be taken for results of this run. Name a new folder, or an \
                 empty one.",
                shown(path)
            ));
        }
        try_folder(&folder).map_err(cannot)?;
        Ok(Self(folder))
    }

    /// Writes the files; one that has come to be there meanwhile is not replaced.
    pub(super) fn write(&self, files: &[TextFile]) -> io::Result<()> {
        for file in files {
            let mut new = File::options();
            new.write(true).create_new(true).mode(MODE);
            let mut to = Json(BufWriter::new(new.open(self.0.join(&file.name))?));
            to.write_all(file.text.as_bytes())?;
            to.flush()?;
        }
        Ok(())
    }
}
