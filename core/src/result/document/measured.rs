//! Which files were measured.

use serde::{Deserialize, Serialize};

/// What a result says of the files that its rounds used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The plugins.
    pub plugins: Vec<PluginResult>,
    /// Everything else.
    pub files: Vec<FileResult>,
}

/// A plugin that was loaded by the sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginResult {
    /// Its id.
    pub id: String,
    /// Its own version.
    pub version: String,
    /// What it says it was built with.
    pub sdk: String,
    /// The file.
    pub path: String,
    /// The file's size.
    pub size_bytes: u64,
    /// The file's SHA-256, in hexadecimal.
    pub sha256: String,
    /// True when it was built without optimisation; `None`: it does not say.
    pub debug_build: Option<bool>,
    /// The handlers it brings, by name.
    pub handlers: Vec<String>,
    /// The framings it brings, by name.
    pub framings: Vec<String>,
}

/// Another file that the rounds used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileResult {
    /// `payload`, or `server` for the program of a server that is not the handler's.
    pub role: String,
    /// The file.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}
