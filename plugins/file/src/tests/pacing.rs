//! No more is handed over than there is room for, and other sessions have their turn.

use super::{DONE, Pair};
use std::time::Duration;
use wirebench_sdk::kit::Answer;

#[test]
fn nothing_is_queued_when_there_is_no_room() {
    for direction in ["upload", "download"] {
        let config =
            format!(r#""do": "{direction}", "file": {{"size": 9000000}}, "digest": "none""#);
        let mut pair = Pair::new(&config);
        pair.server.answer(Answer::Full);
        pair.client.answer(Answer::Full);
        let token = pair.start();
        pair.run();
        assert_eq!((pair.client.sent_count(), pair.server.sent_count()), (0, 0));
        // Room for one look, then none again, many times over.
        while !pair.client.finished().iter().any(|one| one.token == token) {
            let (here, there) = pair.session.unwrap();
            pair.server.answer(Answer::Sent);
            pair.client.answer(Answer::Sent);
            pair.client.writable(there).unwrap();
            pair.server.writable(here).unwrap();
            pair.server.answer(Answer::Full);
            pair.client.answer(Answer::Full);
            pair.run();
        }
        assert_eq!(pair.client.finished()[0].how, DONE);
    }
}

#[test]
fn one_hook_sends_only_so_much() {
    let mut pair = Pair::new(r#""file": {"size": 50000000, "sparse": true}, "digest": "none""#);
    pair.start();
    let sent: usize = pair.client.sent().iter().map(|sent| sent.bytes.len()).sum();
    assert!(sent < 6 << 20, "{sent} bytes in one hook");
    pair.client.advance(Duration::from_nanos(1)).unwrap();
    let more: usize = pair.client.sent().iter().map(|sent| sent.bytes.len()).sum();
    assert!(more > sent, "the next step is due at once");
}

#[test]
fn requests_wait_while_a_file_is_sent_but_not_without_end() {
    let config = r#""do": "download", "file": {"size": 9000000, "sparse": true}, "digest": "none""#;
    let mut pair = Pair::new(config);
    let here = pair.session.unwrap().0;
    let ask = br#"{"op":"get","name":"file.bin"}"#;
    pair.server.message(here, 1, ask).unwrap();
    for token in 2..1_026 {
        pair.server.message(here, token, ask).unwrap();
    }
    assert!(pair.server.closed().is_empty());
    pair.server.message(here, 1_026, ask).unwrap();
    assert_eq!(pair.server.closed(), [here]);
    assert_eq!(pair.counted("too-many-requests"), 1);
}

#[test]
fn requests_that_waited_are_served_in_order_with_their_own_exchange() {
    let config = r#""do": "download", "file": {"size": 5000000, "sparse": true}, "digest": "none""#;
    let mut pair = Pair::new(config);
    let here = pair.session.unwrap().0;
    for token in 1..=3 {
        pair.server.message(here, token, br#"{"op":"get","name":"file.bin"}"#).unwrap();
    }
    (0..20).for_each(|_| pair.server.advance(Duration::from_nanos(1)).unwrap());
    let mut tokens: Vec<u64> = pair.server.sent().iter().map(|sent| sent.token).collect();
    tokens.dedup();
    assert_eq!(tokens, [1, 2, 3]);
    let bytes: usize = pair.server.sent().iter().map(|sent| sent.bytes.len()).sum();
    assert!(bytes > 15_000_000);
}
