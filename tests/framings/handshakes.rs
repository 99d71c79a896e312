//! `handshake` against itself: two ends, a pipe between them, both sending at once.

use crate::driver::{Reader, Subject};
use crate::seeded::check;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use std::collections::VecDeque;
use wirebench::framing::driver::{HeldBack, encode};
use wirebench::framing::{Framing, Gate, Role};

/// One end of the connection.
struct End {
    framing: Box<dyn Framing>,
    to_send: HeldBack<()>,
    /// Writes on their way to this end.
    incoming: VecDeque<Vec<u8>>,
    reader: Reader,
}

impl End {
    fn new(subject: &Subject, role: Role, to_send: &[Vec<u8>]) -> Self {
        let mut end = Self {
            framing: subject.framing(role),
            to_send: HeldBack::default(),
            incoming: VecDeque::new(),
            reader: Reader::default(),
        };
        to_send.iter().for_each(|message| end.to_send.push(message, ()));
        end
    }

    fn may_send(&self) -> bool {
        self.to_send.due(&*self.framing, 0).is_some()
    }

    fn send(&mut self) -> Vec<u8> {
        let held = self.to_send.pop().expect("there is one to send");
        let mut bytes = Vec::new();
        encode(&mut *self.framing, 0, &held.message, &mut bytes, usize::MAX).expect("it fits");
        bytes
    }

    /// Reads one piece and answers with the control bytes to be written.
    fn read(&mut self, piece: &[u8]) -> Vec<u8> {
        let before = self.reader.outcome.control.len();
        self.reader.read(&mut *self.framing, piece).expect("the peer does as it should");
        self.reader.outcome.control[before..].to_vec()
    }

    fn received(&self) -> &[Vec<u8>] {
        &self.reader.outcome.messages
    }
}

/// A schedule: small numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

/// How reads follow writes.
#[derive(Clone, Copy)]
enum Reads {
    /// One read takes one write.
    InStep,
    /// One read takes one or more whole writes.
    Merged,
    /// One read takes any number of bytes.
    Anyhow,
}

fn piece(incoming: &mut VecDeque<Vec<u8>>, reads: Reads, dice: &mut Dice) -> Vec<u8> {
    let mut piece = incoming.pop_front().expect("something is on its way");
    match reads {
        Reads::InStep => {}
        Reads::Merged => {
            while !incoming.is_empty() && dice.below(2) == 0 {
                piece.extend(incoming.pop_front().expect("it is not empty"));
            }
        }
        Reads::Anyhow => {
            piece.extend(incoming.drain(..).flatten());
            let rest = piece.split_off(1 + dice.below(piece.len()));
            if !rest.is_empty() {
                incoming.push_front(rest);
            }
        }
    }
    piece
}

fn talk(
    subject: &Subject,
    reads: Reads,
    from_client: &[Vec<u8>],
    from_server: &[Vec<u8>],
    seed: u64,
) {
    let mut dice = Dice(seed);
    let mut ends = [
        End::new(subject, Role::Client, from_client),
        End::new(subject, Role::Server, from_server),
    ];
    loop {
        let possible: Vec<(usize, bool)> = (0..2)
            .flat_map(|end| {
                let sends = ends[end].may_send().then_some((end, true));
                let reads = (!ends[end].incoming.is_empty()).then_some((end, false));
                [sends, reads]
            })
            .flatten()
            .collect();
        if possible.is_empty() {
            break;
        }
        let (end, sends) = possible[dice.below(possible.len())];
        let written = if sends {
            ends[end].send()
        } else {
            let piece = piece(&mut ends[end].incoming, reads, &mut dice);
            ends[end].read(&piece)
        };
        if !written.is_empty() {
            ends[1 - end].incoming.push_back(written);
        }
    }
    let [client, server] = ends;
    assert_eq!(server.received(), from_client, "client to server");
    assert_eq!(client.received(), from_server, "server to client");
    assert!(client.to_send.is_empty() && server.to_send.is_empty(), "the talk stood still");
}

