//! Loading a plugin and checking it before any of its code is called on purpose.
#![allow(unsafe_code)] // the loader, and tables in a plugin's memory

use super::elf::Elf;
use super::framing::PluginFraming;
use super::instance::{Hooks, Instance};
use super::table::EXTENSIONS;
use super::{Breadcrumb, ConfigError, LoadError, LoadFault, Watched};
use crate::framing::{Framing, Nature, Role};
use crate::handler::Services;
use crate::text::path;
use libloading::os::unix::{Library as Dl, RTLD_LOCAL, RTLD_NOW};
use std::path::{Path, PathBuf};
use wirebench_abi as abi;

const MAX_ITEMS: usize = 64;
const MAX_NAME: usize = 128;
const MAX_ABOUT: usize = 1024;

/// A plugin that was loaded and passed all checks. It stays loaded until the process ends.
#[derive(Clone)]
pub struct Library {
    file: PathBuf,
    id: String,
    version: String,
    sdk: String,
    abi: (u16, u16),
    debug_build: Option<bool>,
    handlers: Vec<Handler>,
    framings: Vec<PluginFramingEntry>,
}

/// A handler or framing, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct About {
    /// Its name within the plugin.
    pub name: String,
    /// One line.
    pub about: String,
}

#[derive(Clone)]
struct Handler {
    about: About,
    server: Option<Hooks>,
    client: Option<Hooks>,
}

#[derive(Clone)]
struct PluginFramingEntry {
    about: About,
    table: &'static abi::Framing,
}

impl Library {
    /// Loads the shared object `file` and checks it. Its constructors run in this process: a file
    /// that is not trusted belongs into a [`probe`](super::probe) first.
    pub fn load(file: &Path) -> Result<Self, LoadError> {
        let refuse = |fault| LoadError { file: file.to_owned(), plugin: None, fault };
        // Absolute, so that the loader neither searches nor takes a bare name for a library's.
        let file = file
            .canonicalize()
            .map_err(|error| refuse(LoadFault::Unreadable(error.to_string())))?;
        if !file.is_file() {
            return Err(refuse(LoadFault::Unreadable("it is not a regular file".into())));
        }
        look(&file).map_err(refuse)?;
        let library = open(&file).map_err(refuse)?;
        let plugin = exported(&library).map_err(refuse)?;
        // SAFETY: the symbol stands for a descriptor, which begins with the same fields in every
        // major; it is constant, and the library is never unloaded.
        unsafe { Self::from_descriptor(&file, plugin) }
    }

    /// Checks a descriptor that stands in memory, as [`load`](Self::load) does with that of `file`:
    /// so a descriptor needs no file to be tried.
    ///
    /// # Safety
    /// `plugin` is aligned and has at least the fields up to `abi_minor`; where these are right, it
    /// is as long as it says, and so is everything that its pointers lead to. All of it stays as it
    /// is as long as the result lives, and what is made of that.
    pub unsafe fn from_descriptor(
        file: &Path,
        plugin: *const abi::Plugin,
    ) -> Result<Self, LoadError> {
        // SAFETY: the caller's promise.
        let plugin = unsafe { descriptor(plugin) };
        let refuse = |fault| LoadError { file: file.to_owned(), plugin: None, fault };
        check(file, &plugin.map_err(refuse)?)
    }

    /// The file it was loaded from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its id: `org.example.echo`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its own version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it says it was built with.
    pub fn sdk(&self) -> &str {
        &self.sdk
    }

    /// Major and minor of the interface that it was built with.
    pub fn abi(&self) -> (u16, u16) {
        self.abi
    }

    /// Whether it is a debug build, whose figures say nothing about cost; `None`: it does not say.
    pub fn debug_build(&self) -> Option<bool> {
        self.debug_build
    }

    /// The handlers it brings.
    pub fn handlers(&self) -> Vec<About> {
        self.handlers.iter().map(|handler| handler.about.clone()).collect()
    }

    /// The framings it brings.
    pub fn framings(&self) -> Vec<About> {
        self.framings.iter().map(|framing| framing.about.clone()).collect()
    }

    /// Makes the server side of a handler (`None`: the plugin's only one). `services` is what the
    /// plugin may use while it is made; `crumb` is where its hooks are noted.
    pub fn server<S: Services>(
        &self,
        handler: Option<&str>,
        config_json: &str,
        services: &mut S,
        crumb: &'static Breadcrumb,
    ) -> Result<Instance<S>, ConfigError> {
        let handler = self.handler(handler)?;
        let hooks = handler.server.ok_or_else(|| self.one_sided(handler, "server"))?;
        Instance::create(hooks, config_json, services, crumb)
    }

