//! `websocket` with its opening: the request, the answer, what each side refuses, and that frames
//! follow.

use crate::driver::{Outcome, Reader, Subject, answer_to_opening, receive};
use serde_json::{Value, json};
use wirebench::framing::{Decoded, Framing, Gate, Role};

fn subject(more: Value) -> Subject {
    let mut settings = json!({ "opening": "/chat" });
    let more = more.as_object().cloned().expect("a table");
    settings.as_object_mut().expect("a table").extend(more);
    Subject::new("websocket", &settings)
}

/// What a client says first.
fn asked(client: &mut dyn Framing) -> Vec<u8> {
    let mut said = Decoded::default();
    assert_eq!(client.deadline(), Some(0), "it speaks as soon as its connection stands");
    client.timeout(0, &mut said).expect("it has its request");
    assert_eq!(client.deadline(), None, "it asks once");
    said.control
}

/// A request with these field lines behind the first one.
fn request(first: &str, fields: &[&str]) -> Vec<u8> {
    let lines: Vec<String> = fields.iter().map(|line| format!("{line}\r\n")).collect();
    format!("{first}\r\n{}\r\n", lines.concat()).into_bytes()
}

const FIRST: &str = "GET /chat HTTP/1.1";

/// The request of RFC 6455, section 1.2, but for its origin.
const FIELDS: [&str; 5] = [
    "Host: server.example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];

/// Read whole and byte by byte: the same.
fn served(stream: &[u8]) -> Outcome {
    let subject = subject(json!({ "protocol": "chat" }));
    let whole = subject.receive(stream, &[]);
    assert_eq!(subject.receive(stream, &(1..stream.len()).collect::<Vec<_>>()), whole);
    whole
}

#[test]
fn the_example_of_the_rfc_is_answered_as_there_and_frames_follow() {
    let offer = ["Origin: http://example.com", "Sec-WebSocket-Protocol: superchat, chat"];
    let opened = request(FIRST, &[&FIELDS[..], &offer].concat());
    let stream = [&opened[..], b"\x82\x82\0\0\0\0hi\x89\x80\0\0\0\0"].concat();
    let outcome = served(&stream);
    assert!(outcome.clean(), "{}", outcome.complaint());
    assert_eq!(outcome.messages, [b"hi"]);
    assert_eq!(outcome.spans[0].0, opened.len() as i64);
    let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";
    assert_eq!(outcome.control, [answer.as_bytes(), b"\x8a\x00"].concat());
    // Without the offer nothing is chosen.
    let outcome = served(&request(FIRST, &FIELDS));
    assert!(!outcome.control.windows(8).any(|part| part == b"Protocol: chat"));
    assert!(outcome.clean(), "behind the opening a stream may end");
}

#[test]
fn names_words_and_addresses_may_be_written_otherwise() {
    let fields = [
        "HOST:\tanywhere:80",
        "upgrade: h2c, WebSocket",
        "Connection: keep-alive",
        "connection:upgrade",
        "Sec-Websocket-Key:  dGhlIHNhbXBsZSBub25jZQ== ",
        "sec-websocket-version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate",
        "Content-Length: 0",
    ];
    for first in [FIRST, "GET http://anywhere:80/chat HTTP/1.1", "GET HTTPS://a/chat HTTP/1.1"] {
        let outcome = served(&request(first, &fields));
        assert!(outcome.clean(), "{first}: {}", outcome.complaint());
    }
}

#[test]
fn a_request_that_does_not_open_is_answered_with_its_reason_and_is_an_error() {
    let but = |at: usize, line: &'static str| {
        let mut fields = FIELDS.to_vec();
        match line {
            "" => drop(fields.remove(at)),
            _ => fields[at] = line,
        }
        request(FIRST, &fields)
    };
    let more = |line: &'static str| request(FIRST, &[&FIELDS[..], &[line]].concat());
    let length = request(FIRST, &FIELDS).len();
    let cases: Vec<(Vec<u8>, &str, &str)> = vec![
        (request("GET /chat HTTP/1.0", &FIELDS), "400 Bad Request", "only HTTP/1.1"),
        (request("GET /chat HTTP/2", &FIELDS), "400 Bad Request", "only HTTP/1.1"),
        (request("GET /chat", &FIELDS), "400 Bad Request", "no `GET path HTTP/1.1`"),
        (request("GET /chat now HTTP/1.1", &FIELDS), "400 Bad Request", "no `GET path HTTP/1.1`"),
        (request("GET /chat/ HTTP/1.1", &FIELDS), "404 Not Found", "another path than `/chat`"),
        (request("GET http://chat HTTP/1.1", &FIELDS), "404 Not Found", "another path"),
        (request("POST /chat HTTP/1.1", &FIELDS), "400 Bad Request", "expected a request"),
        (but(0, ""), "400 Bad Request", "without `Host`"),
        (but(1, ""), "400 Bad Request", "without `Upgrade: websocket`"),
        (but(1, "Upgrade: websockets"), "400 Bad Request", "without `Upgrade: websocket`"),
        (but(2, ""), "400 Bad Request", "without `Connection: Upgrade`"),
        (but(2, "Connection: close"), "400 Bad Request", "without `Connection: Upgrade`"),
        (but(3, ""), "400 Bad Request", "without `Sec-WebSocket-Key`"),
        (but(3, "Sec-WebSocket-Key: c2hvcnQ="), "400 Bad Request", "16 bytes in base64"),
        (but(3, "Sec-WebSocket-Key: %%%"), "400 Bad Request", "16 bytes in base64"),
        (but(4, ""), "400 Bad Request", "without `Sec-WebSocket-Version: 13`"),
        (but(4, "Sec-WebSocket-Version: 8"), "426 Upgrade Required", "only version 13"),
        (more("Host: another"), "400 Bad Request", "stands there twice"),
        (more(FIELDS[3]), "400 Bad Request", "stands there twice"),
        (more("Content-Length: 5"), "400 Bad Request", "has no body"),
        (more("Transfer-Encoding: chunked"), "400 Bad Request", "has no body"),
        (more("no field"), "400 Bad Request", "no `name: value`"),
        (more("Name : value"), "400 Bad Request", "no `name: value`"),
        (more(" folded"), "400 Bad Request", "continues the one before"),
        (more("a: \0"), "400 Bad Request", "a control byte"),
        (b"\x82\x82\0\0\0\0hi".to_vec(), "400 Bad Request", "leave `opening` out"),
        (b"\x16\x03\x01\x02\0".to_vec(), "400 Bad Request", "a TLS hello"),
        (b"GET /chat HTTP/1.1\nHost: a\n\n".to_vec(), "400 Bad Request", "LF without a CR"),
    ];
    for (stream, status, told) in cases {
        let outcome = served(&stream);
        let Some((at, text)) = outcome.error else { panic!("taken: {}", stream.escape_ascii()) };
        assert!(text.contains(told) && text.contains("(read "), "{text}");
        assert!(at < stream.len().max(length), "{text}");
        let answer = String::from_utf8(outcome.control).expect("text");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\nConnection: close\r\n")),
            "{answer}"
        );
        assert!(answer.ends_with(&format!("at byte {at} of the request: {text}\n")), "{answer}");
        let body = answer.split("\r\n\r\n").nth(1).expect("a body");
        assert!(answer.contains(&format!("Content-Length: {}\r\n", body.len())), "{answer}");
        assert_eq!(answer.contains("\r\nSec-WebSocket-Version: 13\r\n"), status.starts_with("426"));
    }
}

