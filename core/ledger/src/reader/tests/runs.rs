//! Messages that are named by one record, read with it and without it.

use super::super::super::record::{KIND_REPLIES, KIND_REQUESTS, MAX_RUN, kind_of};
use super::*;
use wirebench_load::Source;

/// The head of the payload of exchange `n` as the `seq`-th message of a session.
fn request(session: u32, seq: u64, n: u64) -> RecordHead {
    RecordHead {
        session,
        seq,
        len: 64,
        exchange: n,
        exchanges: 1,
        measured: true,
        handed_over_ns: 5,
        wire_offset: 68 * seq,
        wire_len: 68,
        ..RecordHead::default()
    }
}

fn payload(n: u64) -> Vec<u8> {
    named().get(Source::Requests, n).expect("requests can be named").to_vec()
}

/// Hands over the payloads of these exchanges on session 1, and publishes.
fn hand_over(writer: &mut LedgerWriter, exchanges: std::ops::Range<u64>) -> Vec<RecordHead> {
    let heads: Vec<RecordHead> = exchanges.map(|n| request(1, n - 1, n)).collect();
    for head in &heads {
        assert!(writer.has_room(64));
        writer.append_named(head, Source::Requests, true);
    }
    writer.publish();
    heads
}

#[test]
fn a_run_takes_one_header_and_every_message_of_it_is_found() {
    let (mut writer, mut reader) = pair(4_096);
    let heads = hand_over(&mut writer, 1..u64::from(MAX_RUN) + 1);
    assert_eq!(writer.own().published().load(Ordering::Relaxed), HEADER as u64);
    for head in heads {
        assert_eq!(reader.session(1).release_if(&payload(head.exchange)), Some(head));
    }
    assert!(reader.all_resolved());
    assert_eq!((reader.position, reader.tail), (HEADER as u64, HEADER as u64));
}

#[test]
fn a_run_ends_where_anything_but_the_numbers_differs() {
    let first = request(1, 0, 1);
    let follows = request(1, 1, 2);
    let others = [
        RecordHead { session: 2, ..follows },
        RecordHead { measured: false, ..follows },
        RecordHead { handed_over_ns: 6, ..follows },
        RecordHead { cause_received_ns: 1, ..follows },
        RecordHead { exchange: 3, ..follows },
        RecordHead { seq: 2, ..follows },
        RecordHead { wire_offset: 69, ..follows },
        RecordHead { wire_len: 69, ..follows },
    ];
    for other in others {
        let (mut writer, mut reader) = pair(4_096);
        writer.append_named(&first, Source::Requests, true);
        writer.append_named(&other, Source::Requests, true);
        writer.publish();
        assert_eq!(writer.own().published().load(Ordering::Relaxed), 2 * HEADER as u64);
        assert_eq!(reader.session(1).release_if(&payload(1)), Some(first));
        let session = &mut reader.session(other.session);
        assert_eq!(session.release_if(&payload(other.exchange)), Some(other));
        assert!(reader.all_resolved(), "{other:?}");
    }
}

#[test]
fn a_run_ends_at_a_message_that_is_copied_and_at_its_longest() {
    let (mut writer, mut reader) = pair(64 << 10);
    let longest = u64::from(MAX_RUN);
    let heads = hand_over(&mut writer, 1..longest + 2);
    assert_eq!(writer.own().published().load(Ordering::Relaxed), 2 * HEADER as u64);
    let copied = RecordHead { len: 3, ..request(1, longest + 1, longest + 2) };
    writer.append(&copied, b"own");
    writer.append_named(&request(1, longest + 2, longest + 3), Source::Requests, false);
    writer.publish();
    let mut session = reader.session(1);
    for head in heads {
        assert_eq!(session.release_if(&payload(head.exchange)), Some(head));
    }
    assert_eq!(session.release_if(b"own"), Some(copied));
    assert!(session.release_if(&payload(longest + 3)).is_some());
    assert!(reader.all_resolved());
}

#[test]
fn payloads_of_any_size_and_of_both_sides_are_compared_whole() {
    let (mut writer, mut reader) = pair(64 << 10);
    for n in 1..200 {
        let message = named().get(Source::Replies, n).expect("replies too").to_vec();
        let head = RecordHead { len: message.len() as u32, ..request(1, n, n) };
        writer.append_named(&head, Source::Replies, n % 2 == 0);
        writer.publish();
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1;
            assert_eq!(reader.session(1).release_if(&changed), None, "payload {n}, byte {at}");
        }
        assert_eq!(reader.session(1).release_if(&[&message[..], &[0]].concat()), None);
        assert_eq!(reader.session(1).release_if(&message), Some(head), "payload {n}");
    }
    assert!(reader.all_resolved());
}

