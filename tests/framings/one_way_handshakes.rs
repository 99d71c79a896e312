//! `handshake` in one direction alone, beside `raw`: who waits for which word, and where it may stand.

use crate::driver::Reader;
use crate::seeded::check;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use wirebench::framing::driver::encode;
use wirebench::framing::{EncodeError, Framing, FramingSpec, Gate, Prepared, Role, together};

const READY: &[u8] = b"recv_ready";

fn prepared(kind: &str, settings: &Value) -> Prepared {
    let settings = settings.as_object().cloned().unwrap_or_else(Map::new);
    let spec = FramingSpec::parse(kind, settings).expect("these settings are right");
    Prepared::new(&spec).expect("a parsed specification can be prepared")
}

/// One end of a connection whose two directions differ.
struct End {
    framing: Box<dyn Framing>,
    reader: Reader,
}

impl End {
    fn new(outgoing: &Prepared, incoming: &Prepared, role: Role) -> Self {
        let both = together(outgoing, incoming, role).expect("they were checked");
        Self { framing: both.expect("they suit each other"), reader: Reader::default() }
    }

    fn send(&mut self, message: &[u8]) -> Result<Vec<u8>, EncodeError> {
        let mut bytes = Vec::new();
        encode(&mut *self.framing, 0, message, &mut bytes, usize::MAX).map(|_| bytes)
    }

    /// Reads one piece and answers with what the framing sends by itself.
    fn read(&mut self, piece: &[u8]) -> Vec<u8> {
        let before = self.reader.outcome.control.len();
        self.reader.read(&mut *self.framing, piece).expect("the peer does as it should");
        self.reader.outcome.control[before..].to_vec()
    }

    fn received(&self) -> &[Vec<u8>] {
        &self.reader.outcome.messages
    }
}

/// A server that announces its answers to bare requests.
fn server() -> End {
    let settings = json!({});
    End::new(&prepared("handshake", &settings), &prepared("raw", &settings), Role::Server)
}

/// Its client.
fn client(settings: &Value) -> End {
    End::new(&prepared("raw", &json!({})), &prepared("handshake", settings), Role::Client)
}

#[test]
fn the_answer_alone_is_announced_and_waits_for_the_word() {
    let (mut client, mut server) = (client(&json!({})), server());
    let request = client.send(b"date").expect("it fits");
    assert_eq!(request, b"date", "a request is sent as it is");
    assert_eq!(client.framing.gate(0), Gate::Open, "and waits for nothing");
    assert_eq!(server.read(&request), b"");
    assert_eq!(server.received(), [b"date"]);
    let length = server.send(b"Monday").expect("it fits");
    assert_eq!((&length[..], server.framing.gate(0)), (&b"6"[..], Gate::Blocked));
    let word = client.read(&length);
    assert_eq!(word, READY);
    assert_eq!(server.read(&word), b"Monday");
    assert_eq!(server.framing.gate(0), Gate::Open);
    assert_eq!(client.read(b"Monday"), b"");
    assert_eq!(client.received(), [b"Monday"]);
    assert_eq!(server.received(), [b"date"], "the word is no request");
}

#[test]
fn the_word_comes_in_any_pieces() {
    for cut in 0..=READY.len() {
        let mut server = server();
        server.send(b"hello").expect("it fits");
        let pieces = [&READY[..cut], &READY[cut..]];
        let sent = pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| server.read(piece));
        assert_eq!(sent.collect::<Vec<_>>().concat(), b"hello", "cut at {cut}");
        assert!(server.received().is_empty(), "cut at {cut}");
    }
    let mut server = server();
    server.send(b"hello").expect("it fits");
    let sent: Vec<u8> = READY.iter().flat_map(|byte| server.read(&[*byte])).collect();
    assert_eq!(sent, b"hello");
    assert!(server.received().is_empty());
}

#[test]
fn requests_may_stand_around_the_word() {
    let mut server = server();
    server.send(b"hello").expect("it fits");
    assert_eq!(server.read(b"nextrecv_readyafter"), b"hello");
    assert_eq!(server.received(), [&b"next"[..], b"after"]);
    assert_eq!(server.reader.unread(), 0);
}