#[test]
fn the_first_thing_that_is_wrong_is_told_with_its_place() {
    let stream = request(FIRST, &["Host: a", "Upgrade: websocket", "bad line", "worse line"]);
    let (at, text) = served(&stream).error.expect("two lines are wrong");
    assert_eq!(at, stream.windows(8).position(|part| part == b"bad line").expect("it is there"));
    assert!(text.contains("bad line"), "{text}");
}

#[test]
fn a_head_of_16_kib_is_read_and_a_longer_one_is_not() {
    let padded = |size: usize| {
        let bare = request(FIRST, &[&FIELDS[..], &["Padding: "]].concat()).len();
        let padding = format!("Padding: {}", "x".repeat(size - bare));
        request(FIRST, &[&FIELDS[..], &[&padding]].concat())
    };
    let longest = padded(16 << 10);
    assert_eq!(longest.len(), 16 << 10);
    assert!(served(&longest).clean());
    for endless in [padded((16 << 10) + 1), [FIRST.as_bytes(), &[b'x'; 20_000]].concat()] {
        let outcome = served(&endless);
        let (at, text) = outcome.error.expect("it is too long");
        assert_eq!(at, 16 << 10);
        assert!(
            text.contains("goes on after 16384 bytes") && text.contains("(read 47 45"),
            "{text}"
        );
        assert!(outcome.control.starts_with(b"HTTP/1.1 431 "));
    }
}

