//! Finding the descriptor in a plugin's file: what can be told before the system's loader runs code
//! of it, opening it, and looking the symbol up.
#![allow(unsafe_code)] // the loader

use super::super::LoadFault;
use super::super::elf::Elf;
use libloading::os::unix::{Library as Dl, RTLD_LOCAL, RTLD_NOW};
use std::path::Path;
use wirebench_abi as abi;

/// Refuses a file that cannot be a plugin, by what its headers say: no code of it runs.
pub(super) fn look(file: &Path) -> Result<(), LoadFault> {
    let elf = Elf::open(file)
        .map_err(|error| LoadFault::Unreadable(error.to_string()))?
        .map_err(LoadFault::Elf)?;
    if elf.exports(abi::SYMBOL) == Some(false) {
        return Err(no_symbol(|name| elf.exports(name) == Some(true)));
    }
    Ok(())
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
