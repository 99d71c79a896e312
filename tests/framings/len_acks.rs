//! `len-ack` against itself and against the clock: acknowledgements, windows, duplicates.

use crate::driver::Subject;
use serde_json::{Value, json};
use wirebench::framing::{Decoded, Framing, Gate, Role, Wire, all};

const MS: u64 = 1_000_000;

struct End {
    framing: Box<dyn Framing>,
    out: Decoded,
}

impl End {
    fn new(settings: &Value) -> Self {
        let framing = Subject::new("len-ack", settings).framing(Role::Client);
        Self { framing, out: Decoded::default() }
    }

    fn send(&mut self, now: u64, message: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.framing.encode(now, message, &mut Wire::new(&mut bytes, usize::MAX)).expect("it fits");
        bytes
    }

    /// What it hears in `bytes`, and answers.
    fn hear(&mut self, bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
        self.out.clear();
        let framing = &mut self.framing;
        all(bytes, &mut self.out, |input, out| framing.feed(0, input, out))
            .expect("the peer does as it should");
        assert_eq!(self.out.consumed, bytes.len());
        let frames = self.out.frames.iter();
        let heard = frames.map(|frame| self.out.message(frame, bytes).to_vec()).collect();
        (heard, self.out.control.clone())
    }

    fn error(&mut self, bytes: &[u8]) -> (usize, String) {
        self.out.clear();
        let error = self.framing.feed(0, bytes, &mut self.out).expect_err("a rule is broken");
        (error.at, error.text)
    }
}

#[test]
fn a_message_is_numbered_and_its_number_comes_back() {
    let (mut one, mut other) = (End::new(&json!({})), End::new(&json!({})));
    let frame = one.send(0, b"hi");
    assert_eq!(frame, b"\0\0\0\x02\0\0\0\0hi");
    assert_eq!(one.framing.gate(0), Gate::Blocked, "until it is acknowledged");
    let (heard, ack) = other.hear(&frame);
    assert_eq!((heard, &ack[..]), (vec![b"hi".to_vec()], &b"\xff\xff\xff\xff\0\0\0\0"[..]));
    assert_eq!(one.hear(&ack), (vec![], vec![]));
    assert_eq!(one.framing.gate(0), Gate::Open);
    assert_eq!(one.framing.deadline(), None);
    assert_eq!(one.send(0, b"")[4..], [0, 0, 0, 1]);
}

#[test]
fn a_window_lets_as_many_wait_and_no_more() {
    let mut one = End::new(&json!({ "window": 3 }));
    for _ in 0..3 {
        assert_eq!(one.framing.gate(0), Gate::Open);
        one.send(0, b"x");
    }
    assert_eq!(one.framing.gate(0), Gate::Blocked);
    one.hear(b"\xff\xff\xff\xff\0\0\0\x01"); // in any order
    assert_eq!(one.framing.gate(0), Gate::Open);
}

#[test]
fn what_is_not_acknowledged_in_time_is_sent_again_and_delivered_once() {
    let settings = json!({ "resend": "200ms" });
    let (mut one, mut other) = (End::new(&settings), End::new(&settings));
    let frame = one.send(5 * MS, b"hi");
    other.hear(&frame); // and the answer is lost
    assert_eq!(one.framing.deadline(), Some(205 * MS));
    one.out.clear();
    one.framing.timeout(205 * MS, &mut one.out).expect("the first time");
    assert_eq!((&one.out.control, one.out.resent), (&frame, 1));
    assert_eq!(one.framing.deadline(), Some(405 * MS));
    let (heard, ack) = other.hear(&frame);
    assert_eq!(heard.len(), 0, "it came before");
    assert_eq!((other.out.dropped_count, other.out.dropped[0].end), (1, 10));
    assert!(other.out.dropped[0].text.contains("once more"));
    one.hear(&ack);
    // The answer to the first copy comes after all.
    one.hear(&ack);
    assert_eq!((one.framing.gate(0), one.framing.deadline()), (Gate::Open, None));
}

#[test]
fn a_peer_that_never_acknowledges_is_given_up() {
    let mut one = End::new(&json!({ "resend": "10ms", "resends": 3 }));
    one.send(0, b"hi");
    let mut sent = 0;
    let error = loop {
        let due = one.framing.deadline().expect("it waits");
        one.out.clear();
        match one.framing.timeout(due, &mut one.out) {
            Ok(()) => sent += one.out.resent,
            Err(error) => break error,
        }
    };
    assert_eq!(sent, 3);
    assert!(error.text.contains("sent 4 times, every 10 ms"), "{}", error.text);
}

#[test]
fn numbers_that_nobody_can_mean_are_errors_at_their_place() {
    let (at, text) = End::new(&json!({})).error(b"\xff\xff\xff\xff\0\0\0\0");
    assert!(at == 4 && text.contains("never sent"), "{text}");
    let (at, text) = End::new(&json!({})).error(b"\xff\xff\xff\xff\xff\xff\xff\xff");
    assert!(at == 4 && text.contains("4294967295, which was never sent"), "{text}");
    let (at, text) = End::new(&json!({})).error(b"\0\0\0\x02\0\0\0\x01");
    assert!(at == 4 && text.contains("message 1 comes where 0 is due"), "{text}");
    let (at, text) = End::new(&json!({})).error(b"GET ");
    assert!(at == 0 && text.contains("HTTP client"), "{text}");
}

#[test]
fn an_end_before_the_last_acknowledgement_is_told() {
    let mut one = End::new(&json!({}));
    one.send(0, b"hi");
    let error = one.framing.end_of_input(0, b"", &mut one.out).expect_err("one waits");
    assert!(error.text.contains("before the peer had acknowledged 1"), "{}", error.text);
}

#[test]
fn an_acknowledgement_stands_between_the_answers_to_the_message_before_and_to_its_own() {
    let (stream, messages) = Subject::new("len-ack", &json!({ "window": 3 })).stream(&[b"a"; 3]);
    for cuts in [vec![], (1..stream.len()).collect()] {
        let outcome = Subject::new("len-ack", &json!({ "window": 3 })).receive(&stream, &cuts);
        assert_eq!(outcome.messages, messages);
        assert_eq!(outcome.answered, [[0; 8], [1; 8], [2; 8]].concat());
    }
}