    /// Makes the client side of a handler; as [`server`](Self::server).
    pub fn client<S: Services>(
        &self,
        handler: Option<&str>,
        config_json: &str,
        services: &mut S,
        crumb: &'static Breadcrumb,
    ) -> Result<Instance<S>, ConfigError> {
        let handler = self.handler(handler)?;
        let hooks = handler.client.ok_or_else(|| self.one_sided(handler, "client"))?;
        Instance::create(hooks, config_json, services, crumb)
    }

    /// Makes one end of a connection framed by the plugin's framing `name`; `watched` is where its
    /// calls are noted.
    pub fn framing(
        &self,
        name: &str,
        config_json: &str,
        role: Role,
        watched: impl Into<Watched>,
    ) -> Result<Box<dyn Framing>, ConfigError> {
        let entry = self.framings.iter().find(|entry| entry.about.name == name);
        let entry =
            entry.ok_or_else(|| self.unknown("framing", name, self.framings().as_slice()))?;
        let label = format!("framing `{name}` of plugin {} {}", self.id, self.version);
        let made = PluginFraming::create(entry.table, label, config_json, role, watched.into())?;
        Ok(Box::new(made))
    }

    /// What the plugin's framing `name` is able to do with this configuration.
    pub fn framing_nature(&self, name: &str, config_json: &str) -> Result<Nature, ConfigError> {
        static UNWATCHED: Breadcrumb = Breadcrumb::new();
        self.framing(name, config_json, Role::Client, &UNWATCHED).map(|framing| framing.nature())
    }

    fn handler(&self, name: Option<&str>) -> Result<&Handler, ConfigError> {
        let Some(name) = name else {
            return match self.handlers.as_slice() {
                [only] => Ok(only),
                [] => Err(whole(format!("plugin {} brings framings, no handler", self.id))),
                _ => Err(whole(format!(
                    "plugin {} brings several handlers: name one of {}",
                    self.id,
                    names(&self.handlers())
                ))),
            };
        };
        let handler = self.handlers.iter().find(|handler| handler.about.name == name);
        handler.ok_or_else(|| self.unknown("handler", name, &self.handlers()))
    }

    fn unknown(&self, what: &str, name: &str, known: &[About]) -> ConfigError {
        whole(format!("plugin {} has no {what} `{name}`; it has {}", self.id, names(known)))
    }

    fn one_sided(&self, handler: &Handler, side: &str) -> ConfigError {
        let name = &handler.about.name;
        whole(format!("handler `{name}` of plugin {} has no {side} side", self.id))
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Library({} {} from {})", self.id, self.version, path(&self.file))
    }
}

fn whole(message: String) -> ConfigError {
    ConfigError { pointer: String::new(), message }
}

fn names(items: &[About]) -> String {
    if items.is_empty() {
        return "none".into();
    }
    items.iter().map(|item| format!("`{}`", item.name)).collect::<Vec<_>>().join(", ")
}

/// What can be told of a file before the loader runs code of it.
fn look(file: &Path) -> Result<(), LoadFault> {
    let elf = Elf::open(file)
        .map_err(|error| LoadFault::Unreadable(error.to_string()))?
        .map_err(LoadFault::Elf)?;
    if elf.exports(abi::SYMBOL) == Some(false) {
        return Err(no_symbol(|name| elf.exports(name) == Some(true)));
    }
    Ok(())
}

fn open(file: &Path) -> Result<Dl, LoadFault> {
    let flags = RTLD_NOW | RTLD_LOCAL | libc::RTLD_NODELETE;
    // SAFETY: the constructors of a plugin may do anything; whoever calls `load` accepted that.
    unsafe { Dl::open(Some(file), flags) }.map_err(|error| {
        let cause = std::error::Error::source(&error).map_or(error.to_string(), |c| c.to_string());
        LoadFault::Refused(cause)
    })
}

/// The descriptor that the library exports, unread.
fn exported(library: &Dl) -> Result<*const abi::Plugin, LoadFault> {
    symbol(library, abi::SYMBOL).ok_or_else(|| no_symbol(|name| symbol(library, name).is_some()))
}

/// That there is no descriptor, or one of another major.
fn no_symbol(exports: impl Fn(&str) -> bool) -> LoadFault {
    let other_major = (0..).zip(descriptors()).find(|(_, symbol)| exports(symbol));
    LoadFault::NoSymbol { other_major: other_major.map(|(major, _)| major) }
}

