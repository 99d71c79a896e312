//! The opening handshake of `websocket` (RFC 6455, section 4): a client asks over HTTP/1.1 for the
//! protocol to be changed, and the server answers 101. What follows either head is frames.
//!
//! The client asks as soon as its connection stands, and sends its first frame when the answer has
//! come. The server's messages wait for the request. Its key comes from `mask-seed`, so that the same
//! run writes the same bytes.

use super::field::{is_control, name_and_value};
use super::http_head::{Head, Refused};
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{window, wrong};
use super::websocket_answer::Answer;
use super::websocket_request::{Request, write_request};
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos, Role,
    SpecError,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use wirebench_framing::misfit::{CALLER, beginning};

/// What a setting says that is not made use of.
const NONE: &str = "none";

/// Where nobody says another host.
const LOCALHOST: &str = "localhost";

pub(super) const PATH: Setting = Setting {
    name: "opening",
    kind: Kind::Text { max: 1024 },
    default: DefaultValue::Text(NONE),
    about: "the path that a client asks for over HTTP before its first frame (`/chat`); `none`: the stream begins with frames",
};

pub(super) const HOST: Setting = Setting {
    name: "host",
    kind: Kind::Text { max: 255 },
    default: DefaultValue::Text(LOCALHOST),
    about: "what the client's request says as `Host`; a server takes any",
};

pub(super) const PROTOCOL: Setting = Setting {
    name: "protocol",
    kind: Kind::Text { max: 128 },
    default: DefaultValue::Text(NONE),
    about: "the subprotocol that a client offers, and a server chooses where it is offered",
};

pub(super) const FIELDS: Setting = Setting {
    name: "fields",
    kind: Kind::Text { max: 4096 },
    default: DefaultValue::Text(NONE),
    about: "more lines of the client's request, `Name: value` each",
};

/// What opens a connection, as the settings say it.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) path: String,
    pub(super) host: String,
    pub(super) protocol: Option<String>,
    /// Lines of the request, each with its CRLF.
    pub(super) fields: String,
    /// The client's key, in base64.
    pub(super) key: String,
}

/// The settings of the opening, if there is one.
pub(super) fn terms(values: &Values) -> Result<Option<Terms>, SpecError> {
    let [path, host, protocol, fields] =
        [PATH, HOST, PROTOCOL, FIELDS].map(|setting| values.text(setting.name));
    if path == NONE {
        let idle =
            [(HOST, host != LOCALHOST), (PROTOCOL, protocol != NONE), (FIELDS, fields != NONE)];
        return match idle.into_iter().find(|(_, given)| *given) {
            Some((setting, _)) => {
                let name = setting.name;
                let text =
                    format!("`{name}` is a part of the opening: set `opening = \"/\"` or its path");
                Err(error(name, text))
            }
            None => Ok(None),
        };
    }
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if !path.starts_with('/') || !visible(path) || path.contains('#') {
        let text = "`opening` is a path from `/` on, in printable ASCII without blanks and `#` \
                    (`/chat?room=1`), or `none`";
        return Err(error(PATH.name, text.to_owned()));
    }
    if !visible(host) {
        return Err(error(
            HOST.name,
            "`host` is a name with its port, if any (`example.org:8080`)".into(),
        ));
    }
    let is_token = |text: &str| text.bytes().all(super::field::is_token);
    if !is_token(protocol) {
        let text = "`protocol` is one name of letters, digits and `!#$%&'*+-.^_|~` (`chat.v2`)";
        return Err(error(PROTOCOL.name, text.to_owned()));
    }
    let seed = values.integer("mask-seed") as u64;
    Ok(Some(Terms {
        path: path.to_owned(),
        host: host.to_owned(),
        protocol: (protocol != NONE).then(|| protocol.to_owned()),
        fields: if fields == NONE { String::new() } else { lines(fields)? },
        key: key(seed),
    }))
}

/// The lines of `fields`, each with its CRLF.
fn lines(fields: &str) -> Result<String, SpecError> {
    let mut lines = String::new();
    for line in fields.lines().filter(|line| !line.trim().is_empty()) {
        let ours = |name: &[u8]| {
            let name = name.to_ascii_lowercase();
            name.starts_with(b"sec-websocket-")
                || [
                    &b"host"[..],
                    b"upgrade",
                    b"connection",
                    b"content-length",
                    b"transfer-encoding",
                ]
                .contains(&&name[..])
        };
        match name_and_value(line.as_bytes(), 0) {
            Ok((name, ..)) if ours(name) => {
                let text =
                    format!("`fields` has the line `{line}`, which the opening itself decides");
                return Err(error(FIELDS.name, text));
            }
            Ok(_) if !line.bytes().any(is_control) => {}
            _ => {
                let text = format!(
                    "`fields` has the line `{}`, which is no `Name: value`",
                    line.escape_debug()
                );
                return Err(error(FIELDS.name, text));
            }
        }
        lines.push_str(line);
        lines.push_str("\r\n");
    }
    Ok(lines)
}

