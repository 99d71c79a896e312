//! Names of files on their way to our own child processes, as JSON: text where they are UTF-8, which is
//! nearly always, and otherwise their bytes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Heard {
    Text(PathBuf),
    Bytes(Vec<u8>),
}

impl<'a> Said<'a> {
    fn new(path: &'a Path) -> Self {
        path.to_str().map_or(Self::Bytes(path.as_os_str().as_bytes()), Self::Text)
    }
}

impl Heard {
    fn path(self) -> PathBuf {
        match self {
            Self::Text(path) => path,
            Self::Bytes(bytes) => OsString::from_vec(bytes).into(),
        }
    }
}

/// For `#[serde(with = "…")]`.
pub(crate) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    Said::new(path).serialize(to)
}

/// For `#[serde(with = "…")]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    Heard::deserialize(from).map(Heard::path)
}

/// The same for what may be absent.
pub(crate) mod optional {
    use super::{Heard, Said};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::path::PathBuf;

    /// For `#[serde(with = "…")]`.
    pub(crate) fn serialize<S>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        path.as_deref().map(Said::new).serialize(to)
    }

    /// For `#[serde(with = "…")]`.
    pub(crate) fn deserialize<'de, D>(from: D) -> Result<Option<PathBuf>, D::Error>
    where
        D: Deserializer<'de>,
    {
        Option::<Heard>::deserialize(from).map(|path| path.map(Heard::path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Message {
        #[serde(with = "super")]
        file: PathBuf,
        #[serde(with = "super::optional")]
        folder: Option<PathBuf>,
    }

    #[test]
    fn every_name_comes_back_as_it_was() {
        for bytes in [&b"/a/b"[..], b"", b"/pl\xff/\xfe", "Größe".as_bytes(), b"\xc3"] {
            let file = PathBuf::from(OsStr::from_bytes(bytes));
            for folder in [None, Some(file.clone())] {
                let message = Message { file: file.clone(), folder };
                let text = serde_json::to_string(&message).expect("any name can be said");
                assert_eq!(serde_json::from_str::<Message>(&text).expect("and heard"), message);
            }
        }
        let text = serde_json::to_string(&Message { file: "/a".into(), folder: None });
        assert_eq!(text.expect("any name can be said"), r#"{"file":"/a","folder":null}"#);
    }
}
