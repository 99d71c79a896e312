//! The answer that opens a WebSocket connection, as a client checks it (RFC 6455, section 4.1).

use super::http_head::{Field, Lines, Refused};
use super::websocket_opening::{Accept, Terms, accept};
use wirebench_framing::misfit::{CALLER, shown};

/// What a client has read of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// What its key has to be answered with.
    accept: Accept,
    protocol: Option<Box<str>>,
    upgrade: bool,
    connection: bool,
    accepted: bool,
}

impl Answer {
    /// One of which nothing was read.
    pub(super) fn new(terms: &Terms) -> Self {
        Self {
            accept: accept(terms.key.as_bytes()),
            protocol: terms.protocol.as_deref().map(Into::into),
            upgrade: false,
            connection: false,
            accepted: false,
        }
    }

    /// What is wrong with the first bytes of what may become an answer; `None`: nothing.
    pub(super) fn refuses_beginning(&self, bytes: &[u8]) -> Option<String> {
        let known = bytes.len().min(CALLER);
        (bytes[..known] != Self::BEGIN[..known]).then(|| self.no_head(&bytes[..known]))
    }
}

impl Lines for Answer {
    const BEGIN: &'static [u8; CALLER] = b"HTTP";

    #[cold]
    fn no_head(&self, bytes: &[u8]) -> String {
        let frame = match bytes.first() {
            Some(0x80..=0x82 | 0x00..=0x02 | 0x88..=0x8a) => {
                "; a frame without an opening? Then leave `opening` out"
            }
            _ => "",
        };
        format!(
            "expected the answer to the opening request, `HTTP/1.1 101`{frame} (read {})",
            shown(bytes)
        )
    }

    fn first(&mut self, line: &[u8], at: usize) -> Result<(), Refused> {
        let Some((version, rest)) = line.split_at_checked(9) else {
            return Err(Refused::line(at, line, "a first line that is no `HTTP/1.1 101`"));
        };
        let status = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
        let is_status = status.len() == 3 && status.iter().all(u8::is_ascii_digit);
        let problem = match (version, status) {
            (b"HTTP/1.1 ", b"101") => return Ok(()),
            (_, b"101") => "only HTTP/1.1 opens a connection (RFC 6455, section 4.1)",
            (_, b"401" | b"403" | b"407") => {
                "the server refuses: it wants to know who asks (`fields` takes more lines)"
            }
            (_, b"404") => "the server has no such path: is `opening` the right one?",
            (_, b"426") => "the server speaks another version of the protocol",
            (_, [b'3', ..]) if is_status => {
                "the server sends its clients elsewhere, and nobody follows"
            }
            _ if is_status => "the server does not open the connection, which only 101 does",
            _ => "a first line that is no `HTTP/1.1 101`",
        };
        Err(Refused::line(at, line, problem))
    }

    fn field(&mut self, field: Field<'_>) -> Result<(), Refused> {
        if field.is("upgrade") {
            if !field.value.eq_ignore_ascii_case(b"websocket") {
                return Err(field.wrong("the protocol is changed to another than `websocket`"));
            }
            self.upgrade = true;
        } else if field.is("connection") {
            self.connection |= field.lists("upgrade");
        } else if field.is("sec-websocket-accept") {
            if field.value != self.accept {
                let right = String::from_utf8_lossy(&self.accept);
                let problem = format!(
                    "the key is answered wrong, where `{right}` is right: the server does not know \
                     the protocol, or answers somebody else"
                );
                return Err(field.wrong(&problem));
            }
            if std::mem::replace(&mut self.accepted, true) {
                return Err(field.wrong("the key is answered twice"));
            }
        } else if field.is("sec-websocket-extensions") {
            return Err(field.wrong("an extension that was not offered"));
        } else if field.is("sec-websocket-protocol") {
            let ours = self.protocol.as_deref().map(str::as_bytes);
            if ours != Some(field.value) {
                return Err(field.wrong("a subprotocol that was not offered"));
            }
        }
        Ok(())
    }

    fn complete(&mut self, at: usize) -> Result<(), Refused> {
        let lacking = [
            (self.upgrade, "Upgrade: websocket"),
            (self.connection, "Connection: Upgrade"),
            (self.accepted, "Sec-WebSocket-Accept"),
        ];
        let Some((_, field)) = lacking.into_iter().find(|(seen, _)| !seen) else { return Ok(()) };
        let problem = format!("the answer ends without `{field}`: it does not open a WebSocket");
        Err(Refused::line(at, b"\r\n", &problem))
    }
}