/// A key of 16 bytes, in base64. (The generator is SplitMix64, from another state than that of masks.)
fn key(seed: u64) -> String {
    let mut state = !seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    let (high, low) = (u128::from(next()), u128::from(next()));
    STANDARD.encode((high << 64 | low).to_be_bytes())
}

/// What answers a key: 28 digits of base64.
pub(super) type Accept = [u8; 28];

/// What a server answers a client's key with (section 4.2.2, step 5.4).
pub(super) fn accept(key: &[u8]) -> Accept {
    let hash = Sha1::new()
        .chain_update(key)
        .chain_update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        .finalize();
    let mut digits = [0; 28];
    // Twenty bytes are 28 digits.
    let _ = STANDARD.encode_slice(hash, &mut digits);
    digits
}

/// `websocket` with its opening handshake in front.
pub(super) struct Opening {
    terms: Terms,
    frames: Box<dyn Framing>,
    stage: Stage,
    head: Head,
    /// The client has asked.
    asked: bool,
}

/// Whose head is awaited.
enum Stage {
    /// The client's.
    Request(Request),
    /// The server's.
    Answer(Answer),
    /// None any more: frames follow.
    Open,
}

impl Opening {
    pub(super) fn new(terms: Terms, role: Role, frames: Box<dyn Framing>) -> Self {
        let stage = match role {
            Role::Client => Stage::Answer(Answer::new(&terms)),
            Role::Server => Stage::Request(Request::new(&terms)),
        };
        Self { terms, frames, stage, head: Head::default(), asked: false }
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Reads the peer's head.
    fn open(&mut self, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let seen = self.head.scanned();
        let read = match &mut self.stage {
            Stage::Request(request) => self.head.read(input, request),
            Stage::Answer(answer) => self.head.read(input, answer),
            Stage::Open => Ok(Some(0)),
        };
        // Scanned for the ends of lines, and each line read.
        out.inspected += 2 * (self.head.scanned() - seen) + if seen == 0 { CALLER } else { 0 };
        match (read, &self.stage) {
            (Ok(None), _) => out.need = 1,
            (Ok(Some(end)), stage) => {
                if let Stage::Request(request) = stage {
                    request.write_answer(&self.terms, &mut out.control);
                }
                self.stage = Stage::Open;
                out.consumed = end;
                // What stands behind it is frames.
                out.again = end < input.len();
            }
            (Err(refused), stage) => {
                if let Stage::Request(_) = stage {
                    refuse(&refused, &mut out.control);
                }
                return Err(wrong(refused.at, refused.text));
            }
        }
        Ok(())
    }
}

impl Framing for Opening {
    fn capabilities(&self) -> Capabilities {
        Capabilities { duplex: true, stream_only: true, ..self.frames.capabilities() }
    }

    fn gate(&self, now: Nanos) -> Gate {
        if self.is_open() { self.frames.gate(now) } else { Gate::Blocked }
    }

    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        self.frames.encode(now, payload, out)
    }

    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        if self.is_open() {
            self.frames.feed(now, input, out)
        } else {
            self.open(window(input), out)
        }
    }

    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let no_head = match &self.stage {
            Stage::Open => return self.frames.end_of_input(now, input, out),
            Stage::Request(_) if input.is_empty() => return Ok(()),
            Stage::Answer(_) if input.is_empty() => {
                let text = "the stream ended before the answer to the opening request (read nothing): \
                            is the peer a WebSocket server?";
                return if self.asked { Err(wrong(0, text.to_owned())) } else { Ok(()) };
            }
            Stage::Request(request) => request.refuses_beginning(input),
            Stage::Answer(answer) => answer.refuses_beginning(input),
        };
        if let Some(text) = no_head {
            return Err(wrong(0, text));
        }
        let (len, read) = (input.len(), beginning(input));
        let text = format!(
            "the stream ended inside the opening handshake, {len} bytes after its start (read {read})"
        );
        Err(wrong(len, text))
    }

    fn keeps(&self) -> usize {
        self.frames.keeps()
    }

    fn deadline(&self) -> Option<Nanos> {
        // At once: this is how it gets to ask before it has anything to send.
        let asks = matches!(self.stage, Stage::Answer(_)) && !self.asked;
        if asks { Some(0) } else { self.frames.deadline() }
    }

    fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), DecodeError> {
        if self.is_open() {
            return self.frames.timeout(now, out);
        }
        if matches!(self.stage, Stage::Answer(_)) && !self.asked {
            self.asked = true;
            write_request(&self.terms, &mut out.control);
        }
        Ok(())
    }
}

/// Answers a request that is refused, and says why.
#[cold]
fn refuse(refused: &Refused, out: &mut Vec<u8>) {
    let Refused { status, text, at } = refused;
    let why = format!("at byte {at} of the request: {text}\n");
    let version = if *status == super::websocket_request::OTHER_VERSION {
        "Sec-WebSocket-Version: 13\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\n{version}Content-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\n\r\n",
        why.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(why.as_bytes());
}
