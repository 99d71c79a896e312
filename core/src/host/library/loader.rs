//! Finding the descriptor in a plugin's file: what can be told before the system's loader runs code
//! of it, opening it, and looking the symbol up.
#![allow(unsafe_code)] // the loader

use super::super::elf::{self, Elf, ElfFault};
use super::super::{LoadError, LoadFault};
use super::{Note, Noted};
use libloading::os::unix::{Library as Dl, RTLD_LOCAL, RTLD_NOW};
use std::fs::File;
use std::path::Path;
use wirebench_abi as abi;

/// What the plugin's note says. Refuses a file that cannot be a plugin, by what it says of itself: no code
/// of it runs. The error names the plugin where its note does.
pub(super) fn look(path: &Path) -> Result<Noted, LoadError> {
    let file = elf::open(path).map_err(|error| {
        let fault = LoadFault::Unreadable(error.to_string());
        LoadError { file: path.to_owned(), plugin: None, fault }
    })?;
    look_at(&file, path)
}

/// The same for a file that is open; `path` is what errors call it.
pub(super) fn look_at(file: &File, path: &Path) -> Result<Noted, LoadError> {
    let refuse = |noted: &Noted, fault| {
        let plugin = noted.note().map(Note::plugin);
        LoadError { file: path.to_owned(), plugin, fault }
    };
    let nameless = |fault| refuse(&Noted::Nothing, fault);
    let elf = file.try_clone().and_then(Elf::of);
    let elf = elf.map_err(|error| nameless(LoadFault::Unreadable(error.to_string())))?;
    let elf = elf.map_err(|fault| {
        let foreign = matches!(fault, ElfFault::Machine(_));
        let text = if foreign { Elf::note_of(file) } else { None };
        let noted = Noted::of(text.as_deref()).unwrap_or(Noted::Nothing);
        refuse(&noted, LoadFault::Elf(fault))
    })?;
    let text = elf.note().map_err(|fault| nameless(LoadFault::Note(fault.to_string())))?;
    let noted = Noted::of(text.as_deref()).map_err(nameless)?;
    noted.note().map_or(Ok(()), Note::suits).map_err(|fault| refuse(&noted, fault))?;
    if elf.exports(abi::SYMBOL) == Some(false) {
        let fault = no_symbol(|name| elf.exports(name) == Some(true));
        return Err(refuse(&noted, fault));
    }
    Ok(noted)
}

/// Has the system's loader map the file, which runs its constructors. It is never unloaded.
pub(super) fn open(file: &Path) -> Result<Dl, LoadFault> {
    let flags = RTLD_NOW | RTLD_LOCAL | libc::RTLD_NODELETE;
    // SAFETY: the constructors of a plugin may do anything; whoever calls `load` accepted that.
    unsafe { Dl::open(Some(file), flags) }.map_err(|error| {
        let cause = std::error::Error::source(&error).map_or(error.to_string(), |c| c.to_string());
        LoadFault::Refused(cause)
    })
}

/// The address of the descriptor that the library exports; nothing of it is read.
pub(super) fn exported(library: &Dl) -> Result<*const abi::Plugin, LoadFault> {
    symbol(library, abi::SYMBOL).ok_or_else(|| no_symbol(|name| symbol(library, name).is_some()))
}

/// The fault of a library without a descriptor of this major; names another major that it has.
fn no_symbol(exports: impl Fn(&str) -> bool) -> LoadFault {
    let other_major = (0..).zip(descriptors()).find(|(_, symbol)| exports(symbol));
    LoadFault::NoSymbol { other_major: other_major.map(|(major, _)| major) }
}

/// The names of descriptors of the majors that there may come to be, from 0.
pub(in crate::host) fn descriptors() -> impl Iterator<Item = String> {
    (0..100).map(|major| format!("wirebench_plugin_v{major}"))
}

/// The address of `name` in the library, if it can be that of a descriptor.
fn symbol(library: &Dl, name: &str) -> Option<*const abi::Plugin> {
    // SAFETY: only the address is taken.
    let symbol = unsafe { library.get::<*const abi::Plugin>(name) }.ok()?;
    Some(symbol.as_raw_ptr().cast_const().cast())
        .filter(|found: &*const abi::Plugin| !found.is_null() && found.is_aligned())
}
