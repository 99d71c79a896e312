//! How a conversation sounds: the fields of control messages, the words in them, and what answers.

use crate::config::{Config, Do};
use crate::digest::Sum;
use crate::kinds::Refusal;
use crate::wire::{Answer, render_error};
use serde::Deserialize;

/// What the fields of control messages are called; without a name, as the conversation has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Keys {
    /// The operation; an empty name: there is none, the conversation says it.
    pub op: Option<String>,
    /// The file's name.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: Option<String>,
    /// Its digest.
    pub digest: Option<String>,
    /// Its whole content, as text.
    pub content: Option<String>,
    /// Where a transfer goes on.
    pub offset: Option<String>,
}

/// The words of control messages, and the texts of conversations in plain text.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Texts {
    /// The operation that stores a file.
    pub put: String,
    /// The operation that sends one.
    pub get: String,
    /// An offer is taken.
    pub accept: String,
    /// An offer is not taken.
    pub refuse: String,
    /// The file arrived.
    pub confirm: String,
    /// It did not.
    pub object: String,
    /// An empty directory.
    pub empty: String,
    /// Between the entries of a listing.
    pub separator: String,
    /// `cd` to what is none.
    pub not_a_directory: String,
}

impl Default for Texts {
    fn default() -> Self {
        let [put, get] = ["put", "get"].map(str::to_owned);
        let [accept, refuse, confirm, object] = ["y", "n", "ok", "bad"].map(str::to_owned);
        let [empty, separator, not_a_directory] =
            ["(empty)", "\n", "not a directory"].map(str::to_owned);
        Self { put, get, accept, refuse, confirm, object, empty, separator, not_a_directory }
    }
}

/// What answers an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// A JSON object with the size and the digest, or with the error.
    #[default]
    Json,
    /// The text that confirms, or the error as `KIND: text`.
    Text,
    /// Nothing: the sender is done when everything is handed over.
    None,
}

/// All of that, filled in.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// The field of the operation; empty: there is none.
    pub op: String,
    /// The field of the file's name.
    pub name: String,
    /// The field of its size.
    pub size: String,
    /// The field of its digest.
    pub digest: String,
    /// The field of its content.
    pub content: String,
    /// The field of an offset.
    pub offset: String,
    /// The operation that stores a file.
    pub put: String,
    /// The operation that sends one.
    pub get: String,
    /// The operation of a request that has no field for it.
    pub usual: String,
    /// Digests are written without the name of their kind.
    pub bare_digest: bool,
    /// What answers an upload.
    pub answers: Answers,
    /// The text that confirms.
    pub confirm: String,
    /// The text that asks for the bytes of an upload.
    pub go_ahead: Option<String>,
}

impl Dialect {
    /// As a scenario has it.
    pub(crate) fn of(config: &Config) -> Self {
        let small = config.r#do == Do::SmallUpload;
        let Keys { op, name, size, digest, content, offset } = config.keys.clone();
        let or = |given: Option<String>, usual: &str| given.unwrap_or_else(|| usual.to_owned());
        let Texts { put, get, confirm, .. } = config.texts.clone();
        Self {
            op: or(op, if small { "opt" } else { "op" }),
            name: or(name, if small { "filename" } else { "name" }),
            size: or(size, "size"),
            digest: or(digest, "digest"),
            content: or(content, "content"),
            offset: or(offset, "offset"),
            usual: if config.r#do == Do::Download { get.clone() } else { put.clone() },
            put,
            get,
            bare_digest: config.bare_digest,
            answers: config.answer,
            confirm,
            go_ahead: config.go_ahead.clone(),
        }
    }

    /// True where an upload hears plain words, which lines may hold.
    pub(crate) fn is_spoken(&self) -> bool {
        self.answers == Answers::Text || self.go_ahead.is_some()
    }

    /// A digest as it stands in control messages.
    pub(crate) fn sum(&self, sum: &Sum) -> String {
        if self.bare_digest { sum.hex.clone() } else { sum.to_string() }
    }

    /// What asks for the bytes of an upload, from an offset on.
    pub(crate) fn ready(&self, offset: u64) -> Vec<u8> {
        match &self.go_ahead {
            Some(text) => text.as_bytes().to_vec(),
            None => Answer { offset: Some(offset), ..Answer::default() }.render(self),
        }
    }

    /// What says that a file is stored, if anything does.
    pub(crate) fn stored(&self, answer: &Answer) -> Option<Vec<u8>> {
        match self.answers {
            Answers::Json => Some(answer.render(self)),
            Answers::Text => Some(self.confirm.as_bytes().to_vec()),
            Answers::None => None,
        }
    }

    /// What says that a file is not stored. Who waits for a go-ahead hears something in any case.
    pub(crate) fn refused(&self, refusal: &Refusal, awaits_go_ahead: bool) -> Option<Vec<u8>> {
        match self.answers {
            _ if awaits_go_ahead => Some(refusal.to_string().into_bytes()),
            Answers::Json => Some(render_error(refusal)),
            Answers::Text => Some(refusal.to_string().into_bytes()),
            Answers::None => None,
        }
    }
}
