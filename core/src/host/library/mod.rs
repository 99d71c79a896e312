//! A plugin in this process: loaded, checked before any of its code is called on purpose, and from
//! then on the maker of handlers and framings.
#![allow(unsafe_code)] // a descriptor in a plugin's memory

mod descriptor;
mod fields;
mod loader;
mod note;

pub(super) use loader::descriptors;
pub use note::{Note, Noted};

use super::framing::PluginFraming;
use super::instance::{Hooks, Instance};
use super::{Breadcrumb, ConfigError, LoadError, LoadFault, Watched};
use crate::framing::{Capabilities, Framing, Role};
use crate::handler::Services;
use crate::text::path;
use std::fs::File;
use std::path::{Path, PathBuf};
use wirebench_abi as abi;

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
        let (file, noted) = Self::look(file)?;
        let plugin = noted.note().map(Note::plugin);
        let refuse = |fault| LoadError { file: file.clone(), plugin: plugin.clone(), fault };
        let library = loader::open(&file).map_err(refuse)?;
        let descriptor = loader::exported(&library).map_err(refuse)?;
        // SAFETY: the symbol stands for a descriptor, which begins with the same fields in every
        // major; it is constant, and the library is never unloaded.
        let library = unsafe { Self::from_descriptor(&file, descriptor) }?;
        noted.note().map_or(Ok(()), |note| note.agrees(&library)).map_err(refuse)?;
        Ok(library)
    }

    /// What the shared object `file` says of itself, and the absolute path of it. Only the file is read: no
    /// code of the plugin runs. What can never be loaded here is an error.
    pub fn look(file: &Path) -> Result<(PathBuf, Noted), LoadError> {
        let unreadable = |why: String| LoadError {
            file: file.to_owned(),
            plugin: None,
            fault: LoadFault::Unreadable(why),
        };
        // Absolute, so that the loader neither searches nor takes a bare name for a library's.
        let path = file.canonicalize().map_err(|error| unreadable(error.to_string()))?;
        if !path.is_file() {
            return Err(unreadable("it is not a regular file".into()));
        }
        loader::look(&path).map(|noted| (path, noted))
    }

    /// What an open file says of itself, as [`look`](Self::look) does with that of `path`.
    pub fn look_at(file: &File, path: &Path) -> Result<Noted, LoadError> {
        loader::look_at(file, path)
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
        let plugin = unsafe { descriptor::copy(plugin) };
        let refuse = |fault| LoadError { file: file.to_owned(), plugin: None, fault };
        descriptor::check(file, &plugin.map_err(refuse)?)
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
    pub fn framing_nature(
        &self,
        name: &str,
        config_json: &str,
    ) -> Result<Capabilities, ConfigError> {
        static UNWATCHED: Breadcrumb = Breadcrumb::new();
        self.framing(name, config_json, Role::Client, &UNWATCHED)
            .map(|framing| framing.capabilities())
    }

    fn handler(&self, name: Option<&str>) -> Result<&Handler, ConfigError> {
        let Some(name) = name else {
            return match self.handlers.as_slice() {
                [only] => Ok(only),
                [] => Err(ConfigError::whole(format!(
                    "plugin {} brings framings, no handler",
                    self.id
                ))),
                _ => Err(ConfigError::whole(format!(
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
        ConfigError::whole(format!(
            "plugin {} has no {what} `{name}`; it has {}",
            self.id,
            names(known)
        ))
    }

    fn one_sided(&self, handler: &Handler, side: &str) -> ConfigError {
        let name = &handler.about.name;
        ConfigError::whole(format!("handler `{name}` of plugin {} has no {side} side", self.id))
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Library({} {} from {})", self.id, self.version, path(&self.file))
    }
}

fn names(items: &[About]) -> String {
    if items.is_empty() {
        return "none".into();
    }
    items.iter().map(|item| format!("`{}`", item.name)).collect::<Vec<_>>().join(", ")
}
