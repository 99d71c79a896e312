//! What all sessions of a side share: settings, directories, and digests that were taken before.

use crate::claims::Claims;
use crate::config::{Config, Do};
use crate::dialect::Dialect;
use crate::digest::{Algorithm, Sum};
use crate::kinds::{Kind, Refusal};
use crate::seeded;
use crate::store::{Root, Stamp};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wirebench_sdk::{Cx, Error, Result};

/// Digests remembered.
const MAX_SUMS: usize = 256;

/// What all sessions of a side share.
pub(crate) struct Shared {
    /// What the scenario says.
    pub config: Config,
    dialect: Arc<Dialect>,
    /// Where files are stored and, on the server, read; `None` while a configuration is checked.
    root: Option<Root>,
    /// How the machine calls the server's; empty while there is none.
    root_path: PathBuf,
    /// What the client sends.
    source: Option<PathBuf>,
    sums: HashMap<(Stamp, Algorithm), Sum>,
    /// Files that sessions are taking up again.
    pub resuming: Claims,
}

impl Shared {
    /// The server's: its root, with something in it if the round brought it along.
    pub(crate) fn server(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let mut shared = Self::new(config)?;
        let config = &shared.config;
        let own = config.root.is_none();
        let Some(path) = place(config.root.as_ref(), cx) else { return Ok(shared) };
        if own {
            match config.r#do {
                Do::Download => seeded::file(&path.join(&config.name), &config.file)
                    .map_err(|error| made("/file", &error))?,
                Do::Browse => {
                    seeded::tree(&path, &config.tree).map_err(|error| made("/tree", &error))?;
                }
                Do::Upload | Do::Offer | Do::SmallUpload => {}
            }
        }
        shared.root = Some(open("/root", &path)?);
        shared.root_path = path.canonicalize().unwrap_or(path);
        Ok(shared)
    }

    /// The client's: where it puts what it downloads, and what it sends.
    pub(crate) fn client(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let mut shared = Self::new(config)?;
        let config = &shared.config;
        match config.r#do {
            Do::Download => {
                if let Some(path) = place(config.into.as_ref(), cx) {
                    shared.root = Some(open("/into", &path)?);
                }
            }
            Do::Upload | Do::Offer => {
                let own = config.source.is_none();
                let path = place(config.source.as_ref(), cx);
                shared.source = path.map(|path| if own { path.join("source") } else { path });
                if let (true, Some(path)) = (own, &shared.source) {
                    seeded::file(path, &config.file).map_err(|error| made("/file", &error))?;
                }
            }
            Do::Browse | Do::SmallUpload => {}
        }
        Ok(shared)
    }

    fn new(config: Config) -> Result<Self> {
        let config = config.check()?;
        // What is made there is made under this name, whatever the client asks for.
        if config.r#do == Do::Download && config.root.is_none() {
            crate::name::check(&config.name)
                .map_err(|refusal| Error::at("/name", refusal.to_string()))?;
        }
        Ok(Self {
            dialect: Arc::new(Dialect::of(&config)),
            config,
            root: None,
            root_path: PathBuf::new(),
            source: None,
            sums: HashMap::new(),
            resuming: Claims::default(),
        })
    }

    /// How the conversation sounds.
    pub(crate) fn dialect(&self) -> Arc<Dialect> {
        self.dialect.clone()
    }

    /// The usual digest.
    pub(crate) fn digest(&self) -> Algorithm {
        self.config.digest.unwrap_or(Algorithm::None)
    }

    /// Bytes of a chunk.
    pub(crate) fn chunk(&self) -> usize {
        self.config.chunk.bytes() as usize
    }

    /// The directory of this side.
    pub(crate) fn root(&self) -> Result<&Root, Refusal> {
        self.root.as_ref().ok_or_else(|| {
            Refusal::new(Kind::Storage, "the host gives no directory: name one in the scenario")
        })
    }

    /// How the machine calls the server's directory.
    pub(crate) fn root_path(&self) -> &Path {
        &self.root_path
    }

    /// Opens what the client sends.
    pub(crate) fn open_source(&self) -> Result<File, Refusal> {
        let Some(path) = &self.source else {
            let why = "the host gives no directory: name a `source` in the scenario";
            return Err(Refusal::new(Kind::Storage, why));
        };
        let what = path.display().to_string();
        // Opening a pipe must not wait for a writer.
        let opened = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
        let file = opened.map_err(|error| Refusal::io(&what, &error))?;
        let metadata = file.metadata().map_err(|error| Refusal::io(&what, &error))?;
        if metadata.is_file() {
            Ok(file)
        } else {
            Err(Refusal::new(Kind::NotAFile, format!("{what} is no plain file")))
        }
    }

    /// A file of more bytes than may be stored.
    pub(crate) fn check_size(&self, size: u64) -> Result<(), Refusal> {
        let most = self.config.max_size.bytes();
        if size <= most {
            return Ok(());
        }
        Err(Refusal::new(Kind::TooLarge, format!("{size} bytes; at most {most} are stored")))
    }

    /// A digest that was taken of the same file before.
    pub(crate) fn known_sum(&self, stamp: Stamp, algorithm: Algorithm) -> Option<Sum> {
        self.sums.get(&(stamp, algorithm)).cloned()
    }

    /// Remembers a digest for as long as the file is what it is, once a change of it would be seen.
    pub(crate) fn remember_sum(&mut self, stamp: Stamp, sum: &Sum) {
        if !stamp.is_settled() {
            return;
        }
        if self.sums.len() >= MAX_SUMS {
            self.sums.clear();
        }
        self.sums.insert((stamp, sum.algorithm), sum.clone());
    }
}

/// A path of the configuration, or the round's own directory.
fn place(given: Option<&String>, cx: &mut Cx<'_>) -> Option<PathBuf> {
    match given {
        Some(path) => cx.scenario_dir().map(|folder| folder.join(path)),
        None => cx.scratch_dir(),
    }
}

fn open(pointer: &str, path: &Path) -> Result<Root> {
    Root::open(path).map_err(|error| {
        let why = format!("{} cannot be opened as a directory: {error}", path.display());
        Error::at(pointer, why)
    })
}

fn made(pointer: &str, error: &std::io::Error) -> Error {
    Error::at(pointer, format!("it cannot be made: {error}"))
}
