//! Where a server is, and how that is written in a scenario and on the command line.

use super::transports::{Addressing, TransportKind};
use core::net::SocketAddr;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use wirebench_text::path as shown;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// An IPv4 or IPv6 address and port.
    Ip(SocketAddr),
    /// A Unix socket's path.
    Path(#[serde(with = "wirebench_text::path_json")] PathBuf),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Path(path) => f.write_str(&shown(path)),
        }
    }
}

/// The longest path of a Unix socket, in bytes.
const LONGEST_PATH: usize = 107;

/// What helps where our own path is too long.
pub const SHORTER_TMPDIR: &str = "set TMPDIR to a folder with a shorter path, such as /tmp";

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAddress {
    /// What is wrong.
    pub message: &'static str,
    /// What helps.
    pub help: &'static str,
}

impl Address {
    /// Reads `server.address` as the transport's addresses are written in a scenario.
    pub fn in_scenario(text: &str, kind: TransportKind) -> Result<Self, NotAnAddress> {
        match kind.addressing() {
            Addressing::Ip => text.parse().map(Self::Ip).map_err(|_| NotAnAddress {
                message: "`server.address` is an IP address and a port: `127.0.0.1:4000`, \
                          `[::1]:4000`",
                help: "names are not looked up; a path needs `transport.kind = \"unix\"`",
            }),
            Addressing::Path if text.contains('/') => Ok(Self::Path(text.into())),
            Addressing::Path => Err(NotAnAddress {
                message: "`server.address` of a Unix socket is its path, with a `/`",
                help: "write `./name` for a path relative to the scenario's folder",
            }),
        }
    }

    /// Reads an argument of the command line. The error says what is wrong with it.
    pub fn in_argument(text: &str, kind: TransportKind) -> Result<Self, String> {
        match kind.addressing() {
            Addressing::Ip => text.parse().map(Self::Ip).map_err(|_| {
                format!(
                    "`{text}` is no address: write an IP address and a port, such as \
                     `127.0.0.1:4000` or `[::1]:4000`, or a path with `--transport unix`"
                )
            }),
            Addressing::Path if text.is_empty() || text.parse::<SocketAddr>().is_ok() => {
                Err(format!(
                    "`{text}` is not a path: a Unix socket has one, or use `--transport tcp` or \
                     `udp`"
                ))
            }
            Addressing::Path => {
                let address = Self::Path(text.into());
                match address.lacks_room() {
                    Some(why) => Err(format!("`{text}` is {why}: choose a shorter one")),
                    None => Ok(address),
                }
            }
        }
    }

    /// The port, where there is one.
    pub fn port(&self) -> Option<u32> {
        match self {
            Self::Ip(address) => Some(address.port().into()),
            Self::Path(_) => None,
        }
    }

    /// The path, where there is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Ip(_) => None,
            Self::Path(path) => Some(path),
        }
    }

    /// The host, where that is not this machine alone.
    pub fn remote_host(&self) -> Option<String> {
        match self {
            Self::Ip(address) => (!address.ip().is_loopback()).then(|| address.ip().to_string()),
            Self::Path(_) => None,
        }
    }

    /// True when it can be reached from elsewhere.
    pub fn is_remote(&self) -> bool {
        self.remote_host().is_some()
    }

    /// Why no socket can have this address, if it is too long.
    pub fn lacks_room(&self) -> Option<String> {
        let len = self.path()?.as_os_str().len();
        (len > LONGEST_PATH).then(|| {
            format!("a path of {len} bytes, where that of a Unix socket has {LONGEST_PATH} at most")
        })
    }

    /// A relative path is meant from `folder`.
    pub fn from_folder(self, folder: &Path) -> Self {
        match self {
            Self::Path(path) => Self::Path(folder.join(path)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_its_transport_wherever_it_is_written() {
        for kind in TransportKind::ALL {
            let (right, wrong) = match kind.addressing() {
                Addressing::Ip => (["127.0.0.1:80", "[::1]:80"], ["127.0.0.1", "localhost:80"]),
                Addressing::Path => (["./s", "/a/s"], ["", "127.0.0.1:80"]),
            };
            for text in right {
                let address = Address::in_scenario(text, kind);
                assert_eq!(address.clone().ok(), Address::in_argument(text, kind).ok(), "{text}");
                assert_eq!(address.map(|it| it.to_string()).as_deref(), Ok(text));
            }
            for text in wrong {
                assert!(Address::in_scenario(text, kind).is_err(), "{} {text}", kind.name());
                assert!(Address::in_argument(text, kind).is_err(), "{} {text}", kind.name());
            }
        }
    }

    #[test]
    fn a_path_that_no_socket_can_have_is_refused_to_the_byte() {
        let path = |len: usize| Address::Path(format!("/{}", "x".repeat(len - 1)).into());
        assert_eq!(path(LONGEST_PATH).lacks_room(), None);
        assert!(path(LONGEST_PATH + 1).lacks_room().is_some_and(|why| why.contains("108 bytes")));
    }

    #[test]
    fn only_addresses_of_other_machines_are_remote() {
        let remote = |text: &str| Address::Ip(text.parse().unwrap()).remote_host();
        assert_eq!(remote("0.0.0.0:1").as_deref(), Some("0.0.0.0"));
        assert!(remote("[::]:1").is_some() && remote("127.9.9.9:1").is_none());
        assert!(!Address::Path("/s".into()).is_remote());
    }
}
