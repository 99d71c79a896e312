//! Opening what has to be a regular file.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Opens a regular file for reading. What is none is an error and not waited for: a pipe would wait
/// for its writer, and a device might never end. What is asked is what was opened, because a name may
/// mean something else a moment later.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        for path in [&*pipe, folder.path(), Path::new("/dev/zero")] {
            let error = open_regular(path).expect_err("it is no regular file");
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
        let file = folder.path().join("file");
        std::fs::write(&file, "x").expect("it is writable");
        assert!(open_regular(&file).is_ok());
    }
}
