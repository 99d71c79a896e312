//! Paths as JSON, for documents between our own processes: text where they are UTF-8, which is nearly
//! always, and otherwise their bytes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// A path as it is written.
#[derive(Serialize)]
#[serde(untagged)]
enum Encoded<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A path as it is read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Decoded {
    Text(PathBuf),
    Bytes(Vec<u8>),
}

impl<'a> Encoded<'a> {
    fn new(path: &'a Path) -> Self {
        path.to_str().map_or(Self::Bytes(path.as_os_str().as_bytes()), Self::Text)
    }
}

impl Decoded {
    fn path(self) -> PathBuf {
        match self {
            Self::Text(path) => path,
            Self::Bytes(bytes) => OsString::from_vec(bytes).into(),
        }
    }
}

/// For `#[serde(with = "…")]`.
pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    Encoded::new(path).serialize(to)
}

/// For `#[serde(with = "…")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    Decoded::deserialize(from).map(Decoded::path)
}

/// The same for what may be absent.
pub mod optional {
    use super::{Decoded, Encoded};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::path::PathBuf;

    /// For `#[serde(with = "…")]`.
    pub fn serialize<S>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        path.as_deref().map(Encoded::new).serialize(to)
    }

    /// For `#[serde(with = "…")]`.
    pub fn deserialize<'de, D>(from: D) -> Result<Option<PathBuf>, D::Error>
    where
        D: Deserializer<'de>,
    {
        Option::<Decoded>::deserialize(from).map(|path| path.map(Decoded::path))
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
                let text = serde_json::to_string(&message).expect("any name can be written");
                assert_eq!(serde_json::from_str::<Message>(&text).expect("and read"), message);
            }
        }
        let text = serde_json::to_string(&Message { file: "/a".into(), folder: None });
        assert_eq!(text.expect("any name can be written"), r#"{"file":"/a","folder":null}"#);
    }
}
