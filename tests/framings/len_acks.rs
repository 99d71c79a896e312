//! `len-ack` against itself and against the clock: acknowledgements, windows, duplicates.

use crate::driver::{Outcome, Reader, Subject};
use serde_json::{Value, json};
use wirebench::framing::driver::encode;
use wirebench::framing::{Framing, Gate, Role};

const MS: u64 = 1_000_000;

struct End {
    framing: Box<dyn Framing>,
    reader: Reader,
}

impl End {
    fn new(settings: &Value) -> Self {
        let framing = Subject::new("len-ack", settings).framing(Role::Client);
        Self { framing, reader: Reader::default() }
    }

    fn send(&mut self, now: u64, message: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(&mut *self.framing, now, message, &mut bytes, usize::MAX).expect("it fits");
        bytes
    }

    /// What `bytes` lead to.
    fn hear(&mut self, bytes: &[u8]) -> Outcome {
        self.reader.read(&mut *self.framing, bytes).expect("the peer does as it should");
        assert_eq!(self.reader.unread(), 0);
        std::mem::take(&mut self.reader.outcome)
    }

    /// What it does when its deadline has passed at `now`; an error is its text.
    fn wait_until(&mut self, now: u64) -> Result<Outcome, String> {
        self.reader.timeout(&mut *self.framing, now).map_err(|(_, text)| text)?;
        Ok(std::mem::take(&mut self.reader.outcome))
    }

    fn error(&mut self, bytes: &[u8]) -> (usize, String) {
        self.reader.read(&mut *self.framing, bytes).expect_err("a rule is broken")
    }
}

#[test]
fn a_message_is_numbered_and_its_number_comes_back() {
    let (mut one, mut other) = (End::new(&json!({})), End::new(&json!({})));
    let frame = one.send(0, b"hi");
    assert_eq!(frame, b"\0\0\0\x02\0\0\0\0hi");
    assert_eq!(one.framing.gate(0), Gate::Blocked, "until it is acknowledged");
    let heard = other.hear(&frame);
    assert_eq!(heard.messages, [b"hi"]);
    assert_eq!(heard.control, b"\xff\xff\xff\xff\0\0\0\0");
    assert_eq!(one.hear(&heard.control), Outcome::default());
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
    let again = one.wait_until(205 * MS).expect("the first time");
    assert_eq!((&again.control, again.resent), (&frame, 1));
    assert_eq!(one.framing.deadline(), Some(405 * MS));
    let heard = other.hear(&frame);
    assert_eq!(heard.messages.len(), 0, "it came before");
    let [(10, 20, text)] = &heard.dropped[..] else { panic!("{heard:?}") };
    assert!(heard.dropped_count == 1 && text.contains("once more"), "{text}");
    one.hear(&heard.control);
    // The answer to the first copy comes after all.
    one.hear(&heard.control);
    assert_eq!((one.framing.gate(0), one.framing.deadline()), (Gate::Open, None));
}

#[test]
fn a_peer_that_never_acknowledges_is_given_up() {
    let mut one = End::new(&json!({ "resend": "10ms", "resends": 3 }));
    one.send(0, b"hi");
    let mut sent = 0;
    let text = loop {
        let due = one.framing.deadline().expect("it waits");
        match one.wait_until(due) {
            Ok(outcome) => sent += outcome.resent,
            Err(text) => break text,
        }
    };
    assert_eq!(sent, 3);
    assert!(text.contains("sent 4 times, every 10 ms"), "{text}");
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
    let (_, text) = one.reader.end(&mut *one.framing).expect_err("one waits");
    assert!(text.contains("before the peer had acknowledged 1"), "{text}");
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
