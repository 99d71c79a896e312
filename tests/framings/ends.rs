//! `eof`: one message a connection, ended by the end of the stream, however it is cut.

use crate::driver::Subject;
use serde_json::json;
use wirebench::framing::{EncodeError, FrameWriter, Gate, Role};

fn eof() -> Subject {
    Subject::new("eof", &json!({ "max": 6 }))
}

#[test]
fn a_message_is_its_bytes_and_the_end() {
    let mut framing = eof().framing(Role::Client);
    let mut bytes = Vec::new();
    let mut wire = FrameWriter::new(&mut bytes, usize::MAX);
    framing.encode(0, b"hello", &mut wire).expect("it fits");
    assert!(wire.close, "the direction is to be shut down");
    assert_eq!(bytes, b"hello");
}

#[test]
fn every_cut_gives_the_same_message() {
    for len in 0..=6 {
        let message = &b"sixsix"[..len];
        for first in 0..=len {
            for second in first..=len {
                let outcome = eof().receive(message, &[first, second]);
                assert_eq!(outcome.messages, [message]);
                assert_eq!(outcome.spans, [(0, len as i64)]);
                assert!(outcome.clean());
            }
        }
    }
}

#[test]
fn an_end_without_bytes_is_an_empty_message() {
    assert_eq!(eof().receive(b"", &[]).messages, [b""]);
}

#[test]
fn a_second_message_has_to_wait_for_another_connection() {
    let mut framing = eof().framing(Role::Client);
    assert_eq!(framing.gate(0), Gate::Open);
    framing.encode(0, b"one", &mut FrameWriter::new(&mut Vec::new(), usize::MAX)).expect("it fits");
    assert_eq!(framing.gate(u64::MAX), Gate::Blocked);
}

#[test]
fn a_message_over_the_limit_is_refused_when_sent_and_before_it_ends_when_received() {
    let mut framing = eof().framing(Role::Client);
    let refused = framing.encode(0, b"sevenxx", &mut FrameWriter::new(&mut Vec::new(), usize::MAX));
    assert_eq!(refused, Err(EncodeError::TooLong { max: 6 }));
    assert_eq!(framing.gate(0), Gate::Open, "a refused message uses nothing up");
    for cuts in [&[][..], &[3], &[6]] {
        let outcome = eof().receive(b"sevenxx", cuts);
        assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(6));
        assert_eq!(outcome.messages.len(), 0);
    }
}

#[test]
fn it_says_that_it_needs_a_connection_for_each_message() {
    let capabilities = eof().capabilities();
    assert!(
        capabilities.per_connection
            && capabilities.duplex
            && capabilities.stream_only
            && capabilities.invariant
    );
}
