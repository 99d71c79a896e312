//! The descriptor and the tables that it leads to, checked one by one.
#![allow(unsafe_code)] // tables in a plugin's memory

use super::super::instance::Hooks;
use super::super::table::EXTENSIONS;
use super::super::{LoadError, LoadFault};
use super::fields::{MAX_ABOUT, MAX_NAME, array, distinct, grown, long_enough, name, sized, text};
use super::{About, Handler, Library, PluginFramingEntry};
use std::path::Path;
use wirebench_abi as abi;

/// The descriptor, read no further than it says that it is long. What an older one does not have
/// is 0 in the copy.
///
/// # Safety
/// As [`Library::from_descriptor`].
pub(super) unsafe fn copy(plugin: *const abi::Plugin) -> Result<abi::Plugin, LoadFault> {
    // SAFETY: these fields are there. Nothing behind them is touched before they are found right.
    let (magic, size, major, minor) = unsafe {
        ((*plugin).magic, (*plugin).struct_size, (*plugin).abi_major, (*plugin).abi_minor)
    };
    if magic != abi::MAGIC {
        return Err(LoadFault::Magic(magic));
    }
    if major != abi::ABI_MAJOR {
        return Err(LoadFault::Major { major, minor });
    }
    long_enough("descriptor", size, abi::Plugin::SIZE_1_0)?;
    let there = size_of::<abi::Plugin>().min(size as usize);
    let mut copy = std::mem::MaybeUninit::<abi::Plugin>::zeroed();
    // SAFETY: both are that long and do not overlap; all fields are numbers and raw pointers, for
    // which zeros are values.
    unsafe {
        std::ptr::copy_nonoverlapping(plugin.cast::<u8>(), copy.as_mut_ptr().cast(), there);
        Ok(copy.assume_init())
    }
}

/// The plugin that a descriptor stands for, once everything it leads to is checked.
pub(super) fn check(file: &Path, plugin: &abi::Plugin) -> Result<Library, LoadError> {
    let mut who = None;
    let found = (|| {
        let id = name("id", plugin.id)?;
        let version = text("version", plugin.version, MAX_NAME)?;
        who = Some((id.clone(), version.clone()));
        let sdk = text("SDK string", plugin.sdk, MAX_NAME)?;
        let required = array("required extensions", plugin.required, plugin.required_len)?;
        array("optional extensions", plugin.optional, plugin.optional_len)?;
        for (k, &extension) in required.iter().enumerate() {
            let extension = text(&format!("required extension {k}"), extension, MAX_NAME)?;
            if !EXTENSIONS.contains(&extension.as_str()) {
                return Err(LoadFault::Extension(extension));
            }
        }
        let handlers = array("handlers", plugin.handlers, plugin.handlers_len)?;
        let handlers = handlers.iter().enumerate();
        let handlers: Vec<_> = handlers.map(|(k, &h)| handler(k, h)).collect::<Result<_, _>>()?;
        let framings = array("framings", plugin.framings, plugin.framings_len)?;
        let framings = framings.iter().enumerate();
        let framings: Vec<_> = framings.map(|(k, &f)| framing(k, f)).collect::<Result<_, _>>()?;
        if handlers.is_empty() && framings.is_empty() {
            return Err(LoadFault::Empty);
        }
        distinct("handlers", handlers.iter().map(|handler| &handler.about))?;
        distinct("framings", framings.iter().map(|framing| &framing.about))?;
        let abi = (plugin.abi_major, plugin.abi_minor);
        let debug_build = match plugin.build {
            abi::build::RELEASE => Some(false),
            abi::build::DEBUG => Some(true),
            _ => None,
        };
        Ok(Library {
            file: file.to_owned(),
            id,
            version,
            sdk,
            abi,
            debug_build,
            handlers,
            framings,
        })
    })();
    found.map_err(|fault| LoadError { file: file.to_owned(), plugin: who, fault })
}

/// Handler `k` of the plugin.
fn handler(k: usize, table: *const abi::Handler) -> Result<Handler, LoadFault> {
    let table = sized(&format!("handler {k}"), table)?;
    let name = name(&format!("name of handler {k}"), table.name)?;
    let label = format!("handler `{name}`");
    let about = text(&format!("description of {label}"), table.about, MAX_ABOUT)?;
    if table.server.is_null() && table.client.is_null() {
        return Err(LoadFault::Null(format!("server and client table of {label}")));
    }
    let server = side(&label, "server", table.server)?;
    let client = side(&label, "client", table.client)?;
    if client.is_some_and(|client| client.start.is_none()) {
        return Err(LoadFault::Null(format!("hook `start` of the client side of {label}")));
    }
    Ok(Handler { about: About { name, about }, server, client })
}

/// One side of a handler; `None`: the handler has no such side.
fn side(label: &str, side: &str, table: *const abi::Side) -> Result<Option<Hooks>, LoadFault> {
    if table.is_null() {
        return Ok(None);
    }
    let label = format!("{side} side of {label}");
    // SAFETY: it holds functions alone, of which a zero means that there is none.
    let table = unsafe { grown(&label, table, abi::Side::SIZE_1_2) }?;
    let missing = |hook: &str| LoadFault::Null(format!("hook `{hook}` of the {label}"));
    Ok(Some(Hooks {
        create: table.create.ok_or_else(|| missing("create"))?,
        destroy: table.destroy.ok_or_else(|| missing("destroy"))?,
        open: table.open.ok_or_else(|| missing("open"))?,
        message: table.message.ok_or_else(|| missing("message"))?,
        start: table.start,
        timer: table.timer,
        mail: table.mail,
        writable: table.writable,
        close: table.close.ok_or_else(|| missing("close"))?,
        messages: table.messages,
        starts: table.starts.filter(|_| table.start.is_some()),
        ending: table.ending,
    }))
}

/// Framing `k` of the plugin.
fn framing(k: usize, table: *const abi::Framing) -> Result<PluginFramingEntry, LoadFault> {
    // SAFETY: it holds texts and functions, of which a zero means that there is none.
    let table = unsafe { grown(&format!("framing {k}"), table, abi::Framing::SIZE_1_1) }?;
    let name = name(&format!("name of framing {k}"), table.name)?;
    let about = text(&format!("description of framing `{name}`"), table.about, MAX_ABOUT)?;
    let required = [
        ("create", table.create.is_some()),
        ("destroy", table.destroy.is_some()),
        ("nature", table.nature.is_some()),
        ("encode", table.encode.is_some()),
        ("feed", table.feed.is_some()),
    ];
    if let Some((missing, _)) = required.iter().find(|(_, there)| !there) {
        return Err(LoadFault::Null(format!("function `{missing}` of framing `{name}`")));
    }
    Ok(PluginFramingEntry { about: About { name, about }, table })
}
