//! Where the kernel's files are read.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The longest file that is read, in bytes: of longer ones, the beginning.
const LONGEST: u64 = 4 << 20;

/// The root of the file system, or of one that looks like it.
#[derive(Clone, Debug)]
pub struct Root {
    path: PathBuf,
}

impl Root {
    /// That of this machine.
    pub fn this() -> Self {
        Self::at(Path::new("/"))
    }

    /// One below a folder.
    pub fn at(folder: &Path) -> Self {
        Self { path: folder.to_owned() }
    }

    /// A file by its absolute path: at most its first 4 MiB, with replacement characters for what is no
    /// UTF-8. `None`: it is not there, or not to be read.
    pub fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        let file = self.below(path.as_ref());
        let mut bytes = Vec::new();
        File::open(file).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The first line of a file, without blanks around it; `None` also where it is empty.
    pub fn line(&self, path: impl AsRef<Path>) -> Option<String> {
        let text = self.text(path)?;
        let line = text.lines().next()?.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    /// The whole number that a file holds.
    pub fn number(&self, path: impl AsRef<Path>) -> Option<u64> {
        self.line(path)?.parse().ok()
    }

    /// The whole numbers that the first line of a file holds; `None` where anything else stands there.
    pub fn numbers(&self, path: impl AsRef<Path>) -> Option<Vec<u64>> {
        self.line(path)?.split_ascii_whitespace().map(|word| word.parse().ok()).collect()
    }

    /// True where there is such a file or folder.
    pub fn has(&self, path: impl AsRef<Path>) -> bool {
        self.below(path.as_ref()).exists()
    }

    fn below(&self, path: &Path) -> PathBuf {
        self.path.join(path.strip_prefix("/").unwrap_or(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_or_nonsense_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::at(folder.path());
        std::fs::create_dir(folder.path().join("proc")).unwrap();
        let write = |bytes: &[u8]| std::fs::write(folder.path().join("proc/file"), bytes).unwrap();
        assert_eq!(root.text("/proc/file"), None);
        assert_eq!(root.text("/proc"), None);
        write(b" 12 \n13\n");
        assert_eq!(root.number("/proc/file"), Some(12));
        write(b"1\t2 3\n");
        assert_eq!(
            (root.number("/proc/file"), root.numbers("/proc/file")),
            (None, Some(vec![1, 2, 3]))
        );
        for nonsense in [&b""[..], b"\n", b"-1", b"\xff\xfe", b"99999999999999999999"] {
            write(nonsense);
            assert_eq!((root.number("/proc/file"), root.numbers("/proc/file")), (None, None));
        }
        assert!(root.has("/proc/file") && !root.has("/proc/other"));
    }

    #[test]
    fn of_a_file_without_an_end_the_beginning_is_read() {
        assert_eq!(Root::this().text("/dev/zero").unwrap().len() as u64, LONGEST);
    }
}
