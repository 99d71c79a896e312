//! The request that opens a WebSocket connection: what a client writes, and what a server checks of it
//! and answers (RFC 6455, sections 4.1 and 4.2).

use super::http_head::{Field, Lines, Refused};
use super::websocket_opening::{Accept, Terms, accept};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use wirebench_framing::misfit::{CALLER, shown};

/// What a version other than 13 is answered with.
pub(super) const OTHER_VERSION: &str = "426 Upgrade Required";

/// Bytes of a key, before base64.
const KEY: usize = 16;

/// Keys are only compared by others: bits that stand for nothing are let pass.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Appends a client's request.
pub(super) fn write_request(terms: &Terms, out: &mut Vec<u8>) {
    let Terms { path, host, protocol, fields, key } = terms;
    let offer = match protocol {
        Some(name) => format!("Sec-WebSocket-Protocol: {name}\r\n"),
        None => String::new(),
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{offer}{fields}\r\n"
    );
    out.extend_from_slice(request.as_bytes());
}

/// What a server has read of a request.
#[derive(Debug)]
pub(super) struct Request {
    path: Box<str>,
    protocol: Option<Box<str>>,
    host: bool,
    upgrade: bool,
    connection: bool,
    version: bool,
    /// What its key is answered with.
    accept: Option<Accept>,
    /// It offers our protocol.
    offered: bool,
}

impl Request {
    /// One of which nothing was read.
    pub(super) fn new(terms: &Terms) -> Self {
        Self {
            path: terms.path.as_str().into(),
            protocol: terms.protocol.as_deref().map(Into::into),
            host: false,
            upgrade: false,
            connection: false,
            version: false,
            accept: None,
            offered: false,
        }
    }

    /// What is wrong with the first bytes of what may become a request; `None`: nothing.
    pub(super) fn refuses_beginning(&self, bytes: &[u8]) -> Option<String> {
        let known = bytes.len().min(CALLER);
        (bytes[..known] != Self::BEGIN[..known]).then(|| self.no_head(&bytes[..known]))
    }

    /// Appends what a right request is answered with.
    pub(super) fn write_answer(&self, terms: &Terms, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        );
        out.extend_from_slice(b"Sec-WebSocket-Accept: ");
        out.extend_from_slice(&self.accept.unwrap_or_default());
        if let (true, Some(protocol)) = (self.offered, &terms.protocol) {
            out.extend_from_slice(b"\r\nSec-WebSocket-Protocol: ");
            out.extend_from_slice(protocol.as_bytes());
        }
        out.extend_from_slice(b"\r\n\r\n");
    }

    /// True for the path that is served. It may come with the server's address before it.
    fn is_path(&self, target: &[u8]) -> bool {
        let scheme = [&b"http://"[..], b"https://"].into_iter().find(|scheme| {
            target.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        });
        let path = match scheme {
            None => target,
            Some(scheme) => {
                let rest = &target[scheme.len()..];
                let slash = rest.iter().position(|byte| *byte == b'/');
                slash.map_or(&b"/"[..], |slash| &rest[slash..])
            }
        };
        path == self.path.as_bytes()
    }
}

impl Lines for Request {
    const BEGIN: &'static [u8; CALLER] = b"GET ";

    #[cold]
    fn no_head(&self, bytes: &[u8]) -> String {
        let frame = match bytes.first() {
            Some(0x80..=0x82 | 0x00..=0x02 | 0x88..=0x8a) => {
                "; a frame without an opening? Then leave `opening` out"
            }
            _ => "",
        };
        let read = shown(bytes);
        format!(
            "expected a request that opens the connection, `GET {}`{frame} (read {read})",
            self.path
        )
    }

    fn first(&mut self, line: &[u8], at: usize) -> Result<(), Refused> {
        let mut words = line.split(|byte| *byte == b' ');
        let (Some(_), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Refused::line(at, line, "a first line that is no `GET path HTTP/1.1`"));
        };
        if version != b"HTTP/1.1" {
            let problem = "only HTTP/1.1 opens a connection (RFC 6455, section 4.1)";
            return Err(Refused::line(at, line, problem));
        }
        if !self.is_path(target) {
            let problem = format!("asks for another path than `{}`", self.path);
            let refused = Refused::line(at, line, &problem);
            return Err(Refused { status: "404 Not Found", ..refused });
        }
        Ok(())
    }

    fn field(&mut self, field: Field<'_>) -> Result<(), Refused> {
        let once = |seen: &mut bool| match std::mem::replace(seen, true) {
            true => Err(field.wrong("a field that may stand there once stands there twice")),
            false => Ok(()),
        };
        if field.is("host") {
            once(&mut self.host)?;
        } else if field.is("upgrade") {
            self.upgrade |= field.lists("websocket");
        } else if field.is("connection") {
            self.connection |= field.lists("upgrade");
        } else if field.is("sec-websocket-version") {
            once(&mut self.version)?;
            if field.value != b"13" {
                let refused = field.wrong("only version 13 is known (RFC 6455, section 4.1)");
                return Err(Refused { status: OTHER_VERSION, ..refused });
            }
        } else if field.is("sec-websocket-key") {
            once(&mut self.accept.is_some())?;
            let mut bytes = [0; KEY + 8];
            if LENIENT.decode_slice(field.value, &mut bytes) != Ok(KEY) {
                return Err(field.wrong("a key is 16 bytes in base64"));
            }
            self.accept = Some(accept(field.value));
        } else if field.is("sec-websocket-protocol") {
            let ours = self.protocol.as_deref().map(str::as_bytes);
            self.offered |= field.words().any(|word| Some(word) == ours);
        } else if field.is("transfer-encoding") || field.is("content-length") && field.value != b"0"
        {
            return Err(field.wrong("a request that opens a connection has no body"));
        }
        Ok(())
    }

    fn complete(&mut self, at: usize) -> Result<(), Refused> {
        let lacking = [
            (self.host, "Host"),
            (self.upgrade, "Upgrade: websocket"),
            (self.connection, "Connection: Upgrade"),
            (self.accept.is_some(), "Sec-WebSocket-Key"),
            (self.version, "Sec-WebSocket-Version: 13"),
        ];
        let Some((_, field)) = lacking.into_iter().find(|(seen, _)| !seen) else { return Ok(()) };
        let problem = format!("the request ends without `{field}`: it does not open a WebSocket");
        Err(Refused::line(at, b"\r\n", &problem))
    }
}