/// The names of descriptors of the majors that there may come to be, from 0.
pub(super) fn descriptors() -> impl Iterator<Item = String> {
    (0..100).map(|major| format!("wirebench_plugin_v{major}"))
}

/// The descriptor, read no further than it says that it is long. What an older one does not have
/// is 0 in the copy.
///
/// # Safety
/// As [`Library::from_descriptor`].
unsafe fn descriptor(plugin: *const abi::Plugin) -> Result<abi::Plugin, LoadFault> {
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

fn symbol(library: &Dl, name: &str) -> Option<*const abi::Plugin> {
    // SAFETY: only the address is taken.
    let symbol = unsafe { library.get::<*const abi::Plugin>(name) }.ok()?;
    Some(symbol.as_raw_ptr().cast_const().cast())
        .filter(|found: &*const abi::Plugin| !found.is_null() && found.is_aligned())
}

fn check(file: &Path, plugin: &abi::Plugin) -> Result<Library, LoadError> {
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

fn side(label: &str, side: &str, table: *const abi::Side) -> Result<Option<Hooks>, LoadFault> {
    if table.is_null() {
        return Ok(None);
    }
    let label = format!("{side} side of {label}");
    let table = sized(&label, table)?;
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
    }))
}

fn framing(k: usize, table: *const abi::Framing) -> Result<PluginFramingEntry, LoadFault> {
    let table = sized(&format!("framing {k}"), table)?;
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

/// A table that begins with `struct_size`, as all but the descriptor do.
fn sized<T>(what: &str, table: *const T) -> Result<&'static T, LoadFault> {
    if table.is_null() || !table.is_aligned() {
        return Err(LoadFault::Null(what.to_owned()));
    }
    // SAFETY: not null and aligned; every table of the interface begins with its size.
    let size = unsafe { *table.cast::<u32>() };
    // These tables are as long as in 1.0. When one grows, the least stays the size of 1.0, and what
    // came later is read only where `size` says that it is there, as with the descriptor.
    long_enough(what, size, size_of::<T>() as u32)?;
    // SAFETY: it is as long as our type; tables are constant and live as long as the process.
    Ok(unsafe { &*table })
}

fn long_enough(table: &str, found: u32, least: u32) -> Result<(), LoadFault> {
    if found < least {
        return Err(LoadFault::Short { table: table.to_owned(), found, least });
    }
    Ok(())
}

fn array<T>(what: &str, ptr: *const T, len: usize) -> Result<&'static [T], LoadFault> {
    if len == 0 {
        return Ok(&[]);
    }
    if len > MAX_ITEMS {
        return Err(LoadFault::Count { array: what.to_owned(), found: len, most: MAX_ITEMS });
    }
    if ptr.is_null() || !ptr.is_aligned() {
        return Err(LoadFault::Null(format!("array of {what}")));
    }
    // SAFETY: not null, aligned and of a believable length; constant, and never unloaded.
    Ok(unsafe { std::slice::from_raw_parts(ptr, len) })
}

fn text(field: &str, bytes: abi::Bytes, most: usize) -> Result<String, LoadFault> {
    let wrong = |cause: String| LoadFault::Text { field: field.to_owned(), cause };
    if bytes.len > most {
        return Err(wrong(format!("is {} bytes long, at most {most} are allowed", bytes.len)));
    }
    if bytes.len == 0 {
        return Ok(String::new());
    }
    if bytes.ptr.is_null() {
        return Err(wrong("is a null pointer".into()));
    }
    // SAFETY: not null and short; constant, and never unloaded.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) };
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().any(char::is_control) => {
            Err(wrong("holds control characters".into()))
        }
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(wrong(format!("is not UTF-8 (\"{}\")", bytes.escape_ascii()))),
    }
}

fn name(field: &str, bytes: abi::Bytes) -> Result<String, LoadFault> {
    let name = text(field, bytes, MAX_NAME)?;
    let cause = match name.chars().find(|&c| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
        _ if name.is_empty() => "is empty".to_owned(),
        Some(c) => format!("(`{name}`) holds {c:?}, only letters, digits, `.`, `_`, `-` may stand"),
        None => return Ok(name),
    };
    Err(LoadFault::Text { field: field.to_owned(), cause })
}

fn distinct<'a>(what: &str, items: impl Iterator<Item = &'a About>) -> Result<(), LoadFault> {
    let mut seen = std::collections::HashSet::new();
    for item in items {
        if !seen.insert(&item.name) {
            return Err(LoadFault::Duplicate(format!("{what} called `{}`", item.name)));
        }
    }
    Ok(())
}
