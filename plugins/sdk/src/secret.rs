//! Secrets: where they come from, and that nothing shows them.

use crate::{Error, Result};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A longer secret is a wrong file.
const LONGEST: u64 = 64 << 10;

/// Bytes that are never shown, and are overwritten when they go.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes. Whoever copies them somewhere else has to overwrite them there.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Where a secret is found, as a configuration writes it: `{ env = "NAME" }`, `{ file = "path" }` or
/// `{ insecure = "text" }`. What else stands there is refused without being repeated.
#[derive(Debug)]
pub enum SecretSource {
    /// In this environment variable.
    Env(String),
    /// In this file; a relative path starts from the scenario's folder. One line end at its end is
    /// not part of the secret.
    File(PathBuf),
    /// Here, for all to read: for a secret that protects nothing.
    Insecure(Secret),
}

impl SecretSource {
    /// Fetches the secret that stands at `pointer` of the configuration. `None`: its file is
    /// relative to a scenario, and there is none (a configuration is only checked).
    pub fn load(self, pointer: &str, scenario: Option<&Path>) -> Result<Option<Secret>> {
        let (place, secret) = match self {
            Self::Insecure(secret) => (format!("{pointer}/insecure"), secret),
            Self::Env(name) => {
                let place = format!("{pointer}/env");
                let Some(value) = std::env::var_os(&name) else {
                    let text = format!("the environment variable `{name}` is not set");
                    return Err(Error::at(place, text));
                };
                (place, Secret::new(value.into_vec()))
            }
            Self::File(path) => {
                let path = match scenario {
                    Some(folder) => folder.join(path),
                    None if path.is_absolute() => path,
                    None => return Ok(None),
                };
                let place = format!("{pointer}/file");
                let secret = read(&path).map_err(|why| {
                    Error::at(&place, format!("`{}` cannot be used: {why}", path.display()))
                })?;
                (place, secret)
            }
        };
        if secret.bytes().is_empty() {
            return Err(Error::at(place, "the secret is empty"));
        }
        Ok(Some(secret))
    }
}

fn read(path: &Path) -> Result<Secret, String> {
    let text = |error: std::io::Error| error.to_string();
    // To open a pipe would wait for its writer, and what was looked at before need not be what is
    // opened.
    let mut options = std::fs::File::options();
    let file = options.read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(text)?;
    if !file.metadata().map_err(text)?.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(text)?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("a secret has at most {LONGEST} bytes"));
    }
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    Ok(Secret::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec()))
}

/// Visitor functions that refuse a value without repeating it, as serde's own do.
macro_rules! refuse {
    ($why:expr) => {
        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(E::custom($why))
        }
        refuse!($why; numbers);
    };
    ($why:expr; numbers) => {
        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(E::custom($why))
        }
        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(E::custom($why))
        }
        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(E::custom($why))
        }
        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(E::custom($why))
        }
    };
}
/// What may stand for a secret. No refusal repeats what stood there.
const FORMS: &str = "a secret does not stand in a scenario: write { env = \"NAME\" } or \
                     { file = \"path\" }, or { insecure = \"text\" } where it protects nothing";

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = SecretSource;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the place of a secret")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
                let key: Option<String> = map.next_key()?;
                let source = match key.as_deref() {
                    Some("env") => SecretSource::Env(map.next_value()?),
                    Some("file") => SecretSource::File(map.next_value()?),
                    Some("insecure") => SecretSource::Insecure(map.next_value::<Hidden>()?.0),
                    _ => return Err(A::Error::custom(FORMS)),
                };
                match map.next_key::<String>()? {
                    None => Ok(source),
                    Some(_) => Err(A::Error::custom("a secret has one place, not several")),
                }
            }
            refuse!(FORMS);
        }
        deserializer.deserialize_any(Table)
    }
}

/// A text that no error repeats.
struct Hidden(Secret);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Hidden;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hidden, E> {
                Ok(Hidden(Secret::new(text.as_bytes().to_vec())))
            }
            refuse!("a secret is a text"; numbers);
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(json: &str) -> Result<SecretSource, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_literal_is_refused_and_not_repeated() {
        for json in ["\"hunter2\"", "8472", "-8472", "84.72", "true", "{\"hunter2\": 1}", "{}"] {
            let error = from(json).unwrap_err();
            assert!(error.contains("{ env = \"NAME\" }"), "{json}: {error}");
            assert!(!error.contains("hunter2") && !error.contains("847"), "{error}");
        }
        for json in [r#"{"insecure": 8472}"#, r#"{"insecure": true}"#, r#"{"insecure": -8472.5}"#] {
            let error = from(json).unwrap_err();
            assert!(error.contains("a secret is a text") && !error.contains("847"), "{error}");
        }
        assert!(from(r#"{"env": "A", "file": "b"}"#).is_err());
    }

    #[test]
    fn debugging_shows_no_secret() {
        let source = from(r#"{"insecure": "hunter2"}"#).unwrap();
        assert_eq!(format!("{source:?}"), "Insecure(Secret)");
    }

    #[test]
    fn a_file_is_read_from_the_scenarios_folder_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        for (content, secret) in
            [("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("a\n\n", "a\n")]
        {
            std::fs::write(folder.path().join("secret"), content).unwrap();
            let source = SecretSource::File("secret".into());
            let loaded = source.load("/secret", Some(folder.path())).unwrap().unwrap();
            assert_eq!(loaded.bytes(), secret.as_bytes());
        }
        assert!(SecretSource::File("secret".into()).load("/secret", None).unwrap().is_none());
    }

    #[test]
    fn a_secret_that_cannot_be_had_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        std::fs::write(folder.path().join("large"), vec![b'x'; LONGEST as usize + 1]).unwrap();
        let cases = [
            (SecretSource::Env("WIREBENCH_NO_SUCH_VARIABLE".into()), "/secret/env", "is not set"),
            (SecretSource::File("none".into()), "/secret/file", "No such file"),
            (SecretSource::File(".".into()), "/secret/file", "no regular file"),
            (SecretSource::File("empty".into()), "/secret/file", "is empty"),
            (SecretSource::File("large".into()), "/secret/file", "at most 65536 bytes"),
            (SecretSource::Insecure(Secret::new(vec![])), "/secret/insecure", "is empty"),
        ];
        for (source, pointer, told) in cases {
            let error = source.load("/secret", Some(folder.path())).unwrap_err();
            assert_eq!(error.pointer(), pointer, "{error}");
            assert!(error.text().contains(told), "{error}");
        }
    }
}