#[test]
fn while_nothing_is_announced_the_word_is_a_request() {
    let mut server = server();
    assert_eq!(server.read(READY), b"");
    assert_eq!(server.received(), [READY]);
    assert_eq!(server.read(b"recv_"), b"", "nor is anything kept for it");
    assert_eq!(server.received(), [READY, b"recv_"]);
}

#[test]
fn what_only_begins_like_the_word_is_a_request() {
    let mut server = server();
    server.send(b"hello").expect("it fits");
    assert_eq!(server.read(b"rec"), b"");
    assert_eq!(server.reader.unread(), 3, "so much may still be the word");
    assert_eq!(server.read(b"eive"), b"");
    assert_eq!(server.received(), [b"receive"], "no byte of it is lost, and none stands alone");
    assert_eq!(server.read(READY), b"hello");
}

#[test]
fn a_client_that_leaves_without_the_word_is_told_of() {
    let mut server = server();
    server.send(b"hello").expect("it fits");
    let (_, text) = server.reader.end(&mut *server.framing).expect_err("it is unsent");
    assert!(text.contains("never answered `recv_ready`"), "{text}");
}

#[test]
fn a_client_that_is_told_to_go_ahead_says_that_it_announced_nothing() {
    let mut client = client(&json!({}));
    let (_, text) = client.reader.read(&mut *client.framing, READY).expect_err("it is no length");
    assert!(text.contains("no length was announced"), "{text}");
}

#[test]
fn only_one_without_boundaries_may_stand_beside_it() {
    let settings = json!({});
    let handshake = prepared("handshake", &settings);
    for beside in ["raw", "sleep"] {
        let beside = prepared(beside, &settings);
        assert!(matches!(together(&handshake, &beside, Role::Client), Ok(Some(_))));
        assert!(matches!(together(&beside, &handshake, Role::Client), Ok(Some(_))));
    }
    for other in ["handshake", "line", "len32be", "len-ack"] {
        let other = prepared(other, &settings);
        assert!(matches!(together(&handshake, &other, Role::Client), Ok(None)));
        assert!(matches!(together(&other, &handshake, Role::Client), Ok(None)));
    }
}

#[test]
fn announced_answers_are_the_same_under_any_cuts() {
    let messages = vec(vec(any::<u8>(), 0..40), 1..8);
    check(200, &(messages, vec(1_usize..9, 1..40)), |(messages, sizes)| {
        let settings = json!({ "terminator": "lf" });
        let (raw, announced) = (prepared("raw", &json!({})), prepared("handshake", &settings));
        let mut client = End::new(&raw, &announced, Role::Client);
        let mut server = End::new(&announced, &raw, Role::Server);
        let mut sizes = sizes.into_iter().cycle();
        // Hands over `bytes` in pieces; what comes back.
        let mut hand_over = |to: &mut End, bytes: &[u8]| {
            let (mut back, mut rest) = (Vec::new(), bytes);
            while !rest.is_empty() {
                let size = sizes.next().expect("it never ends").min(rest.len());
                back.extend(to.read(&rest[..size]));
                rest = &rest[size..];
            }
            back
        };
        for message in &messages {
            let length = server.send(message).expect("it fits");
            let word = hand_over(&mut client, &length);
            let payload = hand_over(&mut server, &word);
            assert_eq!(hand_over(&mut client, &payload), b"");
        }
        assert_eq!(client.received(), messages);
        assert!(server.received().is_empty());
    });
}

#[test]
fn the_word_behind_a_message_is_heard_wherever_it_is_cut() {
    let bytes = [b"next", READY].concat();
    for cut in 1..bytes.len() {
        let mut end = server();
        assert_eq!(end.send(b"Monday").expect("it is announced"), b"6");
        let said = [end.read(&bytes[..cut]), end.read(&bytes[cut..])].concat();
        assert_eq!(said, b"Monday", "cut at {cut}");
        // Before the word begins, nothing marks where a message ends.
        assert_eq!(end.received().concat(), b"next", "cut at {cut}");
    }
}