#[test]
fn a_server_says_nothing_before_it_was_asked() {
    let mut server = subject(json!({})).framing(Role::Server);
    assert_eq!((server.gate(0), server.deadline()), (Gate::Blocked, None));
    let mut reader = Reader::default();
    reader.read(&mut *server, &request(FIRST, &FIELDS)).expect("a request");
    assert_eq!(server.gate(0), Gate::Open);
}

#[test]
fn a_clients_request_has_what_its_settings_say() {
    let settings = json!({
        "host": "example.org:8080",
        "protocol": "chat.v2",
        "fields": "Origin: http://example.org\nX-Token: a b\n",
    });
    let said = asked(&mut *subject(settings.clone()).framing(Role::Client));
    let said = String::from_utf8(said).expect("text");
    let (before, rest) = said.split_once("Sec-WebSocket-Key: ").expect("a key");
    let (key, behind) = rest.split_once("\r\n").expect("lines");
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    assert_eq!(before, format!("GET /chat HTTP/1.1\r\nHost: example.org:8080\r\n{upgrade}"));
    assert_eq!(
        behind,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat.v2\r\n\
         Origin: http://example.org\r\nX-Token: a b\r\n\r\n"
    );
    use base64::Engine as _;
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(key).map(|key| key.len()), Ok(16));
    let again = asked(&mut *subject(settings).framing(Role::Client));
    assert_eq!(again, said.as_bytes(), "the same seed gives the same bytes");
    let other = asked(&mut *subject(json!({ "mask-seed": 2 })).framing(Role::Client));
    assert!(!String::from_utf8(other).expect("text").contains(key), "another has another key");
}

/// Makes another answer of a right one.
type Change = dyn Fn(String) -> String;

/// What a client makes of an answer, read whole and byte by byte, and of a frame behind it.
fn answered(change: impl Fn(String) -> String) -> Outcome {
    let subject = subject(json!({ "protocol": "chat" }));
    let read = |bytewise: bool| {
        let mut client = subject.framing(Role::Client);
        let right = String::from_utf8(answer_to_opening(&asked(&mut *client))).expect("text");
        let stream = [change(right).as_bytes(), b"\x82\x02hi"].concat();
        let cuts: Vec<usize> = (1..if bytewise { stream.len() } else { 1 }).collect();
        receive(&mut *client, &stream, &cuts)
    };
    let whole = read(false);
    assert_eq!(read(true), whole);
    whole
}