#[test]
fn what_does_not_come_in_order_is_looked_at_one_by_one() {
    let (mut writer, mut reader) = pair(4_096);
    let heads = hand_over(&mut writer, 1..6);
    let mut session = reader.session(1);
    assert_eq!(session.release_if(&payload(1)), Some(heads[0]));
    assert_eq!(session.release_if(&payload(3)), None);
    for k in 0..4 {
        let record = session.peek(k).expect("it is there");
        assert_eq!((record.head, record.payload), (heads[k + 1], &payload(k as u64 + 2)[..]));
    }
    assert!(session.peek(4).is_none());
    session.release();
    assert_eq!(session.release_if(&payload(3)), Some(heads[2]));
    session.release();
    assert_eq!(session.peek(0).map(|record| record.head), Some(heads[4]));
    session.release();
    assert!(reader.all_resolved());
    assert_eq!(reader.tail, HEADER as u64);
}

#[test]
fn the_rest_of_a_run_of_a_forgotten_session_still_gets_its_verdict() {
    let (mut writer, mut reader) = pair(4_096);
    hand_over(&mut writer, 1..6);
    assert!(reader.session(1).release_if(&payload(1)).is_some());
    reader.forget(1);
    let mut findings = Findings::new(1);
    reader.catch_up();
    let judge = &mut wirebench_judge::StreamJudge::new();
    judge.end(&mut reader.session(ORPHANED), &mut findings);
    assert_eq!(findings.tally.get(Verdict::Lost), 4);
    assert!(reader.all_resolved());
}

#[test]
fn a_slow_session_keeps_no_more_of_a_run_than_its_header() {
    let (mut writer, mut reader) = pair(1_024);
    let heads = hand_over(&mut writer, 1..4);
    assert_eq!(reader.session(1).release_if(&payload(1)), Some(heads[0]));
    for seq in 0..100 {
        assert!(writer.has_room(64), "the ring goes round");
        writer.append(&head(2, seq, 64), &[7; 64]);
        writer.publish();
        assert!(reader.session(2).release_if(&[7; 64]).is_some());
        reader.free_tail();
    }
    assert_eq!(reader.heap_bytes, HEADER);
    assert_eq!(reader.session(1).release_if(&payload(2)), Some(heads[1]));
    assert_eq!(reader.session(1).release_if(&payload(3)), Some(heads[2]));
    assert_eq!(reader.heap_bytes, 0);
    assert!(reader.all_resolved());
}

/// Writes a header at the beginning of the ring, sealed, and publishes it.
fn write(hostile: &Region, kind: u32, head: &RecordHead) {
    hostile.write_header(0, sealed(pack(kind, head), 0));
    hostile.published().store(HEADER as u64, Ordering::Release);
}

#[test]
fn a_run_of_none_or_of_too_many_is_refused() {
    for count in [0, MAX_RUN + 1, u32::MAX] {
        let (hostile, mut reader) = hostile(4_096);
        let run = RecordHead { exchanges: count, ..request(1, 0, 1) };
        write(&hostile, KIND_REQUESTS, &run);
        assert_eq!(reader.session(1).release_if(&payload(1)), None);
        let told = reader.broken().expect("it is refused");
        assert!(told.contains(&format!("a run of {count} messages")), "{told}");
    }
}

#[test]
fn a_name_of_nothing_is_refused() {
    let hostile = Region::in_memory(4_096);
    let own = Region::in_memory(4_096);
    let requests = NamedPayloads::new(1, &Sizes::Constant(64), None, PayloadAlphabet::Bytes);
    let mut reader = LedgerReader::new(own, Arc::clone(&hostile), requests);
    write(&hostile, KIND_REPLIES, &request(1, 0, 1));
    assert!(reader.session(1).peek(0).is_none());
    assert_eq!(reader.broken(), Some("it names a payload of which there are none"));
}

#[test]
fn a_name_with_another_length_is_refused() {
    let (hostile, mut reader) = hostile(4_096);
    write(&hostile, KIND_REQUESTS, &RecordHead { len: 63, ..request(1, 0, 1) });
    assert_eq!(reader.session(1).release_if(&payload(1)), None);
    assert_eq!(reader.broken(), Some("it names a payload of 63 bytes that has 64"));
}

#[test]
fn a_run_that_shrinks_or_becomes_another_record_while_it_is_read_is_refused() {
    let whole = RecordHead { exchanges: 5, ..request(1, 0, 1) };
    let fewer = RecordHead { exchanges: 2, ..whole };
    for (kind, other) in [(kind_of(Source::Requests), fewer), (KIND_MESSAGE, whole)] {
        let (hostile, mut reader) = hostile(4_096);
        write(&hostile, KIND_REQUESTS, &whole);
        for n in 1..3 {
            assert!(reader.session(1).release_if(&payload(n)).is_some());
        }
        write(&hostile, kind, &RecordHead { len: 0, ..other });
        reader.catch_up();
        assert!(reader.broken().is_some_and(|told| told.contains("was overwritten")), "{other:?}");
    }
}