fn both_at_once(settings: &serde_json::Value, reads: Reads) {
    let subject = Subject::new("handshake", settings);
    let byte = prop_oneof![prop::sample::select(b"0123456789recv_ready\n".as_slice()), any::<u8>()];
    let messages = || vec(vec(byte.clone(), 0..40), 0..12);
    check(400, &(messages(), messages(), any::<u64>()), |(from_client, from_server, seed)| {
        talk(&subject, reads, &from_client, &from_server, seed);
    });
}

#[test]
fn both_sides_send_at_once_under_any_cuts_with_a_terminator() {
    both_at_once(&json!({ "terminator": "lf" }), Reads::Anyhow);
}

#[test]
fn both_sides_send_at_once_in_the_classic_form_when_reads_follow_writes() {
    both_at_once(&json!({}), Reads::InStep);
}

#[test]
fn both_sides_send_at_once_in_the_classic_form_when_writes_merge() {
    both_at_once(&json!({}), Reads::Merged);
}

#[test]
fn the_client_goes_first_when_both_announce_at_once() {
    let subject = Subject::new("handshake", &json!({}));
    let mut client = End::new(&subject, Role::Client, &[b"hello".to_vec()]);
    let mut server = End::new(&subject, Role::Server, &[b"you".to_vec()]);
    assert_eq!((client.send(), server.send()), (b"5".to_vec(), b"3".to_vec()));
    assert_eq!(client.read(b"3"), b"", "the client remembers");
    assert_eq!(server.read(b"5"), b"recv_ready", "the server gives way");
    assert_eq!(server.framing.gate(0), Gate::Blocked);
    assert_eq!(client.read(b"recv_ready"), b"hellorecv_ready", "then it is the server's turn");
    assert_eq!(server.read(b"hellorecv_ready"), b"you");
    assert_eq!(client.read(b"you"), b"");
    assert_eq!(
        (client.received(), server.received()),
        (&[b"you".to_vec()][..], &[b"hello".to_vec()][..])
    );
    assert_eq!((client.framing.gate(0), server.framing.gate(0)), (Gate::Open, Gate::Open));
}

#[test]
fn nothing_may_be_sent_while_a_transfer_is_under_way() {
    let subject = Subject::new("handshake", &json!({}));
    let mut server = End::new(&subject, Role::Server, &[]);
    server.read(b"5");
    assert_eq!(server.framing.gate(0), Gate::Blocked, "while it receives");
    server.read(b"hello");
    assert_eq!(server.framing.gate(0), Gate::Open);
    let mut client = End::new(&subject, Role::Client, &[b"hello".to_vec()]);
    client.send();
    assert_eq!(client.framing.gate(0), Gate::Blocked, "while it waits");
}

#[test]
fn an_answer_that_nobody_waits_for_is_an_error() {
    let outcome = Subject::new("handshake", &json!({})).receive(b"recv_ready", &[]);
    assert!(outcome.complaint().contains("no length was announced"), "{}", outcome.complaint());
}

#[test]
fn an_announcement_over_the_limit_is_not_answered() {
    let outcome = Subject::new("handshake", &json!({ "max": 99 })).receive(b"100", &[]);
    assert_eq!(outcome.control, b"");
    assert!(outcome.complaint().contains("over the limit of 99"), "{}", outcome.complaint());
}

#[test]
fn a_peer_that_ends_without_an_answer_leaves_the_message_unsent() {
    let subject = Subject::new("handshake", &json!({}));
    let mut client = End::new(&subject, Role::Client, &[b"hello".to_vec()]);
    client.send();
    let (_, text) = client.reader.end(&mut *client.framing).expect_err("unsent");
    assert!(text.contains("never answered"), "{text}");
}

#[test]
fn the_next_message_is_asked_for_behind_the_answer_to_the_last() {
    let subject = Subject::new("handshake", &json!({ "terminator": "lf" }));
    let stream = b"2\nhi3\nyou";
    for cuts in [vec![], (1..stream.len()).collect()] {
        let outcome = subject.receive(stream, &cuts);
        assert_eq!(outcome.messages, [&b"hi"[..], b"you"]);
        assert_eq!(outcome.control, b"recv_readyrecv_ready");
        assert_eq!(outcome.answered, [[0; 10], [1; 10]].concat());
    }
}
