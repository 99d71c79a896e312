//! A program that is not ours.

use crate::{Ends, close_descriptors, prepare};
use std::ffi::{CString, OsStr, OsString, c_char};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A program that is not ours, with all that it gets besides its standard streams.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// Its file; nothing is searched for. It has to be a program: what is none is not handed to a
    /// shell, as `execvp` would.
    pub path: &'a Path,
    /// Its arguments, behind its name.
    pub arguments: &'a [OsString],
    /// Its whole environment.
    pub environment: &'a [(OsString, OsString)],
    /// Where it works.
    pub folder: &'a Path,
}

impl Program<'_> {
    /// The command that becomes this program.
    pub(crate) fn command(&self) -> io::Result<Command> {
        let mut command = Command::new(self.path);
        command.current_dir(self.folder);
        prepare(&mut command, Ends::WithItsStarter);
        let image = Image::of(self)?;
        // SAFETY: it makes system calls and nothing else; the image was made before.
        unsafe {
            command.pre_exec(move || {
                close_descriptors();
                Err(image.run())
            });
        }
        Ok(command)
    }
}

/// What `execve` takes: made before the fork, because nothing may be allocated behind it.
struct Image {
    path: CString,
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    /// What both point to.
    _text: Vec<CString>,
}

// SAFETY: the pointers lead to text that is the image's own and never changes.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

impl Image {
    fn of(program: &Program<'_>) -> io::Result<Self> {
        let path = c_string(program.path.as_os_str())?;
        let arguments = std::iter::once(program.path.as_os_str())
            .chain(program.arguments.iter().map(OsString::as_os_str));
        let mut text = arguments.map(c_string).collect::<io::Result<Vec<_>>>()?;
        let count = text.len();
        for (name, value) in program.environment {
            text.push(c_string(&[name, value].map(OsString::as_os_str).join(OsStr::new("=")))?);
        }
        let pointers = |text: &[CString]| {
            text.iter().map(|one| one.as_ptr()).chain([std::ptr::null()]).collect()
        };
        let (arguments, environment) = (pointers(&text[..count]), pointers(&text[count..]));
        Ok(Self { path, arguments, environment, _text: text })
    }

    /// Becomes the program; returns why that failed.
    fn run(&self) -> io::Error {
        // SAFETY: text and lists end with NUL and null, and live until the program takes over.
        unsafe {
            libc::execve(self.path.as_ptr(), self.arguments.as_ptr(), self.environment.as_ptr())
        };
        io::Error::last_os_error()
    }
}

fn c_string(text: &OsStr) -> io::Result<CString> {
    Ok(CString::new(text.as_bytes())?)
}