#[test]
fn a_right_answer_opens_and_frames_follow() {
    for change in [
        &(|answer: String| answer) as &Change,
        &|answer| answer.replace("Switching Protocols", ""),
        &|answer| answer.replace("Upgrade: websocket", "upgrade:WebSocket"),
        &|answer| answer.replace("Connection: Upgrade", "Connection: keep-alive, upgrade"),
        &|answer| {
            answer.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\nServer: x\r\n\r\n")
        },
    ] {
        let outcome = answered(change);
        assert!(outcome.clean(), "{}", outcome.complaint());
        assert_eq!((outcome.messages, outcome.control), (vec![b"hi".to_vec()], Vec::new()));
    }
}

#[test]
fn an_answer_that_does_not_open_is_an_error_that_says_why() {
    let lines = |lines: &'static str| move |answer: String| answer.replace("\r\n\r\n", lines);
    let cases: Vec<(Box<Change>, &str)> = vec![
        (Box::new(|all| all.replace("HTTP/1.1", "HTTP/1.0")), "only HTTP/1.1"),
        (Box::new(|all| all.replace("101", "200")), "which only 101 does"),
        (Box::new(|all| all.replace("101", "404")), "is `opening` the right one?"),
        (Box::new(|all| all.replace("101", "302")), "sends its clients elsewhere"),
        (Box::new(|all| all.replace("101", "401")), "wants to know who asks"),
        (Box::new(|all| all.replace("101", "426")), "another version"),
        (Box::new(|all| all.replace("101", "1x1")), "no `HTTP/1.1 101`"),
        (
            Box::new(|all| all.replace("HTTP/1.1 101 Switching Protocols", "HTTP")),
            "no `HTTP/1.1 101`",
        ),
        (Box::new(|all| all.replace("Accept: ", "Accept: x")), "the key is answered wrong"),
        (
            Box::new(|all| all.replace("Sec-WebSocket-Accept", "Other")),
            "without `Sec-WebSocket-Accept`",
        ),
        (Box::new(|all| all.replace("Upgrade: websocket\r\n", "")), "without `Upgrade: websocket`"),
        (
            Box::new(|all| all.replace("Upgrade: websocket", "Upgrade: h2c")),
            "another than `websocket`",
        ),
        (
            Box::new(|all| all.replace("Connection: Upgrade\r\n", "")),
            "without `Connection: Upgrade`",
        ),
        (Box::new(lines("\r\nSec-WebSocket-Extensions: x\r\n\r\n")), "was not offered"),
        (Box::new(lines("\r\nSec-WebSocket-Protocol: superchat\r\n\r\n")), "was not offered"),
        (Box::new(lines("\r\nnothing\r\n\r\n")), "no `name: value`"),
        (Box::new(|_| "\x02\x02hi".into()), "leave `opening` out"),
        (Box::new(|_| "220 mail.example.org\r\n".into()), "expected the answer"),
    ];
    for (change, told) in cases {
        let outcome = answered(change);
        let Some((_, text)) = outcome.error else { panic!("taken, where {told}") };
        assert!(text.contains(told) && text.contains("(read "), "{text}");
        assert_eq!((outcome.messages.len(), outcome.control.len()), (0, 0));
    }
}

#[test]
fn an_end_before_the_opening_is_over_is_told() {
    let mut client = subject(json!({})).framing(Role::Client);
    asked(&mut *client);
    let outcome = receive(&mut *client, b"", &[]);
    assert!(outcome.complaint().contains("before the answer"), "{}", outcome.complaint());
    let stream = request(FIRST, &FIELDS);
    assert!(subject(json!({})).receive(b"", &[]).clean(), "nobody has asked");
    for len in 1..stream.len() {
        let (at, text) =
            subject(json!({})).receive(&stream[..len], &[]).end.expect("it is cut off");
        assert_eq!(at, len);
        assert!(text.contains("inside the opening handshake"), "{text}");
    }
    let (at, text) = subject(json!({})).receive(b"x", &[]).end.expect("no request begins so");
    assert!(at == 0 && text.contains("expected a request"), "{text}");
}
